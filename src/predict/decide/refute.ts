/**
 * A concrete wrong string for any program that claims to decide a language that is out. In the component that cannot
 * be separated, a walk that passes every edge many times makes all counts that are no potentials drift; repeated
 * often enough, every comparison with such a count has the same outcome from then on, and the program cannot know in
 * which of two states the string is. One of two strings is then answered wrongly. (arXiv 2608.13433, Lemma 86.)
 */
import { leastCommonMultiple } from '../../common/arithmetic.ts';
import { type CoreProgram, evaluator, operands, operandsPerSymbol } from '../../crasp/index.ts';
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

/** Letters of the longest string that is tried: a block of C-RASP[pos] is longer than the program looks back. */
const MAX_LENGTH = 2_000_000;
/** Different walks through the component: a count that is balanced on one by chance is not on the next. */
const WALKS = 6;
/** Pairs of states that are tried: whatever a program confuses, it confuses in each of them. */
const MAX_PAIRS = 20;
/** Operands that the program may look at in all tries together: about a second's work. */
const MAX_OPERATIONS = { wasm: 1_000_000_000, machine: 100_000_000 };

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
  const paths = new Paths(obstacle);
  const ends = endsOf(dfa, obstacle, paths);
  const operandsPerLetter = operandsPerSymbol(program);
  const runs = evaluator(program);
  let operations = 0;
  for (let walk = 0; walk < WALKS; walk++) {
    const loop = closedWalk(obstacle, paths, rng('pumping', walk), 1 + 2 * walk);
    if (loop === undefined) continue;
    for (let times = 1; times * loop.length < MAX_LENGTH; times *= 2) {
      for (const end of ends) {
        const string = [...obstacle.lead, ...repeat(loop, times), ...end];
        if (string.length === 0 && output.read === 'last') continue;
        operations += operandsPerLetter * string.length;
        if (operations > MAX_OPERATIONS[runs.backend]) return undefined;
        const input = string.map((letter) => dfa.alphabet[letter]);
        const inLanguage = dfa.accepting[stateAfter(dfa, string)] === 1;
        if (runs.accepts([input])[0] !== inLanguage) return { input, inLanguage };
      }
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
  if (enough * unit > MAX_LENGTH) return undefined;
  const tail = repeat(idempotent, enough);
  const padded = words.map((word) => {
    const missing = (period - ((word.length / unit) % period)) % period;
    return [...repeat(idempotent, missing), ...word, ...tail];
  });
  const machine = blockMachine(dfa, idempotent, words);
  return { machine, stuck, words: padded, lead: [...(shortestWords(dfa)[stuck.states[0]] ?? []), ...tail] };
}

/** The period of a program, and how far it looks back, by local counts inside each other too. */
function positionsOf({ nodes }: CoreProgram): { period: number; lookBack: number } {
  let period = 1;
  const lookBacks: number[] = [];
  for (const node of nodes) {
    if (node.kind === 'mod') period = leastCommonMultiple(period, node.modulus);
    const inside = operands(node).reduce((most, of) => Math.max(most, lookBacks[of]), 0);
    lookBacks.push(inside + (node.kind === 'count' && node.guard !== null ? node.guard.far : 0));
  }
  return { period, lookBack: lookBacks.reduce((most, each) => Math.max(most, each), 0) };
}

/** Shortest ways from state to state inside the component, in letters of its machine. */
class Paths {
  private readonly obstacle: Obstacle;
  private readonly inside: ReadonlySet<number>;
  /** By the state they begin in: for each state, the state before it and the letter between them. */
  private readonly trees = new Map<number, ReadonlyMap<number, { before: number; letter: number }>>();

  constructor(obstacle: Obstacle) {
    this.obstacle = obstacle;
    this.inside = new Set(obstacle.stuck.states);
  }

  /** Whether a letter leads from a state of the component into it. */
  staysInside(state: number, letter: number): boolean {
    return this.inside.has(this.target(state, letter));
  }

  target(state: number, letter: number): number {
    const { dfa } = this.obstacle.machine;
    return dfa.next[state * dfa.alphabet.length + letter];
  }

  between(from: number, to: number): number[] {
    const tree = this.tree(from);
    const blocks: number[] = [];
    for (let at = to; at !== from;) {
      const step = tree.get(at);
      if (step === undefined) throw new Error('states of a component reach each other');
      blocks.push(step.letter);
      at = step.before;
    }
    return blocks.reverse();
  }

  private tree(from: number): ReadonlyMap<number, { before: number; letter: number }> {
    const known = this.trees.get(from);
    if (known !== undefined) return known;
    const tree = new Map([[from, { before: from, letter: -1 }]]);
    for (const state of tree.keys()) {
      for (const letter of this.obstacle.words.keys()) {
        const target = this.target(state, letter);
        if (this.inside.has(target) && !tree.has(target)) tree.set(target, { before: state, letter });
      }
    }
    this.trees.set(from, tree);
    return tree;
  }
}

/**
 * From the component's first state back to it, over every inner edge, some of them several times, in letters of the
 * language; undefined where that is too long to be tried.
 */
function closedWalk(
  { stuck, words }: Obstacle,
  paths: Paths,
  random: Rng,
  repeats: number,
): number[] | undefined {
  const edges = stuck.states.flatMap((state) =>
    [...words.keys()]
      .filter((letter) => paths.staysInside(state, letter))
      .map((letter) => ({ state, letter })),
  );
  const walk: number[] = [];
  let at = stuck.states[0];
  for (const { state, letter } of random.shuffle(edges)) {
    for (let times = 1 + random.below(repeats); times > 0; times--) {
      for (const part of [...paths.between(at, state), letter]) {
        if (walk.length + words[part].length > MAX_LENGTH) return undefined;
        for (const each of words[part]) walk.push(each);
      }
      at = paths.target(state, letter);
    }
  }
  return [...walk, ...spell(paths.between(at, stuck.states[0]), words)];
}

/** From the component's first state to each of two states that a program confuses, and on to where they differ. */
function endsOf(dfa: Dfa, obstacle: Obstacle, paths: Paths): number[][] {
  const { stuck } = obstacle;
  const partner = new Map<number, number>();
  const ends: number[][] = [];
  for (const [place, state] of stuck.states.entries()) {
    const other = partner.get(stuck.classOf[place]);
    partner.set(stuck.classOf[place], other ?? state);
    if (other === undefined) continue;
    const end = distinguishingEnd(dfa, obstacle, other, state);
    for (const target of [other, state]) {
      ends.push([...spell(paths.between(stuck.states[0], target), obstacle.words), ...end]);
    }
    if (ends.length >= 2 * MAX_PAIRS) break;
  }
  return ends;
}

function spell(blocks: readonly number[], words: Obstacle['words']): number[] {
  return blocks.flatMap((block) => [...words[block]]);
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
