import { expect, it } from 'vitest';
import type { CellRow, HorizonRow } from '../../score/tables/rows.ts';
import { horizonSentence } from './finding.ts';
import type { Found } from './finding.ts';
import { html } from './html.ts';

const HORIZON = { kind: 'horizon', threshold: 0.9, undecided: null, high: null } as const;

function found(task: string, horizon: Partial<HorizonRow>, cells: readonly Partial<CellRow>[] = []): Found {
  return {
    task,
    horizon: { ...HORIZON, task, length: null, censored: false, shortest: 5, ...horizon },
    cells: cells.map((cell) => ({ length: 5, n: 100, accuracy: 0, low: 0, ...cell })),
  };
}
const sentence = (...given: Parameters<typeof horizonSentence>): string =>
  html`${horizonSentence(...given)}`.markup.replace(/<[^>]+>/g, '');

it('says of a horizon what lies beyond it', () => {
  expect(
    sentence([
      found('UR', { length: 60, censored: true }),
      found('UL', { length: 75, censored: true, contextEnds: 80 }),
      found('NF', { length: 20, undecided: { length: 40, correct: 93, n: 100 } }),
      found('NB', { length: 10 }),
    ]),
  ).toBe(
    'shown to reach 90 % up to 60, the longest asked, on UR; up to 75, the longest asked whose prompts are taken, on UL; up to 20, undecided beyond, on NF; up to 10 on NB.',
  );
});

it('says of a measurement that did not come to its end that more may follow', () => {
  expect(sentence([found('UR', { length: 10, censored: true })], false)).toBe(
    'shown to reach 90 % up to 10, the longest asked so far, on UR.',
  );
});

it('says that nothing was answered, and not that a model is wrong', () => {
  const cells = [{ n: 40, failed: 40 }];
  expect(sentence([found('UR', {}, cells), found('UL', {}, cells)])).toBe(
    'nothing was answered: all 80 samples failed.',
  );
});

it('says why even right answers do not decide', () => {
  expect(sentence([found('UR', { undecided: { length: 5, correct: 10, n: 10 } })])).toBe(
    'not shown to reach 90 % at any length: undecided on UR (10 of 10 at 5, too few to show 90 %).',
  );
});

it('tells what falls short of the threshold from what only guesses', () => {
  const short = [{ accuracy: 0.8, low: 0.71, chance: 0.33 }];
  const guess = [
    { accuracy: 0.3, low: 0.21, chance: 0.33 },
    { length: 10, accuracy: 0.13, low: 0.07, chance: 0.125 },
  ];
  expect(sentence([found('UR', {}, short), found('UL', {}, guess)])).toBe(
    'not shown to reach 90 % at any length: below 90 % already at the shortest length asked on UR (80 % at 5) and UL (30 % at 5); no better than guessing, as far as is shown, on UL.',
  );
});
