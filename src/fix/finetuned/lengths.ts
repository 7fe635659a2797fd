/** At which lengths a fine-tuned model is measured. */

import type { LengthRange } from './rows.ts';

export interface AskedLength {
  readonly length: number;
  /** Of the longest training length; null within the training range, below it. */
  readonly multiple: number | null;
}

/** Beyond the training range; 1 is its longest length. */
const MULTIPLES = [1, 1.5, 2, 3, 5];
/** Lengths within the range, the longest included: with 200 samples each they are the 1,000 that say whether a task is learned. */
export const WITHIN = 5;

/** Whether a length lies within the training range. */
export function isInRange({ multiple }: Pick<AskedLength, 'multiple'>): boolean {
  return multiple === null || multiple === 1;
}

/** From the shortest length of several ranges (one or more) to the longest. */
export function spanOf(ranges: readonly LengthRange[]): LengthRange {
  return { min: Math.min(...ranges.map(({ min }) => min)), max: Math.max(...ranges.map(({ max }) => max)) };
}

/** The length that is a multiple of the longest training length. */
export function lengthAt(multiple: number, longest: number): number {
  return Math.round(multiple * longest);
}

/** Lengths spread over the training range, and multiples of its end. */
export function askedLengths({ min, max }: LengthRange): AskedLength[] {
  const steps = Math.min(WITHIN - 1, max - min);
  const within = Array.from({ length: steps }, (_, i) => min + Math.round((i * (max - min)) / steps));
  const beyond = new Map(MULTIPLES.map((multiple) => [lengthAt(multiple, max), multiple]));
  return [
    ...within.map((length) => ({ length, multiple: null })),
    ...[...beyond].map(([length, multiple]) => ({ length, multiple })),
  ];
}
