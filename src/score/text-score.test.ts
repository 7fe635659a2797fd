import { describe, expect, it } from 'vitest';
import { readText, scoreText, splitSymbols } from './text-score.ts';

const spaced = { stop: ['\n'], joiner: ' ' };
const lookup = { answer: ['t'], lead: ' ', trail: '' };

describe('readText', () => {
  it.each([
    [' t\n\n a b | q: z', { stop: ['\n'] }, '', ' t', '\n a b | q: z'],
    [' c b a <eos>', { stop: ['\n', '<eos>'] }, '', ' c b a ', ''],
    [
      'Sure! <target>t</target> Bye',
      { stop: [], open: '<target>', close: '</target>' },
      'Sure! ',
      't',
      ' Bye',
    ],
    ['t</target>', { stop: [], open: '<target>', close: '</target>' }, '', 't', ''],
    ['<target>t', { stop: [], open: '<target>', close: '</target>' }, '', 't', ''],
    ['', { stop: ['\n'] }, '', '', ''],
  ])('%j', (output, format, before, answer, after) => {
    expect(readText(output, format)).toEqual({ before, answer, after });
  });
});

describe('scoreText', () => {
  it.each([
    [' t', true, true, true],
    ['t', false, true, true],
    ['  t  ', false, true, true],
    [' t\n\n next', true, true, true],
    ['The answer is t', false, false, true],
    [' x', false, false, false],
    ['', false, false, false],
  ])('%j: exact %s, relaxed %s, retrieved %s', (output, exact, relaxed, retrieved) => {
    expect(scoreText(lookup, output, spaced)).toMatchObject({ exact, relaxed, retrieved });
  });

  it('counts what stands after the answer without counting it as answer', () => {
    expect(scoreText(lookup, ' t\nand so on', spaced)).toMatchObject({ relaxed: true, extraAfter: 9 });
  });

  it('one dropped blank costs little, a reversed copy a lot, and neither is right', () => {
    const copy = { answer: ['a', 'b', 'c', 'd', 'e', 'f'], lead: ' ', trail: ' ' };
    const dropped = scoreText(copy, ' a bc d e f ', spaced);
    expect(dropped).toMatchObject({ relaxed: false });
    expect(dropped.similarity.character).toBeGreaterThan(0.9);
    expect(dropped.similarity.symbol).toBeGreaterThan(0.6);
    const reversed = scoreText(copy, ' f e d c b a ', spaced);
    expect(reversed.similarity.symbol).toBeLessThan(0.4);
  });

  it('keeps the memory of a runaway output small', () => {
    const runaway = scoreText(lookup, ' t'.repeat(100_000), spaced);
    expect(runaway.relaxed).toBe(false);
    expect(runaway.similarity.symbol).toBeLessThan(0.001);
  });
});

describe('splitSymbols', () => {
  it('reads characters, words and lines', () => {
    expect(splitSymbols(' a b\tc ', ' ')).toEqual(['a', 'b', 'c']);
    expect(splitSymbols('a b\nc', '')).toEqual(['a', 'b', 'c']);
    expect(splitSymbols('1f Fix UI\n\n2e Add API ', '\n')).toEqual(['1f Fix UI', '2e Add API']);
  });
});
