import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { rng } from '../../common/random.ts';
import { specialSymbols } from '../../common/special-symbols.ts';
import { alphabetNamed } from '../../tasks/index.ts';
import { SHORTEST_TEXT, textOf, textToContinue } from './text.ts';

const { sep: colon, eos: stop } = specialSymbols;
const alphabet = alphabetNamed('characters');

interface Passage {
  readonly words: string;
  /** Whether a colon stands before it. */
  readonly isQuotation: boolean;
}

/** The passages of a text; the last may be cut off. */
function passagesOf(text: readonly string[]): readonly Passage[] {
  const passages: Passage[] = [];
  let isQuotation = false;
  let words: string[] = [];
  for (const symbol of text) {
    if (symbol !== colon && symbol !== stop) {
      words.push(symbol);
      continue;
    }
    passages.push({ words: words.join(' '), isQuotation });
    isQuotation = symbol === colon;
    words = [];
  }
  return [...passages, { words: words.join(' '), isQuotation }];
}

/** Those that are not cut off. */
const wholePassagesOf = (text: readonly string[]) => passagesOf(text).slice(0, -1);

const isPart = (part: string, whole: string) => ` ${whole} `.includes(` ${part} `);

describe('text with repetitions', () => {
  it('has as many symbols as are asked for, all of the alphabet, the same for the same stream', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 200 }), fc.integer({ min: 1, max: 1000 }), (length, seed) => {
        const text = textOf(length, alphabet, rng('text', seed));
        expect(text).toHaveLength(length);
        expect(text.every((symbol) => [colon, stop, ...alphabet].includes(symbol))).toBe(true);
        expect(textOf(length, alphabet, rng('text', seed))).toEqual(text);
      }),
    );
  });

  it('says again after a colon what was said before, often as a whole', () => {
    let [all, quotations, whole] = [0, 0, 0];
    for (let i = 0; i < 400; i++) {
      const passages = wholePassagesOf(textOf(400, alphabet, rng('text', i)));
      passages.forEach(({ words, isQuotation }, p) => {
        if (p > 0) all++;
        if (!isQuotation) return;
        const earlier = passages.slice(0, p).filter((one) => isPart(words, one.words));
        expect(earlier).not.toEqual([]);
        quotations++;
        if (earlier.some((one) => !one.isQuotation && one.words === words)) whole++;
      });
    }
    expect(all).toBeGreaterThan(5000);
    expect(Math.abs(quotations / all - 0.45)).toBeLessThan(0.02);
    expect(whole / quotations).toBeGreaterThan(0.5);
    expect(whole / quotations).toBeLessThan(0.58); // a part can be all of it, too
  });

  it('follows each word by one of four others half of the time, whatever the text', () => {
    const after = new Map<string, Map<string, number>>();
    for (let i = 0; i < 400; i++) {
      for (const { words, isQuotation } of wholePassagesOf(textOf(100, alphabet, rng('habit', i)))) {
        if (isQuotation) continue;
        words.split(' ').forEach((word, w, all) => {
          if (w === 0) return;
          const counts = after.get(all[w - 1]) ?? new Map<string, number>();
          counts.set(word, (counts.get(word) ?? 0) + 1);
          after.set(all[w - 1], counts);
        });
      }
    }
    const sum = (counts: readonly number[]) => counts.reduce((total, count) => total + count, 0);
    const all = [...after.values()].map((counts) => [...counts.values()].sort((a, b) => b - a));
    const habitual = sum(all.map((counts) => sum(counts.slice(0, 4)))) / sum(all.map(sum));
    expect(habitual).toBeGreaterThan(0.5);
    expect(habitual).toBeLessThan(0.62); // others come to stand among the four most frequent by chance
  });
});

describe('a text to continue', () => {
  it('has a next word that what was said before tells', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: SHORTEST_TEXT - 1, max: 120 }),
        fc.integer({ min: 1, max: 1000 }),
        (length, seed) => {
          const { text, next } = textToContinue(length, alphabet, rng('next', seed));
          expect(text).toHaveLength(length);
          const passages = passagesOf([...text, next]);
          const { words, isQuotation } = passages.at(-1)!;
          expect(isQuotation && words.includes(' ')).toBe(true);
          expect(passages.slice(0, -1).some((one) => isPart(words, one.words))).toBe(true);
        },
      ),
      { numRuns: 300 },
    );
  });

  it('does not exist where nothing can have been quoted yet', () => {
    expect(() => textToContinue(SHORTEST_TEXT - 2, alphabet, rng('next', 1))).toThrow(/take at least 7$/);
  });
});
