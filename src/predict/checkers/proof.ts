/**
 * What a program answers in every situation, at every length: a proof by invariants, found here and valid whatever the
 * program. For each state of an automaton (with the position's residue and the last few symbols, where the program
 * looks at those) and each sum of counters that the program compares, an interval that holds every time a string is in
 * that state. Intervals start at 0 and are carried along every transition until nothing changes. Where they decide a
 * comparison, it has that value however long the string is; where they don't, nothing is said (MAYBE).
 */
import { isCount, operands, reachable } from '../../crasp/index.ts';
import type { CoreNode, NodeId, Window } from '../../crasp/index.ts';
import { type Intervals, MAYBE, NO, oneIf, times, YES } from './intervals.ts';
import { leastIntervals } from './invariant.ts';
import { LookBack } from './look-back.ts';
import { Budget } from './refusal.ts';
import type { Situations } from './situations.ts';

/**
 * Operands of operations in situations, four for each bound that is carried along a transition, and more for those of a
 * program that is run (task-program.ts): some seconds' work.
 */
const MAX_WORK = 3_000_000_000;

/** Places times local counts in comparisons. */
const MAX_LOOK_BACKS = 10_000_000;

/** What proofs may take together, for one certificate. */
export interface ProofWork {
  readonly steps: Budget;
  readonly lookBacks: Budget;
}

export function proofWork(): ProofWork {
  return {
    steps: new Budget(MAX_WORK, 'operands in situations and prompts, and bounds of counts'),
    lookBacks: new Budget(MAX_LOOK_BACKS, 'places of an automaton times local counts'),
  };
}

/** Places times sums of counters whose intervals are kept. */
const MAX_KEPT = 2_000_000;

/** A count, taken apart: constant + Σ factor · what is counted. Keys are nodes. */
interface Form {
  constant: number;
  /** How many positions before this one have the node. */
  readonly counters: Map<number, number>;
  /** Whether the node holds at this position, which windows may see, too. */
  readonly here: Map<number, number>;
  /** How many positions of a window before this one have the node. */
  readonly windows: { readonly of: number; readonly window: Window; readonly factor: number }[];
}

export class Proof {
  /** Per node, its truth value in every situation (empty for counts, and for what no root needs). */
  readonly truth: Uint8Array[] = [];
  readonly situations: Situations;
  private readonly nodes: readonly CoreNode[];
  private readonly intervals = new Map<string, Intervals>();
  private readonly lookBack: LookBack;
  private readonly work: ProofWork;
  private readonly scratch: Intervals;

  /**
   * @param roots the nodes whose values are asked for
   * @throws BeyondCaps where it takes more than what is left of `work`
   */
  constructor(
    nodes: readonly CoreNode[],
    situations: Situations,
    roots: readonly NodeId[],
    work: ProofWork = proofWork(),
  ) {
    this.nodes = nodes;
    this.situations = situations;
    this.work = work;
    const { count } = situations;
    this.scratch = { low: new Float64Array(count), high: new Float64Array(count) };
    const needed = reachable(nodes, roots);
    this.lookBack = new LookBack(nodes, needed, situations, work.steps);
    nodes.forEach((node, id) => this.truth.push(needed[id] ? this.truthOf(node) : new Uint8Array()));
  }

  private truthOf(node: CoreNode): Uint8Array {
    const { count } = this.situations;
    if (!isCount(node)) this.work.steps.spend(count * (1 + operands(node).length));
    const all = (value: (situation: number) => number): Uint8Array =>
      new Uint8Array(count).map((_, situation) => value(situation));
    switch (node.kind) {
      case 'Q':
        return all((s) => (this.situations.letterOf(s) === node.symbol ? YES : NO));
      case 'const':
        return typeof node.value === 'boolean'
          ? new Uint8Array(count).fill(node.value ? YES : NO)
          : new Uint8Array();
      case 'not':
        return this.truth[node.of].map((value) => (value === MAYBE ? MAYBE : 1 - value));
      case 'and':
        return this.conjunction(node.of);
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

  private conjunction(operands: readonly number[]): Uint8Array {
    const result = new Uint8Array(this.situations.count).fill(YES);
    for (const operand of operands) {
      const truth = this.truth[operand];
      for (let s = 0; s < truth.length; s++) {
        if (truth[s] === NO) result[s] = NO;
        else if (truth[s] === MAYBE && result[s] === YES) result[s] = MAYBE;
      }
    }
    return result;
  }

  private comparison(of: number): Uint8Array {
    const form: Form = { constant: 0, counters: new Map(), here: new Map(), windows: [] };
    const result = new Uint8Array(this.situations.count).fill(MAYBE);
    if (!this.takeApart(of, 1, form)) return result;
    const before = this.valuesBefore(form);
    const here = this.sumsOf(form.here, form.constant);
    const width = this.situations.count / this.situations.places;
    for (let place = 0, situation = 0; place < this.situations.places; place++) {
      for (const end = situation + width; situation < end; situation++) {
        if (before.low[place] + here.low[situation] >= 0) result[situation] = YES;
        else if (before.high[place] + here.high[situation] < 0) result[situation] = NO;
      }
    }
    return result;
  }

  /** Adds factor · node to the form; false where a count chooses between counters, which is not followed here. */
  private takeApart(id: number, factor: number, form: Form): boolean {
    const node = this.nodes[id];
    switch (node.kind) {
      case 'const':
        form.constant += factor * Number(node.value);
        return true;
      case 'count':
        if (node.guard !== null) {
          form.windows.push({ of: node.of, window: node.guard, factor });
          if (node.guard.near === 0) add(form.here, node.of, factor);
        } else for (const map of [form.counters, form.here]) add(map, node.of, factor);
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

  /** Per place, what the positions before add to a form. */
  private valuesBefore({ counters, windows }: Form): Intervals {
    const counted = this.invariant(counters);
    if (windows.length === 0) return counted;
    const sums = { low: counted.low.slice(), high: counted.high.slice() };
    for (const { of, window, factor } of windows) {
      this.work.lookBacks.spend(this.situations.places);
      const inWindow = this.lookBack.countsInWindow(of, window);
      for (let place = 0; place < this.situations.places; place++) {
        const { low, high } = times(factor, { low: inWindow.low[place], high: inWindow.high[place] });
        sums.low[place] += low;
        sums.high[place] += high;
      }
    }
    return sums;
  }

  /** Per situation, constant + Σ factor · (1 if the node holds there). Good until the next call. */
  private sumsOf(factors: ReadonlyMap<number, number>, constant = 0): Intervals {
    const { low, high } = this.scratch;
    low.fill(constant);
    high.fill(constant);
    this.work.steps.spend(this.situations.count * factors.size);
    for (const [node, factor] of factors) {
      const truth = this.truth[node];
      const maybe = times(factor, oneIf(MAYBE));
      for (let s = 0; s < truth.length; s++) {
        if (truth[s] === NO) continue;
        low[s] += truth[s] === YES ? factor : maybe.low;
        high[s] += truth[s] === YES ? factor : maybe.high;
      }
    }
    return this.scratch;
  }

  /** For each place, the interval in which Σ factor · counter always lies there: the least one, or a wider one. */
  private invariant(counters: ReadonlyMap<number, number>): Intervals {
    const key = [...counters].map(([id, factor]) => `${id}:${factor}`).join();
    const known = this.intervals.get(key);
    if (known !== undefined) return known;
    const steps = this.sumsOf(counters);
    const intervals = leastIntervals(this.situations, steps, this.work.steps);
    if (this.situations.places * (this.intervals.size + 1) > MAX_KEPT) this.intervals.clear();
    this.intervals.set(key, intervals);
    return intervals;
  }
}

function add(sums: Map<number, number>, key: number, value: number): void {
  sums.set(key, (sums.get(key) ?? 0) + value);
}
