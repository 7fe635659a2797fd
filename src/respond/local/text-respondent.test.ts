import { expect, it } from 'vitest';
import { askableNamed } from '../../prompt/askable.ts';
import { promptFor } from '../../prompt/files.node.ts';
import { renderPrompt } from '../../prompt/render.ts';
import type { Prompted } from '../respondent.ts';
import { textRespondent } from './text-respondent.ts';
import type { TextModelHere } from './text-respondent.ts';

it.each(['a', 'ä', '語', '🜚'])(
  'a batch has no more bytes than it may, of prompts made of %s',
  async (symbol) => {
    const task = askableNamed('UR');
    const { prompt, instance } = renderPrompt(task, promptFor('retrieval', ['paper'], true), {
      ...{ length: 5, seed: 1, index: 0 },
    });
    const text = symbol.repeat(3000);
    const asked = Array.from({ length: 24 }, (_, repeat): Prompted => ({
      ...{ task, sample: instance, repeat },
      prompt: { ...prompt, text },
    }));
    const batches: number[] = [];
    const model: TextModelHere = {
      facts: { weights: 'w', setup: null, positions: 99 } as TextModelHere['facts'],
      answer: (questions) => {
        batches.push(questions.length);
        return Promise.resolve(
          questions.map(() => ({ text: '', finishReason: 'stop', promptIds: [], outputIds: [] })),
        );
      },
      close: () => Promise.resolve(),
    };
    const left = [...asked];
    const respondent = textRespondent(model, { api: 'completions', decide: 'generation' });
    const outputs = respondent.ask(
      { next: () => left.shift() ?? 'done' },
      { signal: new AbortController().signal },
    );
    for await (const batch of outputs) expect(batch.length).toBeLessThanOrEqual(16);
    const each = new TextEncoder().encode(text).length + prompt.maxTokens;
    const most = Math.floor(32_768 / each);
    expect(batches[0]).toBe(most);
    expect(batches.reduce((sum, size) => sum + size)).toBe(24);
  },
);
