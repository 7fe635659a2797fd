/**
 * The situations in which a program can be, as far as an automaton knows: a *place* is a state together with the
 * residue of the next position and the last few symbols (as many as the program looks at); a situation is a place
 * and the symbol that is read there, or the end.
 */
import type { CoreNode, CoreProgram } from '../../crasp/index.ts';
import type { Automaton } from './format.ts';
import { must } from './refusal.ts';

/** Situations times operations that are looked at: a few seconds' work. */
const MAX_WORK = 100_000_000;

interface Place {
  readonly state: number;
  /** Of the position at which the next symbol is read, modulo the period. */
  readonly residue: number;
  /** Letters, the latest first. */
  readonly past: readonly number[];
}

export class Situations {
  /** Places are 0…places−1; the first is the beginning. */
  readonly places: number;
  /** Situations are numbered place · (letters + 1) + letter, the end being the last of each place. */
  readonly count: number;
  private readonly all: Place[] = [];
  private readonly next: number[][] = [];
  private readonly letters: number;

  constructor(program: CoreProgram, automaton: Automaton) {
    this.letters = automaton.alphabet.length;
    const period = program.nodes.reduce(
      (all, node) => (node.kind === 'mod' ? lcm(all, node.modulus) : all),
      1,
    );
    const window = lookBack(program.nodes);
    const numbers = new Map<string, number>();
    const numberOf = (place: Place): number => {
      const key = `${place.state} ${place.residue} ${place.past.join()}`;
      const known = numbers.get(key);
      if (known !== undefined) return known;
      const work = (this.all.length + 1) * (this.letters + 1) * program.nodes.length;
      must(work < MAX_WORK, `too large to check: more than ${MAX_WORK} operations in all situations`);
      numbers.set(key, this.all.length);
      this.all.push(place);
      return this.all.length - 1;
    };
    numberOf({ state: automaton.start, residue: 1 % period, past: [] });
    for (const { state, residue, past } of this.all) {
      const after = (letter: number): Place => ({
        state: automaton.transitions[state][letter],
        residue: (residue + 1) % period,
        past: [letter, ...past].slice(0, window),
      });
      this.next.push(automaton.alphabet.map((_, letter) => numberOf(after(letter))));
    }
    this.places = this.all.length;
    this.count = this.places * (this.letters + 1);
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

  existsBefore(situation: number, back: number): boolean {
    return back <= this.all[this.placeOf(situation)].past.length;
  }

  letterBefore(situation: number, back: number): number {
    return this.all[this.placeOf(situation)].past[back - 1];
  }

  /** Where each letter leads from a place. */
  stepsFrom(place: number): { situation: number; to: number }[] {
    return this.next[place].map((to, letter) => ({ situation: place * (this.letters + 1) + letter, to }));
  }
}

/** How many symbols back the program looks with local counts. */
function lookBack(nodes: readonly CoreNode[]): number {
  return nodes.reduce(
    (most, node) => (node.kind === 'count' && node.guard !== null ? Math.max(most, node.guard.far) : most),
    0,
  );
}

function lcm(a: number, b: number): number {
  let [x, y] = [a, b];
  while (y !== 0) [x, y] = [y, x % y];
  return (a / x) * b;
}
