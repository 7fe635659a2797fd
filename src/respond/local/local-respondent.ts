/** A model trained here as a respondent: batches of sequences of one size, answered greedily. */
import { messageOf, UserError } from '../../common/errors.ts';
import { sha256 } from '../../common/sha256.ts';
import type { Json } from '../../common/json.ts';
import { textOutput } from '../../score/output.ts';
import type { Output } from '../../score/output.ts';
import { specialSymbols } from '../../common/special-symbols.ts';
import type { AskOptions, Ending, Prompted, Questions, Respondent, Responded } from '../respondent.ts';
import { batchFor } from './answerer.node.ts';
import type { BatchWork, ModelFacts, SequenceAnswer, SequenceBatch } from './answerer.node.ts';

/** Whoever answers batches: the model in this process, or in one of its own. */
export interface SequenceModel {
  readonly facts: ModelFacts;
  answer(batch: SequenceBatch, onWork?: (work: BatchWork) => void): Promise<readonly SequenceAnswer[]>;
  close(): Promise<void>;
}

/** What determines the answers of a model in a folder. */
export function identityOf({ weights, setup, symbols }: ModelFacts): Readonly<Record<string, Json>> {
  return { kind: 'model', weights, setup, symbols: sha256(symbols.join('\n')).slice(0, 16) };
}

/** @param onWork told how each batch goes, for an estimate of the time that is left */
export function localRespondent(
  model: SequenceModel,
  onWork: (work: BatchWork) => void = () => undefined,
): Respondent {
  return {
    identity: identityOf(model.facts),
    ask: (questions, options) => answered(model, questions, options, onWork),
  };
}

async function* answered<P extends Prompted>(
  model: SequenceModel,
  questions: Questions<P>,
  { signal }: AskOptions,
  onWork: (work: BatchWork) => void,
): AsyncGenerator<readonly Responded<P>[], Ending> {
  const batches = new Batches(questions);
  for (;;) {
    if (signal.aborted) return { kind: 'interrupted' };
    const batch = batches.next();
    if (batch === 'soon') {
      await new Promise((resolve) => setTimeout(resolve));
      continue;
    }
    if (batch.length === 0) return { kind: 'done' };
    const began = performance.now();
    let answers: readonly SequenceAnswer[];
    try {
      answers = await model.answer(batchOf(batch), onWork);
    } catch (error) {
      if (signal.aborted && error === signal.reason) return { kind: 'interrupted' };
      if (error instanceof UserError) throw error;
      return { kind: 'stopped', reason: messageOf(error) }; // its process has died: what it said before stands
    }
    const latencyMs = (performance.now() - began) / batch.length;
    yield batch.map((prompted, i) => ({ prompted, output: outputOf(prompted, answers[i], latencyMs) }));
  }
}

/** Questions in batches of the same task and length, as many at once as are best. */
class Batches<P extends Prompted> {
  private readonly questions: Questions<P>;
  private held: P | undefined;
  /** What the batch has so far. */
  private begun: P[] = [];

  constructor(questions: Questions<P>) {
    this.questions = questions;
  }

  /** `soon`: there may be one in the next turn of the event loop. */
  next(): P[] | 'soon' {
    const batch = this.begun;
    for (;;) {
      const next = this.held ?? this.questions.next();
      this.held = undefined;
      if (next === 'soon') return 'soon';
      if (next === 'wait' || next === 'done') return this.whole();
      if (batch.length > 0 && !(sameSize(batch[0], next) && batch.length < mostOf(batch[0]))) {
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
