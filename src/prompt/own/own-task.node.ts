/**
 * A task of the user's own, from a YAML file: a prompt, where its items come from, and one of our operations as the
 * oracle (docs/prompts.md). Items may be any texts: they are drawn and answered as symbols, and written as they are.
 */
import path from 'node:path';
import { z } from 'zod';
import { messageOf, UserError } from '../../common/errors.ts';
import { readRegularFile } from '../../common/read-text.node.ts';
import { unknownName } from '../../common/nearest.ts';
import { alphabetNamed, tasks } from '../../tasks/index.ts';
import type { Instance, Placing } from '../../tasks/task.ts';
import { askableNamed, askableNames } from '../askable.ts';
import type { Askable } from '../askable.ts';
import type { OwnContent } from './content.ts';
import { isPromptFile, promptFor } from '../files.node.ts';
import { templateFrom } from '../template.ts';
import type { PromptTemplate } from '../template.ts';
import { readYaml, schemaFaults } from '../yaml.ts';
import type { FilePath, YamlFile } from '../yaml.ts';

const schema = z.strictObject({
  name: z.string().regex(/^[\w-]+$/, 'letters, digits, - and _ only'),
  title: z.string().default('a task of your own'),
  operation: z.string(),
  items: z.union(
    [z.string(), z.array(z.unknown()).min(2)],
    'a list of two or more items, file:PATH, or the name of an alphabet',
  ),
  prompt: z.union([z.string(), z.record(z.string(), z.unknown())]),
});

export interface OwnTask {
  readonly content: OwnContent;
  readonly task: Askable;
  readonly template: PromptTemplate;
}

/** Reads the file of a task. A UserError says what is wrong with it. */
export function readOwnTask(file: string): OwnTask {
  const yaml = readYaml(readText(file), file);
  const parsed = schema.safeParse(yaml.value);
  if (!parsed.success)
    throw new UserError(`${file} is no task: ${schemaFaults(parsed.error, yaml.value, yaml).join('; ')}`);
  const { name, title, operation, items, prompt } = parsed.data;
  const names = tasks.filter(({ family }) => family !== 'flip-flop').map((task) => task.name);
  if (!names.includes(operation))
    throw new UserError(`${file}: ${unknownName('operation', operation, names)}`);
  if (askableNames().includes(name)) {
    throw new UserError(`${file}: '${name}' is a task that comes with lengthwise; give yours another name`);
  }
  const template = templateOf(prompt, name, operation, yaml);
  const list = itemsOf(typeof items === 'string' ? items : writtenItems(yaml), file);
  checkItems(list, template, file);
  const content = { name, title, operation, joiner: template.symbols, items: list };
  return { content, template, task: ownAskable(content) };
}

/** In the file itself, or the name of a prompt for the operation, or another file beside it. */
function templateOf(
  prompt: string | Record<string, unknown>,
  name: string,
  operation: string,
  file: YamlFile,
): PromptTemplate {
  if (typeof prompt !== 'string') {
    const lineOf = (at: FilePath): number => file.lineOf(['prompt', ...at]);
    return templateFrom(prompt, name, { where: `the prompt of ${file.where}`, lineOf });
  }
  const named = isPromptFile(prompt) ? path.resolve(path.dirname(file.where), prompt) : prompt;
  return promptFor(askableNamed(operation).shape, [named], false);
}

/** `[1, 007, yes]` are numbers and words to people, whatever YAML makes of them: what is written counts. */
function writtenItems(file: YamlFile): string[] {
  const items = file.written(['items']) ?? [];
  const faults = items.flatMap((item, i) =>
    'fault' in item ? [`line ${file.lineOf(['items', i])}: item ${i + 1} of items ${item.fault}`] : [],
  );
  if (faults.length > 0) throw new UserError(`${file.where} is no task: ${faults.join('; ')}`);
  return items.flatMap((item) => ('text' in item ? [item.text] : []));
}

/** An answer is items with something between them, up to a stop mark: neither may stand in an item. */
function checkItems(items: readonly string[], { symbols, stop }: PromptTemplate, file: string): void {
  for (const item of items) {
    const said = `${file}: the item ${JSON.stringify(item)}`;
    if (item.includes(symbols) || item.includes('\n')) {
      throw new UserError(`${said} contains what stands between items; change prompt.symbols`);
    }
    const mark = stop.find((each) => item.includes(each));
    if (mark === undefined) continue;
    throw new UserError(`${said} contains the stop mark ${JSON.stringify(mark)}; change prompt.stop`);
  }
}

/**
 * One of our tasks over stand-ins for the items (`#0`, `#1`, …), which are written as the items that they stand for.
 * `place`: where the evidence lies.
 */
export function ownAskable({ name, title, operation, joiner, items }: OwnContent, place?: Placing): Askable {
  const standIns = items.map((_, i) => `#${i}`);
  const base = askableNamed(operation, { options: { alphabet: standIns, place } });
  const numbers = new Map(items.map((item, i) => [item, standIns[i]]));
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
        (item) => !numbers.has(item),
      );
      if (unknown !== undefined) return { refusal: `'${unknown}' is none of the items of ${name}` };
      const standIn = (item: string): string => numbers.get(item) ?? item;
      const said = base.answer(
        source.map(standIn),
        query === null || query === undefined ? null : standIn(query),
      );
      return 'refusal' in said ? said : { ...said, answer: said.answer.map(written) };
    },
  };
}

/** A list in the file, `file:PATH` (one item a line, beside the task's file), or an alphabet by its name. */
function itemsOf(items: string | readonly string[], file: string): readonly string[] {
  const list =
    typeof items !== 'string'
      ? items
      : items.startsWith('file:')
        ? readText(path.resolve(path.dirname(file), items.slice('file:'.length))).split(/\r?\n/)
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
    throw new UserError(`cannot read ${file}: ${messageOf(error)}`);
  }
}
