/** Samples that are asked several times: one observation each, the share of right answers, once all have come. */
import { isLost } from '../../score/output.ts';
import type { Output, Outcome } from '../../score/output.ts';
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
