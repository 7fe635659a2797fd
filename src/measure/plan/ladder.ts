/** The lengths that a search can visit: doubled on the way up, then halving the gap in which it failed. */
import { isNarrow } from '../../score/statistics/horizon.ts';

/** The length that the doubling starts from, where the task has it. */
export const FIRST_LENGTH = 5;

/** 5, 10, 20, 40, … up to the longest, each within what the task admits. */
export function ladderOf(min: number, max: number): number[] {
  const ladder: number[] = [];
  for (let length = Math.max(FIRST_LENGTH, min); length < max; length *= 2) ladder.push(length);
  return max >= min ? [...ladder, max] : [];
}

/** How many lengths the ladder has, with those that halving the widest of its gaps can visit. */
export function mostLengths(ladder: readonly number[]): number {
  const halvings = ladder.slice(1).map((high, i) => {
    let [gap, count] = [high - ladder[i], 0];
    for (; !isNarrow(ladder[i], ladder[i] + gap); gap = Math.ceil(gap / 2)) count += 1;
    return count;
  });
  return ladder.length + Math.max(0, ...halvings);
}

/** The most lengths that can fail in a search that goes on: one of the ladder, and all halvings of the gap below it. */
export function mostFailures(ladder: readonly number[]): number {
  const failures = ladder.slice(1).map((first, i) => {
    let [high, count] = [first, 1];
    for (; !isNarrow(ladder[i], high); high = Math.floor((ladder[i] + high) / 2)) count += 1;
    return count;
  });
  return Math.max(0, ...failures);
}
