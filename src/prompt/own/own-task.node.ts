/**
 * A task of the user's own, from a YAML file: a prompt, where its items come from, and one of our operations as the
 * oracle (docs/prompts.md). Items may be any texts: they are drawn and answered as symbols, and written as they are.
 */
import path from 'node:path';
import { z } from 'zod';
import { fileFault, UserError } from '../../common/errors.ts';
import { isRecord } from '../../common/json.ts';
import { readRegularFile } from '../../common/read-text.node.ts';
import { unknownName } from '../../common/nearest.ts';
import { alphabetNamed, tasks } from '../../tasks/index.ts';
import type { Instance, Placing } from '../../tasks/task.ts';
import { askableNamed, nameOfOurs } from '../askable.ts';
import type { Askable } from '../askable.ts';
import type { OwnContent } from './content.ts';
import { answerOverItems } from './items.ts';
import { isPromptFile, promptFor } from '../files.node.ts';
import { A_MODEL, templateFaults, templateFrom } from '../template.ts';
import type { PromptTemplate } from '../template.ts';
import { readYaml, schemaFaults } from '../yaml.ts';
import type { FilePath, YamlFile } from '../yaml.ts';

const operations = tasks.filter(({ family }) => family !== 'flip-flop').map(({ name }) => name);

/** What is said of a field that is missing, or is something else. */
function takes(what: string): { readonly error: (issue: { readonly input?: unknown }) => string } {
  return { error: ({ input }) => `${input === undefined ? 'is missing: it takes' : 'takes'} ${what}` };
}

const schema = z.strictObject({
  name: z
    .string()
    .regex(/^[\w-]+$/, 'letters, digits, - and _ only')
    .refine((name) => nameOfOurs(name) === undefined, {
      error: ({ input }) => `${ourName(String(input))} comes with lengthwise; give yours another name`,
    }),
  title: z.string().default('a task of your own'),
  operation: z.string().refine((name) => operations.includes(name), {
    error: ({ input }) => unknownName('operation', String(input), operations),
  }),
  items: z.union(
    [z.string(), z.array(z.unknown()).min(2)],
    takes('a list of two or more items, file:PATH, or the name of an alphabet'),
  ),
  prompt: z.union(
    [z.string(), z.record(z.string(), z.unknown())],
    takes('the name of a prompt (lengthwise prompts lists them), a .yaml file with one, or its fields'),
  ),
});

/** `'UF' is a task that`; `'uf' is UF, which`. */
function ourName(written: string): string {
  const name = nameOfOurs(written);
  return name === written
    ? `'${written}' is a task that`
    : `'${written}' is how ${name} may be written, which`;
}

export interface OwnTask {
  readonly content: OwnContent;
  readonly task: Askable;
  readonly template: PromptTemplate;
  /** What it was read from: its own file, and those of its prompt and its items. */
  readonly files: readonly string[];
}

/** The way out of a task's file that is no YAML. */
const A_TASK = 'a task is a YAML file; a model to start from stands in docs/prompts.md';

/** Reads the file of a task. A UserError says everything that is wrong with it. */
export function readOwnTask(file: string): OwnTask {
  const yaml = readYaml(readText(file), file, A_TASK);
  const faults = faultsIn(yaml);
  if (faults.length > 0) throw new UserError(`${file} is no task: ${faults.join('; ')}`);
  const { name, title, operation, items, prompt } = schema.parse(yaml.value);
  const template = templateOf(prompt, name, operation, yaml);
  const list = itemsOf(typeof items === 'string' ? items : writtenItems(yaml), file);
  checkItems(list, template, file, typeof prompt === 'string' ? prompt : null);
  const content = { name, title, operation, joiner: template.symbols, items: list };
  const files = [file, promptFileOf(prompt, file), itemsFileOf(items, file)].filter((one) => one !== null);
  return { content, template, task: ownAskable(content), files };
}

/**
 * Tasks of one name would be counted as one.
 * @throws UserError where two files have tasks of one name
 */
export function checkOwnNames(tasks: readonly { readonly file: string; readonly name: string }[]): void {
  for (const [i, { file, name }] of tasks.entries()) {
    const first = tasks.slice(0, i).find((other) => other.name === name);
    if (first === undefined) continue;
    throw new UserError(
      `${first.file} and ${file} are both called '${name}', and tasks of one name would be counted as one: change 'name' in one of them, or ask them in two commands`,
    );
  }
}

/** What is wrong with the fields, with the items as they are written, and with a prompt that stands in the file. */
function faultsIn(yaml: YamlFile): string[] {
  const { error } = schema.safeParse(yaml.value);
  const prompt = isRecord(yaml.value) && isRecord(yaml.value.prompt) ? yaml.value.prompt : null;
  const ofPrompt = prompt === null ? [] : templateFaults(prompt, promptIn(yaml));
  return [
    ...(error === undefined ? [] : schemaFaults(error, yaml.value, yaml)),
    ...(yaml.written(['items']) ?? []).flatMap((item, i) =>
      'fault' in item ? [`line ${yaml.lineOf(['items', i])}: item ${i + 1} of items ${item.fault}`] : [],
    ),
    ...ofPrompt.map((fault) => `in the prompt, ${fault}`),
    ...(ofPrompt.length > 0 ? [A_MODEL] : []),
  ];
}

/** The prompt that stands in a task's file. */
function promptIn(file: YamlFile): Pick<YamlFile, 'where' | 'lineOf'> {
  const lineOf = (at: FilePath): number => file.lineOf(['prompt', ...at]);
  return { where: `the prompt of ${file.where}`, lineOf };
}

/** In the file itself, or the name of a prompt for the operation, or another file beside it. */
function templateOf(
  prompt: string | Record<string, unknown>,
  name: string,
  operation: string,
  file: YamlFile,
): PromptTemplate {
  if (typeof prompt !== 'string') return templateFrom(prompt, name, promptIn(file));
  return promptFor(askableNamed(operation).shape, [promptFileOf(prompt, file.where) ?? prompt], false);
}

/** The file that a task's prompt stands in; null where it stands in the task's own, or is one of ours. */
function promptFileOf(prompt: unknown, file: string): string | null {
  if (typeof prompt !== 'string' || !isPromptFile(prompt)) return null;
  return path.resolve(path.dirname(file), prompt);
}

/** The file that a task's items stand in; null where they stand in the task's own, or are an alphabet. */
function itemsFileOf(items: unknown, file: string): string | null {
  if (typeof items !== 'string' || !items.startsWith('file:')) return null;
  return path.resolve(path.dirname(file), items.slice('file:'.length));
}

/** `[1, 007, yes]` are numbers and words to people, whatever YAML makes of them: what is written counts. */
function writtenItems(file: YamlFile): string[] {
  return (file.written(['items']) ?? []).flatMap((item) => ('text' in item ? [item.text] : []));
}

/**
 * An answer is items with something between them, up to a stop mark: neither may stand in an item.
 * @param named the prompt, where the file names one; null where it stands in the file
 */
function checkItems(
  items: readonly string[],
  { symbols, stop }: PromptTemplate,
  file: string,
  named: string | null,
): void {
  const wayOut = (field: 'symbols' | 'stop'): string =>
    named === null
      ? `change prompt.${field}, or the item`
      : `that is how the prompt '${named}' is written: change the item, or write a prompt with other ${field} into the file (docs/prompts.md)`;
  for (const item of items) {
    const said = `${file}: the item ${JSON.stringify(item)} contains`;
    if (item.includes('\n')) throw new UserError(`${said} a line end: an item is one line`);
    if (item.includes(symbols))
      throw new UserError(
        `${said} ${JSON.stringify(symbols)}, which stands between items; ${wayOut('symbols')}`,
      );
    const mark = stop.find((each) => item.includes(each));
    if (mark === undefined) continue;
    throw new UserError(`${said} the stop mark ${JSON.stringify(mark)}; ${wayOut('stop')}`);
  }
}

/**
 * One of our tasks over stand-ins for the items (`#0`, `#1`, …), which are written as the items that they stand for.
 * `place`: where the evidence lies.
 */
export function ownAskable({ name, title, operation, joiner, items }: OwnContent, place?: Placing): Askable {
  const standIns = items.map((_, i) => `#${i}`);
  const base = askableNamed(operation, { options: { alphabet: standIns, place } });
  const oracle = answerOverItems(base.answer.bind(base));
  const known = new Set(items);
  const written = (symbol: string): string => items[Number(symbol.slice(1))];
  return {
    ...base,
    name,
    title,
    joiner,
    uses: base.uses.filter((option) => option === 'place'), // the items are its alphabet
    instance(draw): Instance {
      const { source, query, answer, ...rest } = base.instance(draw);
      return {
        ...rest,
        task: name,
        source: source.map(written),
        query: query === null ? null : written(query),
        answer: answer.map(written),
      };
    },
    answer(source, query) {
      const unknown = [...source, ...(query === null || query === undefined ? [] : [query])].find(
        (item) => !known.has(item),
      );
      if (unknown !== undefined) return { refusal: `'${unknown}' is none of the items of ${name}` };
      return oracle(source, query);
    },
  };
}

/** A list in the file, `file:PATH` (one item a line, beside the task's file), or an alphabet by its name. */
function itemsOf(items: string | readonly string[], file: string): readonly string[] {
  const itemsFile = itemsFileOf(items, file);
  const list =
    typeof items !== 'string'
      ? items
      : itemsFile !== null
        ? readText(itemsFile).split(/\r?\n/)
        : alphabetNamed(items);
  const trimmed = list.map((item) => item.trim()).filter((item) => item !== '');
  const twice = trimmed.find((item, i) => trimmed.indexOf(item) < i);
  if (twice !== undefined) throw new UserError(`${file}: the item ${JSON.stringify(twice)} is there twice`);
  if (trimmed.length < 2) throw new UserError(`${file}: there are fewer than two items`);
  return trimmed;
}

/** Items are some thousands, of some characters each: more is another kind of file. */
const MOST_BYTES = 10_000_000;

function readText(file: string): string {
  try {
    return readRegularFile(file, MOST_BYTES);
  } catch (error) {
    throw new UserError(`cannot read ${file}: ${fileFault(error)}`);
  }
}
