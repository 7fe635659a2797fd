import { describe, expect, it } from 'vitest';
import type { CellRow } from '../../score/tables/rows.ts';
import type { CutCauses } from '../../measure/scoring/cut-answers.ts';
import { cutOff, inSentences, withPrompts } from './endpoint.ts';

const cell = (correct: number, retrieved: number): CellRow => ({
  kind: 'cell',
  task: 'UR',
  length: 5,
  n: 40,
  correct,
  retrieved,
  accuracy: correct / 40,
  low: 0,
  high: 1,
  errors: {},
});

it('suggests tags where a chat model writes a sentence around the right answer', () => {
  const of = (row: CellRow, prompt: string, api = 'chat') =>
    inSentences({ rows: [row], prompts: { UR: prompt }, respondent: { api } });
  expect(of(cell(0, 40), 'turns')).toEqual([expect.stringMatching(/40 of 40 outputs .*--prompt instruct/)]);
  expect(of(cell(38, 40), 'turns')).toEqual([]);
  expect(of(cell(0, 40), 'instruct')).toEqual([]);
  expect(of(cell(0, 40), 'pair', 'completions')).toEqual([]);
});

it('tells of prompts that came back, and takes the right answers in them for no sentence of the model’s', () => {
  const rows = [cell(0, 40)];
  const result = { rows, prompts: { UR: 'turns' }, respondent: { api: 'chat' } };
  expect(withPrompts(result, { count: 40 })).toEqual([
    expect.stringMatching(/^WARNING: 40 outputs that are not right have the prompt in them/),
  ]);
  expect(withPrompts(result, { count: 1 })).toEqual([]);
  expect(inSentences(result, { retrieved: 40 })).toEqual([]);
});

describe('answers that were cut off', () => {
  const rows = (...cuts: readonly number[]): CellRow[] =>
    cuts.map((truncated, i) => ({ ...cell(40 - truncated, 40 - truncated), length: 5 * (i + 1), truncated }));
  const said = (
    cut: CellRow[],
    capabilities: object,
    { given, extra = {}, api = 'chat' }: { given?: number; extra?: object; api?: string } = {},
    causes: Partial<CutCauses> = { limit: cut.reduce((sum, { truncated = 0 }) => sum + truncated, 0) },
  ) =>
    cutOff(
      { rows: cut, respondent: { api, capabilities, extra } },
      { limit: 0, server: null, ended: 0, prompt: 0, noRoom: null, ...causes },
      given,
    );
  const thinks = { shapes: { chat: { thinking: 'beside' } } };

  it.each([
    ['one in twenty of all', rows(4, 0), 1],
    ['half of those of one length', rows(...Array.from({ length: 19 }, () => 0), 20), 1],
    ['fewer', rows(3, 0), 0],
    ['none', rows(0), 0],
  ] as const)('are told of where they are a notable share: %s', async (_, cut, lines) => {
    expect(await said([...cut], thinks)).toHaveLength(lines);
  });

  it.each([
    [
      'a model that thinks',
      thinks,
      {},
      /30 of 40 answers .* 4096 tokens for thoughts were not enough; --think-tokens 16384 gives more/,
    ],
    ['the same with room of its own', thinks, { given: 9000 }, /9000 tokens .*--think-tokens 36000 /],
    ['one that was noticed to', { noticed: { chat: 'unsaid' } }, {}, /4096 tokens .*--think-tokens 16384 /],
    ['room that was given without need', {}, { given: 512 }, /512 tokens .*--think-tokens 2048 /],
    [
      'one of which an answer was tried',
      {},
      {},
      /doesn't end its answers, or thinks for more than 4096 tokens, .*--think-tokens 16384 /,
    ],
    [
      'one of which none could be',
      { untried: { chat: true } },
      {},
      /thinks without saying so; --think-tokens 4096 gives/,
    ],
    [
      'completions, of which none is',
      {},
      { api: 'completions' },
      /thinks without saying so; --think-tokens 4096 gives/,
    ],
    [
      'a limit of the server',
      { ...thinks, lessRoom: { chat: { why: 'limit', mostTokens: 4096, thinkTokens: 4096 } } },
      {},
      /the server takes no limit above 4096 tokens; .*reasoning_effort/,
    ],
    [
      'a limit of the server that it does not name',
      {
        lessRoom: { chat: { why: 'limit', mostTokens: 279, refused: 349, thinkTokens: 4096 } },
      },
      {},
      /the server takes a limit of 279 tokens, but not of 349; .*reasoning_effort/,
    ],
    [
      'a limit of the server that leaves more room',
      { ...thinks, lessRoom: { chat: { why: 'limit', mostTokens: 32768, thinkTokens: 1024 } } },
      { given: 1024 },
      /--think-tokens 4096 /,
    ],
    [
      'a context that is too small',
      { ...thinks, lessRoom: { chat: { why: 'context', mostTokens: null, thinkTokens: 1024 } } },
      {},
      /the context had no room for that, so that 1024 .* left of 4096; --think-tokens 2048 may fit/,
    ],
    [
      'a context that has no more room at all',
      { noticed: { chat: 'long' }, lessRoom: { chat: { why: 'context', mostTokens: null, thinkTokens: 0 } } },
      {},
      /as wrong: the context had no more room; a larger one may have it \(with another --out\), or .*reasoning_effort/,
    ],
    [
      'a limit of the server on completions',
      { lessRoom: { completions: { why: 'limit', mostTokens: 40, thinkTokens: 0 } } },
      { api: 'completions' },
      /the server takes no limit above 40 tokens; /,
    ],
    [
      'a limit of the user’s own',
      thinks,
      { extra: { max_tokens: 50 } },
      /--body allows 50 tokens for thoughts and answer together/,
    ],
  ] as const)('name what gives more room than there was: %s', async (_, capabilities, options, words) => {
    expect(await said(rows(30), capabilities, options)).toEqual([expect.stringMatching(words)]);
  });

  it('are told of by what cut them: each cause has a line of its own, and no other way out', async () => {
    const capped = { count: 7, at: 16, withPrompt: false, asked: 4161 };
    const causes = { limit: 6, server: capped, ended: 14, prompt: 3 };
    expect(await said(rows(30), thinks, {}, causes)).toEqual([
      expect.stringMatching(/: 6 of 40 answers were cut off by the token limit.*--think-tokens 16384/),
      expect.stringMatching(/: 7 of 40 answers .* by the server at 16 tokens, though up to 4161 were asked/),
      expect.stringMatching(/: 14 of 40 answers are thoughts without an answer.* more room does not help/),
      expect.stringMatching(/: 3 of 40 answers .* the server cut their prompts/),
    ]);
    const ended = await said(rows(14), thinks, {}, { ended: 14 });
    expect(ended).toEqual([expect.not.stringMatching(/--think-tokens|cut off by/)]);
  });
});
