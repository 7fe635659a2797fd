/**
 * Files of which each row says of which task it is: those that `lengthwise export --table samples` and `lengthwise tasks export`
 * wrote as JSON lines, which also say with which prompt they were asked, and others that name a task. Each row is read as it
 * says, and counts as no other task's.
 */
import { UserError } from '../../common/errors.ts';
import { canonicalJson, isRecord } from '../../common/json.ts';
import { numberIn } from '../../common/written-number.ts';
import { askableNames } from '../../prompt/askable.ts';
import type { Askable } from '../../prompt/askable.ts';
import { readingOf, templateIn } from '../../prompt/template.ts';
import type { PromptTemplate } from '../../prompt/template.ts';
import { recordsOf } from '../../respond/recording/file.node.ts';
import type { FieldNames, Fields } from '../../respond/recording/fields.ts';
import { promptOfRow, SAMPLE_FIELDS, taskNamedIn } from '../../respond/recording/named-row.ts';
import type { ChosenLength, ToldOfTask } from '../store/rows.ts';
import { CountedTogether, modelIn } from './counted-together.ts';
import type { ToldRow } from './counted-together.ts';

/** A task that rows name, and what they say of how it was asked. */
export interface NamedTask {
  readonly task: Askable;
  /** The prompt that it was asked with, or as much of it as tells how answers are read; null where rows say nothing of it. */
  readonly template: PromptTemplate | null;
  /** Which of the rows' fields is what, where it is known from the kind of rows. */
  readonly fields: FieldNames;
  /** What else the rows say of how it was asked. */
  readonly told: ToldOfTask;
  /** The model that its first row names; `CountedTogether` refuses rows of another one. */
  readonly model: string | null;
  /** Lengths at which the answers decided how many samples were asked. */
  readonly chosen: readonly ChosenLength[];
}

/**
 * The tasks in a file, in the order of all tasks, since rows are in the order in which answers came; null where its first
 * record names none.
 * @param together told every row: whether they can be counted together, with those of other files, it knows then
 * @throws UserError where a later record names none, or where two tasks have one name
 */
export async function namedTasks(
  file: string,
  names: FieldNames,
  together = new CountedTogether(),
): Promise<readonly NamedTask[] | null> {
  const found = new Map<string, NamedRow>();
  const chosen = new Map<string, Map<number, ChosenLength>>();
  for await (const raw of recordsOf(file, names)) {
    if ('reason' in raw) continue; // said by whoever scores the others
    if (raw.fields.forced === true)
      throw new UserError(
        `${file}, line ${raw.line}: a teacher-forced answer, of which nothing was generated: replay reads outputs; compare reads its folder as it is`,
      );
    const row = namedRow(raw.fields, `${file}, line ${raw.line}`);
    if (row === null) {
      if (found.size === 0) return null; // the first record tells what kind of file it is
      throw new UserError(
        `${file}, line ${raw.line}: ${namesNone(raw.fields)}, as records before it do ('${[...found.keys()].join("', '")}'): write the task's name into each, or those without it to a file of its own`,
      );
    }
    together.take(row, file, raw.line);
    if (!found.has(row.task.name)) found.set(row.task.name, row);
    const own = chosen.get(row.task.name) ?? new Map<number, ChosenLength>();
    chosen.set(row.task.name, own);
    if (row.chosen !== null) own.set(row.chosen.length, row.chosen);
  }
  if (found.size === 0) return null;
  const all = askableNames();
  const placeOf = ({ task }: NamedRow): number =>
    all.includes(task.name) ? all.indexOf(task.name) : all.length;
  const rows = [...found.values()].sort((a, b) => placeOf(a) - placeOf(b));
  return rows.map(({ task, template, fields, told, respondent }) => ({
    ...{ task, template, fields, told },
    model: respondent === null ? null : modelIn(respondent),
    chosen: [...(chosen.get(task.name)?.values() ?? [])],
  }));
}

function namesNone({ task }: Fields): string {
  return typeof task === 'string'
    ? `'${task}' is no task of lengthwise`
    : 'it does not say of which task it is';
}

/** Whether a record is a row of that task. */
export function isRowOf(fields: Fields, task: string): boolean {
  return taskNamedIn(fields)?.name === task;
}

interface NamedRow extends Omit<NamedTask, 'chosen' | 'model'>, ToldRow {
  readonly task: Askable;
  readonly chosen: ChosenLength | null;
}

/** @param where names the line, for messages */
function namedRow(fields: Fields, where: string): NamedRow | null {
  const task = taskNamedIn(fields);
  if (task === null) return null;
  return exportedRow(fields, task) ?? sampleRow(fields, task, where);
}

/** A row of `export --table samples`. */
function exportedRow(fields: Fields, task: Askable): NamedRow | null {
  const { way, template } = fields;
  const read = typeof way === 'string' && isRecord(template) ? templateIn(template) : null;
  if (typeof way !== 'string' || read === null) return null;
  return {
    ...{ task, template: read, prompt: read.name, fields: { output: 'output' } },
    // A prompt that is read in another way than before sends the same.
    way: canonicalJson([way, readingOf(read)]),
    column: 'column way',
    chosen: chosenIn(fields),
    ...toldIn(fields),
  };
}

/** What any row may say of who answered, of its sample, and of what was sent. */
function toldIn(fields: Fields): Pick<NamedRow, 'wayName' | 'respondent' | 'seed' | 'told'> {
  const { way, respondent, promptSha256, prompt_sha256: ofSample } = fields;
  const hash = promptSha256 ?? ofSample;
  const seed = numberIn(fields.seed);
  return {
    wayName: typeof way === 'string' ? way : null,
    respondent: typeof respondent === 'string' && respondent !== '' ? respondent : null,
    seed,
    told: { seed, promptSha256: typeof hash === 'string' ? hash : null },
  };
}

/** A sample of `tasks export` with an output, or whatever else names a task. */
function sampleRow(fields: Fields, task: Askable, where: string): NamedRow {
  const template = promptOfRow(fields);
  if (template === 'broken') {
    throw new UserError(
      `${where}: 'reading' is not how an answer is read, as lengthwise tasks export writes it: restore it, or remove the field from all lines`,
    );
  }
  // What older versions exported says how its answers are read, and nothing of how its sources were drawn.
  const asked = typeof fields.way === 'string' ? fields.way : null;
  const way = template === null && asked === null ? '' : canonicalJson([asked, template]);
  const own = template === null ? {} : SAMPLE_FIELDS;
  return {
    ...{ task, template, prompt: template?.name ?? null, fields: own, way, chosen: null },
    column: asked === null ? 'prompt_name, reading' : 'prompt_name, reading, way',
    ...toldIn(fields),
  };
}

/** What a row says of its length: null where the number of samples was fixed. Older exports don't say. */
function chosenIn({ searched, lookedAgain, ...fields }: Fields): ChosenLength | null {
  if (searched !== true && lookedAgain !== true) return null;
  const [length, confidence] = [numberIn(fields.length), numberIn(fields.confidence)];
  if (length === null || confidence === null) return null;
  if (!Number.isInteger(length) || !(confidence > 0 && confidence < 1)) return null;
  return { length, confidence, why: lookedAgain === true ? 'more' : 'search' };
}
