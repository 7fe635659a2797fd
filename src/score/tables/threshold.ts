/** The thresholds of horizons: one of all tasks, or each task's own. */

export type Threshold = number | ((task: string) => number);

export function thresholdFor(threshold: Threshold, task: string): number {
  return typeof threshold === 'number' ? threshold : threshold(task);
}

/** The one that all of some have; null where they have several, or there is none. */
export function oneThreshold(all: readonly number[]): number | null {
  return new Set(all).size === 1 ? all[0] : null;
}
