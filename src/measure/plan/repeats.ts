/** Samples that are asked several times: one observation each, the share of right answers, once all have come. */
export class Repeats {
  private readonly times: number;
  private readonly open = new Map<string, { asked: number; right: number }>();

  /** @param times how often each sample is asked, at least 1 */
  constructor(times: number) {
    this.times = times;
  }

  /** Adds an answer to a sample; gives the share of right ones, from 0 to 1, with the last. */
  add(sample: string, right: boolean): number | undefined {
    if (this.times === 1) return Number(right);
    const known = this.open.get(sample) ?? { asked: 0, right: 0 };
    known.asked += 1;
    known.right += Number(right);
    this.open.set(sample, known);
    if (known.asked < this.times) return undefined;
    this.open.delete(sample);
    return known.right / known.asked;
  }
}
