import { describe, expect, it } from 'vitest';
import { rng } from '../../common/random.ts';
import { PromptCounts } from './estimated-tokens.ts';

const lookUp = (length: number): string => `"${Array.from({ length }, () => 'a').join(', ')}" -> "a, `;
const WORDS = 'oak elm ash willow poplar sycamore a of the horse-chestnut'.split(' ');
const text = (length: number): string => {
  const stream = rng(`text ${length}`);
  return Array.from({ length }, () => WORDS[stream.below(WORDS.length)]).join(' ');
};

function areEstimates(prompts: readonly string[], count: (prompt: string) => number): boolean {
  const counts = new PromptCounts();
  for (const prompt of prompts) counts.add(prompt, count(prompt));
  return counts.areEstimates;
}

describe('counts of a prompt’s tokens', () => {
  const lengths = [5, 6, 7, 10, 20, 40];

  it.each([
    ['rounded down', (prompt: string) => Math.floor(prompt.length / 4)],
    ['rounded up', (prompt: string) => Math.ceil(prompt.length / 4)],
    ['with what stands around the prompt', (prompt: string) => 11 + Math.round(prompt.length / 4)],
  ])('are estimates where they are a quarter of its characters, %s', (_, count) => {
    expect(areEstimates(lengths.map(lookUp), count)).toBe(true);
    expect(areEstimates(lengths.map(text), count)).toBe(true);
  });

  it.each([
    ['a token for a letter and one for a comma', lookUp, (prompt: string) => prompt.match(/ ?[^ ]/g)?.length],
    ['a token for a symbol with its comma', lookUp, (prompt: string) => prompt.match(/[^ ]+/g)?.length],
    ['words cut into pieces of four letters', text, (prompt: string) => prompt.match(/ ?\w{1,4}|-/g)?.length],
  ])('are none where a tokenizer has counted: %s', (_, prompt, count) => {
    expect(areEstimates(lengths.map(prompt), (one) => count(one) ?? 0)).toBe(false);
  });

  it('are not known to be estimates where there is one prompt only', () => {
    expect(areEstimates([lookUp(10)], ({ length }) => Math.floor(length / 4))).toBe(false);
  });
});
