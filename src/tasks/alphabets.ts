/**
 * The symbols that instances are drawn from, by name: single characters (62, or thousands), letters, digits, words.
 * An alphabet is a list in a fixed order, and the same text always gives the very same list.
 */
import { UserError } from '../common/errors.ts';
import { hintFor } from '../common/nearest.ts';
import { checkAlphabet } from './check-options.ts';
import type { Symbols } from './task.ts';
import { WORDS } from './words.ts';

/** An alphabet that has a name. */
export interface Alphabet {
  readonly name: string;
  /** A line for people: what its symbols are. */
  readonly title: string;
  readonly symbols: Symbols;
}

const LOWER = 'abcdefghijklmnopqrstuvwxyz';
const LETTERS = LOWER + LOWER.toUpperCase();
const DIGITS = '0123456789';
const CHARACTERS: Symbols = Array.from(LETTERS + DIGITS);

/** Enough for copying without repeats at any length that a study asks for. */
const UNICODE_SIZE = 4096;

/** What instances are drawn from where nothing else is said: the 62 characters of the paper's retrieval data. */
export function defaultAlphabet(): Symbols {
  return CHARACTERS;
}

let known: readonly Alphabet[] | undefined;

/** The alphabets that have a name. */
export function alphabets(): readonly Alphabet[] {
  known ??= [
    { name: 'characters', title: 'letters and digits, a-z A-Z 0-9', symbols: CHARACTERS },
    { name: 'letters', title: 'letters, a-z A-Z', symbols: Array.from(LETTERS) },
    { name: 'lower', title: 'lower-case letters, a-z', symbols: Array.from(LOWER) },
    { name: 'digits', title: 'digits, 0-9', symbols: Array.from(DIGITS) },
    { name: 'words', title: 'common English words', symbols: WORDS.trim().split(/\s+/) },
    {
      name: 'unicode',
      title: 'characters, Latin letters with diacritics, Chinese characters',
      symbols: unicode(),
    },
  ];
  return known;
}

/** The name of the alphabet of those symbols, in that order; undefined where it has none. */
export function alphabetName(symbols: Symbols): string | undefined {
  return alphabets().find((known) => isSameList(known.symbols, symbols))?.name;
}

/** Whether instances are drawn from those symbols where nothing else is said. */
export function isDefaultAlphabet(symbols: Symbols): boolean {
  return isSameList(symbols, defaultAlphabet());
}

function isSameList(a: Symbols, b: Symbols): boolean {
  return a === b || (a.length === b.length && a.every((symbol, i) => symbol === b[i]));
}

/** Alphabets that were made from a text, so that the same text gives the same list. */
const made = new Map<string, Symbols>();

/** How many lists are remembered. They are few in practice; a program that makes new ones for ever must not grow. */
const MAX_MADE = 100;

/**
 * The alphabet that a text describes: a name (`words`); a name and how many of its first symbols (`words:500`); how
 * many of the first characters of `unicode` (`100`: the 62 and 38 with diacritics); or the symbols themselves,
 * separated by commas (`a,b,c`) or by blanks. Throws UserError for anything else.
 */
export function alphabetNamed(text: string): Symbols {
  const before = made.get(text);
  if (before !== undefined) return before;
  const symbols = describedBy(text);
  checkAlphabet(symbols);
  if (made.size >= MAX_MADE) made.clear();
  made.set(text, symbols);
  return symbols;
}

function describedBy(text: string): Symbols {
  const named = alphabets().find(({ name }) => name === text);
  if (named !== undefined) return named.symbols;
  const first = /^(?:([a-z]+):)?(\d+)$/.exec(text);
  if (first !== null) return firstOf(first[1] ?? 'unicode', Number(first[2]));
  if (text.includes(',')) return text.split(',').map((symbol) => symbol.trim());
  if (/\S\s+\S/u.test(text)) return text.trim().split(/\s+/);
  throw unknownAlphabet(text);
}

function firstOf(name: string, count: number): Symbols {
  const alphabet = alphabets().find((candidate) => candidate.name === name);
  if (alphabet === undefined) throw unknownAlphabet(name);
  if (count > alphabet.symbols.length)
    throw new UserError(`the alphabet '${name}' has ${alphabet.symbols.length} symbols, not ${count}`);
  return alphabet.symbols.slice(0, count);
}

function unknownAlphabet(text: string): UserError {
  const names = alphabets().map(({ name }) => name);
  const example = text.trim() === '' ? ['a', 'b'] : Array.from(text).slice(0, 3);
  return new UserError(
    `unknown alphabet '${text}'${hintFor(text, names)} (known: ${names.join(', ')}; a number N for the first N characters; ` +
      `symbols separated by commas: ${example.join(',')},…)`,
  );
}

/**
 * Characters that anybody can tell apart and that stay themselves under every Unicode normal form of composition:
 * the 62, the Latin letters with diacritics (U+00C0 to U+017F; without Ð, which looks like Đ, and what only stands
 * for other characters), then Chinese characters in the order of the code points from U+4E00 on.
 */
function unicode(): Symbols {
  const latin = codePoints(0xc0, 0x17f).filter(
    (character) => /\p{L}/u.test(character) && character.normalize('NFKC') === character && character !== 'Ð',
  );
  const few = [...CHARACTERS, ...latin];
  return [...few, ...codePoints(0x4e00, 0x4e00 + UNICODE_SIZE - few.length - 1)];
}

/** The characters from one code point to another, both included. */
function codePoints(first: number, last: number): string[] {
  return Array.from({ length: last - first + 1 }, (_, i) => String.fromCodePoint(first + i));
}
