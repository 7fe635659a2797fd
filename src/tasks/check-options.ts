/** What all samplers ask of their options and of the length, so that each can draw without looking back. */
import { UserError } from '../common/errors.ts';
import { checkPlacing, partText } from './place.ts';
import type { Symbols, Task, TaskOptions, Where } from './task.ts';

/** Every value of the option `where`. */
export const WHERE: readonly Where[] = ['anywhere', 'first-half', 'last-half'];

/** Which tasks have a use for an option, for people who gave it to another one. */
const USED_BY: Record<keyof TaskOptions, string> = {
  alphabet: 'every task but flip-flop',
  occurrences: 'non-unique retrieval (NLFirst, NRFirst, NLLast, NRLast)',
  where: 'non-unique retrieval (NLFirst, NRFirst, NLLast, NRLast)',
  pool: 'non-unique copying (NF, NB)',
  place: 'look-ups (UL, UR, NLFirst, NRFirst, NLLast, NRLast, table-lookup) and flip-flop',
};

/** Throws UserError where an option is given that none of the tasks has a use for. */
export function checkUsed(tasks: readonly Pick<Task, 'name' | 'uses'>[], options: TaskOptions): void {
  for (const key of Object.keys(options) as (keyof TaskOptions)[]) {
    if (options[key] === undefined || tasks.some(({ uses }) => uses.includes(key))) continue;
    const usedBy = key in USED_BY ? `is for ${USED_BY[key]}` : 'is no option of any task';
    const names = tasks.map(({ name }) => name).join(', ');
    throw new UserError(
      `${names} ${tasks.length === 1 ? 'has' : 'have'} no use for the option '${key}', which ${usedBy}`,
    );
  }
}

/** Throws UserError unless the options are ones that the task has a use for, with values that make sense. */
export function checkOptions(task: Pick<Task, 'name' | 'uses'>, options: TaskOptions): void {
  checkUsed([task], options);
  if (options.alphabet !== undefined) checkAlphabet(options.alphabet);
  if (options.occurrences !== undefined) checkOccurrences(options.occurrences);
  if (options.where !== undefined && !WHERE.includes(options.where))
    throw new UserError(`'where' is one of ${WHERE.join(', ')}, not '${String(options.where)}'`);
  if (options.pool !== undefined && !isCount(options.pool, 1))
    throw new UserError(`'pool' is a whole number from 1, not ${String(options.pool)}`);
  if (options.place !== undefined) checkPlacing(options.place);
}

/** Throws UserError unless there are instances of that length. `widen` says what admits more lengths. */
export function checkLength(task: Task, length: number, options: TaskOptions, widen = ''): void {
  const { min, max } = task.admits(options);
  if (Number.isInteger(length) && length >= min && length <= max) return;
  const lengths = max === Infinity ? `lengths from ${min}` : `lengths ${min} to ${max}`;
  throw new UserError(
    `${task.name} admits ${lengths}${given(options)}, not ${length}${length > max ? widen : ''}`,
  );
}

/** Alphabets that were found good, so that drawing a million instances does not read them a million times. */
const goodAlphabets = new WeakSet<Symbols>();

/** Throws UserError unless all symbols are symbols (not empty, no white space), each there once, at least two. */
export function checkAlphabet(alphabet: Symbols): void {
  if (!isList(alphabet)) throw new UserError('an alphabet is a list of symbols');
  if (goodAlphabets.has(alphabet)) return;
  if (alphabet.length < 2)
    throw new UserError(`an alphabet has at least 2 symbols, this one has ${alphabet.length}`);
  const seen = new Set<string>();
  for (const symbol of alphabet) {
    const fault = symbolFault(symbol);
    if (fault !== null) throw new UserError(`the alphabet's symbol ${seen.size + 1} ${fault}`);
    if (seen.has(symbol)) throw new UserError(`the alphabet has the symbol '${symbol}' twice`);
    seen.add(symbol);
  }
  goodAlphabets.add(alphabet);
}

/** Without types, anything can be given. */
function isList(value: unknown): boolean {
  return Array.isArray(value);
}

/** Why something is no symbol, or null when it is one. */
export function symbolFault(symbol: unknown): string | null {
  if (typeof symbol !== 'string') return `is no text: ${String(symbol)}`;
  if (symbol === '') return 'is empty';
  return /\s/u.test(symbol) ? `has white space in it: ${JSON.stringify(symbol)}` : null;
}

interface Range {
  readonly min: unknown;
  readonly max: unknown;
}

function checkOccurrences(occurrences: NonNullable<TaskOptions['occurrences']>): void {
  const given: unknown = occurrences; // without types, anything can be
  const { min, max } =
    typeof given === 'object' && given !== null ? (given as Range) : { min: given, max: given };
  if (!isCount(min, 2) || !isCount(max, min as number))
    throw new UserError(
      `'occurrences' is a whole number from 2 or a range of them, not ${JSON.stringify(occurrences)}`,
    );
}

function isCount(value: unknown, least: number): boolean {
  return Number.isSafeInteger(value) && (value as number) >= least;
}

/** ` with an alphabet of 62 symbols, a pool of 3`: the options that the admissible lengths come from. */
export function given(options: TaskOptions): string {
  const { alphabet, occurrences, where, pool, place } = options;
  const parts: string[] = [];
  if (alphabet !== undefined) parts.push(`an alphabet of ${alphabet.length} symbols`);
  if (pool !== undefined) parts.push(`a pool of ${pool}`);
  if (typeof occurrences === 'number') parts.push(`${occurrences} occurrences`);
  else if (occurrences !== undefined) parts.push(`${occurrences.min} to ${occurrences.max} occurrences`);
  if (where !== undefined && where !== 'anywhere') parts.push(`all in the ${where.replace('-', ' ')}`);
  if (place !== undefined && place !== 'stratified') parts.push(`the evidence in ${partText(place)}`);
  return parts.length === 0 ? '' : ` with ${parts.join(', ')}`;
}
