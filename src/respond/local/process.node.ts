/** A model in a process of its own: a crash of ONNX Runtime ends that process, and matrix products block only it. */
import type { Device } from '../../graph/index.ts';
import { openService } from '../../common/service.node.ts';
import type { WorkKind } from '../../common/process.node.ts';
import type { BatchWork, ModelFacts, Offsets, SequenceAnswer, SequenceBatch } from './answerer.node.ts';
import type { SequenceModel } from './local-respondent.ts';

export interface ModelOpening {
  /** The Hugging Face folder of the model. */
  readonly folder: string;
  /** The folder of an adapter that is put into its weights. */
  readonly adapter?: string;
  readonly threads: number;
  readonly device?: Device;
  /** Where sequences begin: at position 0 unless it says otherwise. */
  readonly offsets?: Offsets;
}

const MODEL: WorkKind = {
  name: 'the measuring process',
  module: './worker.node',
  from: import.meta.url,
  stops: 'at-once',
  afterDeath: '',
};

/**
 * Loads a model in a child process, which ends at once when the signal is aborted.
 * @throws UserError in one line for a folder that is no model, or a damaged one
 */
export async function openModelProcess(opening: ModelOpening, signal: AbortSignal): Promise<SequenceModel> {
  const service = await openService<ModelFacts, SequenceBatch, SequenceAnswer[], BatchWork>(
    MODEL,
    opening,
    signal,
  );
  return {
    facts: service.opened,
    answer: (batch, onWork) => service.ask(batch, onWork),
    close: () => service.close(),
  };
}
