/**
 * Rows that say themselves of which task they are, and how their answers are read: samples that `lengthwise tasks export` or
 * `tasks sample --json` wrote, with outputs beside them.
 */
import { isRecord } from '../../common/json.ts';
import { askables } from '../../prompt/askable.ts';
import type { Askable } from '../../prompt/askable.ts';
import { templateOfReading } from '../../prompt/template.ts';
import type { PromptTemplate } from '../../prompt/template.ts';
import type { FieldNames, Fields } from './fields.ts';

/** Which fields of a sample of `tasks export` are what: those that other tools write beside them have names of their own. */
export const SAMPLE_FIELDS: FieldNames = { source: 'source', query: 'query', gold: 'answer' };

/** By the name of a rule, what can be asked: every row is held against them. */
const rules: ReadonlyMap<string, Askable> = new Map(askables(undefined).map((task) => [task.name, task]));

/**
 * The task that a row names: one of ours, or one of the user's own whose rule (`operation`) is one of ours. null where it
 * names none that is known, as other people's rows may.
 */
export function taskNamedIn({ task, operation }: Fields): Askable | null {
  if (typeof task !== 'string' || task === '') return null;
  const rule = rules.get(typeof operation === 'string' ? operation : task) ?? rules.get(task);
  return rule === undefined ? null : { ...rule, name: task };
}

/** What a row of `tasks export` says of how its answer is read, as a prompt; null where it says nothing. */
export function promptOfRow({ reading, prompt_name: name }: Fields): PromptTemplate | null | 'broken' {
  if (!isRecord(reading) || !Array.isArray(reading.filters)) return null;
  return templateOfReading(reading, typeof name === 'string' ? name : 'unnamed') ?? 'broken';
}
