/** The other side of `process.node.ts`: a process that holds one model and answers batches with it. */
import { serve } from '../../common/serve.node.ts';
import { Answerer } from './answerer.node.ts';
import type { BatchWork, ModelFacts, SequenceAnswer, SequenceBatch } from './answerer.node.ts';
import type { ModelOpening } from './process.node.ts';

serve<ModelOpening, ModelFacts, SequenceBatch, SequenceAnswer[], BatchWork>(
  async ({ folder, adapter, threads, device, offsets }) => {
    const answerer = await Answerer.open(folder, { threads, device }, { adapter, offsets });
    return { opened: answerer.facts, answer: (batch, onWork) => answerer.answer(batch, onWork) };
  },
);
