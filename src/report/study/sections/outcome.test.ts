import { describe, expect, it } from 'vitest';
import type { CellRow, HorizonRow } from '../../../score/tables/rows.ts';
import { horizonOf, wilson } from '../../../score/statistics/index.ts';
import { changed, studyRows } from '../../../../test/report-fixture.ts';
import type { PredictionJson, ReportInput, StudyItem } from '../../../study/rows.ts';
import { digest } from '../view/digest.ts';
import { seedSummary } from '../../../score/statistics/seeds.ts';
import { medianHorizon, overSeeds, seedInterval } from '../../../score/tables/over-seeds.ts';
import { measuredSentence, sentenceOf } from './sentences.ts';
import type { Outcome } from '../view/view.ts';

/** Right answers of n at each length; a model trained on 1–20. */
type Answers = Readonly<Record<number, number>>;

/** A study of one task and one model whose seeds answered like this. */
function outcomeOf(seeds: readonly Answers[], n: number, verdict: PredictionJson['verdict']): Outcome {
  const rows = studyRows({
    tasks: ['UR'],
    models: [{ name: 'ape', positions: 'ape' }],
    seeds: seeds.map((_, i) => i + 1),
    lengths: Object.keys(seeds[0]).map(Number),
    verdict: () => verdict,
  });
  const answered = changed(rows, (item): StudyItem => {
    if (item.kind !== 'measure') return item;
    const cells = Object.entries(seeds[(item.seed ?? 1) - 1]).map(([length, correct]) =>
      cellOf(Number(length), correct, n),
    );
    const { threshold, length, censored } = horizonOf(cells);
    return { ...item, rows: [...cells, { kind: 'horizon', task: 'UR', threshold, length, censored }] };
  });
  return onlyOutcome(answered);
}

function cellOf(length: number, correct: number, n: number): CellRow {
  const errors: Record<string, number> = correct < n ? { 'other-side': n - correct } : {};
  return {
    kind: 'cell',
    task: 'UR',
    length,
    n,
    correct,
    accuracy: correct / n,
    ...wilson(correct, n),
    errors,
  };
}

function onlyOutcome(input: ReportInput): Outcome {
  return digest(input).tasks[0].outcomes[0];
}

const HELD = { 10: 200, 20: 200, 40: 199, 60: 200 };
const FADED = { 10: 200, 20: 200, 40: 90, 60: 3 };
const FADED_LATE = { 10: 200, 20: 200, 40: 200, 60: 120 };
const UNLEARNED = { 10: 200, 20: 150, 40: 10, 60: 0 };
const WITHIN = { 10: 200, 20: 200 };

describe('what a row of the summary says', () => {
  it.each([
    [
      'in',
      [HELD],
      'agrees',
      'Holds to 3× the trained length: at every length asked, up to 60. As theory says.',
    ],
    [
      'out',
      [HELD],
      'disagrees',
      'Holds to 3× the trained length: at every length asked, up to 60. Theory says it fails at some longer length.',
    ],
    ['unknown', [HELD], 'no-claim', 'Holds to 3× the trained length: at every length asked, up to 60.'],
    [
      'in',
      [FADED],
      'disagrees',
      'Holds at the trained lengths, fails beyond them (45 % at length 40). Theory says it can hold.',
    ],
    [
      'out',
      [FADED],
      'agrees',
      'Holds at the trained lengths, fails beyond them (45 % at length 40). As theory says.',
    ],
    [
      'out',
      [FADED_LATE],
      'agrees',
      'Holds to 2× the trained length, then fails (60 % at length 60). As theory says.',
    ],
    [
      'in',
      [UNLEARNED],
      'disagrees',
      'Did not learn the lengths it was trained on (75 % at length 20). Theory says it can hold.',
    ],
    [
      'out',
      [UNLEARNED],
      'not-tested',
      'Did not learn the lengths it was trained on (75 % at length 20). So this does not test what theory says.',
    ],
    ['in', [WITHIN], 'not-tested', 'Holds at the trained lengths; longer ones were not asked.'],
    [
      'out',
      [HELD, FADED, FADED],
      'agrees',
      'Holds at the trained lengths, fails beyond them (63.2 % at length 40). 2 of 3 seeds came out this way. As theory says.',
    ],
    [
      'out',
      [HELD, FADED],
      'agrees',
      'Holds at the trained lengths, fails beyond them (72.3 % at length 40). 1 of 2 seeds came out this way. As theory says.',
    ],
  ] as const)('theory says %s, %j: %s', (verdict, seeds, agreement, sentence) => {
    const outcome = outcomeOf(seeds, 200, verdict);
    expect(sentenceOf(outcome)).toBe(sentence);
    expect(outcome.agreement).toBe(agreement);
  });

  it('never calls a model unreliable that was asked too little', () => {
    // 20 of 20 right: the interval's lower end is 0.84.
    const outcome = outcomeOf([{ 10: 20, 20: 20, 40: 20 }], 20, 'in');
    expect(outcome.agreement).toBe('undecided');
    expect(measuredSentence(outcome)).toBe(
      'Too few answers to tell whether 90 % are right: 100 % of 20 at length 10.',
    );
  });

  it('leaves a failure at a longer length a failure, however little was asked of the shorter ones', () => {
    const outcome = outcomeOf([{ 10: 20, 20: 20, 40: 2 }], 20, 'out');
    expect(outcome.agreement).toBe('agrees');
    expect(measuredSentence(outcome)).toMatch(
      /^Fails beyond the trained lengths; at those, there are too few answers/,
    );
  });
});

describe('several seeds', () => {
  it('have the lower median of their horizons; none is below all lengths', () => {
    const at = (length: number | null): HorizonRow => ({
      kind: 'horizon',
      task: 'UR',
      threshold: 0.9,
      length,
      censored: false,
    });
    const median = (...lengths: (number | null | undefined)[]) =>
      medianHorizon(lengths.map((length) => (length === undefined ? undefined : at(length))))?.length;
    expect(median(10, 40, 20)).toBe(20);
    expect(median(40, 10)).toBe(10);
    expect(median(null, 40, 40)).toBe(40);
    expect(median(null, 40)).toBeNull();
    expect(median(undefined, 40)).toBe(40);
    expect(median(undefined)).toBeUndefined();
  });

  it('have the mean of their accuracies; counts and errors are sums', () => {
    const [cell] = overSeeds([cellOf(10, 90, 100), cellOf(10, 100, 100)]);
    expect(cell).toMatchObject({
      length: 10,
      seeds: 2,
      n: 200,
      correct: 190,
      accuracy: 0.95,
      errors: { 'other-side': 10 },
    });
  });

  it('keep the interval of their own cell where there is one only', () => {
    const [cell] = overSeeds([{ ...cellOf(10, 90, 100), confidence: 0.975 }]);
    expect(cell).toMatchObject({ ...cellInterval(90, 100), confidence: 0.975, seeds: 1 });
  });

  it('are the unit of the interval: five that learn or don’t say little about the next', () => {
    for (const right of [
      [100, 100, 0, 0, 100],
      [50, 60, 70],
      [100, 100, 100],
    ]) {
      const { low, high } = seedInterval(right.map((correct) => cellOf(10, correct, 100)));
      const comparison = seedSummary(
        right.map((correct) => correct / 100),
        'accuracy',
      ).interval;
      expect([low, high]).toEqual([comparison?.low, comparison?.high]);
    }
  });

  it('reach as far as what was not asked could change them', () => {
    const whole = seedInterval([cellOf(10, 90, 100), cellOf(10, 80, 100)]);
    const partly = seedInterval([cellOf(10, 90, 100), { ...cellOf(10, 80, 100), lost: 20 }]);
    expect(partly).toEqual({
      low: whole.low,
      high: seedInterval([cellOf(10, 90, 100), cellOf(10, 100, 100)]).high,
    });
  });

  it('of which some were not measured say so', () => {
    const rows = changed(
      studyRows({
        tasks: ['UR'],
        models: [{ name: 'ape', positions: 'ape' }],
        seeds: [1, 2, 3],
        decay: () => 0,
      }),
      (item): StudyItem =>
        item.kind === 'measure' && item.seed === 3 ? { ...item, state: 'waiting', rows: [] } : item,
    );
    expect(measuredSentence(onlyOutcome(rows))).toMatch(/ 1 seed of 3 not measured\.$/);
  });
});

function cellInterval(correct: number, n: number) {
  const { low, high } = wilson(correct, n);
  return { low: expect.closeTo(low, 12), high: expect.closeTo(high, 12) };
}

describe('a model without positions', () => {
  it('is held against what theory says of such models', () => {
    const rows = studyRows({
      tasks: ['UR'],
      models: [{ name: 'nope', positions: 'nope' }],
      seeds: [1],
      decay: () => 0,
    });
    expect(onlyOutcome(rows)).toMatchObject({ prediction: null, agreement: 'no-claim' });
    const plain = changed(rows, (item): StudyItem =>
      item.kind === 'predict' ? { ...item, spec: { ...item.spec, fragment: 'plain' } } : item,
    );
    expect(onlyOutcome(plain)).toMatchObject({ agreement: 'agrees' });
  });
});
