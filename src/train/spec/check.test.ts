import { describe, expect, it } from 'vitest';
import { taskNamed } from '../../tasks/index.ts';
import { checkedSpec, faultsOf } from './check.ts';
import { preset, presetNames } from './presets.ts';
import type { TrainSpec } from './spec.ts';

function faults(changes: Partial<TrainSpec>): string[] {
  const task = taskNamed(changes.task ?? 'UR');
  const spec = { ...preset('quick', task.name, changes.positions ?? 'ape'), ...changes };
  return faultsOf(spec).map(({ field, message }) => `${field}: ${message}`);
}

describe('what cannot be trained', () => {
  it.each<[Partial<TrainSpec>, string]>([
    [{ heads: 3 }, 'heads: 3 heads do not divide dim 64; take 1, 2 or 4 heads'],
    [
      { positions: 'rope', dim: 20, heads: 4 },
      'heads: rope turns pairs of numbers: dim / heads must be even, not 5',
    ],
    [
      { positions: 'nope', offsets: true },
      'offsets: nope has no absolute positions to offset; only ape has: leave offsets out',
    ],
    [{ offsets: 1 }, 'offsets: must be true, false or a share between 0 and 1, not 1'],
    [{ offsets: NaN }, 'offsets: must be true, false or a share between 0 and 1, not NaN'],
    [
      { positions: 'rope', offsets: 0.75 },
      'offsets: rope has no absolute positions to offset; only ape has: leave offsets out',
    ],
    [
      { lengths: { min: 1, max: 50 }, maxLength: 40 },
      'lengths: length 50 is beyond the positions: maxLength 40 gives 43 of them; raise maxLength',
    ],
    [
      { task: 'UF', lengths: { min: 1, max: 63 } },
      'lengths: UF has lengths 1-62 with 62 symbols that are all different, not 1-63; shorten them, or take a larger alphabet',
    ],
    [{ lengths: { min: 1, max: 1 } }, 'lengths: UR has lengths from 2, not 1-1; take longer ones'],
    [
      { task: 'NF', taskOptions: { pool: 8 }, lengths: { min: 1, max: 8 } },
      'lengths: NF has lengths from 9 with a pool of 8, not 1-8; take longer ones',
    ],
    [{ lengths: { min: 9, max: 2 } }, 'lengths: 9-2 is no range'],
    [{ lengths: undefined }, 'lengths: undefined-undefined is no range'],
    [{ optimizer: 'sgd' as 'muon' }, "optimizer: unknown optimizer 'sgd' (known: adamw, muon)"],
    [
      { positions: 'ropes' as 'rope' },
      "positions: unknown positions 'ropes', did you mean 'rope'? (known: ape, nope, rope)",
    ],
    [{ lengths: { min: 1.5, max: 2 } }, 'lengths: 1.5-2 is no range'],
    [{ steps: 0 }, 'steps: must be a whole number of at least 1, not 0'],
    [{ warmup: -1 }, 'warmup: must be a whole number of at least 0, not -1'],
    [{ learningRate: 0 }, 'learningRate: must be above 0, not 0'],
    [{ learningRate: NaN }, 'learningRate: must be above 0, not NaN'],
    [{ learningRate: Infinity }, 'learningRate: must be above 0, not Infinity'],
    [{ weightDecay: -1 }, 'weightDecay: must not be negative, not -1'],
    [{ dim: 2 ** 40 }, 'dim: 1099511627776 is more than 4096, the most that can be trained here'],
    [{ batch: 100_000 }, 'batch: 100000 is more than 65536, the most that fits into memory'],
    [{ dim: 4096, layers: 64 }, 'dim: makes 12888641536 parameters; at most 150000000 can be trained here'],
    [
      { taskOptions: { pool: 3 } },
      "taskOptions: UR has no use for the option 'pool', which is for non-unique copying (NF, NB)",
    ],
    [
      { taskOptions: { alphabet: ['a', '<eos>'] } },
      'taskOptions: symbol "<eos>": it holds <eos>, which is a special token',
    ],
  ])('%j', (changes, message) => {
    expect(faults(changes)).toEqual([message]);
  });

  it('is a schedule or a start of positions that does not exist', () => {
    expect(faults({ schedule: 'x' as 'linear', positionStart: undefined })).toEqual([
      expect.stringMatching(/^schedule: unknown schedule 'x' \(known: linear, /),
      "positionStart: unknown positionStart 'undefined' (known: normal, sinusoid)",
    ]);
  });

  it('is said all at once', () => {
    expect(faults({ heads: 3, learningRate: 0, lengths: { min: 1, max: 1 } })).toHaveLength(3);
    expect(faults({ layers: 0, steps: 0.5, seed: -1 })).toHaveLength(3);
  });

  it('is nothing in the presets, for any task and kind of positions', () => {
    for (const positions of ['ape', 'nope', 'rope'] as const) {
      for (const name of ['UL', 'NRFirst', 'UF', 'UB', 'NF', 'NB', 'flip-flop']) {
        for (const which of presetNames) {
          expect(faultsOf(preset(which, name, positions))).toEqual([]);
        }
      }
    }
  });
});

describe('a specification that can be trained', () => {
  it('has its shortest lengths cut to those that the task has', () => {
    const spec = preset('quick', 'NLFirst', 'ape');
    expect(checkedSpec(spec).lengths).toEqual({ min: 4, max: 16 });
    expect(() => checkedSpec({ ...spec, heads: 3, learningRate: 0 })).toThrow(/^heads: .*; learningRate: /);
  });
});
