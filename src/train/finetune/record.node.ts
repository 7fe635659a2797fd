/** `finetuning.json`: what was fine-tuned, how it went, and that it is finished. It appears together with what was trained. */
import { recordIn, textOfRecord } from '../run/record.node.ts';
import type { RecordKind } from '../run/record.node.ts';
import type { ProgressRow } from '../run/rows.ts';
import type { FinetunedRow } from './rows.ts';
import type { FinetuneSpec } from './spec.ts';

export const FINETUNING_FILE = 'finetuning.json';

const FINETUNING: RecordKind = {
  file: FINETUNING_FILE,
  version: 1,
  of: 'fine-tuning',
  holds: 'what was fine-tuned',
};

export interface FinetuningRecord {
  /** `hash` is the specification's `base`. */
  readonly base: { readonly name: string; readonly hash: string };
  readonly spec: FinetuneSpec;
  readonly curve: readonly ProgressRow[];
  readonly result: FinetunedRow;
}

export function finetuningText(record: FinetuningRecord): string {
  return textOfRecord(FINETUNING, record);
}

/**
 * The record of a finished fine-tuning in a folder, or undefined when there is none.
 * @throws UserError when it is of other settings than `spec`
 */
export function readFinetuning(folder: string, spec: FinetuneSpec): FinetuningRecord | undefined {
  return recordIn<FinetuningRecord>(FINETUNING, folder, spec);
}
