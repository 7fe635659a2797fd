/**
 * A concrete wrong string for any program that claims to decide a language that is out. In the component that cannot
 * be separated, a walk that passes every edge many times makes all counts that are no potentials drift; repeated
 * often enough, every comparison with such a count has the same outcome from then on, and the program cannot know in
 * which of two states the string is. One of two strings is then answered wrongly. (arXiv 2608.13433, Lemma 86.)
 */
import { accepts, type CoreProgram } from '../../crasp/index.ts';
import { rng, type Rng } from '../../common/random.ts';
import { type Dfa, shortestWords, stateAfter } from '../automata/dfa.ts';
import { blockMachine } from './blocks.ts';
import { machineOf, type Machine } from './machine.ts';
import { decideWithPositions } from './positions.ts';
import { decide } from './plain.ts';
import type { Refinement } from './refine.ts';
import { distinguishingWord } from './evidence.ts';

/** A string on which program and language differ. */
export interface WrongString {
  readonly input: readonly string[];
  /** What the language says; the program says the opposite. */
  readonly inLanguage: boolean;
}

/** Longest string that is tried: the evaluator needs a fraction of a second for it. */
const MAX_LENGTH = 60_000;
/** Different walks through the component: a count that is balanced on one by chance is not on the next. */
const WALKS = 6;

/**
 * Looks for a wrong string of a program, given the minimal automaton of the language it is meant for. Finds one
 * whenever the language is out of the program's fragment and the string is short enough to be tried; undefined when
 * it finds none (in particular when the language is in, or could not be decided).
 */
export function refute(program: CoreProgram, dfa: Dfa): WrongString | undefined {
  const { output } = program;
  if (output.kind !== 'accept') return undefined;
  const obstacle = obstacleFor(program, dfa, output.read);
  if (obstacle === undefined) return undefined;
  for (let walk = 0; walk < WALKS; walk++) {
    const loop = closedWalk(obstacle, rng('pumping', walk), 1 + 2 * walk);
    for (let times = 1; times * loop.length < MAX_LENGTH; times *= 2) {
      const found = tryPumped(program, dfa, obstacle, repeat(loop, times), output.read);
      if (found !== undefined) return found;
    }
  }
  return undefined;
}

/** Where a program has to fail: a component over letters that are words, and what leads in and tells apart. */
interface Obstacle {
  readonly machine: Machine;
  readonly stuck: Refinement;
  /** What each letter of the machine stands for, in letters of the language. */
  readonly words: readonly (readonly number[])[];
  /** Before the component is entered at its first state. */
  readonly lead: readonly number[];
}

function obstacleFor(program: CoreProgram, dfa: Dfa, read: 'eos' | 'last'): Obstacle | undefined {
  const { period, lookBack } = positionsOf(program);
  if (period === 1 && lookBack === 0) {
    const machine = machineOf(dfa, read);
    const { stuck } = decide(machine.dfa);
    if (stuck === undefined) return undefined;
    const words = dfa.alphabet.map((_, letter) => [letter]);
    return { machine, stuck, words, lead: shortestWords(machine.dfa)[stuck.states[0]] ?? [] };
  }
  const decision = decideWithPositions(dfa, machineOf(dfa, 'eos'));
  if (decision.verdict !== 'out') return undefined;
  const { idempotent, words, stuck } = decision.obstacle;
  const unit = idempotent.length;
  // z^k is longer than every look-back and a multiple of every period; so is every word with z's in front of it.
  const enough = period * Math.ceil((lookBack + 1) / (unit * period));
  const tail = repeat(idempotent, enough);
  const padded = words.map((word) => {
    const missing = (period - ((word.length / unit) % period)) % period;
    return [...repeat(idempotent, missing), ...word, ...tail];
  });
  const machine = blockMachine(dfa, idempotent, words);
  return { machine, stuck, words: padded, lead: [...(shortestWords(dfa)[stuck.states[0]] ?? []), ...tail] };
}

/** The period and the look-back of a program: how its answers depend on positions. */
function positionsOf({ nodes }: CoreProgram): { period: number; lookBack: number } {
  let period = 1;
  let lookBack = 0;
  for (const node of nodes) {
    if (node.kind === 'mod') period = lcm(period, node.modulus);
    if (node.kind === 'count' && node.guard !== null) lookBack += node.guard.far;
  }
  return { period, lookBack };
}

function lcm(a: number, b: number): number {
  let [x, y] = [a, b];
  while (y !== 0) [x, y] = [y, x % y];
  return (a / x) * b;
}

/** Letters from the component's first state back to it, over every inner edge, some of them several times. */
function closedWalk({ machine, stuck }: Obstacle, random: Rng, repeats: number): number[] {
  const { dfa } = machine;
  const letters = dfa.alphabet.length;
  const inside = new Set(stuck.states);
  const words = new Map(stuck.states.map((state) => [state, wordsInside(dfa, state, inside)]));
  const edges = stuck.states.flatMap((state) =>
    [...dfa.alphabet.keys()]
      .filter((letter) => inside.has(dfa.next[state * letters + letter]))
      .map((letter) => ({ state, letter })),
  );
  const walk: number[] = [];
  let at = stuck.states[0];
  const go = (to: number): void => {
    walk.push(...(words.get(at)?.get(to) ?? []));
    at = to;
  };
  for (const { state, letter } of random.shuffle(edges)) {
    for (let times = 1 + random.below(repeats); times > 0; times--) {
      go(state);
      walk.push(letter);
      at = dfa.next[state * letters + letter];
    }
  }
  go(stuck.states[0]);
  return walk;
}

/** A shortest word to each state of the component that stays inside it. */
function wordsInside(dfa: Dfa, from: number, inside: ReadonlySet<number>): Map<number, number[]> {
  const words = new Map<number, number[]>([[from, []]]);
  for (const [state, word] of words) {
    for (const letter of dfa.alphabet.keys()) {
      const target = dfa.next[state * dfa.alphabet.length + letter];
      if (inside.has(target) && !words.has(target)) words.set(target, [...word, letter]);
    }
  }
  return words;
}

/** After the pumped walk, goes to each of two undecidable states and on to where they differ. */
function tryPumped(
  program: CoreProgram,
  dfa: Dfa,
  obstacle: Obstacle,
  pumped: readonly number[],
  read: 'eos' | 'last',
): WrongString | undefined {
  const { machine, stuck, words, lead } = obstacle;
  const inside = wordsInside(machine.dfa, stuck.states[0], new Set(stuck.states));
  const spell = (blocks: readonly number[]): number[] => blocks.flatMap((block) => [...words[block]]);
  const start = [...lead, ...spell(pumped)];
  const partner = new Map<number, number>();
  for (const [place, state] of stuck.states.entries()) {
    const other = partner.get(stuck.classOf[place]);
    partner.set(stuck.classOf[place], other ?? state);
    if (other === undefined) continue;
    const end = distinguishingEnd(dfa, obstacle, other, state);
    for (const target of [other, state]) {
      const string = [...start, ...spell(inside.get(target) ?? []), ...end];
      if (string.length === 0 && read === 'last') continue;
      const input = string.map((letter) => dfa.alphabet[letter]);
      const inLanguage = dfa.accepting[stateAfter(dfa, string)] === 1;
      if (accepts(program, input) !== inLanguage) return { input, inLanguage };
    }
  }
  return undefined;
}

/** A word of the language's own letters after which the two states differ. */
function distinguishingEnd(dfa: Dfa, { machine, words }: Obstacle, first: number, second: number): number[] {
  const overLetters = words.every((word, letter) => word.length === 1 && word[0] === letter);
  return distinguishingWord(
    overLetters ? machine : { read: 'eos', dfa, accepts: dfa.accepting },
    first,
    second,
  );
}

function repeat(word: readonly number[], times: number): number[] {
  return Array.from({ length: times }, () => word).flat();
}
