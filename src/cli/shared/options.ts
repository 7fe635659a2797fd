/**
 * How the values of options are read, for every command: strictly, and with an error that names the option. Each
 * function makes a parser for commander:
 *
 *     .option('--n <count>', 'how many', wholeNumber('--n', { min: 1 }), 1)
 */
import { statSync } from 'node:fs';
import path from 'node:path';
import { UserError } from '../../common/errors.ts';
import { unknownName } from '../../common/nearest.ts';

/** Reads the text that was given for one option, or throws a UserError that names the option. */
export type Parser<T> = (text: string) => T;

/** Bounds, both inclusive. */
export interface Bounds {
  readonly min?: number;
  readonly max?: number;
}

/** More seeds or lengths than this in one option are a slip of the keyboard (`1..1000000`), not a wish. */
const MAX_LISTED = 10_000;

/** `42`; no sign but a minus, no fraction, no exponent. */
export function wholeNumber(option: string, bounds: Bounds = {}): Parser<number> {
  return (text) => wholeNumberIn(option, text, bounds);
}

/** `0.9`, `1e-3`, `-2`. */
export function realNumber(option: string, bounds: Bounds = {}): Parser<number> {
  return (text) => {
    if (!/^-?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(text)) throw notWhatItTakes(option, 'a number', text);
    return bounded(option, Number(text), bounds);
  };
}

/** `0.75`; 1 is true for all of them, 0 is false for none. */
export function shareOf(option: string): Parser<boolean | number> {
  const read = realNumber(option, { min: 0, max: 1 });
  return (text) => {
    const share = read(text);
    return share === 0 || share === 1 ? share === 1 : share;
  };
}

/** A whole number of any size, as CPython's seeds may be. */
export function bigWholeNumber(option: string): Parser<bigint> {
  return (text) => {
    if (!/^-?\d{1,1000}$/.test(text)) throw notWhatItTakes(option, 'a whole number', text);
    return BigInt(text);
  };
}

/** `1-50` (both ends included), or `7` for 7-7. */
export function range(option: string, bounds: Bounds = {}): Parser<{ min: number; max: number }> {
  return (text) => {
    const parts = /^(\d+)(?:(?:-|\.\.)(\d+))?$/.exec(text);
    if (parts === null) throw notWhatItTakes(option, 'a range such as 1-50', text);
    const min = wholeNumberIn(option, parts[1], bounds);
    const max = parts[2] === undefined ? min : wholeNumberIn(option, parts[2], bounds);
    if (max < min) throw new UserError(`${option}: ${text} runs backwards; write ${max}-${min}`);
    return { min, max };
  };
}

/** `10,20,30`, in the order given, each once; `1-3`, or `1..3`, stands for 1,2,3. */
export function wholeNumbers(option: string, bounds: Bounds = {}): Parser<number[]> {
  return (text) => {
    const numbers = text.split(',').flatMap((part) => listed(option, part.trim(), bounds));
    if (numbers.length > MAX_LISTED)
      throw new UserError(`${option} names ${numbers.length} numbers; at most ${MAX_LISTED}`);
    const twice = numbers.find((number, place) => numbers.indexOf(number) < place);
    if (twice !== undefined) throw new UserError(`${option} names ${twice} twice`);
    return numbers;
  };
}

/** A length, or `same`: that of the item itself. */
export function lengthOrSame(option: string): Parser<number | 'same'> {
  return (text) => (text === 'same' ? text : wholeNumberIn(option, text, { min: 1 }, 'a length or same'));
}

/** A path. An empty one (`--out "$UNSET"`) would be the folder that we are in, which nobody means. */
export function filePath(option: string): Parser<string> {
  return (text) => {
    if (text.trim() === '') throw notWhatItTakes(option, 'a path', text);
    return text;
  };
}

/** A file to be written in the end: that it can't be is said before the work is done. What is no file, such as a pipe, may stand there. */
export function outputFile(option: string): Parser<string> {
  const read = filePath(option);
  return (text) => {
    const file = read(text);
    if (isFolder(file)) throw new UserError(`${option}: cannot write ${file}: it is a folder; name a file`);
    if (!isFolder(path.dirname(path.resolve(file))))
      throw new UserError(
        `${option}: cannot write ${file}: its folder does not exist; make it, or name another file`,
      );
    return file;
  };
}

function isFolder(place: string): boolean {
  return statSync(place, { throwIfNoEntry: false })?.isDirectory() ?? false;
}

/** One of some names; the nearest is suggested. `kind` is what the names are names of, in the singular. */
export function oneOf<const Name extends string>(kind: string, names: readonly Name[]): Parser<Name> {
  return (text) => {
    const found = names.find((name) => name === text);
    if (found === undefined) throw new UserError(unknownName(kind, text, names));
    return found;
  };
}

/** One part of a list: a number, or a first and a last one. */
function listed(option: string, part: string, bounds: Bounds): number[] {
  const ends = /^(-?\d+)\.\.(-?\d+)$/.exec(part) ?? /^(\d+)-(\d+)$/.exec(part);
  if (ends === null) return [wholeNumberIn(option, part, bounds, 'whole numbers such as 10,20,30 or 1-3')];
  const first = wholeNumberIn(option, ends[1], bounds);
  const last = wholeNumberIn(option, ends[2], bounds);
  if (last < first) throw new UserError(`${option}: ${part} runs backwards; write ${last}-${first}`);
  if (last - first >= MAX_LISTED)
    throw new UserError(`${option}: ${part} names more than ${MAX_LISTED} numbers`);
  return Array.from({ length: last - first + 1 }, (_, i) => first + i);
}

function wholeNumberIn(option: string, text: string, bounds: Bounds, takes = 'a whole number'): number {
  if (!/^-?\d+$/.test(text)) throw notWhatItTakes(option, takes, text);
  const value = Number(text);
  if (!Number.isSafeInteger(value))
    throw new UserError(`${option} takes a whole number below 2^53, not ${text}`);
  return bounded(option, value, bounds);
}

function bounded(option: string, value: number, { min, max }: Bounds): number {
  if (!Number.isFinite(value)) throw new UserError(`${option}: ${value} is too large`);
  if (min !== undefined && value < min)
    throw new UserError(`${option} must be at least ${min}, not ${value}`);
  if (max !== undefined && value > max) throw new UserError(`${option} must be at most ${max}, not ${value}`);
  return value;
}

function notWhatItTakes(option: string, takes: string, text: string): UserError {
  return new UserError(`${option} takes ${takes}, not '${text}'`);
}
