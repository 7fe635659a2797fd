import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { answerFeeds } from '../../model/answers/answers.ts';
import type { AnswerGroup } from '../../model/answers/answers.ts';
import { modelConfig } from '../../model/index.ts';
import { preset } from '../spec/presets.ts';
import { settingOf } from '../spec/setting.ts';
import { planBatch } from './batch.ts';
import { divide, feedsOfShare } from './shares.ts';
import type { TrainSpec } from '../spec/spec.ts';

const config = (width: number) =>
  modelConfig({ architecture: 'gpt2', vocabulary: 9, layers: 1, heads: 1, width, positions: 400 });

const setting = fc.record({
  width: fc.constantFrom(16, 64, 256),
  groups: fc.array(
    fc.record({
      batch: fc.integer({ min: 1, max: 40 }),
      prompt: fc.integer({ min: 1, max: 80 }),
      target: fc.integer({ min: 1, max: 60 }),
    }),
    { minLength: 1, maxLength: 8 },
  ),
});

const size = (groups: readonly AnswerGroup[]) => groups.reduce((sum, { batch }) => sum + batch, 0);

describe('a batch in two shares', () => {
  it('has every sequence once, in a group with the room that its own has', () => {
    fc.assert(
      fc.property(setting, ({ width, groups }) => {
        const { shares, order } = divide(groups, config(width));
        expect([...order].sort((a, b) => a - b)).toEqual(Array.from({ length: size(groups) }, (_, i) => i));
        const roomOf = (list: readonly AnswerGroup[]) =>
          list.flatMap(({ batch, ...room }) => Array.from({ length: batch }, () => room));
        const before = roomOf(groups);
        expect(roomOf(shares.flat())).toEqual(order.map((sequence) => before[sequence]));
        expect(shares.every((share) => size(share) > 0)).toBe(true);
      }),
    );
  });

  it('is fed in two parts what it is fed whole', () => {
    fc.assert(
      fc.property(setting, ({ width, groups }) => {
        const plan = divide(groups, config(width));
        const own = plan.shares.flat();
        const sequences = own.flatMap(({ batch, prompt, target }, g) =>
          Array.from({ length: batch }, (_, s) => ({
            prompt: new Array<number>(1 + (s % prompt)).fill(1 + ((g + s) % 8)),
            target: new Array<number>(1 + (s % target)).fill(s % 9),
          })),
        );
        const whole = answerFeeds(config(width), own, sequences);
        const parts = plan.shares.map((_, share) => feedsOfShare(whole, plan, share));
        const joined = (pick: (part: (typeof parts)[number]) => ArrayLike<number>) =>
          parts.flatMap((part) => Array.from(pick(part)));
        expect(joined(({ inputs }) => inputs.tokens)).toEqual([...whole.inputs.tokens]);
        expect(joined(({ inputs }) => inputs.positions)).toEqual([...whole.inputs.positions]);
        expect(joined(({ targets }) => targets)).toEqual([...whole.targets]);
        expect(joined(({ weights }) => weights)).toEqual([...whole.weights]);
        const starts = plan.shares.flatMap((share, s) =>
          share.map((_, g) => [...parts[s].inputs[`starts.${g}`]]),
        );
        expect(starts).toEqual(own.map((_, g) => [...whole.inputs[`starts.${g}`]]));
      }),
    );
  });

  const paper = (task: string, changes: Partial<TrainSpec>) => ({
    ...preset('paper', task, 'ape' as const),
    ...changes,
  });
  const small = { layers: 2, dim: 64 };
  const large = { layers: 4, dim: 256 };
  it.each<[string, TrainSpec]>([
    ['the quick preset', { ...preset('quick', 'UR', 'ape'), lengths: { min: 2, max: 16 } }],
    ['the quick preset for copying', preset('quick', 'UF', 'ape')],
    ['retrieval, d = 64', paper('UR', { ...small, lengths: { min: 2, max: 50 } })],
    ['retrieval, d = 256', paper('UR', { ...large, lengths: { min: 2, max: 50 } })],
    ['copying, d = 64', paper('UF', small)],
    ['copying, d = 256', paper('UF', large)],
    ['copying, all of one length', paper('UF', { ...large, lengths: { min: 50, max: 50 } })],
  ])('has shares of about the same work: %s', (_, spec) => {
    const { lessons, config } = settingOf(spec);
    const { shares } = planBatch(spec, lessons, config, spec.lengths.max);
    const tokens = shares.map((share) =>
      share.reduce((sum, { batch, prompt, target }) => sum + batch * (prompt + target - 1), 0),
    );
    expect(tokens).toHaveLength(2);
    expect(Math.min(...tokens) / Math.max(...tokens)).toBeGreaterThan(0.9);
  });

  it('is one share where there is one piece', () => {
    const groups = [{ batch: 4, prompt: 5, target: 1 }];
    expect(divide(groups, config(64))).toEqual({ shares: [groups], order: [0, 1, 2, 3] });
  });
});
