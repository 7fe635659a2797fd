import { describe, expect, it } from 'vitest';
import { tunedResult, typicalTuning } from '../../../test/finetune-fixture.ts';
import { gapsBrief, tunedWords } from './text.ts';

const typical = tunedResult(typicalTuning);

/** What is right comes from the plan of the fixture: which tasks fall off, and which one seed did not learn. */
describe('what fine-tuning brought, in words', () => {
  const { bias, learned, change, gaps, cost } = tunedWords(typical);

  it('has the base’s bias first, between right and left and between forward and backward only', () => {
    expect(bias).toHaveLength(2);
    expect(bias[0]).toMatch(
      /^Right is done better than left: UR \S+ % \(.+\), UL \S+ % \(.+\) at length 20 \(difference \+\S+ %, \+\S+ % to \+\S+ %\)\.$/,
    );
    expect(bias[1]).toMatch(
      /^No bias is shown between forward and backward: .*hardly any answer is right, so that none could show\.$/,
    );
  });

  it('counts what was not learned as no gap, and names the seed', () => {
    const { right, n } = sumInRange('UB', 2);
    expect(learned).toEqual([
      'Learned at the trained lengths, 5 to 20, by every seed: UR, UL, NRFirst, NRLast, UF.',
      `Not learned at the trained lengths, 5 to 20: UB by seed 2 (${right} of ${n} right).`,
    ]);
    expect(gaps.find((text) => text.startsWith('Not compared'))).toBe(
      'Not compared: UF − UB, not learned in range.',
    );
    expect(gaps.join(' ')).not.toMatch(/(Remains|Undecided|Removed)[^.]*UF − UB/);
  });

  it('has the trained lengths of tasks that have none so short as the others', () => {
    const shorter = { ...typicalTuning, shortest: { UR: 2, UL: 2, UF: 2, UB: 2, NRFirst: 3, NRLast: 4 } };
    const result = tunedResult(shorter);
    expect(result.lengths).toEqual({ min: 2, max: 20 });
    const [yes, no] = tunedWords(result).learned;
    expect(yes).toBe(
      'Learned at the trained lengths, 2 to 20 (NRFirst 3 to 20, NRLast 4 to 20), by every seed: UR, UL, NRFirst, NRLast, UF.',
    );
    expect(no).toMatch(/^Not learned at the trained lengths, 2 to 20: UB by seed 2 /);
    const last = result.models.filter(({ task }) => task === 'NRLast');
    expect(tunedWords({ ...result, models: last }).learned).toEqual([
      'Learned at the trained lengths, 4 to 20, by every seed: NRLast.',
    ]);
  });

  it('says which gaps went and which remain, with the interval and the length', () => {
    expect(gaps[0]).toMatch(/^Removed: UR − UL, within −0\.\d % to \+0\.\d % at 20, 30, 40\.$/);
    expect(gaps[1]).toMatch(
      /^Remains: NRFirst − NRLast, \+5\d\S* % \(\+\S+ % to \+\S+ %\) at 40; UR − NRLast, /,
    );
    expect(gapsBrief(typical.gaps)).toBe(
      'removed: UR − UL; remains: NRFirst − NRLast, UR − NRLast; not compared: UF − UB',
    );
  });

  it('says how each task changed at twice the trained lengths, as a mean over seeds', () => {
    const at = (task: string) =>
      typical.models
        .filter((model) => model.task === task)
        .map(({ cells }) => cells.find(({ multiple, sources }) => multiple === 2 && sources === 'anywhere')!)
        .reduce((sum, { right, n }) => sum + right / n / 3, 0);
    expect(change).toContain(`NRLast 2`);
    expect(change).toContain(`→ ${(100 * at('NRLast')).toFixed(1)} %`);
    expect(change).toMatch(
      /^Right answers at 40, twice the longest trained length \(20\), asked as trained: UR /,
    );
    expect(cost).toBeNull();
  });

  it('names a task by what it asks where the study calls it otherwise', () => {
    const renamed = (name: string) => ({ UR: 'to the right', UL: 'to the left' })[name] ?? name;
    const result = {
      ...typical,
      before: typical.before.map((cell) => ({ ...cell, task: renamed(cell.task) })),
      gaps: typical.gaps.map((gap) => ({ ...gap, first: renamed(gap.first), second: renamed(gap.second) })),
    };
    const taskOf = (name: string) => ({ 'to the right': 'UR', 'to the left': 'UL' })[name] ?? name;
    expect(tunedWords(result, taskOf).bias[0]).toMatch(/^Right is done better than left: to the right /);
  });
});

function sumInRange(task: string, seed: number) {
  const { cells } = typical.models.find((model) => model.task === task && model.seed === seed)!;
  const own = cells.filter(({ length }) => length <= 20);
  return {
    right: own.reduce((sum, { right }) => sum + right, 0),
    n: own.reduce((sum, { n }) => sum + n, 0),
  };
}

describe('one seed of a model that reads text', () => {
  const result = tunedResult({
    ...typicalTuning,
    ownBases: false,
    text: true,
    seeds: [1],
    tasks: ['UL', 'UR'],
  });
  const { bias, learned, gaps, cost } = tunedWords(result);

  it('has its bias by the prompt that measure asks with, and no gap that is said of one seed', () => {
    expect(bias[0]).toMatch(
      /^Right is done better than left: UR \S+ %, UL \S+ % at length 20, by the usual prompt \(/,
    );
    expect(learned).toEqual(['Learned at the trained lengths, 5 to 20: UL, UR.']);
    expect(gaps).toEqual(['Not compared: UR − UL, too few seeds (1 of at least 3 seeds).']);
  });

  it('has what it cost in English', () => {
    expect(cost).toBe(
      'Perplexity of English text, per token: 24.0 before; after fine-tuning on UL 29.0, on UR 29.0.',
    );
  });
});

it('says of few samples that they can’t tell whether a task was learned', () => {
  const { learned, gaps } = tunedWords(tunedResult({ ...typicalTuning, n: 20, tasks: ['UR', 'UL'] }));
  expect(learned).toEqual([
    'Too few samples to say whether it was learned (at least 1000 at the trained lengths): UR, UL.',
  ]);
  expect(gaps[0]).toMatch(/^Not compared: UR − UL, too few samples \(100 of at least 1000/);
});

it('says undecided where seeds are too few or too unlike, with the interval', () => {
  const after = (task: string, multiple: number, seed: number) =>
    task === 'UL' && multiple > 1 ? [1, 0.9, 0.6][seed - 1] : 1;
  const { gaps } = tunedWords(tunedResult({ ...typicalTuning, tasks: ['UR', 'UL'], after }));
  expect(gaps[0]).toMatch(/^Undecided: UR − UL, \+1\d\S* % \(−\S+ % to \+\S+ %\) at (30|40)/);
});
