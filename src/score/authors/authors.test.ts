import { describe, expect, it } from 'vitest';
import { authorsCopyScore, authorsTokenScore, correctedCopyScore, tokenTypes } from './copy-score.ts';

const letters = (text: string): string[] => Array.from(text);
const words = (text: string): string[] => text.split(' ');

describe("the paper's scorer gives its worked values", () => {
  // Reference, hypothesis, alignment score, groups, deterministic and other types, edits of both, the three scores.
  it.each([
    ['abcacafbc', 'adcacafbc', 8, 'match1 substitute1 match7', 3, 0, 1, 1, 0.6667, 0.8889],
    ['abcacafbc', 'acacafbc', 7, 'match1 delete1 match7', 3, 0, 1, 1, 0.6667, 0.8889],
    ['abcde', 'bcde', 4, 'delete1 match4', 4, 0, 0, 1, 1, 1],
  ])('%s copied as %s', (reference, hypothesis, nw, groups, types, det, nonDet, d, n, overall) => {
    const { scores, detail } = authorsTokenScore(letters(reference), letters(hypothesis));
    expect(detail).toMatchObject({ score: nw, deterministicTypes: types });
    expect(detail.groups.join(' ')).toBe(groups);
    expect([detail.deterministicEdits, detail.nonDeterministicEdits]).toEqual([det, nonDet]);
    expect(scores.deterministic).toBeCloseTo(d, 4);
    expect(scores.nonDeterministic).toBeCloseTo(n, 4);
    expect(scores.overall).toBeCloseTo(overall, 4);
  });

  it('a loop that was copied counts as two edits, one of them "deterministic"', () => {
    const reference = words('lorem am dolor sit elit . sed do eius magna ut enim ad am .');
    const hypothesis = [
      ...reference.slice(0, 14),
      ...words('dolor sit elit . sed do eius magna ut enim ad am dolor sit elit'),
    ];
    expect([reference.length, hypothesis.length]).toEqual([15, 29]);
    const { scores, detail } = authorsTokenScore(reference, hypothesis);
    expect(detail).toEqual({
      score: 1,
      groups: ['match14', 'insert3', 'match1', 'insert11'],
      deterministicTypes: 12,
      nonDeterministicTypes: 1,
      deterministicEdits: 1,
      nonDeterministicEdits: 1,
    });
    expect(scores.deterministic).toBeCloseTo(0.9167, 4);
    expect(scores.nonDeterministic).toBeCloseTo(0.9167, 4);
    expect(scores.overall).toBeCloseTo(0.8667, 4);
  });

  it('takes a gold answer anywhere in the output for exact, and sets short outputs aside', () => {
    expect(authorsCopyScore('a b c', 'x a b c a b c a b', words)).toEqual({
      outcome: 'exact',
      scores: { overall: 1, deterministic: 1, nonDeterministic: 1 },
    });
    expect(authorsCopyScore('abcdefgh', 'abcdef', letters).outcome).toBe('mismatch');
    expect(authorsCopyScore('abcdefgh', 'abcdefg', letters).outcome).toBe('compared');
  });
});

describe('the corrected scorer', () => {
  it('counts an edit before the first match, divides by the right count, and leaves nothing out', () => {
    expect(correctedCopyScore(letters('abcde'), letters('bcde')).overall).toBeCloseTo(0.8);
    const { nonDeterministic, deterministic } = correctedCopyScore(
      letters('abcacafbc'),
      letters('adcacafbc'),
    );
    expect(tokenTypes(letters('abcacafbc')).nonDeterministic).toEqual(new Set(['a']));
    expect(deterministic).toBe(1);
    expect(nonDeterministic).toBe(0);
    expect(correctedCopyScore(letters('abcd'), []).overall).toBeLessThan(1);
    expect(correctedCopyScore(letters('abcd'), letters('abcd')).overall).toBe(1);
  });
});
