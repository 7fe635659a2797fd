/** Samples that are asked several times: one observation each, the share of right answers, once all have come. */
import { isLost } from '../../score/output.ts';
import type { Output, Outcome } from '../../score/output.ts';
import type { Run } from '../store/rows.ts';
import type { Worth } from './search.ts';

export class Repeats {
  private readonly times: number;
  private readonly open = new Map<string, { asked: number; right: number; lost: number }>();

  /** @param times how often each sample is asked, at least 1 */
  constructor(times: number) {
    this.times = times;
  }

  /** Adds an answer to a sample; gives what the sample is worth with the last. */
  add(sample: string, outcome: Outcome, { failure }: Pick<Output, 'failure'>): Worth | undefined {
    const known = this.open.get(sample) ?? { asked: 0, right: 0, lost: 0 };
    known.asked += 1;
    known.right += Number(outcome === 'right');
    known.lost += Number(isLost(outcome, failure));
    if (known.asked < this.times) {
      this.open.set(sample, known);
      return undefined;
    }
    this.open.delete(sample);
    const { asked, right, lost } = known;
    return { least: right / asked, most: (right + lost) / asked };
  }
}

/** What a run says of how samples were asked: `lengths` is null for a search. */
type RepeatedRun = Pick<Run, 'lengths' | 'repeats'>;

/**
 * How often an earlier run asked each sample, where the answers of a new one that asks another number of times could not be
 * counted with its own; null where they can. A search is told what each sample is worth after the last of its answers, and
 * fewer answers a sample than are stored would leave some out.
 */
export function otherRepeats(earlier: readonly RepeatedRun[], now: RepeatedRun): number | null {
  const found = earlier.find(
    ({ repeats, lengths }) =>
      repeats > now.repeats || (repeats !== now.repeats && (lengths === null || now.lengths === null)),
  );
  return found?.repeats ?? null;
}

/** Whether these runs make one search: all that searched, and all after it, asked each sample equally often. */
export function isOneSearch(runs: readonly RepeatedRun[]): boolean {
  return new Set(runs.map(({ repeats }) => repeats)).size === 1;
}
