import { describe, expect, it } from 'vitest';
import type { TaskOptions } from '../../tasks/index.ts';
import { askedLengths } from './lengths.ts';
import { gapsOf, learnedInRange } from './gaps.ts';
import type { BaseCell, TunedCell, TunedModel } from './rows.ts';

interface Shares {
  /** Of 1,000 each: in range, and at 1, 1.5, 2, 3 times. */
  readonly inRange?: number;
  readonly at: readonly [number, number, number, number];
}

function model(task: string, seed: number, { inRange = 1000, at }: Shares): TunedModel {
  const cell = (length: number, multiple: number | null, right: number): TunedCell => ({
    ...{ task, format: 'trained', sources: 'anywhere', length, multiple, n: 1000, right },
  });
  const cells = [
    cell(10, null, inRange),
    ...[1, 1.5, 2, 3].map((multiple, i) => cell(20 * multiple, multiple, at[i])),
  ];
  const lengths = { min: 10, max: 20 };
  const rest = { lengths, folder: '', steps: 1, seconds: 1, parameters: 1, perplexity: null };
  return { task, seed, cells, ...rest };
}

const of = (task: string, shares: readonly Shares[]) => shares.map((one, i) => model(task, i + 1, one));
const perfect: Shares = { at: [1000, 1000, 1000, 1000] };

describe('a gap between two tasks', () => {
  it.each<[string, readonly Shares[], string]>([
    ['both hold, with differences that three seeds bound', [perfect, perfect, perfect], 'removed'],
    [
      'one fails beyond the range',
      [1, 2, 3].map((i): Shares => ({ at: [1000, 800 + i, 500 + i, 100] })),
      'remains',
    ],
    [
      'only at three times the range: that is not asked',
      [1, 2, 3].map((i): Shares => ({ at: [1000, 999 - i, 998 - i, 100] })),
      'removed',
    ],
    [
      'seeds disagree',
      [1000, 900, 600].map((right): Shares => ({ at: [1000, right, right, right] })),
      'undecided',
    ],
    ['two seeds', [perfect, perfect], 'too few seeds'],
    ['one seed has not learned it', [perfect, perfect, { inRange: 900, ...perfect }], 'not learned in range'],
  ])('%s', (_, second, verdict) => {
    const first = of(
      'UR',
      second.map(() => perfect),
    );
    const [gap, ...others] = gapsOf([...first, ...of('UL', second)], []);
    expect(others).toEqual([]);
    expect(gap).toMatchObject({ first: 'UR', second: 'UL', sources: 'anywhere', verdict });
    expect(gap.reason === null).toBe(!/learned|few/.test(verdict));
  });

  it('is decided at each length by three seeds or more, whichever of them lacks a length', () => {
    const whole = (task: string, without: readonly number[]) =>
      of(task, [perfect, perfect, perfect]).map((one, i) => ({
        ...one,
        cells: one.cells.filter(({ length }) => !(length === 40 && without.includes(i))),
      }));
    for (const seed of [0, 1, 2]) {
      const [gap] = gapsOf([...whole('UR', [seed]), ...whole('UL', [seed])], []);
      expect(gap.lengths.map(({ length, seeds }) => [length, seeds])).toEqual([
        [20, 3],
        [30, 3],
        [40, 2],
        [60, 3],
      ]);
      expect([gap.verdict, gap.reason]).toEqual([
        'too few seeds',
        '2 of at least 3 seeds have figures at length 40',
      ]);
    }
    const all = [0, 1, 2];
    expect(gapsOf([...whole('UR', all), ...whole('UL', all)], [])[0].verdict).toBe('undecided');
  });

  it('is not taken to remain by a length that two seeds have', () => {
    const far: Shares = { at: [1000, 1000, 0, 0] };
    const models = [...of('UR', [perfect, perfect, perfect]), ...of('UL', [far, far, far])];
    const without = models.map((one) =>
      one.seed === 1 ? { ...one, cells: one.cells.filter(({ length }) => length !== 40) } : one,
    );
    expect(gapsOf(models, [])[0].verdict).toBe('remains');
    expect(gapsOf(without, [])[0].verdict).toBe('too few seeds');
  });

  it('can be removed where the longest training length is 1, and 1.5 and 2 times that are one length', () => {
    const lengths = askedLengths({ min: 1, max: 1 });
    expect(lengths.map(({ length }) => length)).toEqual([1, 2, 3, 5]);
    const short = (task: string) =>
      of(task, [perfect, perfect, perfect]).map((one) => ({
        ...one,
        cells: lengths.map((asked) => ({ ...one.cells[0], ...asked })),
      }));
    expect(gapsOf([...short('UF'), ...short('UB')], [])[0].verdict).toBe('removed');
  });

  it('is not said of tasks with too few samples to tell whether they were learned', () => {
    const few = (task: string) =>
      of(task, [perfect, perfect, perfect]).map((one) => ({
        ...one,
        cells: one.cells.map((cell) => ({ ...cell, n: 499, right: 499 })),
      }));
    const [{ verdict, reason }] = gapsOf([...few('UR'), ...few('UL')], []);
    expect([verdict, reason]).toEqual(['too few samples', '998 of at least 1000 in range: take a larger n']);
  });

  it('is said with its interval at every length beyond the range', () => {
    const second = [100, 200, 300].map((lost): Shares => ({ at: [1000, 1000, 1000 - lost, 0] }));
    const [{ lengths, verdict }] = gapsOf(
      [...of('UR', [perfect, perfect, perfect]), ...of('UL', second)],
      [],
    );
    expect(lengths.map(({ length, multiple, seeds }) => [length, multiple, seeds])).toEqual([
      [20, 1, 3],
      [30, 1.5, 3],
      [40, 2, 3],
      [60, 3, 3],
    ]);
    expect(lengths[2].difference).toBeCloseTo(0.2, 12);
    expect(lengths[2].low).toBeCloseTo(0.2 - 4.302652729696142 * (0.1 / Math.sqrt(3)), 9);
    expect(lengths[3].low).toBeGreaterThan(0.99);
    expect(verdict).toBe('undecided'); // at twice the range the interval reaches from -0.05 to 0.45
  });

  it('counts a task as learned by at least 99 % of at least 1,000 samples in range', () => {
    const share = (right: number, n: number) => {
      const [cell] = model('UR', 1, perfect).cells;
      return learnedInRange({ cells: [{ ...cell, n, right }] }).learned;
    };
    expect([share(990, 1000), share(989, 1000), share(999, 999)]).toEqual([true, false, null]);
  });

  it('has the base beside it, as the usual prompt asks it at the longest training length', () => {
    const usual = (task: string, right: number): TunedCell => ({
      ...{ task, format: 'usual', sources: 'anywhere', length: 20, multiple: 1, n: 100, right },
    });
    const models = [...of('UR', [perfect]), ...of('UL', [perfect])];
    const [{ before }] = gapsOf(models, [usual('UR', 80), usual('UL', 20)]);
    expect(before).toMatchObject({ length: 20, seeds: null });
    expect(before!.difference).toBeCloseTo(0.6, 12);
    expect(before!.low).toBeGreaterThan(0.45);
    expect(gapsOf(models, [usual('UR', 80)])[0].before).toBeNull();
  });

  it('has the bases beside it, over seeds where each seed has its own', () => {
    const asTrained = (task: string, seed: number, right: number): BaseCell => ({
      ...{ task, format: 'trained', sources: 'anywhere', length: 20, multiple: 1, n: 100, right, seed },
    });
    const perSeed = (task: string, rights: readonly number[]) =>
      rights.map((right, i) => asTrained(task, i + 1, right));
    const models = [...of('UR', [perfect]), ...of('UL', [perfect])];
    const [{ before }] = gapsOf(models, [
      ...perSeed('UR', [80, 90, 100]),
      ...perSeed('UL', [20, 20, 20, 20]),
    ]);
    expect(before).toMatchObject({ length: 20, seeds: 3 });
    expect(before!.difference).toBeCloseTo(0.7, 12);
    expect(before!.low).toBeCloseTo(0.7 - 4.302652729696142 * (0.1 / Math.sqrt(3)), 9);
  });

  it('is said of tasks under names of their own', () => {
    const models = [...of('right', [perfect]), ...of('right-few', [perfect]), ...of('left', [perfect])];
    const gaps = gapsOf(models, [], (name) => ({ task: name === 'left' ? 'UL' : 'UR' }));
    expect(gaps.map(({ first, second }) => [first, second])).toEqual([
      ['right', 'left'],
      ['right-few', 'left'],
    ]);
  });

  it('is not said of tasks that are drawn otherwise: it would be one of alphabets, or of occurrences', () => {
    const letters = { few: ['a', 'b', 'c'], many: ['a', 'b', 'c', 'd', 'e'] };
    const options: Record<string, TaskOptions> = {
      ...{ 'UR few': { alphabet: letters.few }, 'UR many': { alphabet: letters.many } },
      ...{ 'UL few': { alphabet: letters.few }, 'UL many': { alphabet: letters.many } },
      // What only one of the two has is what they differ in.
      ...{ 'NRLast few': { alphabet: letters.few, occurrences: 3 } },
      ...{ 'NRFirst few': { alphabet: letters.few, occurrences: 2 } },
    };
    const models = Object.keys(options).flatMap((name) => of(name, [perfect]));
    const gaps = gapsOf(models, [], (name) => ({ task: name.split(' ')[0], options: options[name] }));
    expect(gaps.map(({ first, second }) => [first, second])).toEqual([
      ['UR few', 'UL few'],
      ['UR many', 'UL many'],
      ['UR few', 'NRLast few'],
    ]);
  });

  it('is said of tasks that differ in one thing, and of no others', () => {
    expect(gapsOf([...of('UR', [perfect]), ...of('UF', [perfect])], [])).toEqual([]);
  });
});
