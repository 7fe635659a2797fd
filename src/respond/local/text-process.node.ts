/** A model of text in a process of its own: a crash of ONNX Runtime ends that process, and matrix products block only it. */
import type { Device } from '../../graph/index.ts';
import { openService } from '../../common/service.node.ts';
import type { WorkKind } from '../../common/process.node.ts';
import type { TextFacts, TextQuestion, TextReply } from './text-answerer.node.ts';
import type { TextModelHere } from './text-respondent.ts';

export interface TextOpening {
  /** A GGUF file or a Hugging Face folder. */
  readonly target: string;
  /** The folder of an adapter that is put into its weights. */
  readonly adapter?: string;
  readonly threads: number;
  readonly device?: Device;
}

const MODEL: WorkKind = {
  name: 'the measuring process',
  module: './text-worker.node',
  from: import.meta.url,
  stops: 'at-once',
  afterDeath: '',
};

/**
 * Loads a model in a child process, which ends at once when the signal is aborted.
 * @throws UserError in one line for what is no model, a damaged one, or one that is not supported or too large
 */
export async function openTextProcess(opening: TextOpening, signal: AbortSignal): Promise<TextModelHere> {
  const service = await openService<TextFacts, readonly TextQuestion[], TextReply[], never>(
    MODEL,
    opening,
    signal,
  );
  return {
    facts: service.opened,
    answer: (questions) => service.ask(questions),
    close: () => service.close(),
  };
}
