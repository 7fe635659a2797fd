/**
 * Automata from files. JSON (docs/predict.md has the form), or the text that AT&T's tools, OpenFST, foma, HFST and
 * Pynini write: `from to symbol` a line, a state alone on a line accepts, the first state named is the start. Both may
 * be incomplete (what is missing rejects) or nondeterministic, with silent steps.
 */
import { nearest } from '../../common/nearest.ts';
import { messageOf, UserError } from '../../common/errors.ts';
import { MAX_NFA_STATES, MAX_STATES, MAX_SYMBOLS, within } from './caps.ts';
import type { Dfa } from './dfa.ts';
import { minimise } from './minimise.ts';
import { determinise, Nfa } from './nfa.ts';

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
    if (columns[0] === '' || line.startsWith('# ')) return;
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
  return { start, accepting, transitions, alphabet: [] };
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
  const alphabet =
    fields.alphabet === undefined
      ? []
      : listOf(fields.alphabet, 'alphabet').map((s) => nameOf(s, 'alphabet'));
  const described = {
    start: nameOf(start, 'start'),
    accepting: listOf(accepting, 'accepting').map((state) => nameOf(state, 'accepting')),
    transitions: transitionsOf(transitions, alphabet),
    alphabet,
  };
  if (fields.states !== undefined) checkStates(fields.states, described);
  const twice = alphabet.find((symbol, i) => alphabet.indexOf(symbol) !== i);
  if (twice !== undefined) throw new UserError(`alphabet: '${twice}' stands twice`);
  return described;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new UserError(`no JSON: ${messageOf(error)}`);
  }
}

function fieldsOf(json: unknown): Partial<Record<Key, unknown>> {
  if (!isRecord(json)) throw new UserError('an object with start, accepting and transitions was expected');
  const fields: Partial<Record<Key, unknown>> = {};
  for (const [key, value] of Object.entries(json)) {
    const known = Object.hasOwn(KEYS, key) ? KEYS[key as keyof typeof KEYS] : undefined;
    if (known === undefined) {
      const guess = nearest(key, Object.keys(KEYS));
      const hint = guess === undefined ? '' : `, did you mean '${guess}'?`;
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
  if (isTable(rows, alphabet)) {
    return rows.flatMap((row, from) =>
      row.flatMap((to, letter): [string, string, string][] =>
        to === null ? [] : [[String(from), alphabet[letter], nameOf(to, `transitions[${from}][${letter}]`)]],
      ),
    );
  }
  return rows.map((row, i) => {
    if (row.length !== 3) throw new UserError(`transitions[${i}]: [from, symbol, to] was expected`);
    const [from, symbol, to] = row.map((name) => nameOf(name, `transitions[${i}]`));
    return [from, silentOr(symbol), to];
  });
}

function isTable(rows: readonly (readonly unknown[])[], alphabet: readonly string[]): boolean {
  const isRow = (row: readonly unknown[]): boolean =>
    row.length === alphabet.length && row.every((to) => to === null || Number.isInteger(to));
  if (alphabet.length === 0 || rows.length === 0 || !rows.every(isRow)) return false;
  if (alphabet.length === 3 && rows.every(([, symbol]) => alphabet.includes(String(symbol)))) {
    throw new UserError(
      'transitions: rows of three numbers can be read in two ways; write symbols in quotes',
    );
  }
  return true;
}

function silentOr(symbol: string): string {
  return SILENT.has(symbol) ? '' : symbol;
}

/** States that are used have to be among those that are declared: a number of them, or their names. */
function checkStates(states: unknown, { start, accepting, transitions }: Described): void {
  if (typeof states === 'number') within(states, MAX_NFA_STATES, `an automaton of ${states} states`);
  const known =
    typeof states === 'number'
      ? undefined
      : new Set(listOf(states, 'states').map((s) => nameOf(s, 'states')));
  for (const state of [start, ...accepting, ...transitions.flatMap(([from, , to]) => [from, to])]) {
    const exists = known?.has(state) ?? (/^\d+$/.test(state) && Number(state) < Number(states));
    if (!exists) throw new UserError(`the state '${state}' is not among the states`);
  }
}

function isRecord(json: unknown): json is Record<string, unknown> {
  return typeof json === 'object' && json !== null && !Array.isArray(json);
}

function listOf(json: unknown, where: string): readonly unknown[] {
  if (!Array.isArray(json)) throw new UserError(`${where}: a list was expected`);
  return json;
}

function nameOf(json: unknown, where: string): string {
  if (typeof json === 'number' && Number.isSafeInteger(json)) return String(json);
  if (typeof json === 'string' && !/\s/.test(json)) return json;
  throw new UserError(
    `${where}: a name without white space or a number was expected, not ${JSON.stringify(json)}`,
  );
}
