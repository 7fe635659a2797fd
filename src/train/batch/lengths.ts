/**
 * Which lengths a batch has, and how its sequences are laid out. Lengths are drawn by strata: sample i of a batch of B
 * has its length from the i-th of B equal parts of the range. Over batches every length is as frequent as in
 * independent draws; within a batch short and long always mix in the same proportion, so the shapes of a step never
 * change, and groups of similar length can be computed without padding to the longest.
 */
import type { Rng } from '../../common/random.ts';

/** Consecutive samples of a batch, padded to the longest length that any of them can have. */
export interface LengthGroup {
  readonly batch: number;
  /** The largest source length in this group. */
  readonly longest: number;
}

/** Groups for `batch` samples over lengths min..max; neighbouring groups that would be padded alike are one. */
export function lengthGroups(batch: number, min: number, max: number, groups: number): LengthGroup[] {
  const made: { batch: number; longest: number }[] = [];
  for (let group = 0; group < groups; group++) {
    const first = Math.round((group * batch) / groups);
    const end = Math.round(((group + 1) * batch) / groups);
    if (end === first) continue;
    const longest = longestLength(end - 1, batch, min, max);
    const last = made.at(-1);
    if (last !== undefined && last.longest === longest) last.batch += end - first;
    else made.push({ batch: end - first, longest });
  }
  return made;
}

/** One length for every sample of a batch, in order of strata (so never decreasing from group to group). */
export function drawLengths(batch: number, min: number, max: number, rng: Rng): number[] {
  const count = max - min + 1;
  return Array.from({ length: batch }, (_, i) => {
    const drawn = min + Math.floor(((i + rng.float()) * count) / batch);
    return Math.min(drawn, longestLength(i, batch, min, max)); // i + 0.999… can round up to i + 1
  });
}

/** The largest length that sample i can draw. */
function longestLength(i: number, batch: number, min: number, max: number): number {
  return min + Math.ceil(((i + 1) * (max - min + 1)) / batch) - 1;
}
