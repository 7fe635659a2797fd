/**
 * From a positive decision to a program. A string moves through the regions one after the other, so for each
 * region the program has
 *
 *   enter   an event: this symbol leads into the region
 *   exit    an event: this symbol leads out of it (what happens after the first one is masked)
 *   in      more enters than exits so far: the string is in the region now
 *   c       per potential, the counter whose value is V(state) while the string is in the region
 *
 * and the state is what the counters say. All counts are strict (`[j<i]`): at a position they describe the state
 * before its symbol, and at `<eos>` the state after the whole string.
 */
import { symbolLiteral } from '../../crasp/index.ts';
import { and, atom, bracketed, FALSE, not, or, test, TRUE, type Text } from './expressions.ts';
import { cover, oneOf, type Case, type Feature } from './cover.ts';
import type { Machine } from './machine.ts';
import type { Decision } from './plain.ts';
import { innerEdges, type Refinement } from './refine.ts';
import { regionsOf, type Regions, usefulComponents } from './regions.ts';

/** What a program sees of a position besides its symbol (C-RASP[pos]): features of the states of a product. */
export interface Visible {
  readonly features: readonly Feature[];
  /** The value of each feature in a state. */
  values(state: number): readonly number[];
  /** States get the same number when they look the same. */
  readonly contextOf: Int32Array | undefined;
}

const NOTHING_VISIBLE: Visible = { features: [], values: () => [], contextOf: undefined };

/** Counters of one region, and how they look in its states. */
interface Region {
  readonly refinement: Refinement;
  readonly features: readonly Feature[]; // of the counters
  /** Per state of the region, the value of each counter. */
  readonly values: readonly (readonly number[])[];
  /** True at a position exactly while the string is in the region before its symbol. */
  readonly inside: Text;
}

/** The text of a program for the machine's language, by the levels of a decision that found it to be in. */
export function synthesise(machine: Machine, decision: Decision, visible: Visible = NOTHING_VISIBLE): string {
  const [rejecting, accepting] = [0, 1].map((wanted) => usefulComponents(machine, decision, wanted));
  // What leads to fewer states is the shorter thing to look for.
  const wanted = rejecting.states < accepting.states ? 0 : 1;
  const useful = wanted === 0 ? rejecting : accepting;
  const regions = regionsOf(machine, decision, useful.components, visible.contextOf);
  return new Writer(machine, regions, visible, wanted).program();
}

class Writer {
  private readonly machine: Machine;
  private readonly regions: Regions;
  private readonly visible: Visible;
  /** The value of `machine.accepts` that the program looks for; 0: it accepts what does not have it. */
  private readonly wanted: number;
  private readonly letters: number;
  private readonly lines: string[] = [];
  private readonly letterFeature: Feature;

  constructor(machine: Machine, regions: Regions, visible: Visible, wanted: number) {
    this.machine = machine;
    this.regions = regions;
    this.visible = visible;
    this.wanted = wanted;
    this.letters = machine.dfa.alphabet.length;
    const symbols = machine.dfa.alphabet.map((symbol) => atom(symbolLiteral(symbol)));
    this.letterFeature = { is: (values, possible) => oneOf(values, possible, (letter) => symbols[letter]) };
  }

  program(): string {
    const { alphabet } = this.machine.dfa;
    this.lines.push(`alphabet { ${alphabet.map(symbolLiteral).join(' ')} }`, `read at ${this.machine.read}`);
    const done: Region[] = [];
    this.regions.refinements.forEach((refinement, number) =>
      done.push(this.region(number, refinement, done)),
    );
    const found = or(...done.map((region) => and(region.inside, this.wantedIn(region))));
    this.lines.push(`accept ${(this.wanted === 1 ? found : not(found)).text}`);
    return `${this.lines.join('\n')}\n`;
  }

  private region(number: number, refinement: Refinement, earlier: readonly Region[]): Region {
    const entries = this.entries(refinement, earlier);
    const isStart = this.regions.regionOf[this.machine.dfa.start] === number;
    const enter = isStart ? TRUE : this.define(`enter${number}`, or(...entries.map((entry) => entry.event)));
    const entered = isStart ? TRUE : this.define(`entered${number}`, exists(enter));
    const { features, values } = this.counters(number, refinement, entered, entries);
    const exit = this.define(
      `exit${number}`,
      and(entered, this.leaving(number, refinement, features, values)),
    );
    return { refinement, features, values, inside: this.inside(number, enter, exit) };
  }

  private inside(number: number, enter: Text, exit: Text): Text {
    if (exit.text === FALSE.text)
      return enter.text === TRUE.text ? TRUE : this.define(`in${number}`, exists(enter));
    if (enter.text === TRUE.text) return this.define(`in${number}`, not(exists(exit)));
    return this.define(`in${number}`, test(`${count(enter)} > ${count(exit)}`));
  }

  /** The events of entering a region, by the state in which it is entered. */
  private entries({ states }: Refinement, earlier: readonly Region[]): { state: number; event: Text }[] {
    const { next } = this.machine.dfa;
    const leadsTo = (from: number, state: number): boolean =>
      next.subarray(from * this.letters, (from + 1) * this.letters).includes(state);
    return states.flatMap((state) => {
      const ways = earlier
        .filter((from) => from.refinement.states.some((before) => leadsTo(before, state)))
        .map((from) =>
          and(
            from.inside,
            this.where(from, (before, letter) => next[before * this.letters + letter] === state),
          ),
        );
      return ways.length === 0 ? [] : [{ state, event: or(...ways) }];
    });
  }

  /** The condition on a region's counters and the symbol under which an edge is of some kind. */
  private where(region: Region, kind: (state: number, letter: number) => boolean): Text {
    const cases = this.edgeCases(region.refinement, region.values, kind);
    return cover([...this.visible.features, ...region.features, this.letterFeature], cases);
  }

  private leaving(
    number: number,
    refinement: Refinement,
    features: readonly Feature[],
    values: Region['values'],
  ): Text {
    const leaves = (state: number, letter: number): boolean =>
      this.regions.regionOf[this.machine.dfa.next[state * this.letters + letter]] !== number;
    const cases = this.edgeCases(refinement, values, leaves);
    return cover([...this.visible.features, ...features, this.letterFeature], cases);
  }

  private edgeCases(
    refinement: Refinement,
    values: Region['values'],
    wanted: (state: number, letter: number) => boolean,
  ): Case[] {
    return refinement.states.flatMap((state, place) =>
      Array.from({ length: this.letters }, (_, letter) => ({
        values: [...this.visible.values(state), ...values[place], letter],
        wanted: wanted(state, letter),
      })),
    );
  }

  /** Defines the counters of a region, level by level. */
  private counters(
    number: number,
    refinement: Refinement,
    entered: Text,
    entries: readonly { state: number; event: Text }[],
  ): { features: Feature[]; values: number[][] } {
    const features: Feature[] = [];
    const values: number[][] = refinement.states.map(() => []);
    const main = this.mainEntry(refinement, entries);
    for (const level of refinement.levels) {
      const known = features.slice();
      const knownValues = values.map((row) => row.slice());
      for (const potential of level.potentials) {
        const shifted = potential.map((value) => value - potential[main]);
        const name = `c${number}_${features.length + 1}`;
        const steps = this.steps(refinement, shifted, known, knownValues, entered);
        this.lines.push(
          `let ${name} := ${[...steps, ...this.startValues(refinement, shifted, entries)].join(' + ').replaceAll('+ -', '- ')}`,
        );
        features.push(counterFeature(name));
        shifted.forEach((value, place) => values[place].push(value));
      }
    }
    return { features, values };
  }

  /** The place of the state in which the region is entered first: potentials are 0 there. */
  private mainEntry(refinement: Refinement, entries: readonly { state: number }[]): number {
    const state = entries.length > 0 ? entries[0].state : this.machine.dfa.start;
    return Math.max(0, refinement.states.indexOf(state));
  }

  /** `2 * #[j<i] (…)` for every step that a potential makes on labels inside the region. */
  private steps(
    refinement: Refinement,
    potential: readonly number[],
    known: readonly Feature[],
    knownValues: readonly (readonly number[])[],
    entered: Text,
  ): string[] {
    const edges = innerEdges(this.machine.dfa, refinement.states);
    const stepOf = edges.map(({ from, to }) => potential[to] - potential[from]);
    const sizes = [...new Set(stepOf)].filter((step) => step !== 0).sort((a, b) => b - a);
    return sizes.map((step) => {
      const cases = edges.map(({ from, letter }, i) => ({
        values: [...this.visible.values(refinement.states[from]), ...knownValues[from], letter],
        wanted: stepOf[i] === step,
      }));
      const label = cover([...this.visible.features, ...known, this.letterFeature], cases);
      return times(step, count(and(entered, label)));
    });
  }

  /** What a counter starts with where the region is entered in another state than the main one. */
  private startValues(
    refinement: Refinement,
    potential: readonly number[],
    entries: readonly { state: number; event: Text }[],
  ): string[] {
    return entries.flatMap(({ state, event }) => {
      const value = potential[refinement.states.indexOf(state)];
      return value === 0 ? [] : [times(value, count(event))];
    });
  }

  /** The condition, given that the string is in the region, that what is wanted is the case. */
  private wantedIn(region: Region): Text {
    const { accepts, read } = this.machine;
    if (read === 'last') {
      return this.where(region, (state, letter) => accepts[state * this.letters + letter] === this.wanted);
    }
    const cases = region.refinement.states.map((state, place) => ({
      values: [...this.visible.values(state), ...region.values[place]],
      wanted: accepts[state] === this.wanted,
    }));
    return cover([...this.visible.features, ...region.features], cases);
  }

  /** Gives an expression a name, unless it is short enough to be repeated. */
  private define(name: string, expression: Text): Text {
    if (expression.binds === 'atom') return expression;
    this.lines.push(`let ${name} := ${expression.text}`);
    return atom(name);
  }
}

function count(event: Text): string {
  return `#[j<i] ${bracketed(event, 'atom')}`;
}

function exists(event: Text): Text {
  if (event.text === FALSE.text) return FALSE;
  return { text: `exists[j<i] ${bracketed(event, 'atom')}`, binds: 'test' };
}

function times(factor: number, counted: string): string {
  return factor === 1 ? counted : factor === -1 ? `-${counted}` : `${factor} * ${counted}`;
}

/** A counter's value: equal to one of some, or on one side of the others. */
function counterFeature(name: string): Feature {
  return {
    is(values, possible) {
      const others = possible.filter((value) => !values.includes(value));
      if (others.length === 0) return TRUE;
      const low = Math.min(...values);
      const high = Math.max(...values);
      const above = others.every((value) => value < low);
      const below = others.every((value) => value > high);
      if (values.length > 1 && above) return test(`${name} >= ${low}`);
      if (values.length > 1 && below) return test(`${name} <= ${high}`);
      return oneOf(values, possible, (value) => test(`${name} = ${value}`));
    },
  };
}
