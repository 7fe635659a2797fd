/** The fields of a recorded sample: found by the names that are known, or by one that was given, and read as texts. */

import { isRecord } from '../../common/json.ts';
import { numberAsSymbol, numberText } from '../../common/written-number.ts';
import { harnessSample } from './harness-sample.ts';
import type { GivenLayout } from './layouts.ts';

export type Fields = Readonly<Record<string, unknown>>;

/** A text, or a list of them, symbol by symbol. Numbers are taken as they are written. */
export type Text = string | readonly string[];

/** Names of fields, where they are not recognised by themselves. */
export interface FieldNames {
  readonly source?: string;
  readonly query?: string;
  readonly gold?: string;
  readonly output?: string;
  /** The list of records inside one JSON value: `results.results`. */
  readonly records?: string;
  /** How symbols stand in the texts; default: what the task, all records of the file, and the text itself suggest. */
  readonly symbols?: GivenLayout;
}

/** The last is promptfoo's. */
export const SOURCES = ['input', 'input_text', 'source', 'input_with_space', 'context', 'vars.source'];

export const QUERIES = ['query', 'vars.query'];

export const GOLDS = ['gold_ans_char', 'gold_ans', 'target', 'answer', 'gold', 'expected'];

/** Of texts and of whole replies; the last rows are lm-evaluation-harness's, RULER's, and those of chats. */
export const OUTPUTS = [
  'full_output',
  'full_answer',
  'output',
  'predicted',
  'prediction',
  'response',
  'completion',
  'generated_text',
  ...['resps', 'filtered_resps', 'outputs', 'pred'],
  ...['choices', 'candidates', 'message', 'messages'],
];

/** Fields whose lists hold several answers to one sample; in others they hold its symbols. */
const LISTS_OF_ANSWERS = new Set(['resps', 'filtered_resps', 'outputs']);

/** Whether a field, or one that it is in, has a list of answers. */
export function holdsAnswers(name: string): boolean {
  return name.split('.').some((part) => LISTS_OF_ANSWERS.has(part));
}

/** Whether there is a source in these fields: what a record can't be without. */
export function hasSource(fields: Fields, names: FieldNames): boolean {
  return pick(fields, names.source, SOURCES) !== undefined || harnessSample(fields) !== null;
}

/** Whether there is a field for an output in these fields. */
export function hasOutput(fields: Fields, names: FieldNames): boolean {
  return pick(fields, names.output, OUTPUTS) !== undefined;
}

/** The name of the field with a value: the given one, else the first known one; of fields that are null only, the first. */
export function pick(
  fields: Fields,
  given: string | undefined,
  known: readonly string[],
): string | undefined {
  const there = (given === undefined ? known : [given]).filter((name) => at(fields, name) !== undefined);
  return there.find((name) => at(fields, name) !== null) ?? there.at(0);
}

/** The value of a field; `response.text` and `choices.0` reach into others, where no field has that very name. */
export function at(fields: Fields, name: string): unknown {
  return valuesTo(fields, name).at(-1);
}

/**
 * The values on the way to a field, from the fields themselves to its own value, which is undefined where there is
 * none.
 */
export function valuesTo(fields: Fields, name: string): readonly unknown[] {
  if (Object.hasOwn(fields, name)) return [fields, fields[name]];
  const values: unknown[] = [fields];
  for (const part of name.split('.')) {
    const value = values[values.length - 1];
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, part))
      return [fields, undefined];
    values.push((value as Fields)[part]);
  }
  return values;
}

/** The value as a text or a list of them, or null where it is neither. Parts of a message (`{type: 'text', text}`) are one text. */
export function asText(value: unknown): Text | null {
  if (!Array.isArray(value)) return asOneText(value);
  if (value.length > 0 && value.every(isTextPart)) return value.map(({ text }) => text).join('');
  const parts = value.map(asOneText);
  return parts.some((part) => part === null) ? null : (parts as string[]);
}

function isTextPart(value: unknown): value is { readonly text: string } {
  return isRecord(value) && typeof value.text === 'string';
}

/** The value of a field that is one text, else null. */
export function oneTextAt(fields: Fields, name: string): string | null {
  return asOneText(at(fields, name));
}

/** Half a character, which JSON can hold and no store, is U+FFFD. */
export function asOneText(value: unknown): string | null {
  return typeof value === 'string' ? value.toWellFormed() : numberText(value);
}

/**
 * A value, or a list of them, in which numbers are written as the sample has them: 9.0 is 9 where 9 is a symbol of it and 9.0 is not, and the
 * other way round. pandas writes whole numbers with a fraction where one of their column is missing. Of a sample of digits, which are copied as
 * one number, none has a fraction. Texts stay as they are.
 * @param source the sample's source: its symbols, or a text with them
 */
export function asInSource(value: unknown, source: Text, deepest = DEEPEST_LIST): unknown {
  if (Array.isArray(value))
    return deepest === 0 ? value : value.map((each) => asInSource(each, source, deepest - 1));
  const text = numberText(value);
  if (text === null) return value;
  return numberAsSymbol(text, numbersIn(source)) ?? value;
}

/** The symbols of a source, as far as they may be numbers. */
export function numbersIn(source: Text): readonly string[] {
  return typeof source === 'string' ? (source.match(NUMBERS) ?? []) : source;
}

/** Answers are listed so deep: lm-evaluation-harness has a list in a list. */
const DEEPEST_LIST = 4;

const NUMBERS = /[\d.eE+-]+/g;
