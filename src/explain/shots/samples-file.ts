/**
 * Samples given in a file (JSON lines), so that anybody's figures can be checked one by one:
 * `{"task": "UR", "source": ["a", "b", "c"], "query": "b", "demonstrations": [{"source": […], "query": …, "answer": […]}]}`.
 * A task that has no rule here comes with its `answer`, or with `next`: what may come at each place.
 */
import { z } from 'zod';
import { messageOf, UserError } from '../../common/errors.ts';
import { taskNamed, tasks } from '../../tasks/index.ts';
import { demonstratedTasks } from './demonstrated.ts';
import type { DemonstratedSample } from './demonstrated.ts';

/** Lines of a file, and symbols of a source: beyond them no model here would be done in days. */
const MAX_SAMPLES = 100_000;
const MAX_SYMBOLS = 10_000;

const symbol = z.string().min(1).max(200);
const symbols = z.array(symbol).min(1).max(MAX_SYMBOLS);
const shown = z.strictObject({ source: symbols, query: symbol.nullable().default(null), answer: symbols });
const given = z.strictObject({
  task: z.string(),
  source: symbols,
  query: symbol.nullable().default(null),
  answer: symbols.optional(),
  next: z.array(z.array(symbol).max(MAX_SYMBOLS)).optional(),
  demonstrations: z.array(shown).max(1_000).default([]),
});

/**
 * @param where what to call the file in errors
 * @returns the samples of each task and length, in the order in which these first occur
 * @throws UserError that names the line, for one that is no sample
 */
export function readSamples(text: string, where: string): DemonstratedSample[][] {
  const lines = text.split('\n').flatMap((line, i) => (line.trim() === '' ? [] : [{ line, number: i + 1 }]));
  if (lines.length === 0) throw new UserError(`${where}: no samples: one JSON object a line was expected`);
  if (lines.length > MAX_SAMPLES)
    throw new UserError(`${where}: ${lines.length} samples; at most ${MAX_SAMPLES}`);
  const groups = new Map<string, DemonstratedSample[]>();
  for (const { line, number } of lines) {
    const one = sampleOf(line, `${where}:${number}`);
    const key = `${one.sample.task} ${one.sample.length}`;
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [one]);
    else group.push(one);
  }
  return [...groups.values()];
}

function sampleOf(line: string, where: string): DemonstratedSample {
  const { task: name, source, query, answer, next, demonstrations } = fieldsOf(line, where);
  const asked = { task: name, length: source.length, source, query };
  if (answer !== undefined || next !== undefined) {
    checkOwn(name, { source, query, answer, next }, where);
    const sample = { ...asked, answer: answer ?? [], positions: [] };
    return { sample, demonstrations, ...(next && { next }) };
  }
  if (!demonstratedTasks.includes(name)) {
    throw new UserError(
      `${where}: no task ${JSON.stringify(name.slice(0, 100))} to explain: expected one of ${demonstratedTasks.join(', ')}; a task of your own has its "answer" beside it`,
    );
  }
  const right = taskNamed(name).answer(source, query);
  if ('refusal' in right) throw new UserError(`${where}: no sample of ${name}: ${right.refusal}`);
  return { sample: { ...asked, ...right }, demonstrations };
}

/** @throws UserError for a sample that comes with its right answer and can't be one of an own task */
function checkOwn(
  name: string,
  { source, query, answer, next }: Pick<z.infer<typeof given>, 'source' | 'query' | 'answer' | 'next'>,
  where: string,
): void {
  if (tasks.some((task) => task.name === name)) {
    throw new UserError(
      `${where}: the right answers of ${name} are known: leave "${next ? 'next' : 'answer'}" out, or give the task another name`,
    );
  }
  if (!/^[\p{L}\p{N}\p{P}\p{S} ]{1,100}$/u.test(name))
    throw new UserError(`${where}: 'task': a name of 1 to 100 characters in one line was expected`);
  if (next === undefined) return;
  if (answer !== undefined) throw new UserError(`${where}: "answer" or "next", not both`);
  if (query !== null)
    throw new UserError(`${where}: a query and "next": what may come next is asked of the source alone`);
  if (next.length !== source.length + 1) {
    throw new UserError(
      `${where}: ${next.length} sets in "next" for a source of ${source.length} symbols: ${source.length + 1} were expected, before the first symbol and after each`,
    );
  }
}

function fieldsOf(line: string, where: string): z.infer<typeof given> {
  let json: unknown;
  try {
    json = JSON.parse(line);
  } catch (error) {
    throw new UserError(`${where}: no JSON: ${messageOf(error)}; one JSON object a line was expected`);
  }
  const { success, data, error } = given.safeParse(json);
  if (success) return data;
  const [issue] = error.issues;
  const place = issue.path.length === 0 ? '' : `'${issue.path.join('.')}': `;
  throw new UserError(
    `${where}: ${place}${issue.message}; expected {"task": …, "source": […], "query": … or null, "demonstrations": […]}, and "answer" or "next" for a task of your own`,
  );
}
