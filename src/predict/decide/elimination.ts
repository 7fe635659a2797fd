/**
 * Linear equations with whole-number coefficients, kept solved for as many unknowns as possible (Gauss–Jordan,
 * fraction-free, sparse). Every row remembers, if it is asked to, from which of the given equations it is combined.
 */
import { TooLarge } from '../automata/caps.ts';
import type { Arithmetic } from './exact.ts';

/** A sparse row: unknown → coefficient, none of them zero. */
export type Row<T> = Map<number, T>;

/** Multiplications in one system: about five seconds' work. */
const MAX_STEPS = 30_000_000;

interface Solved<T> {
  readonly pivot: number;
  row: Row<T>;
  origin: Row<T>; // equation number → coefficient; empty when origins are not kept
}

export class Elimination<T> {
  private readonly arithmetic: Arithmetic<T>;
  private readonly keepOrigins: boolean;
  private readonly solved = new Map<number, Solved<T>>();
  private steps = 0;

  constructor(arithmetic: Arithmetic<T>, keepOrigins = false) {
    this.arithmetic = arithmetic;
    this.keepOrigins = keepOrigins;
  }

  get rank(): number {
    return this.solved.size;
  }

  isSolved(unknown: number): boolean {
    return this.solved.has(unknown);
  }

  /** Adds `row = 0`; says whether it told anything new. `number` names the equation in origins. */
  add(row: Row<T>, number = 0): boolean {
    const origin = this.originOf(number);
    const reduced = this.reduce(row, origin);
    if (reduced.row.size === 0) return false;
    const pivot = this.choosePivot(reduced.row);
    const fresh = { pivot, ...reduced };
    this.normalise(fresh);
    for (const other of this.solved.values()) {
      const coefficient = other.row.get(pivot);
      if (coefficient === undefined) continue;
      this.combine(other, coefficient, fresh);
      this.normalise(other);
    }
    this.solved.set(pivot, fresh);
    return true;
  }

  /**
   * Rewrites a row in the unknowns that are not solved for. With origins: `scale · row − reduced` is the combination
   * `origin` of the given equations, so an empty result shows that the row follows from them.
   */
  express(row: Row<T>): { row: Row<T>; origin: Row<T>; scale: T } {
    const target = -1; // the row itself, as an equation of its own
    const origin = this.originOf(target);
    const reduced = this.reduce(row, origin);
    const scale = reduced.origin.get(target) ?? this.arithmetic.of(1);
    reduced.origin.delete(target);
    for (const [equation, value] of reduced.origin)
      reduced.origin.set(equation, this.arithmetic.negative(value));
    return { ...reduced, scale };
  }

  /** The equation that gives a solved unknown: denominator · unknown + Σ row = 0. */
  solution(unknown: number): { denominator: T; others: Row<T> } | undefined {
    const found = this.solved.get(unknown);
    if (found === undefined) return undefined;
    const others = new Map(found.row);
    others.delete(unknown);
    return { denominator: found.row.get(unknown) ?? this.arithmetic.of(1), others };
  }

  private originOf(number: number): Row<T> {
    const origin: Row<T> = new Map();
    if (this.keepOrigins) origin.set(number, this.arithmetic.of(1));
    return origin;
  }

  private reduce(row: Row<T>, origin: Row<T>): { row: Row<T>; origin: Row<T> } {
    const work = { row: new Map(row), origin };
    for (const unknown of row.keys()) {
      const coefficient = work.row.get(unknown);
      const known = this.solved.get(unknown);
      if (coefficient !== undefined && known !== undefined) this.combine(work, coefficient, known);
    }
    return work;
  }

  /** Removes the pivot of `known` from `work`: work := d · work − c · known. */
  private combine(work: { row: Row<T>; origin: Row<T> }, coefficient: T, known: Solved<T>): void {
    const denominator = known.row.get(known.pivot) ?? this.arithmetic.of(1);
    const common = this.arithmetic.gcd(coefficient, denominator);
    const keep = this.arithmetic.over(denominator, common);
    const take = this.arithmetic.over(coefficient, common);
    this.subtract(work.row, keep, take, known.row);
    this.subtract(work.origin, keep, take, known.origin);
  }

  private subtract(work: Row<T>, keep: T, take: T, known: Row<T>): void {
    const { times, minus, isZero, isOne, of } = this.arithmetic;
    if (!isOne(keep)) for (const [key, value] of work) work.set(key, times(keep, value));
    for (const [key, value] of known) {
      const difference = minus(work.get(key) ?? of(0), times(take, value));
      if (isZero(difference)) work.delete(key);
      else work.set(key, difference);
    }
    this.steps += work.size + known.size;
    if (this.steps > MAX_STEPS) {
      throw new TooLarge(`too large: the linear equations of a component need more than ${MAX_STEPS} steps`);
    }
  }

  /** The last unknown, so that what stays free are the first ones: states near the entry. */
  private choosePivot(row: Row<T>): number {
    return Math.max(...row.keys());
  }

  /** Divides by what all coefficients have in common and makes the pivot's positive. */
  private normalise(work: Solved<T>): void {
    const { gcd, over, isOne, negative, sign, of } = this.arithmetic;
    let common = of(0);
    for (const part of [work.row, work.origin]) {
      for (const value of part.values()) {
        common = gcd(common, value);
        if (isOne(common)) break;
      }
    }
    if (sign(work.row.get(work.pivot) ?? of(1)) < 0) common = negative(common);
    if (isOne(common)) return;
    for (const part of [work.row, work.origin]) {
      for (const [key, value] of part) part.set(key, over(value, common));
    }
  }
}
