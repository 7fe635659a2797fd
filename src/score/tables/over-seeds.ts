/**
 * Several trainings of one architecture: the seed is the unit. Answers of different models are not answers of one model,
 * so they are never counted together for an interval.
 */
import { studentQuantile } from '../statistics/special.ts';
import type { CellRow, HorizonRow } from './rows.ts';

const CONFIDENCE = 0.95;

/**
 * 95 % interval of the mean accuracy over seeds: Student's, with the seeds as the sample (2 or more), and never narrower
 * than the mean of the seeds' own intervals, so that seeds that agree don't give a width of zero.
 */
export function seedInterval(cells: readonly Pick<CellRow, 'accuracy' | 'low' | 'high'>[]): {
  readonly low: number;
  readonly high: number;
} {
  const mean = meanOf(cells.map(({ accuracy }) => accuracy));
  const freedom = Math.max(1, cells.length - 1);
  const variance = cells.reduce((sum, { accuracy }) => sum + (accuracy - mean) ** 2, 0) / freedom;
  const half = studentQuantile((1 + CONFIDENCE) / 2, freedom) * Math.sqrt(variance / cells.length);
  return {
    low: Math.max(0, Math.min(mean - half, meanOf(cells.map(({ low }) => low)))),
    high: Math.min(1, Math.max(mean + half, meanOf(cells.map(({ high }) => high)))),
  };
}

/** The lower median of the measured models' horizons: a horizon below all lengths is the shortest. */
export function medianHorizon(horizons: readonly (HorizonRow | undefined)[]): HorizonRow | undefined {
  const sorted = horizons
    .filter((horizon) => horizon !== undefined)
    .toSorted((a, b) => (a.length ?? -1) - (b.length ?? -1));
  return sorted[Math.floor((sorted.length - 1) / 2)];
}

function meanOf(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0) / values.length;
}
