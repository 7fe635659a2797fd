/** What changes with the step: the learning rate and the longest length. */
import type { ProgressRow } from '../run/rows.ts';
import type { TrainSpec } from './spec.ts';

type Rate = Pick<TrainSpec, 'learningRate' | 'schedule' | 'warmup' | 'steps'>;
type Range = Pick<TrainSpec, 'lengths' | 'curriculum'>;

/**
 * The learning rate at step 1..steps: linear warm-up, then the schedule. What `settle` does depends on how it went so
 * far: `learned` is the step at which the task was learned in the main, if it is by now (`learnedAt`).
 */
export function rateAt(spec: Rate, step: number, learned?: number): number {
  return spec.learningRate * shareOfRate(spec, step, learned);
}

function shareOfRate(spec: Rate, step: number, learned: number | undefined): number {
  const warm = spec.warmup > 0 ? Math.min(1, step / spec.warmup) : 1;
  const done = Math.max(0, step - spec.warmup) / Math.max(1, spec.steps - spec.warmup);
  switch (spec.schedule) {
    case 'linear':
      return warm * (1 - done);
    case 'constant':
      return warm;
    case 'cosine':
      return warm * (0.5 + 0.5 * Math.cos(Math.PI * done));
    case 'settle':
      return learned === undefined ? warm : Math.max(SETTLED, 0.5 ** ((step - learned) / SETTLE_HALF_LIFE));
  }
}

/**
 * When a task counts as learned in the main: by the loss since the last evaluation, in nats per answer token, with all
 * lengths in the batches. The circuit has formed by then, suddenly and at a time that nobody can foretell; what is left
 * are the rare mistakes, which a falling rate makes an end of.
 */
const LEARNED_LOSS = 0.4;
/** Steps in which the rate halves from then on. */
const SETTLE_HALF_LIFE = 50;
/** The smallest share: whatever is not right by then may still become so. */
const SETTLED = 0.01;

/** The step at which the task was learned in the main, by a learning curve so far. */
export function learnedAt(spec: TrainSpec, curve: readonly ProgressRow[]): number | undefined {
  const { max } = spec.lengths;
  return curve.find(({ loss, step }) => loss < LEARNED_LOSS && longestAt(spec, step) === max)?.step;
}

/**
 * The longest training length at a step: all lengths at once, or, with a curriculum, half as much again every so many steps.
 * (Each new longest length is a new graph to prepare, so it grows in a few large steps.)
 */
export function longestAt(spec: Range, step: number): number {
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
const CURRICULUM_GROWTH = 1.5;
