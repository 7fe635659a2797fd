/** A model trained here as a respondent: batches of sequences of one size, answered greedily. */
import { sha256 } from '../../common/sha256.ts';
import type { Json } from '../../common/json.ts';
import { textOutput } from '../../score/output.ts';
import type { Output } from '../../score/output.ts';
import { specialSymbols } from '../../common/special-symbols.ts';
import type { Prompted, Respondent } from '../respondent.ts';
import { batchFor } from './answerer.node.ts';
import type { BatchWork, ModelFacts, SequenceAnswer, SequenceBatch } from './answerer.node.ts';
import { answeredInBatches } from './batches.ts';

/** Whoever answers batches: the model in this process, or in one of its own. */
export interface SequenceModel {
  readonly facts: ModelFacts;
  answer(batch: SequenceBatch, onWork?: (work: BatchWork) => void): Promise<readonly SequenceAnswer[]>;
  close(): Promise<void>;
}

/** What determines the answers of a model in a folder. */
export function identityOf({
  weights,
  setup,
  adapter,
  symbols,
  offsets,
}: ModelFacts): Readonly<Record<string, Json>> {
  return {
    ...{ kind: 'model', weights, setup },
    ...(adapter === undefined ? {} : { adapter }),
    ...(offsets === undefined ? {} : { offsets }),
    symbols: sha256(symbols.join('\n')).slice(0, 16),
  };
}

/** @param onWork told how each batch goes, for an estimate of the time that is left */
export function localRespondent(
  model: SequenceModel,
  onWork: (work: BatchWork) => void = () => undefined,
): Respondent {
  return {
    identity: identityOf(model.facts),
    ask: (questions, options) =>
      answeredInBatches(questions, options, fits, async (batch) => {
        const began = performance.now();
        const answers = await model.answer(batchOf(batch), onWork);
        const latencyMs = (performance.now() - began) / batch.length;
        return batch.map((prompted, i) => outputOf(prompted, answers[i], latencyMs));
      }),
  };
}

/** Of one task and length, as many at once as are best. */
function fits(batch: readonly Prompted[], next: Prompted): boolean {
  return sameSize(batch[0], next) && batch.length < mostOf(batch[0]);
}

function sameSize(a: Prompted, b: Prompted): boolean {
  return a.task.name === b.task.name && a.sample.length === b.sample.length;
}

function mostOf(prompted: Prompted): number {
  const { prompts, drafts } = batchOf([prompted]);
  return batchFor(prompts[0].length, drafts[0].length);
}

function batchOf(batch: readonly Prompted[]): SequenceBatch {
  const endsItself = batch[0].task.family === 'copying';
  return {
    length: batch[0].sample.length,
    prompts: batch.map(({ prompt }) => prompt.text.split(' ')),
    drafts: batch.map(({ sample }) => (endsItself ? [...sample.answer, specialSymbols.eos] : sample.answer)),
    endsItself,
  };
}

/**
 * The answer as the text that demonstrations would have. A copy that does not end was given more room than the right
 * answer takes, so that what is wrong with it is seen: nothing is cut off, and there is no limit to speak of.
 */
function outputOf({ task }: Prompted, { symbols, ended }: SequenceAnswer, latencyMs: number): Output {
  const end = task.family === 'copying' && ended ? ` ${specialSymbols.eos}` : '';
  return textOutput(` ${symbols.join(' ')}${end}`, { latencyMs, finishReason: ended ? 'stop' : null });
}
