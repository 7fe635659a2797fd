/** JSON as a type, and the one canonical text that hashes are taken of. */
import { numberIn, WrittenNumber } from './written-number.ts';

export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };

/** Whether a value is an object with fields: no list, not null. */
export function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return (
    typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof WrittenNumber)
  );
}

/**
 * The text of a value with its keys sorted and no white space: equal values have equal texts, whatever order
 * their keys were written in. Keys whose value is undefined are left out.
 */
export function canonicalJson(value: unknown): string {
  if (value instanceof WrittenNumber) return String(value);
  if (Array.isArray(value)) return `[${value.map(canonicalJson).join(',')}]`;
  if (typeof value === 'object' && value !== null) {
    const parts = Object.entries(value)
      .filter(([, inner]) => inner !== undefined)
      .sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0))
      .map(([key, inner]) => `${JSON.stringify(key)}:${canonicalJson(inner)}`);
    return `{${parts.join(',')}}`;
  }
  return JSON.stringify(value);
}

/** What Python's json, and others, write for numbers that JSON doesn't have. */
const NO_NUMBER = /-?Infinity|NaN/y;

/**
 * The value of a JSON text in which NaN, Infinity and -Infinity may stand for numbers, as Python writes them: they are
 * read as null. @throws SyntaxError where it is no JSON even so
 */
export function parseJson(text: string): unknown {
  return parsed(text);
}

/**
 * The same, with each number that JavaScript would write in another way (3.0, 1e5, an integer beyond 2^53) as a WrittenNumber:
 * where a text is wanted, it is the text that stands here.
 */
export function parseJsonAsWritten(text: string): unknown {
  const value = parseJson(text);
  if (!WRITTEN_OTHERWISE.test(text) || nestingOf(text) > DEEPEST_REVIVED) return value;
  return parsed(text, asWritten);
}

/**
 * Numbers that JavaScript may write in another way: with sixteen digits, a fraction that ends in 0 or begins with many, an exponent, or
 * -0. Hardly any record has one, and the function that is called for each value takes ten times as long as reading them.
 */
const WRITTEN_OTHERWISE =
  /[[:,\s](?:-?\d{16}|-?[\d.]{17}|-?\d+(?:\.(?:\d*0(?!\d)|0{6}|\d*[eE])|[eE])|-0(?![.\d]))/;

/** That function is called within itself, as deep as values are nested; no field of a record is as deep. */
const DEEPEST_REVIVED = 500;

function asWritten(_key: string, value: unknown, context?: { readonly source?: string }): unknown {
  if (typeof value !== 'number') return value;
  const source = context?.source ?? String(value);
  return source === String(value) ? value : new WrittenNumber(source);
}

function parsed(text: string, reviver?: typeof asWritten): unknown {
  try {
    return JSON.parse(text, reviver);
  } catch (error) {
    const mended = /NaN|Infinity/.test(text) ? withoutNoNumbers(text) : text;
    try {
      return JSON.parse(mended, reviver);
    } catch {
      throw error; // which quotes the text as it is
    }
  }
}

/** Null for each of them that stands outside of strings. */
function withoutNoNumbers(text: string): string {
  const special = /["NI]|-I/g;
  let [mended, from] = ['', 0];
  for (let found = special.exec(text); found !== null; found = special.exec(text)) {
    const at = found.index;
    if (found[0] === '"') {
      const end = endOfString(text, at);
      if (end === -1) break;
      special.lastIndex = end;
      continue;
    }
    NO_NUMBER.lastIndex = at;
    if (!NO_NUMBER.test(text)) continue;
    mended += `${text.slice(from, at)}null`;
    from = NO_NUMBER.lastIndex;
    special.lastIndex = from;
  }
  return mended + text.slice(from);
}

/** The place behind the string of JSON that begins at a quotation mark; -1 where it doesn't end. Takes linear time. */
export function endOfString(text: string, at: number): number {
  const special = /["\\]/g;
  special.lastIndex = at + 1;
  for (let found = special.exec(text); found !== null; found = special.exec(text)) {
    if (found[0] === '"') return special.lastIndex;
    special.lastIndex += 1; // whatever is escaped
  }
  return -1;
}

/**
 * A key that one object of a text has twice, or undefined: JSON.parse takes the last of them without a word.
 * @param text valid JSON
 */
export function repeatedKey(text: string): string | undefined {
  const open: Set<string>[] = []; // the keys of the objects that the place is in
  const special = /["{}]/g;
  for (let found = special.exec(text); found !== null; found = special.exec(text)) {
    if (found[0] === '{') open.push(new Set());
    else if (found[0] === '}') open.pop();
    else {
      // (No pattern for whole strings: it would run out of stack at one of some megabytes.)
      const end = endOfString(text, found.index);
      if (end === -1) return undefined;
      special.lastIndex = end;
      if (!isBeforeColon(text, end)) continue;
      const key = JSON.parse(text.slice(found.index, end)) as string;
      const keys = open[open.length - 1];
      if (keys.has(key)) return key;
      keys.add(key);
    }
  }
  return undefined;
}

/**
 * How deep objects and lists stand in each other: 0 for a text, 2 for [{}].
 * @param text valid JSON
 */
export function nestingOf(text: string): number {
  let [depth, deepest] = [0, 0];
  const special = /["{}[\]]/g;
  for (let found = special.exec(text); found !== null; found = special.exec(text)) {
    if (found[0] === '"') special.lastIndex = endOfString(text, found.index);
    else depth += found[0] === '{' || found[0] === '[' ? 1 : -1;
    deepest = Math.max(deepest, depth);
  }
  return deepest;
}

function isBeforeColon(text: string, at: number): boolean {
  const next = /\S/g;
  next.lastIndex = at;
  return next.exec(text)?.[0] === ':';
}

/** Objects in objects, as deep as anything is looked for that says something. */
const DEEPEST = 4;

/** Whether a value, and all that stands in it, is null, false, 0 or ''. */
export function saysNothing(value: unknown, deepest = DEEPEST): boolean {
  if (value === null || value === undefined || value === '' || value === false) return true;
  const number = numberIn(value);
  if (number !== null) return number === 0;
  if (deepest === 0 || typeof value !== 'object') return false;
  return Object.values(value).every((inner) => saysNothing(inner, deepest - 1));
}
