import { describe, expect, it } from 'vitest';
import { firstDifference } from '../../../test/fixtures/predict/agreement.ts';
import { labelledLanguages } from '../../../test/fixtures/predict/languages.ts';

/** All strings up to length 10 over three symbols. */
const UP_TO_LENGTH_10 = 88_573;

describe('synthesised programs of all labelled languages', () => {
  const positive = labelledLanguages().filter(({ inPlain }) => inPlain);

  it.each(positive)('$regex: all strings up to length 10, or the first of them', ({ regex }) => {
    expect(firstDifference(regex, 'eos', UP_TO_LENGTH_10)).toBeUndefined();
  });
});
