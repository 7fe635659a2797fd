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

it('says of each task what was shown at its own threshold', () => {
  expect(
    sentence([
      found('UR', { length: 10 }),
      found('UL', { threshold: 0.7, length: 40, censored: true }),
      found('UF', {}, [{ n: 50, accuracy: 0.4 }]),
      found('NF', {}, [{ n: 40, failed: 40 }]),
    ]),
  ).toBe(
    'shown to reach 90 % up to 10 on UR; below 90 % already at the shortest length asked on UF (40 % at 5); shown to reach 70 % up to 40, the longest asked, on UL; without any answer on NF (all 40 samples failed).',
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

it.each([
  ['truncated', 'nothing was answered: all 80 samples were cut off.'],
  ['withheld', 'nothing was answered: all 80 samples were withheld.'],
  ['refused', 'nothing was answered: all 80 samples were refused.'],
] as const)('says so where they were %s, too, and no word of guessing', (kind, right) => {
  const answered = { n: 0, correct: 0, accuracy: 0, low: 0, high: 1 };
  const cells = [{ n: 40, [kind]: 40, answered, chance: 0.3 }];
  expect(sentence([found('UR', {}, cells), found('UL', {}, cells)])).toBe(right);
});

it('says of which task no answer came, and why', () => {
  const cut = [{ n: 40, truncated: 30, withheld: 10, chance: 0.3 }];
  const lost = [{ n: 40, failed: 40, chance: 0.3, high: 1 }];
  expect(
    sentence([
      found('UR', { length: 10, censored: true }, [{ accuracy: 1, low: 0.96 }]),
      found('UL', {}, cut),
      found('UF', { undecided: { length: 5, correct: 0, n: 40 } }, lost),
    ]),
  ).toBe(
    'shown to reach 90 % up to 10, the longest asked, on UR; without any answer on UL (40 samples: 30 cut off and 10 withheld) and UF (all 40 samples failed).',
  );
});

it('tells guessing by the answers alone', () => {
  const few = [
    {
      n: 40,
      truncated: 20,
      accuracy: 0.475,
      low: 0.2,
      chance: 0.33,
      answered: { n: 20, correct: 19, accuracy: 0.95, low: 0.75, high: 1 },
    },
  ];
  expect(sentence([found('UR', {}, few)])).toBe(
    'not shown to reach 90 % at any length: below 90 % already at the shortest length asked on UR (47.5 % at 5).',
  );
});

it('says that nothing reached the model', () => {
  expect(sentence([found('UR', { undecided: { length: 5, correct: 0, n: 32, lost: 32 } })])).toBe(
    'not shown to reach 90 % at any length: undecided on UR (all 32 failed at 5).',
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
