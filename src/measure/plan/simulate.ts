/** What the search would report of a respondent with a known accuracy: for tests, and for the tables in docs/statistics.md. */
import type { Rng } from '../../common/random.ts';
import { HorizonSearch } from './search.ts';
import type { SearchOptions } from './search.ts';
import { horizonOf } from '../../score/statistics/horizon.ts';
import type { Horizon } from '../../score/statistics/horizon.ts';
import type { HorizonPromise } from '../../score/tables/rows.ts';

export interface Simulated {
  readonly horizon: number | null;
  /** The horizon with its bounds and what is undecided. */
  readonly bounds: Horizon;
  readonly promise: HorizonPromise | null;
  readonly questions: number;
  readonly lengths: readonly number[];
}

/** One run of a search against `accuracy(length)`. */
export function searchHorizon(
  accuracy: (length: number) => number,
  options: SearchOptions,
  stream: Rng,
): Simulated {
  const search = new HorizonSearch(options);
  const counts = new Map<number, { n: number; correct: number }>();
  let questions = 0;
  for (let wish = search.next(); wish.kind === 'ask'; wish = search.next()) {
    questions += 1;
    const right = Number(stream.float() < accuracy(wish.length));
    const { n, correct } = counts.get(wish.length) ?? { n: 0, correct: 0 };
    counts.set(wish.length, { n: n + 1, correct: correct + right });
    search.record(wish.length, wish.index, right);
  }
  const cells = [...counts].map(([length, count]) => ({
    length,
    ...count,
    ...(search.interval(length) ?? { low: 0, high: 1 }),
  }));
  const bounds = horizonOf(cells, options.threshold);
  return {
    horizon: bounds.length,
    bounds,
    promise: search.promise(bounds.length),
    questions,
    lengths: [...counts.keys()],
  };
}

/**
 * The share of lengths from `min` to `horizon` at which accuracy is at or above the threshold: what a promise is about.
 */
export function shareThatHolds(
  accuracy: (length: number) => number,
  { threshold, min }: Pick<SearchOptions, 'threshold' | 'min'>,
  horizon: number,
): number {
  let holding = 0;
  for (let length = min; length <= horizon; length++) holding += Number(accuracy(length) >= threshold);
  return holding / (horizon - min + 1);
}

/**
 * The chance that a length of this accuracy is shown to reach the threshold at any of some looks, each at more of the same
 * samples. Exact: by the distribution of the right answers among those that no look has stopped.
 * @param lowerEnd of the interval of a look: of so many right answers of n, at the look of that number
 */
export function holdsAtAnyLook(
  accuracy: number,
  looks: readonly number[],
  threshold: number,
  lowerEnd: (right: number, n: number, look: number) => number,
): number {
  let open = [1]; // the chance of so many right answers
  let shown = 0;
  for (const [look, n] of looks.entries()) {
    while (open.length <= n) open = withOneMore(open, accuracy);
    // More right answers show no less: the fewest that show it are looked for from above.
    for (let right = n; right >= 0 && lowerEnd(right, n, look) >= threshold; right--) {
      shown += open[right];
      open[right] = 0;
    }
  }
  return shown;
}

function withOneMore(chances: readonly number[], accuracy: number): number[] {
  const next = new Array<number>(chances.length + 1).fill(0);
  for (const [right, chance] of chances.entries()) {
    next[right] += chance * (1 - accuracy);
    next[right + 1] += chance * accuracy;
  }
  return next;
}
