import { describe, expect, it } from 'vitest';
import { answerFeeds, answerLayout, answerRows, exactMatches } from './answers.ts';
import { modelConfig } from '../config/configure.ts';

const sizes = { vocabulary: 9, layers: 1, heads: 1, width: 4, positions: 8 } as const;
const config = modelConfig({ architecture: 'gpt2', ...sizes });
const groups = [
  { batch: 2, prompt: 3, target: 2 },
  { batch: 1, prompt: 4, target: 1 },
];
const sequences = [
  { prompt: [1, 5, 2], target: [6, 7] },
  { prompt: [1], target: [3] },
  { prompt: [1, 4, 2], target: [8] },
];

describe('the layout of sequences with an answer', () => {
  it('ends all prompts of a group in one column and asks for the logits from there on', () => {
    expect(answerLayout(groups).groups).toEqual([
      { batch: 2, length: 4, rows: 2, padded: true },
      { batch: 1, length: 4, rows: 1, padded: true },
    ]);
    const { inputs, targets, weights } = answerFeeds(config, groups, sequences, [0, 4, 1]);
    expect([...inputs.tokens]).toEqual([1, 5, 2, 6, 0, 0, 1, 0, 0, 1, 4, 2]);
    expect([...inputs['starts.0']]).toEqual([0, 2]);
    expect([...inputs['starts.1']]).toEqual([1]);
    expect([...inputs.positions]).toEqual([0, 1, 2, 3, 0, 0, 4, 0, 0, 1, 2, 3]);
    expect([...targets]).toEqual([6, 7, 3, 0, 8]);
    expect([...weights]).toEqual([0.25, 0.25, 0.25, 0, 0.25]);
  });

  it('has no positions without position encoding', () => {
    const nope = modelConfig({ architecture: 'gpt2', ...sizes, positionEncoding: { kind: 'none' } });
    expect(Object.keys(answerFeeds(nope, groups, sequences).inputs)).toEqual([
      'tokens',
      'starts.0',
      'starts.1',
    ]);
  });

  it('gives padding behind an answer no positions', () => {
    const { inputs } = answerFeeds(
      config,
      [{ batch: 1, prompt: 3, target: 6 }],
      [{ prompt: [1, 2, 3], target: [4] }],
      [5],
    );
    expect([...inputs.positions]).toEqual([5, 6, 7, 0, 0, 0, 0, 0]);
  });

  it('finds each answer’s rows, and whether all of it was predicted', () => {
    expect(answerRows(groups, 3)).toEqual([0, 2, 4]);
    expect(answerRows(groups, 1)).toEqual([0]);
    expect(exactMatches(groups, sequences, [6, 7, 3, 5, 8])).toEqual([true, true, true]);
    expect(exactMatches(groups, sequences, [6n, 0n, 3n, 0n, 0n])).toEqual([false, true, false]);
  });

  it('refuses what has no room', () => {
    const long = { prompt: [1, 2, 3, 4], target: [5] };
    expect(() => answerFeeds(config, groups, [long])).toThrow('4+1 tokens in a group for 3+2');
    expect(() => answerFeeds(config, groups, [...sequences, ...sequences])).toThrow(
      '6 sequences in groups for 3',
    );
    expect(() => answerFeeds(config, groups, sequences, [5, 0, 0])).toThrow(
      'a sequence of 4 tokens from position 5 on: the model has 8 positions',
    );
    expect(() => answerFeeds(config, groups, sequences, [-1, 0, 0])).toThrow('an offset of -1: a whole');
    for (const [prompt, target, stranger] of [
      [[9], [1], 9],
      [[-1], [1], -1],
      [[1.5], [1], 1.5],
      [[1], [9], 9],
    ] as const)
      expect(() => answerFeeds(config, groups, [{ prompt, target }])).toThrow(
        `token ${stranger}: the model has tokens 0 to 8`,
      );
  });
});
