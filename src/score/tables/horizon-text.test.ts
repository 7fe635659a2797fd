import { describe, expect, it } from 'vitest';
import { horizonOfAnswered, horizonText, promiseText, shortHorizonText } from './horizon-text.ts';
import {
  percent,
  percentDifference,
  percentDifferenceRange,
  percentGuessed,
  percentLevel,
  percentRange,
  percentWholeRange,
} from './percent.ts';
import type { HorizonRow } from './rows.ts';

const row = (more: Partial<HorizonRow>): HorizonRow => ({
  kind: 'horizon',
  task: 'UR',
  threshold: 0.9,
  length: 20,
  censored: false,
  shortest: 5,
  ...more,
});

describe('a horizon in words', () => {
  const undecided = { length: 40, n: 300, correct: 283 };
  const cases: [string, Partial<HorizonRow>][] = [
    ['20', {}],
    ['≥ 64', { length: 64, censored: true, undecided: null }],
    ['< 5', { length: null, low: 0, high: 0 }],
    ['≥ 20, ≤ 80 (undecided at 40: 283 of 300)', { undecided, low: 20, high: 80 }],
    ['≥ 20 (undecided at 40: 283 of 300)', { undecided, low: 20, high: null }],
    [
      '≤ 80 (undecided at 5: 28 of 30, too few to show 90 %)',
      { length: null, undecided: { length: 5, n: 30, correct: 28 }, high: 80 },
    ],
    [
      'undecided at 5: 28 of 30, too few to show 90 %',
      { length: null, undecided: { length: 5, n: 30, correct: 28 }, high: null },
    ],
    [
      '≥ 20 (undecided at 40: 9.3 of 12, too few to show 90 %)',
      { undecided: { length: 40, n: 12, correct: 28 / 3 }, high: null },
    ],
    [
      '≥ 10 (undecided at 20: all 32 failed)',
      { length: 10, undecided: { length: 20, n: 32, correct: 0, lost: 32 }, high: null },
    ],
    [
      '≥ 10 (undecided at 20: 250 of 300, 40 failed)',
      { length: 10, undecided: { length: 20, n: 300, correct: 250, lost: 40 }, high: null },
    ],
    [
      '≥ 10 (undecided at 20: 3 of 30, 27 failed, too few to show 90 %)',
      { length: 10, undecided: { length: 20, n: 30, correct: 3, lost: 27 }, high: null },
    ],
    ['≥ 75 (the context ends there)', { length: 75, censored: true, contextEnds: 80 }],
    ['≥ 20 (1000 no longer fits the context)', { length: 20, censored: true, contextEnds: 1000 }],
    ['20 (80 no longer fits the context)', { contextEnds: 80 }],
    ['< 5 (10 no longer fits the context)', { length: null, contextEnds: 10 }],
    [
      '≥ 20 (undecided at 40: 283 of 300; 80 no longer fits the context)',
      { undecided, high: null, contextEnds: 80 },
    ],
    [
      'undecided at 5: 28 of 30, too few to show 90 % (80 no longer fits the context)',
      { length: null, undecided: { length: 5, n: 30, correct: 28 }, high: null, contextEnds: 80 },
    ],
    ['≥ 75 (refused from 80 on)', { length: 75, censored: true, refusedFrom: 80 }],
    ['20 (38 of 50 at 40 do not fit the context)', { partlyFits: { length: 40, n: 50, tooLong: 38 } }],
    ['–', { length: null, shortest: null }],
    ['– (3 does not fit the context)', { length: null, shortest: null, contextEnds: 3 }],
    ['not shown', { length: null, shortest: undefined }],
  ];

  it.each(cases)('%s', (text, fields) => {
    expect(horizonText(row(fields))).toBe(text);
  });

  it('is shorter where there is little room', () => {
    expect(shortHorizonText(row({ undecided, high: 80 }))).toBe('≥ 20, ≤ 80');
    expect(shortHorizonText(row({ length: null, undecided, high: null }))).toBe('undecided');
    expect(shortHorizonText(row({}))).toBe('20');
    expect(shortHorizonText(row({ contextEnds: 80 }))).toBe('20');
    const early = { length: null, undecided, high: null, contextEnds: 80 };
    expect(shortHorizonText(row(early))).toBe('undecided');
  });

  it('has the one without unanswered samples beside it where that differs', () => {
    expect(horizonOfAnswered(row({}))).toBeNull();
    expect(horizonOfAnswered(row({ length: null, withoutUnanswered: { length: 40, censored: true } }))).toBe(
      '≥ 40',
    );
    expect(horizonOfAnswered(row({ withoutUnanswered: { length: 30, censored: false } }))).toBe('30');
  });

  it('speaks of the lengths asked only, unless lengths were drawn at random', () => {
    expect(promiseText(row({}), 7)).toContain('at the 7 lengths asked up to it;');
    expect(promiseText(row({}), 1)).toContain('at 20, the one length asked');
    expect(promiseText(row({ promise: { share: 0.9, confidence: 0.975, drawn: 36 } }), 7)).toBe(
      'At least 90 % of the lengths up to 20 hold, with 97.5 % confidence (36 lengths drawn at random).',
    );
    expect(promiseText(row({}), 1)).not.toContain('between');
    expect(promiseText(row({ promise: { share: 1, confidence: 0.975, drawn: 3 } }), 16)).toBe(
      'Every length up to 20 was asked and holds, with 97.5 % confidence.',
    );
    expect(promiseText(row({ place: { from: 0.4, to: 0.6 } }), 7)).toContain(
      ' Only 40 %–60 % of the source was asked about.',
    );
    expect(promiseText(row({ length: null }), 7)).toBe('');
  });
});

describe('percentages', () => {
  it('are rounded by their value, not by the last bits of how it came about', () => {
    const differences = [-0.0375, 0.5125 - 0.55, 0.9625 - 1, (37 - 40) / 80];
    expect(new Set(differences).size).toBeGreaterThan(1);
    expect(differences.map(percentDifference)).toEqual(differences.map(() => '−3.8 %'));
    expect([0.0145, 0.7625, 0.99949, 0.9996].map(percent)).toEqual(['1.5 %', '76.3 %', '99.9 %', '99.9 %']);
  });

  it.each([
    [percent(1), '100 %'],
    [percent(0), '0 %'],
    [percent(0.9996), '99.9 %'],
    [percent(0.0001), '0.1 %'],
    [percent(0.975), '97.5 %'],
    [percentGuessed(0.00083), '< 0.1 %'],
    [percentGuessed(0.008), '0.8 %'],
    [percentGuessed(0), '0 %'],
    [percent(0.45), '45 %'],
    [percent(Number.NaN), '–'],
    [percentRange(0.9996, 1), '99.9–100 %'],
    [percentRange(0, 0.0371), '0–3.7 %'],
    [percentDifference(-0.032), '−3.2 %'],
    [percentWholeRange(0.724, 0.831), '72–84'],
    [percentWholeRange(0.978, 0.999), '97–99.9'], // 249 of 250: 99.6 lies within
    [percentWholeRange(0.001, 0.022), '0.1–3'], // and 0.4 of 1 of 250
    [percentWholeRange(0.00001, 0.99999), '0.1–99.9'],
    [percentWholeRange(0, 1), '0–100'],
    [percentWholeRange(0.07, 0.29), '7–29'], // 100 × 0.07 and 100 × 0.29 are no whole numbers to a computer
    [percentWholeRange(0.503, 0.506), '50–51'],
    [percentWholeRange(0.524, 0.524), '52.4'],
    [percentDifference(0.5), '+50 %'],
    [percentDifference(0), '0 %'],
    [percentDifference(-2.8e-17), '0 %'],
    [percentDifference(0.1 + 0.2 - 0.3), '0 %'],
    [percentDifference(-0.0001), '−0.1 %'],
    [percentDifferenceRange(-0.031, 0.05), '−3.1 % to +5 %'],
    [percentLevel(0.99375), '99.375 %'],
    [percentLevel(0.95), '95 %'],
  ])('%s', (written, expected) => {
    expect(written).toBe(expected);
  });
});
