/** Questions to a model that runs here, which answers several at once. */
import { messageOf, UserError } from '../../common/errors.ts';
import type { Output } from '../../score/output.ts';
import type { AskOptions, Ending, Prompted, Questions, Responded } from '../respondent.ts';

/**
 * Asks batch by batch.
 * @param fits whether a batch that has begun takes one more
 * @param answer the outputs of a batch, in its order
 */
export async function* answeredInBatches<P extends Prompted>(
  questions: Questions<P>,
  { signal }: AskOptions,
  fits: (batch: readonly P[], next: P) => boolean,
  answer: (batch: readonly P[]) => Promise<readonly Output[]>,
): AsyncGenerator<readonly Responded<P>[], Ending> {
  const batches = new Batches(questions, fits);
  for (;;) {
    if (signal.aborted) return { kind: 'interrupted' };
    const batch = batches.next();
    if (batch === 'soon') {
      await new Promise((resolve) => setTimeout(resolve));
      continue;
    }
    if (batch.length === 0) return { kind: 'done' };
    let outputs: readonly Output[];
    try {
      outputs = await answer(batch);
    } catch (error) {
      if (signal.aborted && error === signal.reason) return { kind: 'interrupted' };
      if (error instanceof UserError) throw error;
      return { kind: 'stopped', reason: messageOf(error) }; // its process has died: what it said before stands
    }
    yield batch.map((prompted, i) => ({ prompted, output: outputs[i] }));
  }
}

class Batches<P extends Prompted> {
  private readonly questions: Questions<P>;
  private readonly fits: (batch: readonly P[], next: P) => boolean;
  private held: P | undefined;
  /** What the batch has so far. */
  private begun: P[] = [];

  constructor(questions: Questions<P>, fits: (batch: readonly P[], next: P) => boolean) {
    this.questions = questions;
    this.fits = fits;
  }

  /** `soon`: there may be one in the next turn of the event loop. */
  next(): P[] | 'soon' {
    const batch = this.begun;
    for (;;) {
      const next = this.held ?? this.questions.next();
      this.held = undefined;
      if (next === 'soon') return 'soon';
      if (next === 'wait' || next === 'done') return this.whole();
      if (batch.length > 0 && !this.fits(batch, next)) {
        this.held = next;
        return this.whole();
      }
      batch.push(next);
    }
  }

  private whole(): P[] {
    const batch = this.begun;
    this.begun = [];
    return batch;
  }
}
