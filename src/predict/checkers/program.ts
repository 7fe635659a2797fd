/**
 * In: a program agrees with an automaton on strings of every length. The proof is an invariant, found here and valid
 * whatever the program: for each state of the automaton (with the position's residue and the last few symbols, where
 * the program looks at those) and each sum of counters that the program compares, an interval that holds every time
 * a string is in that state. Intervals start at 0 and are carried along every transition until nothing changes. If
 * they decide what the program answers in every state, and rightly, nothing is left to check.
 */
import type { CoreNode, CoreProgram, Window } from '../../crasp/index.ts';
import type { Automaton } from './format.ts';
import { Bounds, exactly, type Interval, MAYBE, NO, oneIf, plus, times, YES } from './intervals.ts';
import { countInWindow } from './look-back.ts';
import { must } from './refusal.ts';
import { Situations } from './situations.ts';

/** A count, taken apart: constant + Σ factor · what is counted. Keys are nodes. */
interface Form {
  constant: number;
  /** How many positions before this one have the node. */
  readonly counters: Map<number, number>;
  /** Whether the node holds at this position. */
  readonly here: Map<number, number>;
  readonly windows: { readonly of: number; readonly window: Window; readonly factor: number }[];
}

/** Refuses unless the program provably gives the automaton's answer wherever it is read. */
export function checkProgram(program: CoreProgram, automaton: Automaton, read: 'eos' | 'last'): void {
  const { output } = program;
  must(output.kind === 'accept' && output.read === read, `the program is not read at ${read}`);
  must(
    program.alphabet.join(' ') === automaton.alphabet.join(' '),
    'program and automaton have different alphabets',
  );
  const proof = new Proof(program, new Situations(program, automaton));
  const answers = proof.truth[output.node];
  const accepting = new Set(automaton.accepting);
  const { situations } = proof;
  for (let situation = 0; situation < situations.count; situation++) {
    const state = situations.stateOf(situation);
    const letter = situations.letterOf(situation);
    if (letter < 0 !== (read === 'eos')) continue;
    const wanted = accepting.has(read === 'eos' ? state : state * automaton.alphabet.length + letter);
    must(
      answers[situation] === (wanted ? YES : NO),
      `nothing shows that the program is right in state ${state}`,
    );
  }
}

class Proof {
  /** Per node, its truth value in every situation (for counts: empty). */
  readonly truth: Uint8Array[] = [];
  readonly situations: Situations;
  private readonly nodes: readonly CoreNode[];
  private readonly intervals = new Map<string, readonly Interval[]>();

  constructor(program: CoreProgram, situations: Situations) {
    this.nodes = program.nodes;
    this.situations = situations;
    for (const node of program.nodes) this.truth.push(this.truthOf(node));
  }

  private truthOf(node: CoreNode): Uint8Array {
    const all = (value: (situation: number) => number): Uint8Array =>
      Uint8Array.from({ length: this.situations.count }, (_, situation) => value(situation));
    switch (node.kind) {
      case 'Q':
        return all((s) => (this.situations.letterOf(s) === node.symbol ? YES : NO));
      case 'const':
        return typeof node.value === 'boolean'
          ? all(() => (node.value === true ? YES : NO))
          : new Uint8Array();
      case 'not':
        return this.truth[node.of].map((value) => (value === MAYBE ? MAYBE : 1 - value));
      case 'and':
        return all((s) => {
          const values = node.of.map((operand) => this.truth[operand][s]);
          return values.includes(NO) ? NO : values.includes(MAYBE) ? MAYBE : YES;
        });
      case 'mod':
        return all((s) => (this.situations.residueOf(s) % node.modulus === node.residue ? YES : NO));
      case 'ge0':
        return this.comparison(node.of);
      case 'count':
      case 'lin':
      case 'cond':
        return new Uint8Array();
    }
  }

  private comparison(of: number): Uint8Array {
    const form: Form = { constant: 0, counters: new Map(), here: new Map(), windows: [] };
    if (!this.takeApart(of, 1, form)) return new Uint8Array(this.situations.count).fill(MAYBE);
    const before = this.invariant(form.counters);
    return Uint8Array.from({ length: this.situations.count }, (_, situation) => {
      const { low, high } = plus(before[this.situations.placeOf(situation)], this.valueHere(form, situation));
      return low >= 0 ? YES : high < 0 ? NO : MAYBE;
    });
  }

  /** Adds factor · node to the form; false where a count chooses between counters, which is not followed here. */
  private takeApart(id: number, factor: number, form: Form): boolean {
    const node = this.nodes[id];
    switch (node.kind) {
      case 'const':
        form.constant += factor * Number(node.value);
        return true;
      case 'count':
        if (node.guard !== null) form.windows.push({ of: node.of, window: node.guard, factor });
        else for (const map of [form.counters, form.here]) add(map, node.of, factor);
        return true;
      case 'lin':
        form.constant += factor * node.constant;
        return node.terms.every((term) => this.takeApart(term.node, factor * term.factor, form));
      case 'cond': {
        const [yes, no] = [this.nodes[node.yes], this.nodes[node.no]];
        if (yes.kind !== 'const' || no.kind !== 'const') return false;
        form.constant += factor * Number(no.value);
        add(form.here, node.test, factor * (Number(yes.value) - Number(no.value)));
        return true;
      }
      case 'Q':
      case 'not':
      case 'and':
      case 'mod':
      case 'ge0':
        throw new Error('a truth value stands where a count should');
    }
  }

  /** What the position itself, and those just before it, add to a form. */
  private valueHere({ constant, here, windows }: Form, situation: number): Interval {
    let sum = exactly(constant);
    for (const [node, factor] of here) sum = plus(sum, times(factor, oneIf(this.truth[node][situation])));
    for (const { of, window, factor } of windows) {
      const inWindow = countInWindow(
        this.nodes,
        this.situations,
        of,
        window,
        situation,
        this.truth[of][situation],
      );
      sum = plus(sum, times(factor, inWindow));
    }
    return sum;
  }

  /** For each place, the interval in which Σ factor · counter always lies there: the least one, or a wider one. */
  private invariant(counters: ReadonlyMap<number, number>): readonly Interval[] {
    const key = [...counters].map(([id, factor]) => `${id}:${factor}`).join();
    const known = this.intervals.get(key);
    if (known !== undefined) return known;
    const { situations } = this;
    const low = new Bounds(situations.places, (fresh, old) => fresh < old, -Infinity);
    const high = new Bounds(situations.places, (fresh, old) => fresh > old, Infinity);
    low.at[0] = high.at[0] = 0;
    const waiting = [0]; // first in, first out: short ways first, so that bounds settle before they are widened
    for (const place of waiting) {
      for (const { situation, to } of situations.stepsFrom(place)) {
        let next: Interval = { low: low.at[place], high: high.at[place] };
        for (const [node, factor] of counters)
          next = plus(next, times(factor, oneIf(this.truth[node][situation])));
        const lowered = low.include(to, next.low);
        const raised = high.include(to, next.high);
        if (lowered || raised) waiting.push(to);
      }
    }
    const intervals = Array.from(low.at, (bound, place) => ({ low: bound, high: high.at[place] }));
    this.intervals.set(key, intervals);
    return intervals;
  }
}

function add(sums: Map<number, number>, key: number, value: number): void {
  sums.set(key, (sums.get(key) ?? 0) + value);
}
