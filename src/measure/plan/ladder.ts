/** The lengths that a search can visit: doubled on the way up, then halving the gap in which it failed. */

/** The length that the doubling starts from, where the task has it. */
export const FIRST_LENGTH = 5;

/** The search ends when the gap between the last length that holds and the first that does not is this share of the former. */
const RESOLUTION = 0.1;

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

/** Whether the gap between a length that holds and one that does not is too narrow to be halved. */
export function isNarrow(low: number, high: number): boolean {
  return high - low <= Math.max(1, Math.floor(RESOLUTION * low));
}
