import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { rng } from '../../common/random.ts';
import { Tokenizer } from '../../model/index.ts';
import { alphabetNamed } from '../../tasks/index.ts';
import { lessonsNamed } from '../lessons/lessons.ts';
import { batchFeeds, planBatch } from './batch.ts';
import { checkedSpec } from '../spec/check.ts';
import { drawLengths, lengthGroups } from './lengths.ts';
import { configOf } from '../spec/model.ts';
import { preset } from '../spec/presets.ts';
import type { ProgressRow } from '../run/rows.ts';
import { learnedAt, longestAt, rateAt } from '../spec/schedule.ts';
import { schedules } from '../spec/spec.ts';
import type { TrainSpec } from '../spec/spec.ts';

describe('lengths by strata', () => {
  it('has every length as often as any other', () => {
    for (const [batch, min, max] of [
      [7, 2, 11],
      [16, 1, 5],
      [3, 4, 4],
    ]) {
      const stream = rng('lengths', batch);
      const counts = new Array<number>(max + 1).fill(0);
      const rounds = 20_000;
      for (let i = 0; i < rounds; i++)
        for (const length of drawLengths(batch, min, max, stream)) counts[length]++;
      const expected = (rounds * batch) / (max - min + 1);
      for (let length = min; length <= max; length++) {
        expect(Math.abs(counts[length] - expected)).toBeLessThan(4 * Math.sqrt(expected)); // the seed is fixed
      }
      expect(counts.slice(0, min).every((count) => count === 0)).toBe(true);
    }
  });

  it('never draws a length for which its group has no room', () => {
    const setting = fc.record({
      batch: fc.integer({ min: 1, max: 100 }),
      min: fc.integer({ min: 1, max: 30 }),
      span: fc.integer({ min: 0, max: 60 }),
      groups: fc.integer({ min: 1, max: 6 }),
      // The ends of the interval are where rounding could go wrong.
      float: fc.oneof(
        fc.constantFrom(0, 1 - 2 ** -53),
        fc.double({ min: 0, max: 1 - 2 ** -53, noNaN: true }),
      ),
    });
    fc.assert(
      fc.property(setting, ({ batch, min, span, groups, float }) => {
        const max = min + span;
        const made = lengthGroups(batch, min, max, groups);
        expect(made.reduce((sum, group) => sum + group.batch, 0)).toBe(batch);
        expect(made.at(-1)!.longest).toBe(max);
        const room = made.flatMap((group) => new Array<number>(group.batch).fill(group.longest));
        const drawn = drawLengths(batch, min, max, { ...rng('unused'), float: () => float });
        drawn.forEach((length, i) => {
          expect(length).toBeGreaterThanOrEqual(min);
          expect(length).toBeLessThanOrEqual(room[i]);
        });
      }),
    );
  });
});

function feedsOf(changes: Partial<TrainSpec>, step: number) {
  const lessons = lessonsNamed(changes.task ?? 'UR');
  const spec = checkedSpec({ ...preset('quick', lessons.name, changes.positions ?? 'ape'), ...changes });
  const tokenizer = new Tokenizer(lessons.symbols(spec.taskOptions));
  const config = configOf(spec, lessons, tokenizer);
  const plan = planBatch(spec, lessons, config, spec.lengths.max);
  const groups = plan.shares.flat();
  return { config, groups, ...batchFeeds(spec, lessons, config, tokenizer, plan, spec.lengths.max, step) };
}

describe('the batch of a step', () => {
  it('depends on the step, the seed and the task, and on nothing that came before', () => {
    const first = feedsOf({}, 3);
    feedsOf({}, 4);
    expect(feedsOf({}, 3)).toEqual(first);
    expect(feedsOf({}, 4).inputs.tokens).not.toEqual(first.inputs.tokens);
    expect(feedsOf({ seed: 2 }, 3).inputs.tokens).not.toEqual(first.inputs.tokens);
    expect(feedsOf({ dim: 96, learningRate: 1 }, 3)).toEqual({ ...first, config: expect.anything() });
    // A wide model reads the same instances, in more groups.
    const wide = feedsOf({ dim: 128 }, 3);
    expect(wide.groups.length).toBeGreaterThan(first.groups.length);
    expect(wide.tokens).toBe(first.tokens);
  });

  it('begins each sequence at any position from which it fits, all equally often', () => {
    // One length, 5 symbols: <bos> + 5 + <sep> + query are 8 tokens; 10 positions for length 7 leave offsets 0, 1, 2.
    const counts = new Map<number, number>();
    for (let step = 1; step <= 60; step++) {
      const { inputs, groups, config } = feedsOf(
        { lengths: { min: 5, max: 5 }, maxLength: 7, batch: 32 },
        step,
      );
      expect([groups, config.positions]).toEqual([[{ batch: 32, prompt: 8, target: 1 }], 10]);
      for (let s = 0; s < 32; s++) {
        const own = inputs.positions.slice(8 * s, 8 * s + 8);
        own.forEach((position, i) => expect(position).toBe(own[0] + i));
        counts.set(own[0], (counts.get(own[0]) ?? 0) + 1);
      }
    }
    expect([...counts.keys()].sort()).toEqual([0, 1, 2]);
    for (const count of counts.values()) expect(Math.abs(count - 640)).toBeLessThan(100);
  });

  it('begins a share of them at random positions, the others at position 0', () => {
    // As above; of 32 × 60 sequences three quarters begin at 0, 1 or 2, and the others at 0.
    let later = 0;
    for (let step = 1; step <= 60; step++) {
      const { inputs } = feedsOf(
        { lengths: { min: 5, max: 5 }, maxLength: 7, batch: 32, offsets: 0.75 },
        step,
      );
      for (let s = 0; s < 32; s++) later += inputs.positions[8 * s] > 0 ? 1 : 0;
    }
    expect(Math.abs(later - 960)).toBeLessThan(90); // four standard deviations
  });

  it('begins at position 0 without offsets, and knows no positions with nope', () => {
    const { inputs } = feedsOf({ offsets: false, lengths: { min: 5, max: 5 } }, 1);
    expect(inputs.positions[0]).toBe(0);
    expect(feedsOf({ positions: 'nope' }, 1).inputs.positions).toBeUndefined();
  });

  it('fits its layout for every task, kind of positions and step', () => {
    for (const task of ['UL', 'NRLast', 'NLFirst', 'UF', 'NB', 'flip-flop', 'text']) {
      for (const positions of ['ape', 'nope', 'rope'] as const) {
        for (let step = 1; step <= 20; step++) {
          const { targets, weights, tokens } = feedsOf({ task, positions, batch: 13 }, step);
          expect(targets).toHaveLength(weights.length);
          expect(weights.reduce((a, b) => a + b)).toBeCloseTo(1, 5);
          expect(tokens).toBeGreaterThan(0);
        }
      }
    }
  });
});

describe('what changes over a run', () => {
  const spec = { ...preset('quick', 'UR', 'ape'), steps: 110, warmup: 10 };

  it('warms up linearly, then follows the schedule', () => {
    const share = (changes: Partial<TrainSpec>, step: number) =>
      rateAt({ ...spec, ...changes }, step) / spec.learningRate;
    for (const schedule of schedules) expect(share({ schedule }, 5)).toBeCloseTo(0.5);
    expect(share({ schedule: 'linear' }, 10)).toBeCloseTo(1);
    expect(share({ schedule: 'linear' }, 60)).toBeCloseTo(0.5);
    expect(share({ schedule: 'linear' }, 110)).toBeCloseTo(0);
    expect(share({ schedule: 'cosine' }, 60)).toBeCloseTo(0.5);
    expect(share({ schedule: 'cosine' }, 35)).toBeCloseTo(0.5 + Math.SQRT1_2 / 2);
    expect(share({ schedule: 'constant' }, 110)).toBe(1);
    expect(share({ schedule: 'settle' }, 110)).toBe(1);
  });

  it('settles: half the rate every 50 steps once all lengths are learned in the main', () => {
    const settling = { ...spec, schedule: 'settle' as const, curriculum: 10, lengths: { min: 2, max: 9 } };
    const curve = [
      [5, 1.5],
      [10, 0.3], // lengths up to 6 are no task learned
      [50, 0.5],
      [60, 0.39],
      [70, 0.6], // what was learned stays learned
    ].map(([step, loss]) => ({ kind: 'progress' as const, step, loss }) as ProgressRow);
    expect(learnedAt(settling, curve.slice(0, 3))).toBeUndefined();
    expect(learnedAt(settling, curve)).toBe(60);
    for (const [step, share] of [
      [60, 1],
      [110, 0.5],
      [160, 0.25],
      [60 + 20 * 100, 0.01],
    ]) {
      expect(rateAt(settling, step, 60) / spec.learningRate).toBeCloseTo(share, 10);
    }
  });

  it('lets the longest length grow by half every so many steps, with a curriculum', () => {
    const grown = (step: number) => longestAt({ ...spec, lengths: { min: 2, max: 9 }, curriculum: 10 }, step);
    expect([1, 9, 10, 25, 30, 39, 40, 1000].map(grown)).toEqual([4, 4, 6, 9, 9, 9, 9, 9]);
    expect(longestAt({ ...spec, curriculum: 0 }, 1)).toBe(16);
  });

  it('has what the paper says in its preset', () => {
    const sizes = (task: string, positions: 'ape' | 'rope') => {
      const { layers, heads, dim, learningRate } = preset('paper', task, positions);
      return [layers, heads, dim, learningRate];
    };
    for (const task of ['UL', 'UR', 'UF', 'UB']) {
      expect(sizes(task, 'ape')).toEqual([2, 4, 64, 1e-3]);
      expect(sizes(task, 'rope')).toEqual([2, 4, 64, 1e-3]);
    }
    for (const task of ['NLFirst', 'NRFirst']) {
      expect(sizes(task, 'ape')).toEqual([4, 4, 64, 1e-3]);
      expect(sizes(task, 'rope')).toEqual([2, 4, 64, 1e-3]);
    }
    for (const task of ['NLLast', 'NRLast', 'NF', 'NB']) {
      expect(sizes(task, 'ape')).toEqual([4, 4, 256, 1e-4]);
      expect(sizes(task, 'rope')).toEqual([4, 4, 256, 1e-4]);
    }
    expect(() => preset('papre', 'UR', 'ape')).toThrow("unknown preset 'papre', did you mean 'paper'?");
    expect(preset('paper', 'UF', 'ape').taskOptions!.alphabet).toHaveLength(150);
    expect(alphabetNamed('lower:8')).toEqual(preset('quick', 'UR', 'ape').taskOptions!.alphabet);
  });
});
