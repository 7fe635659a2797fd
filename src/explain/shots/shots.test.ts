import { describe, expect, it } from 'vitest';
import { Tokenizer } from '../../model/index.ts';
import { instanceOf } from '../../../test/fixtures/explain/samples.ts';
import { demonstratedShots } from './demonstrated.ts';
import type { TextTokens } from './demonstrated.ts';
import { demonstratedSamples, drawnSamples } from './drawn.ts';
import { sequenceShots } from './sequence.ts';
import { neighbours } from './shot.ts';

/** Every letter with a blank before is its place in the alphabet; `,` is 100, `.` is 101. */
const letters: TextTokens = {
  begin: 99,
  single: (text) =>
    ({ ',': 100, '.': 101 })[text] ?? (/^ [a-z]$/.test(text) ? text.charCodeAt(1) - 97 : undefined),
};
const [a, b, c, d, x, y, z] = [0, 1, 2, 3, 23, 24, 25];
const alphabet = [...'abcdefghijklmnopqrstuvwxyz'];

describe('a sample after demonstrations', () => {
  it('is a copy, token for token: symbols, comma, answer, full stop', () => {
    const sample = instanceOf('UB', 'abcd');
    const [shot] = demonstratedShots(letters, alphabet, [
      { sample, demonstrations: [instanceOf('UB', 'xyz')] },
    ]).shots;
    expect(shot.prefix).toEqual([99, x, y, z, 100, z, y, x, 101]);
    expect(shot.tail).toEqual([a, b, c, d, 100, d, c, b]);
    expect(shot.answer).toEqual([d, c, b, a]);
    expect(shot.first).toBe(4);
    expect(shot.source).toEqual([0, 1, 2, 3]);
    expect(shot.rows.map(({ at }) => at)).toEqual([null, 3, 2, 1]);
    expect(shot.rows.map((row) => neighbours(shot, row))).toEqual([null, null, { right: d, left: b }, { right: c, left: a }]); // prettier-ignore
  });

  it('is a look-up: symbols, comma, query, answer, full stop', () => {
    const [shot] = demonstratedShots(letters, alphabet, [
      { sample: instanceOf('UR', 'abcd', 'b'), demonstrations: [instanceOf('UR', 'xyz', 'y')] },
    ]).shots;
    expect(shot.prefix).toEqual([99, x, y, z, 100, y, z, 101]);
    expect(shot.tail).toEqual([a, b, c, d, 100, b]);
    expect([shot.answer, shot.first, shot.rows]).toEqual([[c], 5, [{ at: 1, same: [1] }]]);
  });

  it('goes on from the occurrence that decides, and knows the others', () => {
    const at = (task: string) =>
      demonstratedShots(letters, alphabet, [{ sample: instanceOf(task, 'acabad', 'a'), demonstrations: [] }])
        .shots[0].rows[0];
    expect(at('NRFirst')).toEqual({ at: 0, same: [0, 2, 4] });
    expect(at('NLLast')).toEqual({ at: 4, same: [0, 2, 4] });
    const copy = demonstratedShots(letters, alphabet, [
      { sample: instanceOf('NB', 'aba'), demonstrations: [] },
    ]).shots[0];
    expect(copy.rows).toEqual([{ at: null, same: [] }, { at: 2, same: [0, 2] }, { at: 1, same: [1] }]); // prettier-ignore
  });

  it('begins at once in a model without a token that begins texts', () => {
    const tokens = { ...letters, begin: undefined };
    const [shot] = demonstratedShots(tokens, alphabet, [
      { sample: instanceOf('UF', 'ab'), demonstrations: [] },
    ]).shots;
    expect(shot.prefix).toEqual([]);
  });

  it('is refused where a symbol is not one token', () => {
    const given = [{ sample: instanceOf('UF', ['a', 'bb']), demonstrations: [] }];
    expect(() => demonstratedShots(letters, alphabet, given)).toThrow(
      '" bb" is not one token of this model: take other symbols (--alphabet), or a model that has it',
    );
  });
});

describe('a sample as models trained here read it', () => {
  const tokenizer = new Tokenizer([...'abcd']);
  const { bos, sep } = tokenizer;
  const token = (symbol: string) => tokenizer.encode([symbol])[0];

  it('is a copy, of which <eos> is not asked: each symbol but the first goes on from the one said last', () => {
    const [shot] = sequenceShots(tokenizer, [instanceOf('UB', 'abc')]).shots;
    expect(shot.tail).toEqual([bos, ...['a', 'b', 'c'].map(token), sep, ...['c', 'b'].map(token)]);
    expect(shot.answer).toEqual(['c', 'b', 'a'].map(token));
    expect([shot.prefix, shot.first, shot.source]).toEqual([[], 4, [1, 2, 3]]);
    expect(shot.rows.map(({ at }) => at)).toEqual([null, 2, 1]);
    const [forward] = sequenceShots(tokenizer, [instanceOf('UF', 'abc')]).shots;
    expect(forward.rows.map(({ at }) => at)).toEqual([null, 0, 1]);
  });

  it('is a look-up of one token', () => {
    const [shot] = sequenceShots(tokenizer, [instanceOf('UL', 'abc', 'b')]).shots;
    expect(shot.tail).toEqual([bos, ...['a', 'b', 'c'].map(token), sep, token('b')]);
    expect([shot.answer, shot.first, shot.rows]).toEqual([[token('a')], 5, [{ at: 1, same: [1] }]]);
  });
});

describe('drawn samples', () => {
  const drawing = { length: 6, n: 23, seed: 3, alphabet };

  it('are the same sources and queries in tasks of one contrast, each with both neighbours', () => {
    const [right, left] = ['UR', 'UL'].map((task) => drawnSamples({ ...drawing, task }));
    expect(right.map(({ source, query }) => [source, query])).toEqual(left.map(({ source, query }) => [source, query])); // prettier-ignore
    for (const { positions } of right) expect(positions[0] > 0 && positions[0] < 5).toBe(true);
  });

  it('share at most five sets of ten demonstrations, of the same task and length', () => {
    for (const n of [2, 7, 23]) {
      const samples = demonstratedSamples({ ...drawing, task: 'UF', n });
      const sets = new Set(samples.map(({ demonstrations }) => demonstrations));
      expect(samples).toHaveLength(n);
      expect(sets.size).toBeLessThanOrEqual(Math.min(5, n));
      for (const set of sets) expect(set.map(({ source }) => source.length)).toEqual(new Array(10).fill(6));
    }
  });

  it('come from the seed alone', () => {
    const drawn = (seed: number) => demonstratedSamples({ ...drawing, task: 'NB', seed });
    expect(drawn(3)).toEqual(drawn(3));
    expect(drawn(4)).not.toEqual(drawn(3));
  });

  it('have no length that the task has not', () => {
    expect(() => drawnSamples({ ...drawing, task: 'UF', length: 27 })).toThrow(
      'UF admits lengths 1 to 26 with an alphabet of 26 symbols, not 27',
    );
    expect(() => drawnSamples({ ...drawing, task: 'UR', length: 2 })).toThrow('UR at length 2: no symbol has both neighbours; take a larger length'); // prettier-ignore
  });
});
