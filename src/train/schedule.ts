/** What changes with the step: the learning rate and the longest length. */
import type { TrainSpec } from './spec.ts';

/** The learning rate as a share of the largest, at step 1..steps: linear warm-up, then the schedule. */
export function rateAt(spec: TrainSpec, step: number): number {
  const warm = spec.warmup > 0 ? Math.min(1, step / spec.warmup) : 1;
  const done = Math.max(0, step - spec.warmup) / Math.max(1, spec.steps - spec.warmup);
  switch (spec.schedule) {
    case 'linear':
      return warm * (1 - done);
    case 'constant':
      return warm;
    case 'cosine':
      return warm * (0.5 + 0.5 * Math.cos(Math.PI * done));
  }
}

/**
 * The longest training length at a step: all lengths at once, or, with a curriculum, a quarter more every so many steps.
 * (Each new longest length is a new graph to prepare, so it grows in a few large steps.)
 */
export function longestAt(spec: TrainSpec, step: number): number {
  const { min, max } = spec.lengths;
  if (spec.curriculum === 0) return max;
  let longest = Math.max(min + 1, CURRICULUM_START);
  for (let left = Math.floor(step / spec.curriculum); left > 0 && longest < max; left--) {
    longest = Math.ceil(longest * CURRICULUM_GROWTH);
  }
  return Math.min(max, longest);
}

/** A curriculum begins with lengths at which there is something to look up. */
const CURRICULUM_START = 4;
const CURRICULUM_GROWTH = 1.25;
