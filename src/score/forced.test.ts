import { describe, expect, it } from 'vitest';
import { firstMissedOf, isForcedExact, logProbabilityOf } from './forced.ts';
import type { ForcedAnswer } from './forced.ts';
import { textOutput } from './output.ts';
import { scoreOutput } from './score.ts';

function read(more: Partial<ForcedAnswer> = {}): ForcedAnswer {
  return {
    ...{ tokens: [5, 6], best: [5, 6, 9], bestTexts: [' a', ' b', '\n'], ends: true },
    ...{ bestLogProbabilities: [-0.1, -0.2, -0.3], logProbabilities: [-0.1, -0.2, -0.25] },
    ...more,
  };
}

describe('a forced answer', () => {
  it.each([
    ['every token the most probable, and an end behind', read(), null],
    ['another first token', read({ best: [7, 6, 9] }), 0],
    ['another last token', read({ best: [5, 7, 9] }), 1],
    ['no end', read({ ends: false }), 2],
    ['another token and no end', read({ best: [5, 7, 9], ends: false }), 1],
  ])('is exact as far as its tokens tell: %s', (_, forced, missed) => {
    expect(firstMissedOf(forced)).toBe(missed);
    expect(isForcedExact(forced)).toBe(missed === null);
    const instance = {
      task: 'UF',
      length: 2,
      source: ['a', 'b'],
      query: null,
      answer: ['a', 'b'],
      positions: [],
    };
    const sample = { operation: 'UF', family: 'copying', instance } as const;
    const reading = { filters: [], stop: ['\n'], tags: null, joiner: ' ', lead: ' ', trail: '' } as const;
    const output = { ...textOutput(''), text: null, forced };
    const score = scoreOutput(sample, { answer: ['a', 'b'] }, output, reading);
    expect(score).toMatchObject({
      outcome: missed === null ? 'right' : 'wrong',
      error: null,
      copy: undefined,
    });
    expect([score.exact, score.right]).toEqual([missed === null, missed === null]);
  });

  it('has the log-probability of the answer and its end', () => {
    expect(logProbabilityOf(read())).toBeCloseTo(-0.55, 12);
  });
});
