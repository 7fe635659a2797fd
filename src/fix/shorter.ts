/** A horizon takes shorter lengths, too: a quarter and half of the one that is wanted, as far as the task has them. */
export function shorterThan(length: number, min: number): number[] {
  const lengths = [Math.floor(length / 4), Math.floor(length / 2)];
  return [...new Set(lengths)].filter((one) => one >= min && one < length);
}
