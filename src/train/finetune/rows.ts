/** What a fine-tuning brings out while it runs and when it ends. Types and nothing else. */
import type { ProgressRow, TrainedRow } from '../run/rows.ts';

/** How a fine-tuning ended; parameters and weights are those that were trained: an adapter's, or all of the model's. */
export interface FinetunedRow extends Omit<TrainedRow, 'kind'> {
  readonly kind: 'finetuned';
}

export type FinetuneRow = ProgressRow | FinetunedRow;
