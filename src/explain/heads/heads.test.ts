import { afterAll, describe, expect, it } from 'vitest';
import { configs, farthest, randomModel, randomShots, whole } from '../../../test/fixtures/explain/random.ts';
import { instanceOf } from '../../../test/fixtures/explain/samples.ts';
import { rng } from '../../common/random.ts';
import { Passes } from '../passes/passes.ts';
import { answerRows } from '../shots/rows.ts';
import type { ShotSet } from '../shots/shot.ts';
import { taskAttention } from './attention.ts';
import type { TaskAttention } from './attention.ts';
import { scoredRows, scoresOfHeads } from './scores.ts';

/** Samples as a model would read them, a token a letter. */
function setOf(task: string, sources: readonly string[], query: string | null = null): ShotSet {
  const shots = sources.map((text) => {
    const sample = instanceOf(task, text, query);
    const rows = answerRows(sample, sample.answer.length);
    const tokens = (symbols: readonly string[]) => symbols.map((symbol) => symbol.charCodeAt(0));
    return {
      sample,
      prefix: [],
      tail: tokens(sample.source),
      answer: tokens(sample.answer),
      first: text.length,
      source: [...text].map((_, i) => i),
      rows,
    };
  });
  return { task, length: sources[0].length, prompt: 'made by hand', tokens: [], shots };
}

/** Attention of one layer; `of(head, sample, row, symbol)` where the last symbol is the place behind the source. */
function attention(
  set: ShotSet,
  heads: number,
  of: (head: number, sample: number, row: number, symbol: number) => number,
): TaskAttention {
  const [shot] = set.shots;
  const symbols = shot.source.length + 1;
  const targets = set.shots.flatMap((_, s) =>
    Array.from({ length: heads }, (_unused, head) =>
      shot.rows.map((_row, row) =>
        Array.from({ length: symbols }, (_one, symbol) => of(head, s, row, symbol)),
      ),
    ).flat(2),
  );
  return {
    targets: [Float32Array.from(targets)],
    previous: [Float64Array.from({ length: heads }, (_, head) => [0.9, 0.3][head] ?? 0)],
    besidePrevious: [Float64Array.from({ length: heads }, (_, head) => [0.02, 0.2][head] ?? 0)],
    sink: [Float64Array.from({ length: heads }, (_, head) => [0.4, 0.2][head] ?? 0)],
  };
}

describe('rows that are scored', () => {
  it('are those of a copy that go on from a symbol, but for the last; of a look-up the only one', () => {
    expect(scoredRows(setOf('UF', ['abcde']).shots[0])).toEqual([1, 2, 3]);
    expect(scoredRows(setOf('UB', ['abcde']).shots[0])).toEqual([1, 2, 3]);
    expect(scoredRows(setOf('UR', ['abcde'], 'b').shots[0])).toEqual([0]);
  });
});

describe('scores of heads', () => {
  const set = setOf('UF', ['abcdef', 'fedcba', 'badcfe']);
  /** Head 0 follows the next symbol, head 1 the same one, head 2 the one before, the others look everywhere alike. */
  const made = attention(set, 6, (head, _, row, symbol) => {
    const at = row - 1;
    const wanted = [at + 1, at, at - 1][head];
    if (wanted === undefined) return 0.12;
    return symbol === wanted ? 0.7 : 0.05;
  });
  const { scores, nullMaximum } = scoresOfHeads(set, made, rng('permuted'));
  const of = (name: keyof typeof scores) => scores[name]![0];

  it('are the mean attention to what a head of that kind follows', () => {
    expect(of('induction').map(({ value }) => value.toFixed(3))).toEqual(['0.700', '0.050', '0.050', '0.120', '0.120', '0.120']); // prettier-ignore
    expect(of('sameSymbol').map(({ value }) => value.toFixed(3))[1]).toBe('0.700');
    expect(of('antiInduction').map(({ value }) => value.toFixed(3))[2]).toBe('0.700'); // but where there is none before
  });

  it('have the mean over the other symbols as null', () => {
    expect(of('induction')[0].null).toBeCloseTo(0.05, 6);
    expect(of('induction')[3].null).toBeCloseTo(0.12, 6);
    // Of the rows that go on from symbols 1 to 4 three of four other places... head 2 looks at one of them.
    expect(of('induction')[2].null).toBeGreaterThan(0.05);
  });

  it('mark what is above 0.1 and above the largest head of the null', () => {
    expect(nullMaximum).toBeGreaterThan(0.11);
    expect(of('induction').map(({ marked }) => marked)).toEqual([true, false, false, false, false, false]);
    expect(of('sameSymbol').map(({ marked }) => marked)).toEqual([false, true, false, false, false, false]);
  });

  it('have p-values by permuted matches, corrected over heads', () => {
    const p = of('induction').map((one) => one.p!);
    expect(p[0]).toBeCloseTo(6 / 1001, 6); // the smallest of six: 1/1001 times six
    expect(p[3]).toBe(1);
    for (const one of p) expect(one).toBeLessThanOrEqual(1);
  });

  it('mark previous-token heads by what they give others, and sinks from 0.3', () => {
    expect(of('previousToken').map(({ marked }) => marked)).toEqual([
      true,
      false,
      false,
      false,
      false,
      false,
    ]);
    expect(of('previousToken')[1]).toEqual({ value: 0.3, null: 0.2, p: null, marked: false });
    expect(of('sink').map(({ marked }) => marked)).toEqual([true, false, false, false, false, false]);
  });

  it('of Benjamini and Hochberg are those of R: p.adjust(c(.01, .02, .03, .5), "BH")', () => {
    // 100 draws over one row: a head with k draws at or above its value has p = (1 + k) / 101.
    const one = setOf('UR', ['abcdefgh'], 'd');
    const flat = attention(one, 2, (head, _s, _r, symbol) => (head === 0 ? (symbol === 4 ? 1 : 0) : 0.1));
    const [first, second] = scoresOfHeads(one, flat, rng('x'), 100).scores.induction![0];
    expect(first.p).toBeCloseTo(2 / 101, 9);
    expect(second.p).toBe(1);
  });

  it('share the mass of several occurrences by the first and the last', () => {
    const several = setOf('NRFirst', ['axaya', 'ayaxa'], 'a');
    const first = attention(several, 2, (head, _s, _r, symbol) => ([1, 5][head] === symbol ? 0.8 : 0.04));
    const { scores: found } = scoresOfHeads(several, first, rng('x'));
    expect(found.firstOccurrence![0].map(({ value }) => value.toFixed(2))).toEqual(['0.80', '0.04']);
    expect(found.lastOccurrence![0].map(({ value }) => value.toFixed(2))).toEqual(['0.04', '0.80']);
    expect(scores.firstOccurrence).toBeUndefined(); // no symbol occurs twice
  });

  it('leave a backward copy’s way to the end of the source out where it is asked for', () => {
    const backward = setOf('UB', ['abcd', 'dcba']);
    const toTheEnd = attention(backward, 1, (_h, _s, _r, symbol) => (symbol === 4 ? 0.9 : 0));
    const { scores: found } = scoresOfHeads(backward, toTheEnd, rng('x'));
    expect(found.induction![0][0].value).toBeCloseTo(0.45, 6); // one row of two
    expect(found.inductionWithinSource![0][0].value).toBe(0);
  });

  it('have no null, and mark nothing, where a source leaves no other symbol', () => {
    const same = setOf('NF', ['aaa']);
    const { scores: found, nullMaximum: none } = scoresOfHeads(
      same,
      attention(same, 1, () => 0.25),
      rng('x'),
    );
    expect(found.sameSymbol![0][0]).toEqual({ value: 0.25, null: null, p: null, marked: false });
    expect(none).toBeNull();
  });
});

describe('lag profiles', () => {
  const set = setOf('UF', ['abcdef', 'fedcba']);
  // Head 0 gives a symbol so much as it stands behind the one before it, head 1 everything to the same symbol.
  const made = attention(set, 2, (head, _s, row, symbol) =>
    head === 0 ? 0.01 * (symbol - row + 11) : symbol === row - 1 ? 1 : 0,
  );
  const { lags, scores } = scoresOfHeads(set, made, rng('x'));

  it('are means over the rows at which a symbol stands there', () => {
    expect(lags).toHaveLength(1);
    const [first, second] = lags[0];
    expect(first).toHaveLength(21);
    // The scored rows go on from symbols 0 to 3 of six.
    first.forEach((value, i) => {
      const lag = i - 10;
      if (lag < -3 || lag > 5) expect(value, `${lag}`).toBeNull();
      else expect(value, `${lag}`).toBeCloseTo(0.01 * (lag + 10), 6);
    });
    expect(second.filter((value) => value !== null && value !== 0)).toEqual([1]);
    expect(second[10]).toBe(1);
  });

  it('have at 0, 1 and −1 what the scores say', () => {
    for (const h of [0, 1]) {
      expect(lags[0][h][10]).toBe(scores.sameSymbol![0][h].value);
      expect(lags[0][h][11]).toBe(scores.inductionWithinSource![0][h].value);
      expect(lags[0][h][9]).toBe(scores.antiInduction![0][h].value);
    }
  });
});

describe('the retrieval score', () => {
  const set = setOf('UB', ['abcdef', 'cafebd', 'bcaefd']);
  // The right answers are the symbols from the last on.
  const made = attention(set, 4, (head, _s, row, symbol) => {
    const right = 5 - row;
    if (head === 0) return symbol === right ? 0.2 : symbol === 6 ? 0.8 : 0;
    if (head === 1) return symbol === (row < 2 ? right : (right + 1) % 6) ? 0.2 : 0.1;
    if (head === 2) return symbol === 0 ? 0.9 : 0.01;
    return 0.125; // nowhere most
  });
  const { scores, retrieval } = scoresOfHeads(set, made, rng('x'));
  const of = scores.retrieval![0];

  it('is the share of answer tokens at which the right one has most of the source', () => {
    expect(of.map(({ value }) => value.toFixed(4))).toEqual(['1.0000', '0.3333', '0.1667', '0.0000']);
    expect(retrieval!.n).toBe(18);
  });

  it('has as null what another symbol would have', () => {
    // Of the five others none, one in two thirds of the rows, the first one in five of six rows, none.
    expect(of.map((one) => one.null!.toFixed(4))).toEqual(['0.0000', '0.1333', '0.1667', '0.0000']);
    expect(of.map(({ marked }) => marked)).toEqual([true, false, false, false]);
    expect(of[0].p).toBeCloseTo(4 / 1001, 6);
    expect(of[3].p).toBe(1);
  });

  it('counts any place of the right symbol, and not what ends an answer', () => {
    const twice = setOf('NRFirst', ['abxaby'], 'a');
    const second = attention(twice, 1, (_h, _s, _r, symbol) => (symbol === 4 ? 1 : 0));
    expect(scoresOfHeads(twice, second, rng('x')).scores.retrieval![0][0].value).toBe(1);
    const [shot] = setOf('UF', ['ab']).shots;
    const ended: ShotSet = { ...set, task: 'UF', length: 2, shots: [{ ...shot, answer: [...shot.answer, 0], rows: [...shot.rows, { at: 1, same: [1] }] }] }; // prettier-ignore
    const last = attention(ended, 1, (_h, _s, row, symbol) => (symbol === Math.min(row, 1) ? 1 : 0));
    const found = scoresOfHeads(ended, last, rng('x'));
    expect([found.retrieval!.n, found.scores.retrieval![0][0].value]).toEqual([2, 1]);
  });
});

describe.each(configs(3))('attention of %s', (_, config) => {
  const model = randomModel(config);
  afterAll(() => model.release());

  it('is that of whole patterns', async () => {
    const set = randomShots('UB', { n: 7 });
    const passes = await Passes.over(model, set);
    const found = await taskAttention(passes);
    const names = [0, 1].map((layer) => `blocks.${layer}.attn.hook_pattern`);
    const { sites } = await model.run(set.shots.map(whole), { capture: names });
    const length = passes.past + passes.positions;
    const { heads } = config;
    const at = (layer: number, s: number, h: number, query: number, key: number) =>
      (sites.get(names[layer])!.data as Float32Array)[((s * heads + h) * length + query) * length + key];
    for (const layer of [0, 1]) {
      const wanted: number[] = [];
      const previous = new Array<number>(heads).fill(0);
      set.shots.forEach((shot, s) => {
        for (let h = 0; h < heads; h++) {
          for (const row of [0, 1, 2, 3]) {
            for (let symbol = 0; symbol <= 4; symbol++)
              wanted.push(at(layer, s, h, passes.past + shot.first + row, passes.past + symbol));
          }
          for (const place of [1, 2, 3])
            previous[h] += at(layer, s, h, passes.past + place, passes.past + place - 1) / 3 / 7;
        }
      });
      expect(farthest(found.targets[layer], wanted)).toBeLessThan(1e-5);
      expect(farthest(found.previous[layer], previous)).toBeLessThan(1e-5);
    }
  });
});
