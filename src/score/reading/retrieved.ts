/**
 * Whether the right answer stands in an output, whatever stands around it: as whole symbols, in order and without a gap.
 * `<target>b</target>`, `The answer is b.`, `**b**` and `b,` all hold b; `bc`, `can't` (of t) and `3.5` (of 5) don't. Texts
 * and histories of commits have to stand there in whole lines. Linear in the output (Knuth, Morris and Pratt 1977).
 */
import { isWhite } from './draft.ts';
import type { Reading } from './reading.ts';

const WORD = /[\p{L}\p{N}\p{M}]/u;

/** Whether `gold` stands in `text`; `lines`: only as whole lines. */
export function isRetrieved(text: string, gold: string, reading: Reading, lines: boolean): boolean {
  if (gold.trim() === '') return text.trim() === '';
  const nfc = reading.filters.includes('unicode');
  const [haystack, needle] = nfc ? [text.normalize('NFC'), gold.normalize('NFC')] : [text, gold];
  return lines ? hasLines(haystack, needle, reading) : hasSymbols(haystack, needle, reading.joiner);
}

function hasLines(text: string, gold: string, { tags }: Reading): boolean {
  const untagged = (tags ?? []).reduce((rest, tag) => rest.replaceAll(tag, '\n'), text);
  const linesOf = (part: string): string[] =>
    part
      .split('\n')
      .map((line) => line.trim())
      .filter((line) => line !== '');
  const [all, wanted] = [linesOf(untagged), linesOf(gold)];
  return !places(all, wanted).next().done;
}

function hasSymbols(text: string, gold: string, joiner: string): boolean {
  const [all, wanted] = [squeezed(text, joiner), squeezed(gold, joiner)];
  for (const at of places(all.units, wanted.units)) {
    if (isWhole(all, at, at + wanted.units.length, gold)) return true;
  }
  return false;
}

/** A text whose white space is one blank each; or none, where each symbol is one character. */
interface Squeezed {
  readonly units: Uint16Array;
  /** Whether white space stood before each unit. */
  readonly apart: Uint8Array;
}

function squeezed(text: string, joiner: string): Squeezed {
  const units = new Uint16Array(text.length);
  const apart = new Uint8Array(text.length + 1);
  let [length, white] = [0, true];
  for (let i = 0; i < text.length; i++) {
    const unit = text.charCodeAt(i);
    if (isWhite(unit)) {
      white = true;
      continue;
    }
    if (white && joiner !== '' && length > 0) units[length++] = 32;
    apart[length] = Number(white);
    white = false;
    units[length++] = unit;
  }
  apart[length] = 1;
  return { units: units.subarray(0, length), apart };
}

/** Whether what stands from one place to another is no part of a longer symbol. */
function isWhole({ units, apart }: Squeezed, from: number, to: number, gold: string): boolean {
  if (from > 0 && apart[from] === 0 && sticks(units, from - 1, from, -1, gold)) return false;
  return to >= units.length || apart[to] === 1 || !sticks(units, to, to - 1, 1, gold);
}

/** Whether the unit at `outer` belongs to the same symbol as its neighbour at `edge`, which is one of the answer's. */
function sticks(units: Uint16Array, outer: number, edge: number, step: -1 | 1, gold: string): boolean {
  const [out, inner] = [characterAt(units, outer), characterAt(units, edge)];
  if (out === inner && !WORD.test(inner)) return true; // `**b**` doesn't hold *
  if (WORD.test(out)) return true;
  if (!WORD.test(inner)) return false;
  if (out === '_' && gold.includes('_')) return true;
  const beyond = characterAt(units, outer + step);
  if (/['’-]/.test(out)) return WORD.test(beyond) && isWord(units, edge, outer + step);
  return /[.,]/.test(out) && /\d/.test(inner) && /\d/.test(beyond);
}

function isWord(units: Uint16Array, a: number, b: number): boolean {
  return WORD.test(characterAt(units, a)) && WORD.test(characterAt(units, b));
}

/** The character that a unit is, or is a half of; '' outside of the text. */
function characterAt(units: Uint16Array, at: number): string {
  if (at < 0 || at >= units.length) return '';
  const unit = units[at];
  if (unit >= 0xdc00 && unit <= 0xdfff && at > 0) return String.fromCharCode(units[at - 1], unit);
  if (unit >= 0xd800 && unit <= 0xdbff && at + 1 < units.length)
    return String.fromCharCode(unit, units[at + 1]);
  return String.fromCharCode(unit);
}

/** Where one list stands in another, from left to right. */
function* places<T>(list: ArrayLike<T>, part: ArrayLike<T>): Generator<number> {
  if (part.length === 0 || part.length > list.length) return;
  const border = new Int32Array(part.length);
  for (let i = 1, length = 0; i < part.length; i++) {
    while (length > 0 && part[i] !== part[length]) length = border[length - 1];
    if (part[i] === part[length]) length++;
    border[i] = length;
  }
  for (let i = 0, length = 0; i < list.length; i++) {
    while (length > 0 && list[i] !== part[length]) length = border[length - 1];
    if (list[i] === part[length]) length++;
    if (length < part.length) continue;
    yield i - length + 1;
    length = border[length - 1];
  }
}
