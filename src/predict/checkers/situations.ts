/**
 * The situations in which a program can be, as far as an automaton knows: a *place* is a state together with the
 * residue of the next position and the last few symbols; a situation is a place and the symbol that is read there, or
 * the end. Residues and symbols are those that the operations asked about rest on: what else stands in the program's
 * text makes no place another.
 */
import { leastCommonMultiple } from '../../common/arithmetic.ts';
import { isCount, reachable } from '../../crasp/index.ts';
import type { CoreNode, NodeId } from '../../crasp/index.ts';
import type { Automaton } from './format.ts';
import { withinCap } from './refusal.ts';

/** Situations times operations that are true or false, which are a byte each. */
const MAX_BYTES = 400_000_000;

/** Situations, whatever the program is: a second's work and some hundred megabytes. */
const MAX_SITUATIONS = 500_000;

interface Place {
  /** The place and the letter by which it was first reached; −1 for the first. */
  readonly from: number;
  readonly by: number;
  readonly state: number;
  /** Of the position at which the next symbol is read, modulo the period. */
  readonly residue: number;
  /** How many of the last symbols are known: as many as the program looks at, fewer near the beginning. */
  readonly known: number;
  /** These symbols as digits of a number to the base `letters`, the latest the lowest. */
  readonly past: number;
}

export class Situations {
  /** Places are 0…places−1; the first is the beginning. */
  readonly places: number;
  /** Situations are numbered place · (letters + 1) + letter, the end being the last of each place. */
  readonly count: number;
  private readonly all: Place[] = [];
  /** Where letters lead: transitions[place · letters + letter] */
  readonly transitions: Int32Array;
  /** How many letters there are; the end is none. */
  readonly letters: number;
  /** How many residues of positions are told apart. */
  readonly period: number;
  /** Places that lead to each other, each group before those that it leads to. */
  readonly components: readonly (readonly number[])[];
  readonly componentOf: Int32Array;

  /** @param roots the operations that are asked about */
  constructor(nodes: readonly CoreNode[], roots: readonly NodeId[], automaton: Automaton) {
    this.letters = automaton.alphabet.length;
    const needed = reachable(nodes, roots);
    const used = nodes.filter((_, id) => needed[id]);
    const period = (this.period = used.reduce(
      (all, node) => (node.kind === 'mod' ? leastCommonMultiple(all, node.modulus) : all),
      1,
    ));
    const window = lookBack(used);
    /** Of numbers that are pasts. With two letters or more they stay small: so many places come before longer ones. */
    const pasts = this.letters ** window;
    const truths = used.filter((node) => !isCount(node)).length;
    const numbers = new Map<string, number>();
    const numberOf = (place: Place): number => {
      const key = `${place.state} ${place.residue} ${place.known} ${place.past}`;
      const known = numbers.get(key);
      if (known !== undefined) return known;
      const situations = (this.all.length + 1) * (this.letters + 1);
      withinCap(situations, MAX_SITUATIONS, 'situations');
      withinCap(situations * truths, MAX_BYTES, 'situations times operations of the program');
      numbers.set(key, this.all.length);
      this.all.push(place);
      return this.all.length - 1;
    };
    numberOf({ from: -1, by: -1, state: automaton.start, residue: 1 % period, known: 0, past: 0 });
    const next: number[][] = [];
    for (const [from, { state, residue, known, past }] of this.all.entries()) {
      const after = (letter: number): Place => ({
        from,
        by: letter,
        state: automaton.transitions[state][letter],
        residue: (residue + 1) % period,
        known: Math.min(known + 1, window),
        past: (past * this.letters + letter) % pasts,
      });
      next.push(automaton.alphabet.map((_, letter) => numberOf(after(letter))));
    }
    this.places = this.all.length;
    this.count = this.places * (this.letters + 1);
    this.transitions = Int32Array.from(next.flat());
    this.components = componentsOf(next);
    this.componentOf = new Int32Array(this.places);
    this.components.forEach((places, number) => places.forEach((p) => (this.componentOf[p] = number)));
  }

  placeOf(situation: number): number {
    return Math.floor(situation / (this.letters + 1));
  }

  stateOf(situation: number): number {
    return this.all[this.placeOf(situation)].state;
  }

  /** −1 at the end. */
  letterOf(situation: number): number {
    const letter = situation % (this.letters + 1);
    return letter === this.letters ? -1 : letter;
  }

  residueOf(situation: number): number {
    return this.all[this.placeOf(situation)].residue;
  }

  /** The place and the letter by which a place was first reached: an earlier place; null for the beginning. */
  reachedFrom(place: number): { readonly from: number; readonly by: number } | null {
    return place === 0 ? null : this.all[place];
  }

  /**
   * What is known of the position so far before the next one: its residue and its letter, as residue · letters + letter.
   * −1 where there is no such position.
   */
  before(place: number, back: number): number {
    const { residue, known, past } = this.all[place];
    if (back > known) return -1;
    const residueThere = (((residue - back) % this.period) + this.period) % this.period;
    const letter = Math.floor(past / this.letters ** (back - 1)) % this.letters;
    return residueThere * this.letters + letter;
  }

  situationOf(place: number, letter: number): number {
    return place * (this.letters + 1) + letter;
  }

  /** A shortest string (of letters) that leads to a place. */
  wordTo(place: number): number[] {
    const word: number[] = [];
    for (let at = this.all[place]; at.from >= 0; at = this.all[at.from]) word.push(at.by);
    return word.reverse();
  }
}

/** Strongly connected components in topological order (Kosaraju: Sharir 1981); everything is reached from 0. */
function componentsOf(next: readonly (readonly number[])[]): number[][] {
  const back: number[][] = next.map(() => []);
  next.forEach((row, place) => row.forEach((to) => back[to].push(place)));
  const done = new Set<number>();
  return finished(next, 0, new Set())
    .reverse()
    .flatMap((place) => (done.has(place) ? [] : [finished(back, place, done).sort((a, b) => a - b)]));
}

/** The places reached from one that were not seen before, in the order in which a depth-first walk leaves them. */
function finished(next: readonly (readonly number[])[], from: number, seen: Set<number>): number[] {
  const order: number[] = [];
  const path = [{ place: from, letter: 0 }];
  seen.add(from);
  for (let top = path.at(-1); top !== undefined; top = path.at(-1)) {
    const to = next[top.place].at(top.letter++);
    if (to === undefined) {
      order.push(top.place);
      path.pop();
    } else if (!seen.has(to)) {
      seen.add(to);
      path.push({ place: to, letter: 0 });
    }
  }
  return order;
}

/** How many symbols back the program looks with local counts. */
function lookBack(nodes: readonly CoreNode[]): number {
  return nodes.reduce(
    (most, node) => (node.kind === 'count' && node.guard !== null ? Math.max(most, node.guard.far) : most),
    0,
  );
}
