import { describe, expect, it } from 'vitest';
import { askableNamed } from '../../prompt/askable.ts';
import { promptFor } from '../../prompt/files.node.ts';
import { renderPrompt } from '../../prompt/render.ts';
import { answerText, likelihoodResult } from './likelihood.ts';
import type { LikelihoodResult, PromptLogprobs } from './likelihood.ts';

const rendered = renderPrompt(askableNamed('UR'), promptFor('retrieval', ['paper'], true), {
  length: 5,
  seed: 1,
  index: 0,
}).prompt;
const ANSWER = 'ж€';
const prompt = {
  ...rendered,
  expected: { ...rendered.expected, answer: [ANSWER] },
};
const answer = answerText(prompt);
const AFTER = `${prompt.stop[0]}x`;

/** A token, and whether it is the likeliest at its place. */
type Token = readonly [text: string, greedy: boolean];
const plain = (text: string): Token[] => Array.from(text, (character) => [character, true]);

/** What a server says whose tokens these are, of the prompt with the answer and of what it goes on with. */
function told(
  means: PromptLogprobs,
  tokens: readonly Token[],
  generated: readonly Token[],
): LikelihoodResult {
  const asked = prompt.text + answer;
  const all = means === 'echo' ? [...tokens, ...generated] : tokens;
  const logprobs = {
    tokens: all.map(([text]) => text),
    token_logprobs: all.map(([, greedy], i) => (i === 0 ? null : greedy ? -0.1 : -3)),
    top_logprobs: all.map(([text, greedy], i) =>
      i === 0 ? null : greedy ? { [text]: -0.1 } : { '@': -0.05, [text]: -3 },
    ),
  };
  const prompt_logprobs = all.map(([decoded_token, greedy], i) =>
    i === 0 ? null : { [i]: { decoded_token, rank: greedy ? 1 : 7 }, ...(greedy ? {} : { x: { rank: 1 } }) },
  );
  const choice = means === 'echo' ? { text: asked + AFTER, logprobs } : { text: AFTER, prompt_logprobs };
  return likelihoodResult({ choices: [{ ...choice, finish_reason: 'length' }] }, prompt, answer, means);
}

describe.each(['echo', 'prompt_logprobs'] as const)('an answer told by %s', (means) => {
  const before = plain(prompt.text);
  const [blank] = plain(answer.slice(0, answer.length - ANSWER.length));
  const lead: Token[] = answer === ANSWER ? [] : [blank];
  const after = plain(AFTER);
  const tell = (tokens: readonly Token[], first: readonly Token[] = before) =>
    told(means, [...first, ...lead, ...tokens], after);

  it('is right where each token of it is the likeliest, and wrong where one is not', () => {
    expect(tell([[ANSWER, true]])).toBe('right');
    expect(tell(plain(ANSWER))).toBe('right');
    expect(tell([[ANSWER, false]])).toBe('wrong');
    expect(
      tell([
        ['ж', true],
        ['€', false],
      ]),
    ).toBe('wrong');
  });

  it.each([
    ['U+FFFD', '\ufffd'],
    ['bytes', 'bytes:\\xe2'],
    ['bytes of SentencePiece', '<0xE2>'],
    ['nothing', ''],
  ])('can not be told where a character is several tokens, whose texts are %s', (_, text) => {
    for (const greedy of [true, false]) {
      expect(
        tell([
          ['ж', true],
          [text, greedy],
          [text, greedy],
          [text, greedy],
        ]),
      ).toBe('unsure');
      expect(
        tell([
          [text, greedy],
          [text, greedy],
          ['ж', true],
          ['€', true],
        ]),
      ).toBe('unsure');
      expect(
        tell([
          [text, greedy],
          [text, greedy],
          ['€', true],
        ]),
      ).toBe('unsure');
    }
    expect(
      tell([
        ['ж', true],
        [text, false],
        [text, true],
        ['€', true],
      ]),
    ).toBe('unsure');
  });

  it('can be told whatever the tokens before it are: marks for the beginning, parts of characters', () => {
    const mark: Token = ['<s>', true];
    for (const first of [
      [mark, ...before],
      [mark, mark, ...before],
      [['\ufffd', true] as const, ...before],
    ]) {
      expect(tell([[ANSWER, true]], first)).toBe('right');
      expect(tell([[ANSWER, false]], first)).toBe('wrong');
    }
  });

  it('can not be told where a token is part of it and part of the prompt, or of what comes after it', () => {
    const [last] = before.slice(-1);
    expect(told(means, [...before.slice(0, -1), [last[0] + answer, true]], after)).toBe('unsure');
    if (means === 'echo') {
      const joined: Token = [ANSWER + AFTER[0], true];
      expect(told(means, [...before, ...lead], [joined, ...after.slice(1)])).toBe('unsure');
    }
  });
});
