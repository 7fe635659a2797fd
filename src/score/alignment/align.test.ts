import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { align } from './align.ts';
import { distance, similarity } from './distance.ts';
import { processorTime } from '../../../test/processor-time.ts';

const text = fc.array(fc.constantFrom('a', 'b', 'c', 'd'), { maxLength: 100 });

/** Levenshtein's distance by the textbook table. */
function textbook(a: readonly string[], b: readonly string[]): number {
  const table = Array.from({ length: a.length + 1 }, (_, i) => [i]);
  for (let j = 1; j <= b.length; j++) table[0][j] = j;
  for (let i = 1; i <= a.length; i++) {
    for (let j = 1; j <= b.length; j++) {
      const cost = a[i - 1] === b[j - 1] ? 0 : 1;
      table[i][j] = Math.min(table[i - 1][j] + 1, table[i][j - 1] + 1, table[i - 1][j - 1] + cost);
    }
  }
  return table[a.length][b.length];
}

const edits = (a: readonly string[], b: readonly string[]): number => {
  const { substitutions, deletions, insertions } = align(a, b);
  return substitutions + deletions + insertions;
};

describe('align', () => {
  it('makes the fewest edits, and its pieces say which', () => {
    fc.assert(
      fc.property(text, text, (a, b) => {
        const { pieces } = align(a, b);
        expect(edits(a, b)).toBe(textbook(a, b));
        expect(distance(a, b)).toBe(textbook(a, b));
        const rebuilt = pieces.flatMap((piece) =>
          piece.kind === 'match' ? a.slice(piece.a0, piece.a1) : b.slice(piece.b0, piece.b1),
        );
        expect(rebuilt).toEqual(b);
        const covered = pieces.flatMap((piece) => a.slice(piece.a0, piece.a1));
        expect(covered).toEqual(a);
      }),
    );
  });

  it('does so in linear memory too, where the table would be too large to keep', () => {
    const long = (seed: number, step: number): string[] =>
      Array.from({ length: 1500 }, (_, i) => 'abcd'[(i * i * step + seed) % 4]);
    const [a, b] = [long(1, 3), long(2, 7).concat(long(0, 5).slice(0, 200))];
    expect(edits(a, b)).toBe(textbook(a, b));
    const shifted = [...a.slice(700), ...a.slice(0, 700)];
    expect(edits(a, shifted)).toBe(textbook(a, shifted));
  });

  it('costs next to nothing for an almost perfect copy of a hundred thousand symbols', () => {
    const a = Array.from({ length: 100_000 }, (_, i) => `s${(i * 7919) % 1000}`);
    const b = [...a.slice(0, 60_000), 'x', ...a.slice(60_001)];
    expect(align(a, b)).toMatchObject({ matches: 99_999, substitutions: 1 });
  });
});

describe('distance', () => {
  it('of reversed copies of thousands of symbols takes no seconds: asking goes on meanwhile', async () => {
    const a = Array.from({ length: 20_000 }, (_, i) => `s${(i * 7919) % 61}`);
    let apart = 0;
    const taken = await processorTime(() => (apart = distance(a, a.toReversed())));
    expect(taken).toBeLessThan(3_000);
    expect(apart).toBeGreaterThan(10_000);
  });
});

describe('similarity', () => {
  it('is 1 for the same and less for anything else, the reverse included', () => {
    fc.assert(
      fc.property(text, text, (a, b) => {
        expect(similarity(a, a)).toBe(1);
        const same = a.join(' ') === b.join(' ');
        expect(similarity(a, b) === 1).toBe(same);
        const reversed = a.toReversed();
        expect(similarity(a, reversed) === 1).toBe(a.join(' ') === reversed.join(' '));
      }),
    );
  });

  it('falls with every further foreign symbol', () => {
    fc.assert(
      fc.property(text, fc.array(fc.nat(39), { minLength: 1, maxLength: 20 }), (a, places) => {
        let last = 1;
        const changed: string[] = [...a];
        for (const place of places.filter((place) => place < a.length)) {
          if (changed[place] === 'x') continue;
          changed[place] = 'x';
          const now = similarity(a, changed);
          expect(now).toBeLessThan(last);
          last = now;
        }
      }),
    );
  });
});
