/** What the search would report of a respondent with a known accuracy: for tests, and for the tables in docs/statistics.md. */
import type { Rng } from '../../common/random.ts';
import { HorizonSearch } from './search.ts';
import type { SearchOptions } from './search.ts';
import { horizonOf } from '../../score/statistics/horizon.ts';

export interface Simulated {
  readonly horizon: number | null;
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
  const lengths = new Set<number>();
  let questions = 0;
  for (let wish = search.next(); wish.kind === 'ask'; wish = search.next()) {
    questions += 1;
    lengths.add(wish.length);
    search.record(wish.length, wish.index, stream.float() < accuracy(wish.length));
  }
  const cells = [...lengths].map((length) => ({
    length,
    ...(search.interval(length) ?? { low: 0, high: 1 }),
  }));
  return { horizon: horizonOf(cells, options.threshold).length, questions, lengths: [...lengths] };
}
