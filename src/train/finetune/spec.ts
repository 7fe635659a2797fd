/** What determines a fine-tuning: all of it goes into the record beside what was trained. */
import type { TaskOptions } from '../../tasks/index.ts';
import type { PromptTemplate } from '../../prompt/template.ts';
import type { AdapterShape } from '../../model/adapters/adapter.ts';
import type { TrainSpec } from '../spec/spec.ts';

export interface FinetuneSpec {
  /** SHA-256 of all that determines what the base says: its weights, configuration and tokenizer (`hashOfModel`). */
  readonly base: string;
  /** The task's name. */
  readonly task: string;
  /** How its samples are drawn; the symbols are the model's (`usualOptions`) unless an alphabet is given. */
  readonly taskOptions?: TaskOptions;
  /** How a sample is written; null for a symbol model, which reads symbols as it was trained to. */
  readonly prompt: PromptTemplate | null;
  /** Training lengths, inclusive. */
  readonly lengths: { readonly min: number; readonly max: number };
  readonly method: ({ readonly kind: 'lora' } & AdapterShape) | { readonly kind: 'full' };
  /** Contexts a step. */
  readonly batch: number;
  /** Questions about one context, at most (look-ups have several; they are read in one pass). */
  readonly queries: number;
  readonly steps: number;
  readonly learningRate: number;
  /** As in training from scratch; all but `settle`. */
  readonly schedule: Exclude<TrainSpec['schedule'], 'settle'>;
  readonly warmup: number;
  readonly weightDecay: number;
  /** Steps after which the longest training length grows by half, from the shortest on; 0: all lengths from the start. */
  readonly curriculum: number;
  /** Models with learned positions: which sequences begin at a random position (`TrainSpec.offsets`). */
  readonly offsets: boolean | number;
  readonly evaluateEvery: number;
  readonly seed: number;
}
