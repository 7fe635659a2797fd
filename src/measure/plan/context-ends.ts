/** Notices where a model's context ends: the first prompts of a length are all refused for their size. */
import type { Output } from '../../score/output.ts';

/** So many samples of a length, all of them refused and none answered, and there is no use in asking for more. */
const REFUSED_ALL = 3;

interface Seen {
  refused: number;
  others: number;
}

export class ContextEnds {
  private readonly seen = new Map<string, Seen>();
  private readonly ends = new Map<string, number>();

  /** What came of a sample of a task at a length. */
  record(task: string, length: number, { failure, error }: Pick<Output, 'failure' | 'error'>): void {
    const key = `${task} ${length}`;
    const seen = this.seen.get(key) ?? { refused: 0, others: 0 };
    this.seen.set(key, seen);
    // A refusal of the form that speaks of the size says so where others were taken; said by name, it always does.
    const ofSize = failure === 'form' && speaksOfSize(error ?? '') && this.takes(task);
    const refused = failure === 'too-long' || ofSize;
    if (refused) seen.refused += 1;
    else seen.others += 1;
    if (seen.others > 0 || seen.refused < REFUSED_ALL) return;
    this.ends.set(task, Math.min(length, this.ends.get(task) ?? Infinity));
  }

  /** The shortest length at which all were refused; null: none is known. */
  at(task: string): number | null {
    return this.ends.get(task) ?? null;
  }

  isBeyond(task: string, length: number): boolean {
    return length >= (this.ends.get(task) ?? Infinity);
  }

  /** Whether any sample of the task was answered. */
  private takes(task: string): boolean {
    return [...this.seen].some(([key, { others }]) => key.startsWith(`${task} `) && others > 0);
  }
}

const SIZE = /context|length|tokens?\b|too (long|large|big)|max_seq|exceed|超长|过长|上限/i;
const PACE =
  /rate|throttl|per (second|minute|hour|day)|too many requests|quota|concurren|capacity|[tr]p[ms]\b/i;

/** Whether a refusal speaks of how much was sent; limits on how fast it is sent speak of tokens, too. */
function speaksOfSize(words: string): boolean {
  return SIZE.test(words) && !PACE.test(words);
}
