import { describe, expect, it } from 'vitest';
import { rng } from '../../common/random.ts';
import { horizonTokens, tokensBetween, tokensPerSymbol, tokensPerSymbolOfPrompts } from './index.ts';

describe('lengths in tokens', () => {
  it('are those of the sources that the tokenizer counted', () => {
    expect(
      tokensPerSymbol([
        { tokens: 30, symbols: 10 },
        { tokens: 10, symbols: 10 },
      ]),
    ).toBe(2);
    expect(tokensPerSymbol([])).toBeNull();
    expect(tokensPerSymbol([{ tokens: 0, symbols: 10 }])).toBeNull();
  });

  it('come from the sizes of whole prompts, whatever all prompts have in common', () => {
    const stream = rng('prompts');
    const prompts = [5, 10, 20, 40].flatMap((symbols) =>
      Array.from({ length: 20 }, () => ({ symbols, tokens: 90 + 2.5 * symbols + stream.below(3) })),
    );
    expect(tokensPerSymbolOfPrompts(prompts)).toBeCloseTo(2.5, 1);
  });

  it('are unknown where prompts have one size, or are counted as the cache has them', () => {
    expect(tokensPerSymbolOfPrompts([])).toBeNull();
    expect(
      tokensPerSymbolOfPrompts([
        { symbols: 10, tokens: 30 },
        { symbols: 10, tokens: 31 },
      ]),
    ).toBeNull();
    const cached = [10, 20, 40, 80].flatMap((symbols) => [
      { symbols, tokens: 100 + 2 * symbols },
      { symbols, tokens: 7 },
    ]);
    expect(tokensPerSymbolOfPrompts(cached)).toBeNull();
    const same = [10, 20, 40].map((symbols) => ({ symbols, tokens: 50 }));
    expect(tokensPerSymbolOfPrompts(same)).toBeNull();
  });

  it('are unknown where prompts stop growing with their sources: the server cut them', () => {
    const sizes = (tokens: readonly number[]) =>
      [100, 200, 400, 410].map((symbols, i) => ({ symbols, tokens: tokens[i] }));
    expect(tokensPerSymbolOfPrompts(sizes([250, 450, 850, 870]))).toBeCloseTo(2, 9);
    expect(tokensPerSymbolOfPrompts(sizes([250, 450, 850, 850]))).toBeNull();
  });

  it('of a horizon', () => {
    expect(horizonTokens(40, 2.26)).toBe(90); // 90.4
    expect(horizonTokens(40, 2.27)).toBe(91); // 90.8
    expect(horizonTokens(null, 2)).toBeNull();
    expect(horizonTokens(40, null)).toBeNull();
  });

  it('from the evidence to the query, where a tokenizer can be asked', async () => {
    const bytes = (text: string): Promise<number> => Promise.resolve(text.length);
    expect(await tokensBetween(['ab', 'c', 'de'], 1, ' ', bytes)).toBe(5); // " c de"
    expect(await tokensBetween(['ab', 'c', 'de'], 0, ' ', bytes)).toBe(7);
    expect(await tokensBetween(['a', 'b'], 1, ' ', () => Promise.resolve(null))).toBeNull();
  });
});
