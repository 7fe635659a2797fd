import { describe, expect, it } from 'vitest';
import { decoders } from '../../../test/fixtures/model/decoders.ts';
import { rng } from '../../common/random.ts';
import { branchedFeeds, branchLength } from '../../model/answers/branches.ts';
import type { BranchedSequence } from '../../model/answers/branches.ts';
import { ropeBorder } from '../../model/config/config.ts';
import { Tokenizer } from '../../model/index.ts';
import type { ModelConfig } from '../../model/index.ts';
import { taskNamed } from '../../tasks/index.ts';
import type { TaskOptions } from '../../tasks/index.ts';
import { longestAt } from '../spec/schedule.ts';
import type { Base } from './base.ts';
import { usualSpec } from './defaults.ts';
import { otherQueries } from './queries.ts';
import { batchAt, drawContext, roomFor, roomOf, usualRoom } from './sequences.ts';
import { settingOf } from './setting.ts';
import type { FinetuneSetting } from './setting.ts';
import type { FinetuneSpec } from './spec.ts';

const letters = [...'abcdefgh'];
const tokenizer = new Tokenizer(letters);
const sizes = {
  vocabulary: tokenizer.size,
  layers: 1,
  heads: 2,
  width: 8,
  positions: 40,
  window: 6,
} as const;
const configs = new Map(decoders(sizes));

function settingFor(task: string, changes: Partial<FinetuneSpec> = {}, name = 'GPT-2'): FinetuneSetting {
  const config: ModelConfig = configs.get(name)!;
  const base: Base = {
    ...{ kind: 'symbols', name: 'base', hash: 'h', config, tokenizer },
    ...{ weights: new Map(), trainedWith: {} },
  };
  return settingOf({ ...usualSpec(base, task, { min: 3, max: 12 }), ...changes }, base);
}

/** The source and query of each question, as symbols. */
function asked({
  trunk,
  branches,
}: BranchedSequence): { source: string[]; query: string; answer: string[] }[] {
  return branches.map(({ prompt, target }) => {
    const symbols = tokenizer.decode([...trunk, ...prompt]);
    return {
      source: symbols.slice(1, symbols.indexOf('<sep>')),
      query: symbols.at(-1)!,
      answer: tokenizer.decode(target),
    };
  });
}

describe('what else is asked about a source', () => {
  it.each<[string, TaskOptions]>([
    ['UL', {}],
    ['UR', { place: { from: 0.2, to: 0.6 } }],
    ['NLFirst', {}],
    ['NRLast', { occurrences: 3 }],
    ['NLLast', { where: 'first-half' }],
    ['NRFirst', { where: 'last-half', occurrences: { min: 2, max: 3 } }],
    ['NRLast', { place: { from: 0.5, to: 1 } }],
  ])('%s %j: all that the sampler draws, and nothing else', (name, some) => {
    const task = taskNamed(name);
    const options = { alphabet: ['a', 'b', 'c'], ...some };
    const random = rng('other queries', name);
    const length = 8;
    // Few symbols: what is drawn again and again has every source with every query that is ever asked about it.
    const drawn = new Map<string, Set<string>>();
    const samples = Array.from({ length: 20_000 }, () => task.sample(length, random, options));
    for (const { source, query } of samples) {
      const key = source.join('');
      drawn.set(key, (drawn.get(key) ?? new Set()).add(query!));
    }
    let several = 0;
    for (const sample of samples.slice(0, 300)) {
      const others = otherQueries(task, sample, options);
      for (const other of others) {
        expect(task.answer(other.source, other.query)).toEqual({
          answer: other.answer,
          positions: other.positions,
        });
      }
      const all = new Set([sample.query!, ...others.map(({ query }) => query!)]);
      for (const query of drawn.get(sample.source.join(''))!) expect(all).toContain(query);
      several += Number(others.length > 0);
    }
    // The other way round: each of them is drawn, sooner or later.
    const frequent = samples.slice(0, 20).flatMap((sample) => otherQueries(task, sample, options));
    const again = rng('again', name);
    const wanted = new Set(frequent.map(({ source, query }) => `${source.join('')} ${query}`));
    for (let i = 0; i < 200_000 && wanted.size > 0; i++) {
      const { source, query } = task.sample(length, again, options);
      wanted.delete(`${source.join('')} ${query}`);
    }
    expect([...wanted]).toEqual([]);
    if (options.where === undefined && options.place === undefined) expect(several).toBeGreaterThan(0);
  });

  it('of a copy is nothing', () => {
    const sample = taskNamed('NF').sample(5, rng('copy'), { alphabet: letters });
    expect(otherQueries(taskNamed('NF'), sample)).toEqual([]);
  });
});

describe('a context', () => {
  it('has several questions, each with its own right answer, and none twice', () => {
    const setting = settingFor('UL');
    const random = rng('contexts');
    const counts = new Set<number>();
    for (let i = 0; i < 200; i++) {
      const questions = asked(drawContext(setting, 3 + random.below(10), 4, random));
      counts.add(questions.length);
      expect(new Set(questions.map(({ query }) => query)).size).toBe(questions.length);
      for (const { source, query, answer } of questions)
        expect(setting.task.answer(source, query)).toMatchObject({ answer });
    }
    expect([...counts].sort()).toEqual([1, 2, 3, 4]);
  });

  it('asks about any of the other queries alike', () => {
    const setting = settingFor('UR', { taskOptions: { alphabet: letters } });
    const places = new Map<number, number>();
    const random = rng('unbiased');
    for (let i = 0; i < 4000; i++) {
      const [first, second] = asked(drawContext(setting, 5, 2, random));
      if (second === undefined || new Set(first.source).size < 5) continue;
      const place = second.source.indexOf(second.query);
      places.set(place, (places.get(place) ?? 0) + 1);
    }
    const counts = [...places.values()];
    expect([...places.keys()].sort()).toEqual([0, 1, 2, 3]); // the last has no right neighbour
    expect(Math.max(...counts) / Math.min(...counts)).toBeLessThan(1.3);
  });

  it('of a copy, and where a single question is wanted, has one', () => {
    expect(
      drawContext(settingFor('UF', { lengths: { min: 3, max: 8 } }), 8, 5, rng(1)).branches,
    ).toHaveLength(1);
    expect(drawContext(settingFor('UR'), 8, 1, rng(1)).branches).toHaveLength(1);
  });

  it('has questions that turn alike only (LongRoPE)', () => {
    const setting = settingFor('UR', { offsets: false }, 'Phi 3 with LongRoPE');
    const border = ropeBorder(setting.base.config);
    const random = rng('border');
    for (let i = 0; i < 50; i++) {
      const context = drawContext(setting, 3 + random.below(10), 5, random);
      const long = context.branches.map((branch) => context.trunk.length + branchLength(branch) > border);
      expect(new Set(long).size).toBe(1);
    }
  });
});

describe('a batch', () => {
  it.each(['UL', 'UF', 'NRLast', 'NB'])('%s: depends on its step alone, and fits its room', (task) => {
    const setting = settingFor(task, { lengths: { min: 4, max: 8 } });
    const { config } = setting.base;
    const usual = usualRoom(setting, 8);
    expect(usual.reduce((sum, { batch }) => sum + batch, 0)).toBe(8);
    for (let step = 1; step < 40; step++) {
      const batch = batchAt(setting, step, usual);
      expect(batchAt(setting, step, usual)).toEqual(batch);
      expect(batch.sequences).toHaveLength(8);
      expect(batch).not.toEqual(batchAt(setting, step + 1, usual));
      const room = roomOf(usual, batch);
      expect(room).toEqual(usual); // symbols are one token each: the usual room is the largest
      const { weights } = branchedFeeds(config, room, batch.sequences, batch.offsets);
      expect(weights.reduce((a, b) => a + b)).toBeCloseTo(1, 4);
      expect(Math.max(...batch.offsets)).toBeGreaterThan(0);
    }
  });

  it('begins at position 0 where that is asked for, and with a curriculum with short sources', () => {
    const setting = settingFor('UR', { offsets: false, curriculum: 5 });
    for (const step of [1, 6, 11, 40]) {
      const usual = usualRoom(setting, longestAt(setting.spec, step));
      const { offsets, sequences } = batchAt(setting, step, usual);
      expect(Math.max(...offsets)).toBe(0);
      const lengths = sequences.flatMap((context) => asked(context).map(({ source }) => source.length));
      expect(Math.max(...lengths)).toBeLessThanOrEqual(longestAt(setting.spec, step));
    }
    expect(longestAt(setting.spec, 1)).toBeLessThan(longestAt(setting.spec, 11));
  });

  it('that needs more than the usual room gets it, in few sizes', () => {
    const setting = settingFor('UR');
    const batch = batchAt(setting, 1, usualRoom(setting, 12));
    const tight = [{ ...roomFor(8, batch.sequences), trunk: 3, length: 1 }];
    const [room] = roomOf(tight, batch);
    const needed = roomFor(8, batch.sequences);
    expect(room).toEqual({ ...needed, trunk: 4 * Math.ceil(needed.trunk / 4) });
  });
});
