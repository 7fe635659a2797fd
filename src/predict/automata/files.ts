/**
 * Automata from files. JSON (docs/predict.md has the form), or the text that AT&T's tools, OpenFST, foma, HFST and
 * Pynini write: `from to symbol` a line, a state alone on a line accepts, the first state named is the start. Both may
 * be incomplete (what is missing rejects) or nondeterministic, with silent steps.
 */
import { isRecord, repeatedKey } from '../../common/json.ts';
import { hintFor } from '../../common/nearest.ts';
import { messageOf, UserError } from '../../common/errors.ts';
import { MAX_NFA_STATES, MAX_STATES, MAX_SYMBOLS, within } from './caps.ts';
import type { Dfa } from './dfa.ts';
import { minimise } from './minimise.ts';
import { determinise, Nfa } from './nfa.ts';
import { checkSymbols } from './symbols.ts';

/** A file of 1,000 states and 50 symbols has about 600,000 characters. */
const MAX_FILE_CHARACTERS = 20_000_000;

/** An automaton as a file describes it: states by name, '' for a silent step. */
interface Described {
  readonly start: string;
  readonly accepting: readonly string[];
  readonly transitions: readonly (readonly [from: string, symbol: string, to: string])[];
  /** Symbols that exist whether or not a transition has them. */
  readonly alphabet: readonly string[];
}

/**
 * The minimal automaton of a file's text. `name` is how errors call the file; `alphabet`, if given, is what strings
 * are made of, and has to have all symbols of the file. Throws UserError.
 */
export function parseAutomaton(text: string, name: string, alphabet?: readonly string[]): Dfa {
  try {
    within(text.length, MAX_FILE_CHARACTERS, `a file of ${text.length} characters`);
    const described = /^\s*[[{]/.test(text) ? fromJson(text) : fromLines(text);
    const dfa = minimise(determinise(nfaOf(described, alphabet)));
    within(dfa.states, MAX_STATES, `a minimal automaton of ${dfa.states} states`);
    return dfa;
  } catch (error) {
    if (error instanceof UserError) throw new UserError(`${name}: ${messageOf(error)}`);
    if (error instanceof RangeError)
      throw new UserError(
        `${name}: its lists are nested too deep to be read: states and symbols are texts or numbers`,
      );
    throw error;
  }
}

function nfaOf(
  { start, accepting, transitions, alphabet: declared }: Described,
  given?: readonly string[],
): Nfa {
  const occurring = new Set([...declared, ...transitions.map(([, symbol]) => symbol)]);
  occurring.delete('');
  const alphabet = given ?? (declared.length > 0 ? declared : [...occurring].sort());
  const letterOf = new Map(alphabet.map((symbol, letter) => [symbol, letter]));
  for (const symbol of occurring) {
    if (!letterOf.has(symbol)) throw new UserError(`the symbol '${symbol}' is not in the alphabet`);
  }
  if (alphabet.length === 0) throw new UserError('no symbol occurs: say which there are (alphabet)');
  checkSymbols(alphabet);
  within(alphabet.length, MAX_SYMBOLS, `an alphabet of ${alphabet.length} symbols`);
  const nfa = new Nfa(alphabet);
  const numbers = new Map<string, number>();
  const numberOf = (state: string): number => {
    const number = numbers.get(state) ?? nfa.state();
    numbers.set(state, number);
    return number;
  };
  nfa.starts.push(numberOf(start));
  for (const [from, symbol, to] of transitions) {
    const letter = letterOf.get(symbol);
    if (letter === undefined) nfa.silently(numberOf(from), numberOf(to));
    else nfa.edge(numberOf(from), letter, numberOf(to));
  }
  for (const state of accepting) nfa.accepting.add(numberOf(state));
  return nfa;
}

const SILENT = new Set(['<eps>', '<epsilon>', '@0@', '@_EPSILON_SYMBOL_@', 'ε']);

function fromLines(text: string): Described {
  const transitions: [string, string, string][] = [];
  const accepting: string[] = [];
  let start: string | undefined;
  text.split('\n').forEach((line, index) => {
    const columns = line.trim().split(/\s+/);
    if (columns[0] === '' || /^(#|\/\/)/.test(columns[0])) return; // a comment begins so
    start ??= columns[0];
    if (columns.length <= 2) {
      unweighted(columns[1], index);
      accepting.push(columns[0]);
    } else {
      transitions.push([columns[0], symbolOf(columns, index), columns[1]]);
    }
  });
  if (start === undefined)
    throw new UserError('no automaton is in it: lines are `from to symbol`, or an accepting state');
  checkWords(accepting, transitions);
  return { start, accepting, transitions, alphabet: [] };
}

/** A word alone on a line that no transition has is more likely a remark than a state. Numbers are states. */
function checkWords(accepting: readonly string[], transitions: Described['transitions']): void {
  if (transitions.length === 0) return;
  const known = new Set(transitions.flatMap(([from, , to]) => [from, to]));
  const word = accepting.find((state) => !known.has(state) && !/^\d+$/.test(state));
  if (word === undefined) return;
  throw new UserError(`the state '${word}' is in no transition; if it is a comment, begin its line with #`);
}

/** The symbol of a transition: the output, if there is one, has to be the same, and a weight 0. */
function symbolOf(columns: readonly string[], index: number): string {
  const [, , symbol, output, weight] = columns;
  if (columns.length > 5)
    throw new UserError(`line ${index + 1}: ${columns.length} columns, where 1 to 5 were expected`);
  if (output !== undefined && output !== symbol)
    unweighted(columns.length === 4 ? output : `${output} ${weight}`, index);
  else unweighted(weight, index);
  return SILENT.has(symbol) ? '' : symbol;
}

function unweighted(weight: string | undefined, index: number): void {
  if (weight === undefined || Number(weight) === 0) return;
  throw new UserError(
    `line ${index + 1}: an acceptor without weights was expected, not '${weight}' in the last column`,
  );
}

const KEYS = {
  alphabet: 'alphabet',
  states: 'states',
  start: 'start',
  initial: 'start',
  accepting: 'accepting',
  accept: 'accepting',
  final: 'accepting',
  finals: 'accepting',
  transitions: 'transitions',
} as const;
type Key = (typeof KEYS)[keyof typeof KEYS];

function fromJson(text: string): Described {
  const fields = fieldsOf(parseJson(text));
  const { start, accepting, transitions } = fields;
  if (start === undefined || accepting === undefined || transitions === undefined) {
    const missing = (['start', 'accepting', 'transitions'] as const).filter(
      (key) => fields[key] === undefined,
    );
    throw new UserError(`'${missing[0]}' is missing: an automaton has start, accepting and transitions`);
  }
  const alphabet = fields.alphabet === undefined ? [] : symbolsOf(fields.alphabet);
  const described = {
    start: nameOf(start, 'start'),
    accepting: listOf(accepting, 'accepting').map((state, i) => nameOf(state, `accepting[${i}]`)),
    transitions: transitionsOf(transitions, alphabet),
    alphabet,
  };
  const rows = Array.isArray(transitions) && isTable(transitions, alphabet) ? transitions.length : undefined;
  checkStates(statesOf(fields.states, rows), described);
  return described;
}

function symbolsOf(json: unknown): string[] {
  const alphabet = listOf(json, 'alphabet').map((symbol, i) => nameOf(symbol, `alphabet[${i}]`));
  if (alphabet.includes('')) throw new UserError(`alphabet[${alphabet.indexOf('')}]: a symbol has no name`);
  const twice = alphabet.find((symbol, i) => alphabet.indexOf(symbol) !== i);
  if (twice !== undefined) throw new UserError(`alphabet: '${twice}' stands twice`);
  return alphabet;
}

function parseJson(text: string): unknown {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (error) {
    throw new UserError(`no JSON: ${messageOf(error)}`);
  }
  const twice = repeatedKey(text);
  if (twice !== undefined) {
    throw new UserError(`the key ${JSON.stringify(twice)} stands twice in one object: leave one out`);
  }
  return json;
}

function fieldsOf(json: unknown): Partial<Record<Key, unknown>> {
  if (!isRecord(json)) throw new UserError('an object with start, accepting and transitions was expected');
  const fields: Partial<Record<Key, unknown>> = {};
  for (const [key, value] of Object.entries(json)) {
    const known = Object.hasOwn(KEYS, key) ? KEYS[key as keyof typeof KEYS] : undefined;
    if (known === undefined) {
      const hint = hintFor(key, Object.keys(KEYS));
      throw new UserError(
        `unknown field '${key}'${hint} (known: alphabet, states, start, accepting, transitions)`,
      );
    }
    if (fields[known] !== undefined) throw new UserError(`'${key}' and another field say the same`);
    fields[known] = value;
  }
  return fields;
}

/** `[[from, symbol, to], …]`, `{from: {symbol: to or [to, …]}}`, or a row of targets for each state. */
function transitionsOf(json: unknown, alphabet: readonly string[]): [string, string, string][] {
  if (isRecord(json)) {
    return Object.entries(json).flatMap(([from, row]) => {
      if (!isRecord(row)) throw new UserError(`transitions.${from}: an object {symbol: state} was expected`);
      return Object.entries(row).flatMap(([symbol, to]) =>
        (Array.isArray(to) ? to : [to]).map((target): [string, string, string] => [
          from,
          silentOr(symbol),
          nameOf(target, `transitions.${from}.${symbol}`),
        ]),
      );
    });
  }
  const rows = listOf(json, 'transitions').map((row, i) => listOf(row, `transitions[${i}]`));
  if (isTable(rows, alphabet)) return tableTransitions(rows, alphabet);
  return rows.map((row, i) => {
    if (row.length !== 3) {
      throw new UserError(
        `transitions[${i}]: [from, symbol, to] was expected, or with an alphabet a row of states, one for each symbol`,
      );
    }
    const [from, symbol, to] = row.map((name, place) => nameOf(name, `transitions[${i}][${place}]`));
    return [from, silentOr(symbol), to];
  });
}

/** Rows of nothing but numbers and nulls are a table, unless the numbers in their middle can be symbols. */
function isTable(rows: readonly unknown[], alphabet: readonly string[]): boolean {
  const isRow = (row: unknown): row is readonly unknown[] =>
    Array.isArray(row) && row.every((to) => to === null || typeof to === 'number');
  if (alphabet.length === 0 || rows.length === 0 || !rows.every(isRow)) return false;
  if (!rows.every((row) => row.length === 3 && alphabet.includes(String(row[1])))) return true;
  if (alphabet.length === 3) {
    throw new UserError(
      'transitions: rows of three numbers can be read in two ways; write symbols in quotes',
    );
  }
  return false;
}

/** Row i has, for each symbol, the number of a state (they are 0 to the number of rows − 1), or null. */
function tableTransitions(
  rows: readonly (readonly unknown[])[],
  alphabet: readonly string[],
): [string, string, string][] {
  return rows.flatMap((row, from) => {
    if (row.length !== alphabet.length) {
      throw new UserError(
        `transitions[${from}]: ${row.length} states, where one for each of the ${alphabet.length} symbols was expected`,
      );
    }
    return row.flatMap((to, letter): [string, string, string][] => {
      if (to === null) return [];
      if (typeof to !== 'number' || !Number.isInteger(to) || to < 0 || to >= rows.length) {
        throw new UserError(
          `transitions[${from}][${letter}]: a state (0 to ${rows.length - 1}) or null was expected, not ${JSON.stringify(to)}`,
        );
      }
      return [[String(from), alphabet[letter], String(to)]];
    });
  });
}

function silentOr(symbol: string): string {
  return SILENT.has(symbol) ? '' : symbol;
}

/** Which states there are: a number of them, their names, or undefined when the file does not say. */
function statesOf(states: unknown, rows: number | undefined): number | ReadonlySet<string> | undefined {
  if (states === undefined) return rows;
  if (typeof states !== 'number')
    return new Set(listOf(states, 'states').map((state, i) => nameOf(state, `states[${i}]`)));
  if (!Number.isInteger(states) || states < 1)
    throw new UserError(`states: a whole number from 1 on, or a list of names was expected, not ${states}`);
  within(states, MAX_NFA_STATES, `an automaton of ${states} states`);
  if (rows !== undefined && rows !== states)
    throw new UserError(`transitions: ${rows} rows, where one for each of the ${states} states was expected`);
  return states;
}

/**
 * States that are used have to be among those that are declared. Where none are, the start and what accepts have to
 * be in some transition (or the start accepts): another state would be a slip.
 */
function checkStates(known: ReturnType<typeof statesOf>, { start, accepting, transitions }: Described): void {
  const used = new Set(transitions.flatMap(([from, , to]) => [from, to]));
  const exists = (state: string): boolean => {
    if (typeof known === 'number') return /^(0|[1-9]\d*)$/.test(state) && Number(state) < known;
    return known?.has(state) ?? (used.size === 0 ? state === start : used.has(state));
  };
  const missing =
    known === undefined
      ? 'in no transition'
      : `not among the states${typeof known === 'number' ? ` 0 to ${known - 1}` : ''}`;
  const check = (state: string, where: string): void => {
    if (!exists(state)) throw new UserError(`${where}: the state '${state}' is ${missing}`);
  };
  check(start, 'start');
  accepting.forEach((state, i) => check(state, `accepting[${i}]`));
  if (known !== undefined) for (const state of used) check(state, 'transitions');
}

function listOf(json: unknown, where: string): readonly unknown[] {
  if (!Array.isArray(json)) throw new UserError(`${where}: a list was expected`);
  return json;
}

function nameOf(json: unknown, where: string): string {
  if (typeof json === 'number' && Number.isSafeInteger(json) && json >= 0) return String(json);
  if (typeof json === 'string' && !/\s/.test(json)) return json;
  throw new UserError(
    `${where}: a name without white space or a whole number from 0 on was expected, not ${JSON.stringify(json)}`,
  );
}
