/** Accuracy by place: five equal parts of the source, each with its n and its exact interval. */
import { sourceParts } from '../../tasks/index.ts';
import type { PlaceRow } from './rows.ts';
import { boundedInterval, exactInterval } from '../statistics/index.ts';

/** Which of the equal parts a place lies in: from its beginning on, before its end; 1 is in the last. */
export function binOf(place: number): number {
  if (!(place >= 0 && place <= 1)) throw new RangeError(`place ${place}: not a share of the source`);
  return Math.min(sourceParts.length - 1, Math.floor(place * sourceParts.length));
}

/** Observations by part of the source: 1 or 0, or a share where a sample was asked several times. */
class Bins {
  private readonly observed = sourceParts.map((): number[] => []);

  count(bin: number, right: number): void {
    this.observed[bin].push(right);
  }

  rows(confidence: number): PlaceRow[] {
    return sourceParts.map(({ from, to }, bin) => {
      const observed = this.observed[bin];
      const n = observed.length;
      // Sums of thirds miss whole numbers by a few bits.
      const correct = nearWhole(observed.reduce((sum, right) => sum + right, 0));
      return {
        from,
        to,
        n,
        correct,
        accuracy: n === 0 ? 0 : correct / n,
        ...(observed.every((right) => right === 0 || right === 1)
          ? exactInterval(correct, n, confidence)
          : boundedInterval(observed, confidence)),
      };
    });
  }
}

/** Look-ups, by the place of their evidence. */
export class EvidenceTally {
  private readonly bins = new Bins();

  /** One sample; `right`: 1 or 0, or the share of right answers where it was asked several times. No answer is a wrong one. */
  add(place: number, right: number): void {
    this.bins.count(binOf(place), right);
  }

  /** The parts in order, those without samples too (n = 0, interval 0 to 1). */
  rows(confidence = 0.95): PlaceRow[] {
    return this.bins.rows(confidence);
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
    const failedIn = firstErrors.map((place) => (place === null ? Infinity : binOf(place)));
    for (let bin = 0; bin < sourceParts.length; bin++) {
      const reached = failedIn.filter((failed) => failed >= bin).length;
      if (reached === 0) return;
      this.bins.count(bin, failedIn.filter((failed) => failed > bin).length / reached);
    }
  }

  /** The parts in order, those that no copy reached too (n = 0, interval 0 to 1). */
  rows(confidence = 0.95): PlaceRow[] {
    return this.bins.rows(confidence);
  }
}

function nearWhole(value: number): number {
  const whole = Math.round(value);
  return Math.abs(value - whole) < 1e-9 ? whole : value;
}
