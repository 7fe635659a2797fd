/** Accuracy by place: five equal parts of the source, each with its n and its interval. */
import { sourceParts } from '../../tasks/index.ts';
import type { PlaceRow } from './rows.ts';
import { nearWhole } from '../near-whole.ts';
import { meanInterval } from '../statistics/index.ts';
import type { Level } from '../statistics/index.ts';

/** Which of the equal parts a place lies in: from its beginning on, before its end; 1 is in the last. */
export function binOf(place: number): number {
  if (!(place >= 0 && place <= 1)) throw new RangeError(`place ${place}: not a share of the source`);
  return Math.min(sourceParts.length - 1, Math.floor(place * sourceParts.length));
}

/** Where a copy that passed all parts fails. */
const PASSED = sourceParts.length;

/**
 * The part in which a copy fails, by the place of its first error (null: none); the number of parts where it passed all of
 * them. So did one that came whole and then went on: what is too much stands at no place of the source.
 */
export function failedPartOf(firstError: number | null): number {
  return firstError === null || firstError >= 1 ? PASSED : binOf(firstError);
}

/** Observations by part of the source: right and wrong ones are counted, shares of samples asked several times listed. */
class Bins {
  private readonly parts = sourceParts.map(() => ({ right: 0, wrong: 0, shares: [] as number[] }));

  /** Samples that were counted in any part. */
  n = 0;

  count(bin: number, right: number, times: number): void {
    const part = this.parts[bin];
    if (right === 1) part.right += times;
    else if (right === 0) part.wrong += times;
    else for (let i = 0; i < times; i++) part.shares.push(right);
  }

  rows(level: Level): PlaceRow[] {
    return sourceParts.map(({ from, to }, bin) => {
      const { right, wrong, shares } = this.parts[bin];
      const n = right + wrong + shares.length;
      const correct = nearWhole(shares.reduce((sum, share) => sum + share, right));
      return {
        from,
        to,
        n,
        correct,
        accuracy: n === 0 ? null : correct / n,
        ...meanInterval({ right, wrong, shares }, level),
      };
    });
  }
}

/** Look-ups, by the place of their evidence. */
export class EvidenceTally {
  private readonly bins = new Bins();

  /** One sample; `right`: 1 or 0, or the share of right answers of its answers where it was asked several times. */
  add(place: number, right: number): void {
    this.addPart(binOf(place), right);
  }

  /** The same of as many samples with their evidence in a part. */
  addPart(part: number, right: number, times = 1): void {
    this.bins.n += times;
    this.bins.count(part, right, times);
  }

  /** How many samples were counted. */
  get n(): number {
    return this.bins.n;
  }

  /** The parts in order, those without samples too (n = 0, interval 0 to 1). */
  rows(level: Level = {}): PlaceRow[] {
    return this.bins.rows(level);
  }
}

/**
 * Copies, by the place of their first error in the right answer. The n of a part are the copies that were right up to its
 * beginning; right are those that were still right at its end.
 */
export class CopyTally {
  private readonly bins = new Bins();

  /**
   * One sample: the place of the first error of each answer to it, null for a right one. Several answers to a sample are
   * one observation: of those that came to a part, the share that passed it.
   */
  add(firstErrors: readonly (number | null)[]): void {
    this.addParts(firstErrors.map(failedPartOf));
  }

  /** The same of as many samples whose answers fail in these parts (`failedPartOf`). */
  addParts(failedIn: readonly number[], times = 1): void {
    if (failedIn.length === 0) return;
    this.bins.n += times;
    for (let bin = 0; bin < sourceParts.length; bin++) {
      const reached = failedIn.filter((failed) => failed >= bin).length;
      if (reached === 0) return;
      this.bins.count(bin, failedIn.filter((failed) => failed > bin).length / reached, times);
    }
  }

  /** How many samples were counted. */
  get n(): number {
    return this.bins.n;
  }

  /** The parts in order, those that no copy reached too (n = 0, interval 0 to 1). */
  rows(level: Level = {}): PlaceRow[] {
    return this.bins.rows(level);
  }
}
