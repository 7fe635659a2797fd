import { describe, expect, it } from 'vitest';
import { instanceOf } from '../../../test/fixtures/explain/samples.ts';
import type { Scores } from '../passes/passes.ts';
import { answerRows } from '../shots/rows.ts';
import type { ShotSet } from '../shots/shot.ts';
import { amongSymbols, behaviourOf } from './behaviour.ts';

/** Copies of `abc` and `cab`: a, b, c are tokens 5, 6 and 7 of ten. */
function copies(): ShotSet {
  const token = (symbol: string) => 'abc'.indexOf(symbol) + 5;
  const shots = ['abc', 'cab'].map((text) => {
    const sample = instanceOf('UF', text);
    const source = sample.source.map(token);
    return {
      sample,
      prefix: [],
      tail: [...source, 9, ...source.slice(0, 2)],
      answer: source,
      first: 3,
      source: [0, 1, 2],
      rows: answerRows(sample, 3),
    };
  });
  return { task: 'UF', length: 3, prompt: 'made by hand', tokens: [5, 6, 7], shots };
}

/** Probabilities of a, b, c; the rest of each row goes to token 0. */
const rows = [
  [0.6, 0.2, 0.1], // a: right
  [0.1, 0.5, 0.2], // b: right
  [0.1, 0.2, 0.6], // c: right
  [0.3, 0.1, 0.4], // c: right
  [0.2, 0.1, 0.1], // a: right among the symbols; of all tokens 0 is likelier
  [0.7, 0.2, 0.1], // b: wrong
];
const scores: Scores = {
  logits: Float32Array.from(rows.flat(), (p) => Math.log(p) + 3),
  normalizers: new Float32Array(6).fill(3),
  best: [5, 6, 7, 7, 0, 5],
};
const mean = (numbers: number[]) => numbers.reduce((a, b) => a + b, 0) / numbers.length;
const right = [0.6, 0.5, 0.6, 0.4, 0.2, 0.2];

describe('behaviour of logits made by hand', () => {
  it('is said of the whole vocabulary', () => {
    const found = behaviourOf(copies(), scores);
    expect(found).toMatchObject({ n: 2, accuracy: 0.5 });
    expect(found.tokenAccuracy).toBeCloseTo(4 / 6, 6);
    expect(found.tokenAccuracyByPlace).toEqual([1, 0.5, 0.5]);
    expect(found.crossEntropy).toBeCloseTo(-mean(right.map(Math.log)), 5);
    expect(found.crossEntropyFirst).toBeCloseTo(-mean([0.6, 0.4].map(Math.log)), 5);
    expect(found.crossEntropyRest).toBeCloseTo(-mean([0.5, 0.6, 0.2, 0.2].map(Math.log)), 5);
    // Rows that go on from the middle symbol, which alone has both neighbours: the third of each sample.
    expect(found.logProbabilityRight).toBeCloseTo(mean([0.6, 0.2].map(Math.log)), 5); // c, b
    expect(found.logProbabilityLeft).toBeCloseTo(mean([0.1, 0.1].map(Math.log)), 5); // a, c
  });

  it('is said among the symbols', () => {
    const found = amongSymbols(copies(), scores);
    expect(found).toMatchObject({ n: 2, accuracy: 0.5 });
    expect(found.tokenAccuracy).toBeCloseTo(5 / 6, 6);
    const sums = rows.map((row) => row.reduce((a, b) => a + b, 0));
    expect(found.crossEntropy).toBeCloseTo(-mean(right.map((p, i) => Math.log(p / sums[i]))), 5);
    const rivals = [0.2, 0.2, 0.2, 0.3, 0.1, 0.7];
    expect(found.margin).toBeCloseTo(mean(right.map((p, i) => Math.log(p / rivals[i]))), 5);
    expect(found.rightMinusLeft).toBeCloseTo(mean([Math.log(0.6 / 0.1), Math.log(0.2 / 0.1)]), 5);
  });

  it('counts a tie as wrong among the symbols', () => {
    const tied = { logits: new Float32Array(18) };
    expect(amongSymbols(copies(), tied)).toMatchObject({ accuracy: 0, tokenAccuracy: 0, margin: 0 });
  });

  it('needs scores of the whole vocabulary for what is said of it', () => {
    expect(() => behaviourOf(copies(), { logits: scores.logits })).toThrow(RangeError);
  });
});
