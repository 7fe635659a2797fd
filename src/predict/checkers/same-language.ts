/**
 * Whether an automaton in the evidence stands for the language that the certificate speaks of: both are walked
 * through side by side, over every pair that some string leads to, and must agree wherever an answer is read.
 */
import { checkAlphabet, sameAlphabet } from './alphabet.ts';
import { Terms } from './derivatives.ts';
import type { About, Automaton } from './format.ts';
import { readExpression } from './reader.ts';
import { must, withinCap } from './refusal.ts';
import { shown, wordOf } from './strings.ts';
import type { Trail } from './strings.ts';

/** Pairs that are compared, and pairs times letters: a few seconds' work. */
const MAX_PAIRS = 500_000;
const MAX_STEPS = 10_000_000;

/** A language as something that reads letters: places are numbers. */
interface Walk {
  readonly start: number;
  accepts(place: number): boolean;
  after(place: number, letter: number): number;
}

/**
 * Refuses unless `evidence` is complete and, at `read`, accepts exactly the strings of the language.
 * @returns how many pairs of places and states were compared
 */
export function checkLanguage(about: About, evidence: Automaton, read: 'eos' | 'last'): number {
  checkComplete(
    evidence,
    read === 'eos' ? evidence.transitions.length : evidence.transitions.length * evidence.alphabet.length,
  );
  const language = walkOf(about, evidence.alphabet);
  const letters = evidence.alphabet.length;
  const accepting = new Set(evidence.accepting);
  const seen = new Set([`${language.start} ${evidence.start}`]);
  const pairs: Pair[] = [{ place: language.start, state: evidence.start, from: null, by: -1 }];
  const agree = (isIn: boolean, isAccepted: boolean, pair: Pair): void => {
    if (isIn === isAccepted) return; // words may be long: only where one is wanted
    throw new Error(
      `${shown(wordOf(pair, evidence.alphabet))} is ${isIn ? '' : 'not '}in the language, and the automaton ${isAccepted ? 'accepts' : 'rejects'} it`,
    );
  };
  for (const from of pairs) {
    const { place, state } = from;
    if (read === 'eos') agree(language.accepts(place), accepting.has(state), from);
    for (let by = 0; by < letters; by++) {
      const pair = { place: language.after(place, by), state: evidence.transitions[state][by], from, by };
      if (read === 'last') agree(language.accepts(pair.place), accepting.has(state * letters + by), pair);
      const key = `${pair.place} ${pair.state}`;
      if (seen.has(key)) continue;
      withinCap(pairs.length + 1, MAX_PAIRS, 'pairs of places and states');
      withinCap((pairs.length + 1) * letters, MAX_STEPS, 'pairs of places and states times symbols');
      seen.add(key);
      pairs.push(pair);
    }
  }
  return pairs.length;
}

/** A place of the language and a state of the automaton to which one string leads, and that string. */
interface Pair extends Trail {
  readonly place: number;
  readonly state: number;
}

/** Every state has a transition for every letter, and all numbers are in range. */
export function checkComplete(automaton: Automaton, answers = automaton.transitions.length): void {
  const { alphabet, start, accepting, transitions } = automaton;
  checkAlphabet(alphabet);
  must(start < transitions.length, 'the start is no state');
  must(
    transitions.every((row) => row.length === alphabet.length),
    'a state lacks a transition, or has one too many',
  );
  must(
    transitions.every((row) => row.every((target) => target < transitions.length)),
    'a transition leads nowhere',
  );
  must(
    accepting.every((place) => place < answers),
    'what accepts is no state',
  );
  must(new Set(accepting).size === accepting.length, 'something accepts twice');
}

function walkOf(about: About, alphabet: readonly string[]): Walk {
  switch (about.kind) {
    case 'expression': {
      must(sameAlphabet(about.alphabet, alphabet), 'the automaton has another alphabet than the expression');
      const terms = new Terms();
      const start = readExpression(about.text, about.alphabet, terms);
      return {
        start,
        accepts: (term) => terms.hasEmpty(term),
        after: (term, letter) => terms.derivative(term, letter),
      };
    }
    case 'automaton': {
      const { automaton } = about;
      checkComplete(automaton);
      must(sameAlphabet(automaton.alphabet, alphabet), 'the two automata have different alphabets');
      const accepting = new Set(automaton.accepting);
      return {
        start: automaton.start,
        accepts: (state) => accepting.has(state),
        after: (state, letter) => automaton.transitions[state][letter],
      };
    }
    case 'program':
    case 'task':
      throw new Error(`a ${about.kind} is no regular language`);
  }
}
