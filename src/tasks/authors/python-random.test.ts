import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { PythonRandom } from './python-random.ts';

/** Printed by a real CPython 3.11.7: `random.Random(seed)`, the calls below in this order. */
interface Printed {
  seed: string;
  random: number[];
  getrandbits: number[];
  randint: [first: number, last: number, drawn: number][];
  choice: string[];
  sample: [population: number, count: number, drawn: number[]][];
  choices: string[];
  shuffle: number[];
  after700: number;
}

const { cases } = JSON.parse(readFileSync('test/fixtures/authors/cpython-random.json', 'utf8')) as {
  cases: Printed[];
};
const letters = Array.from('abcdefghij');
const below = (n: number) => Array.from({ length: n }, (_, i) => i);

describe("CPython's random.Random", () => {
  it.each(cases)('seeded with $seed gives the numbers that CPython prints', (printed) => {
    const random = new PythonRandom(BigInt(printed.seed));
    expect(printed.random.map(() => random.random())).toEqual(printed.random);
    expect(printed.getrandbits.map((_, i) => random.getrandbits(i + 1))).toEqual(printed.getrandbits);
    for (const [first, last, drawn] of printed.randint) expect(random.randint(first, last)).toBe(drawn);
    expect(printed.choice.map(() => random.choice(letters))).toEqual(printed.choice);
    for (const [population, count, drawn] of printed.sample)
      expect([population, count, random.sample(below(population), count)]).toEqual([
        population,
        count,
        drawn,
      ]);
    expect(random.choices(letters, 30)).toEqual(printed.choices);
    const shuffled = below(40);
    random.shuffle(shuffled);
    expect(shuffled).toEqual(printed.shuffle);
    for (let i = 0; i < 699; i++) random.random();
    expect(random.random()).toBe(printed.after700);
  });

  it('refuses what no whole number below 2^53 can be', () => {
    const random = new PythonRandom(1);
    expect(() => random.getrandbits(54)).toThrow(RangeError);
    expect(() => random.choice([])).toThrow(RangeError);
    expect(() => random.sample([1, 2], 3)).toThrow(RangeError);
    expect(() => random.randint(2, 1)).toThrow(RangeError);
    expect(random.getrandbits(0)).toBe(0);
  });
});
