import { afterAll, describe, expect, it } from 'vitest';
import { configs, farthest, randomModel } from '../../../test/fixtures/explain/random.ts';
import { rng } from '../../common/random.ts';
import type { Attention } from './attention.ts';
import { RANDOM_LENGTH, RANDOM_SEQUENCES, repeatedAttention, repeatedTokens, scoresOfRepeated } from './repeated.ts'; // prettier-ignore

const many = Array.from({ length: 300 }, (_, i) => 100 + i);

describe('sequences of random tokens', () => {
  it('have different tokens of those that are known, twice, after what begins texts', () => {
    const { length, sequences } = repeatedTokens({ begin: 7, tokens: many }, { positions: 4096 }, rng('x'))!;
    expect([length, sequences.length]).toEqual([RANDOM_LENGTH, RANDOM_SEQUENCES]);
    for (const [begin, ...rest] of sequences) {
      expect(begin).toBe(7);
      expect(rest.slice(0, 50)).toEqual(rest.slice(50));
      expect(new Set(rest).size).toBe(50);
      for (const token of rest) expect(many).toContain(token);
    }
    expect(new Set(sequences.map((one) => one.join())).size).toBe(20);
    expect(repeatedTokens({ begin: 7, tokens: many }, { positions: 4096 }, rng('x'))!.sequences).toEqual(sequences); // prettier-ignore
  });

  it.each([
    [{ begin: undefined, tokens: many }, 4096, 50, 100],
    [{ begin: 0, tokens: many.slice(0, 8) }, 4096, 8, 17], // no more symbols
    [{ begin: 0, tokens: many }, 20, 9, 19], // no more positions
    [{ begin: undefined, tokens: many }, 20, 10, 20],
  ])('are as long as symbols and positions permit: %#', (known, positions, length, read) => {
    const found = repeatedTokens(known, { positions }, rng('x'))!;
    expect([found.length, found.sequences[0].length]).toEqual([length, read]);
  });

  it('are none where nothing could be told', () => {
    expect(repeatedTokens({ begin: 0, tokens: [1, 2, 3] }, { positions: 99 }, rng('x'))).toBeNull();
    expect(repeatedTokens({ begin: 0, tokens: many }, { positions: 8 }, rng('x'))).toBeNull();
  });
});

describe('scores on random tokens', () => {
  const tokens = { length: 6, sequences: Array.from({ length: 4 }, () => new Array<number>(13).fill(0)) };
  /** Row j stands at token j + 1 of the second copy; key 6 is the first one of that. */
  const made = (of: (head: number, row: number, key: number) => number): Attention => ({
    targets: [
      Float32Array.from(
        tokens.sequences.flatMap(() =>
          [0, 1, 2, 3].flatMap((head) =>
            [0, 1, 2, 3, 4].flatMap((row) => [0, 1, 2, 3, 4, 5, 6].map((key) => of(head, row, key))),
          ),
        ),
      ),
    ],
    previous: [Float64Array.of(0.9, 0, 0, 0)],
    besidePrevious: [Float64Array.of(0.02, 0, 0, 0)],
    sink: [new Float64Array(4)],
  });
  const { scores } = scoresOfRepeated(
    tokens,
    made((head, row, key) => (head === 3 ? 0.1 : key === row + [2, 1, 0][head] ? 0.8 : 0.02)),
    rng('x'),
  );

  it('are what heads give the token after the same one, that one, and the one before', () => {
    const values = (name: keyof typeof scores) => scores[name][0].map(({ value }) => value.toFixed(3));
    expect(values('induction')).toEqual(['0.800', '0.020', '0.020', '0.100']);
    expect(values('sameSymbol')).toEqual(['0.020', '0.800', '0.020', '0.100']);
    expect(values('antiInduction')).toEqual(['0.020', '0.020', '0.800', '0.100']);
    expect(scores.previousToken[0][0]).toEqual({ value: 0.9, null: 0.02, p: null, marked: true });
  });

  it('have the other tokens of the first copy as null', () => {
    for (const head of [0, 1, 2]) expect(scores.induction[0][head].null).toBeCloseTo(0.02, 6);
    expect(scores.induction[0].map(({ marked }) => marked)).toEqual([true, false, false, false]);
    expect(scores.antiInduction[0].map(({ marked }) => marked)).toEqual([false, false, true, false]);
    expect(scores.induction[0][0].p).toBeCloseTo(4 / 1001, 6);
    expect(scores.induction[0][3].p).toBe(1);
  });
});

describe.each(configs(30))('attention of %s to random tokens', (_, config) => {
  const model = randomModel(config);
  afterAll(() => model.release());

  it.each([undefined, 11])('is that of whole patterns, after %j', async (begin) => {
    const tokens = repeatedTokens({ begin, tokens: [0, 1, 2, 3, 4, 5, 6] }, config, rng('x'), 3)!;
    const found = await repeatedAttention(model, tokens);
    const names = [0, 1].map((layer) => `blocks.${layer}.attn.hook_pattern`);
    const { sites } = await model.run(tokens.sequences, { capture: names });
    const first = begin === undefined ? 0 : 1;
    const positions = first + 14;
    const { heads } = config;
    for (const layer of [0, 1]) {
      const at = (s: number, h: number, query: number, key: number) =>
        (sites.get(names[layer])!.data as Float32Array)[((s * heads + h) * positions + query) * positions + key]; // prettier-ignore
      const wanted = [0, 1, 2].flatMap((s) =>
        Array.from({ length: heads }, (_one, h) =>
          [1, 2, 3, 4, 5, 6].flatMap((i) =>
            [0, 1, 2, 3, 4, 5, 6, 7].map((key) => at(s, h, first + 7 + i, first + key)),
          ),
        ).flat(),
      );
      expect(farthest(found.targets[layer], wanted)).toBeLessThan(1e-5);
      const { induction, sameSymbol, antiInduction, previousToken } = scoresOfRepeated(tokens, found, rng('x'), 5).scores; // prettier-ignore
      for (let h = 0; h < heads; h++) {
        const mean = (back: number) =>
          [1, 2, 3, 4, 5, 6].reduce((sum, i) => sum + [0, 1, 2].reduce((one, s) => one + at(s, h, first + 7 + i, first + 7 + i - back), 0), 0) / 18; // prettier-ignore
        expect(induction[layer][h].value).toBeCloseTo(mean(6), 5);
        expect(sameSymbol[layer][h].value).toBeCloseTo(mean(7), 5);
        expect(antiInduction[layer][h].value).toBeCloseTo(mean(8), 5);
        let previous = 0;
        for (let t = 1; t < positions; t++) for (const s of [0, 1, 2]) previous += at(s, h, t, t - 1);
        expect(previousToken[layer][h].value).toBeCloseTo(previous / 3 / (positions - 1), 5);
      }
    }
  });
});
