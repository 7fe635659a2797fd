import { expect, it } from 'vitest';
import { textOutput } from '../../score/output.ts';
import type { Outcome } from '../../score/output.ts';
import { CutAnswers } from './cut-answers.ts';
import type { CutCauses } from './cut-answers.ts';

/** Finish reason, tokens of the prompt and of the answer, and the limit that was asked for. */
type Cut = readonly [string | null, number | null, number | null, number | null, Outcome?];

function causesOf(cuts: readonly Cut[], promptCut = false): CutCauses {
  const found = new CutAnswers();
  for (const [finishReason, promptTokens, completionTokens, tokenLimit, outcome = 'truncated'] of cuts) {
    const tokens = { promptTokens, completionTokens, tokenLimit };
    found.add(textOutput('', { finishReason, ...tokens }), { outcome, promptCut });
  }
  return found.causes;
}

const NONE: CutCauses = { limit: 0, server: null, ended: 0, prompt: 0, noRoom: null };

it.each<[string, readonly Cut[], Partial<CutCauses>]>([
  ['as many tokens as were asked for', [['length', 50, 64, 64]], { limit: 1 }],
  ['the same, whatever the server says', [['stop', 50, 64, 64]], { limit: 1 }],
  ['nothing is counted', [['length', null, null, 64]], { limit: 1 }],
  ['nothing is said', [[null, null, null, 64]], { limit: 1 }],
  [
    'its context is full of the prompt',
    [
      ['length', 260, 0, 64],
      ['length', 300, 0, 64],
      ['stop', 200, 4, 64, 'right'],
    ],
    { noRoom: { count: 2, from: 260 } },
  ],
  [
    'Gemini: hidden thoughts that count as no token, while longer prompts are answered',
    [
      ['length', 260, 0, 64],
      ['stop', 300, 4, 64, 'right'],
    ],
    { limit: 1 },
  ],
  ['no token, and nothing was answered', [['length', 260, 0, 64]], { limit: 1 }],
  ['Ollama, gpt-oss: thoughts that ended', [['stop', 50, 55, 4161]], { ended: 1 }],
  ['the same without a count', [['stop', null, null, 4161]], { ended: 1 }],
  [
    'the server allows 16 tokens',
    [
      ['length', 50, 16, 4161],
      ['length', 61, 16, 65],
      ['stop', 50, 10, 65, 'right'],
    ],
    { server: { count: 2, at: 16, withPrompt: false, asked: 4161 } },
  ],
  [
    'its context ends at 512 tokens',
    [
      ['length', 300, 212, 4161],
      ['length', 290, 222, 4161],
      ['stop', 50, 300, 4161, 'right'],
    ],
    { server: { count: 2, at: 512, withPrompt: true, asked: 4161 } },
  ],
  [
    'hidden thoughts that are not counted',
    [
      ['length', 50, 3, 4161],
      ['length', 61, 9, 4161],
    ],
    { limit: 2 },
  ],
  [
    'other answers are longer',
    [
      ['length', 50, 16, 4161],
      ['length', 60, 16, 4161],
      ['stop', 50, 40, 65, 'right'],
    ],
    { limit: 2 },
  ],
  ['one alone', [['length', 50, 16, 4161]], { limit: 1 }],
])('what cut answers off is told by their rows: %s', (_, cuts, causes) => {
  expect(causesOf(cuts)).toEqual({ ...NONE, ...causes });
});

it('a prompt that was cut is a cause of its own', () => {
  expect(causesOf([['stop', 20, 4, 65]], true)).toEqual({ ...NONE, prompt: 1 });
});
