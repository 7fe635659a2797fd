/**
 * Rows that say themselves of which task they are, and how their answers are read: samples that `lengthwise tasks export` or
 * `tasks sample --json` wrote, with outputs beside them.
 */
import { isRecord } from '../../common/json.ts';
import { numberIn } from '../../common/written-number.ts';
import { askables } from '../../prompt/askable.ts';
import type { Askable } from '../../prompt/askable.ts';
import { hash64 } from '../../score/tables/source-table.ts';
import { templateOfReading } from '../../prompt/template.ts';
import type { PromptTemplate } from '../../prompt/template.ts';
import type { FieldNames, Fields } from './fields.ts';

/** Which fields of a sample of `tasks export` are what: those that other tools write beside them have names of their own. */
export const SAMPLE_FIELDS: FieldNames = { source: 'source', query: 'query', gold: 'answer' };

/** By the name of a rule in small letters, what can be asked: every row is held against them. */
const rules: ReadonlyMap<string, Askable> = new Map(
  askables(undefined).map((task) => [task.name.toLowerCase(), task]),
);

function ruleNamed(name: string): Askable | undefined {
  return rules.get(name.toLowerCase());
}

/**
 * The task that a row names: one of ours, or one of the user's own whose rule (`operation`) is one of ours. null where it
 * names none that is known, as other people's rows may. Names of ours are spelled as here, whatever letters are capital there.
 */
export function taskNamedIn({ task, operation }: Fields): Askable | null {
  if (typeof task !== 'string' || task === '') return null;
  const rule = ruleNamed(typeof operation === 'string' ? operation : task) ?? ruleNamed(task);
  if (rule === undefined) return null;
  return ruleNamed(task) === rule ? rule : { ...rule, name: task };
}

/**
 * The number of its sample that a row has which names a task: its `index`, else its `id`. null where it has none: what was asked is all that
 * tells its sample then. The `id` of a whole reply is the reply's.
 */
export function sampleNumberIn(fields: Fields): number | null {
  const { id } = fields;
  const number = [fields.index, id].map(numberIn).find(isNumber);
  if (number !== undefined) return number;
  return typeof id === 'string' && id !== '' && !('choices' in fields) ? hash64(id)[0] : null;
}

function isNumber(value: number | null): value is number {
  return Number.isSafeInteger(value) && (value ?? -1) >= 0;
}

/** What a row of `tasks export` says of how its answer is read, as a prompt; null where it says nothing. */
export function promptOfRow({ reading, prompt_name: name }: Fields): PromptTemplate | null | 'broken' {
  if (!isRecord(reading) || !Array.isArray(reading.filters)) return null;
  return templateOfReading(reading, typeof name === 'string' ? name : 'unnamed') ?? 'broken';
}
