/** The other side of `text-process.node.ts`: a process that holds one model of text and answers prompts with it. */
import { serve } from '../../common/serve.node.ts';
import { TextAnswerer } from './text-answerer.node.ts';
import type { TextFacts, TextQuestion, TextReply } from './text-answerer.node.ts';
import type { TextOpening } from './text-process.node.ts';

serve<TextOpening, TextFacts, readonly TextQuestion[], TextReply[], never>(
  async ({ target, adapter, threads, device }) => {
    const answerer = await TextAnswerer.open(target, { threads, device }, { adapter });
    return { opened: answerer.facts, answer: (questions) => answerer.answer(questions) };
  },
);
