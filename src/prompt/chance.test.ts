import { describe, expect, it } from 'vitest';
import { rng } from '../common/random.ts';
import { askableNamed } from './askable.ts';
import { chanceOf } from './chance.ts';

const mean = (task: string, length: number, options = {}): number => {
  const asked = askableNamed(task, { options });
  const of = (index: number): number => chanceOf(asked, asked.instance({ length, seed: 5, index }));
  return Array.from({ length: 400 }, (_, index) => of(index)).reduce((a, b) => a + b) / 400;
};

describe('what guessing gives', () => {
  // "Chance here is about 25–33 % …; 11–13 % at length 10, 5–6 % at 20": the measurement behind docs/prompts.md.
  it.each([
    ['UR', 5, 0.25, 0.36],
    ['UL', 5, 0.25, 0.36],
    ['UR', 10, 0.11, 0.145],
    ['UL', 20, 0.05, 0.075],
  ])('%s at %i: one of the symbols of the source', (task, length, low, high) => {
    expect(mean(task, length)).toBeGreaterThanOrEqual(low);
    expect(mean(task, length)).toBeLessThanOrEqual(high);
  });

  it.each([
    'UR',
    'UL',
    'NRFirst',
    'NLLast',
    'NF',
    'NB',
    'UF',
    'flip-flop',
    'table-lookup-after',
    'table-lookup-last',
  ])('%s: is what a guesser who knows the form of an answer reaches', (task) => {
    const asked = askableNamed(task);
    const stream = rng('guesser', task);
    let right = 0;
    let expected = 0;
    const times = 6000;
    for (let index = 0; index < times; index++) {
      const sample = asked.instance({ length: 5, seed: 8, index });
      const { source, query, answer } = sample;
      expected += chanceOf(asked, sample) / times;
      const guess = (): readonly string[] => {
        if (task === 'flip-flop') return [stream.choice(['0', '1'])];
        if (query === null) return stream.shuffle([...source]);
        if (task === 'table-lookup-last')
          return [stream.choice(source.filter((row) => row.startsWith(`${query},`)))];
        const ends = task.startsWith('.L') || /^[UN]L/.test(task) ? source.slice(0, -1) : source.slice(1);
        const own = (symbol: string): boolean => symbol === query || symbol.startsWith(`${query},`);
        return [stream.choice(ends.filter((symbol) => !own(symbol)))];
      };
      right += Number(guess().join('\n') === answer.join('\n')) / times;
    }
    expect(Math.abs(right - expected)).toBeLessThan(
      4 * Math.sqrt((expected * (1 - expected)) / times) + 1e-9,
    );
  });

  it('is certainty where there is one order, or one row', () => {
    const copy = askableNamed('NF');
    const sample = {
      task: 'NF',
      length: 3,
      source: ['a', 'a', 'a'],
      query: null,
      answer: ['a', 'a', 'a'],
      positions: [],
    };
    expect(chanceOf(copy, sample)).toBe(1);
    expect(mean('UF', 12)).toBeLessThan(1e-6);
    expect(chanceOf(askableNamed('UR'), { ...sample, source: ['q', 'a'], query: 'q', answer: ['a'] })).toBe(
      1,
    );
  });
});
