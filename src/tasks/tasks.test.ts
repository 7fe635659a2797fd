import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { UserError } from '../common/errors.ts';
import { rng } from '../common/random.ts';
import { alphabetNamed, drawInstance, taskNamed, tasks, WHERE } from './index.ts';
import type { Instance, Symbols, Task, TaskOptions } from './index.ts';

interface Case {
  task: string;
  source: string;
  query?: string;
  answer?: string;
  refusal?: string;
}

const cases = JSON.parse(readFileSync('test/fixtures/tasks/cases.json', 'utf8')) as Case[];
const symbolsOf = (text: string) => text.split(' ').filter((symbol) => symbol !== '');

/** What the tasks' names say, read off the name, with loops instead of what the oracles use. */
function byHand(name: string, source: Symbols, query: string | null): string[] {
  if (name.endsWith('B')) return source.reduceRight<string[]>((said, symbol) => [...said, symbol], []);
  if (name.endsWith('F')) return source.reduce<string[]>((said, symbol) => [...said, symbol], []);
  let answer = '';
  for (let i = 0; i < source.length; i++) {
    if (source[i] !== (query ?? 'w')) continue;
    if (name.endsWith('First') && answer !== '') break;
    answer = name.startsWith('L', 1) && name !== 'flip-flop' ? source[i - 1] : source[i + 1];
  }
  return [answer];
}

/** The places where the occurrences of a non-unique retrieval task may lie, found by trying each. */
function placesByHand(name: string, length: number, where: string): number[] {
  return Array.from({ length }, (_, place) => place).filter((place) => {
    if (name === 'NLFirst' && place === 0) return false;
    if (name === 'NRLast' && place === length - 1) return false;
    return where === 'anywhere' || (where === 'first-half' ? 2 * (place + 1) <= length : 2 * place >= length);
  });
}

/** How many of some places can be taken when no two may be adjacent: greedily from the left. */
function fitByHand(places: readonly number[]): number {
  let taken = 0;
  let last = -2;
  for (const place of places) {
    if (place > last + 1) {
      taken += 1;
      last = place;
    }
  }
  return taken;
}

const nonuniqueRetrieval = tasks.filter((task) => task.uses.includes('occurrences'));
const anyAlphabet = fc.constantFrom(
  'characters',
  'digits',
  'words',
  'unicode',
  'words:2',
  'lower',
  'x,yy,東',
);

/** A task, options that it has a use for, a length that it admits then, and a seed. */
const anyDraw = fc
  .record({
    task: fc.constantFrom(...tasks),
    alphabet: fc.option(anyAlphabet.map(alphabetNamed), { nil: undefined }),
    occurrences: fc.option(
      fc.oneof(
        fc.integer({ min: 2, max: 9 }),
        fc.record({ min: fc.integer({ min: 2, max: 4 }), max: fc.integer({ min: 4, max: 30 }) }),
      ),
      { nil: undefined },
    ),
    where: fc.option(fc.constantFrom(...WHERE), { nil: undefined }),
    pool: fc.option(fc.integer({ min: 1, max: 12 }), { nil: undefined }),
    beyond: fc.oneof(fc.nat(3), fc.nat(80)),
    seed: fc.nat(),
  })
  .map(({ task, beyond, seed, ...all }) => {
    const used = Object.fromEntries(
      Object.entries(all).filter(([key]) => task.uses.includes(key as keyof TaskOptions)),
    );
    const options: TaskOptions = used;
    const pool = Math.min(options.pool ?? 1, options.alphabet?.length ?? 62);
    const fitting = options.pool === undefined ? options : { ...options, pool };
    const { min, max } = task.admits(fitting);
    return { task, options: fitting, length: Math.min(max, min + beyond), seed };
  });

describe('oracles', () => {
  it.each(cases)(
    '$task of "$source" and $query: $answer$refusal',
    ({ task, source, query, answer, refusal }) => {
      const reply = taskNamed(task).answer(symbolsOf(source), query);
      if (refusal === undefined) expect(reply).toMatchObject({ answer: symbolsOf(answer ?? '') });
      else expect(reply).toEqual({ refusal });
    },
  );

  it.each(tasks)('$name says what is no source and no query, as JavaScript can give them', (task) => {
    const query = task.family === 'retrieval' ? 'a' : undefined;
    const refusalOf = (source: unknown, asked: unknown = query) =>
      task.answer(source as Symbols, asked as string);
    expect(refusalOf(null)).toEqual({ refusal: 'the source is a list of symbols; null is given' });
    expect(refusalOf(undefined)).toEqual({
      refusal: 'the source is a list of symbols; undefined is given',
    });
    expect(refusalOf('a b')).toEqual({ refusal: 'the source is a list of symbols; a string is given' });
    expect(refusalOf(['w', 1])).toEqual({ refusal: 'symbol 2 of the source is no text: 1' });
    expect(refusalOf(['w', null])).toEqual({ refusal: 'symbol 2 of the source is no text: null' });
    expect(refusalOf(['w', '1'], 3)).toHaveProperty('refusal', expect.stringMatching(/query/));
  });

  it('say where the query stands', () => {
    expect(taskNamed('NRLast').answer(['a', 'b', 'a', 'c'], 'a')).toEqual({
      answer: ['c'],
      positions: [0, 2],
    });
    expect(taskNamed('flip-flop').answer(['w', '1', 'r', '1'], 'r')).toEqual({
      answer: ['1'],
      positions: [2],
    });
    expect(taskNamed('UF').answer(['a', 'b'])).toEqual({ answer: ['a', 'b'], positions: [] });
  });

  it('refuse what is no symbol', () => {
    expect(taskNamed('UF').answer(['a', 'b c'])).toEqual({
      refusal: 'symbol 2 of the source has white space in it: "b c"',
    });
    expect(taskNamed('UR').answer(['a', ''], 'a')).toEqual({ refusal: 'symbol 2 of the source is empty' });
    const withHole = ['a', undefined as unknown as string]; // as plain JavaScript may pass it
    expect(taskNamed('UR').answer(withHole, 'a')).toEqual({
      refusal: 'symbol 2 of the source is no text: undefined',
    });
  });

  it('are total: an answer made of the source, or a reason, whatever they are asked', () => {
    const symbol = fc.oneof(
      fc.constantFrom('a', 'b', 'w', 'r', 'i', '0', '1'),
      fc.string({ unit: 'binary' }),
    );
    fc.assert(
      fc.property(
        fc.constantFrom(...tasks),
        fc.array(symbol, { maxLength: 8 }),
        fc.option(symbol, { nil: undefined }),
        (task, source, query) => {
          const reply = task.answer(source, query);
          if ('refusal' in reply) expect(reply.refusal).toMatch(/\S/);
          else
            expect(reply.answer).toEqual(
              byHand(task.name, source, task.family === 'flip-flop' ? 'w' : (query ?? null)),
            );
        },
      ),
      { numRuns: 3000 },
    );
  });
});

describe('samplers', () => {
  it('draw instances that the oracle and a count by hand answer alike, for every length, option and alphabet', () => {
    fc.assert(
      fc.property(anyDraw, ({ task, options, length, seed }) => {
        const instance = drawInstance(task, { length, seed, index: 0 }, options);
        expectInstanceOf(task, length, options, instance);
      }),
      { numRuns: 3000 },
    );
  });

  it('are pure: the same stream gives the same instance, and number i does not depend on the others', () => {
    fc.assert(
      fc.property(anyDraw, fc.nat(20), ({ task, options, length, seed }, index) => {
        const before = JSON.stringify(options);
        const first = drawInstance(task, { length, seed, index }, options);
        for (let i = 0; i < 3; i++) drawInstance(task, { length, seed, index: i }, options);
        expect(drawInstance(task, { length, seed, index }, options)).toEqual(first);
        expect(JSON.stringify(options)).toBe(before);
      }),
    );
  });

  it.each(tasks)('$name admits its shortest length and every longer one up to its longest', (task) => {
    const { min, max } = task.admits();
    for (let length = min; length <= Math.min(max, 70); length++)
      expect(drawInstance(task, { length, seed: 1, index: 0 }).source).toHaveLength(length);
    for (const length of [min - 1, 0, -1, 2.5, NaN, Infinity, ...(max === Infinity ? [] : [max + 1])])
      expect(() => task.sample(length, rng('x'))).toThrow(UserError);
  });

  it('admit a length exactly when the occurrences fit where they are to lie', () => {
    for (const task of nonuniqueRetrieval)
      for (const where of WHERE)
        for (const occurrences of [2, 3, 5])
          for (let length = 1; length <= 30; length++) {
            const fits = fitByHand(placesByHand(task.name, length, where)) >= occurrences;
            expect([
              task.name,
              where,
              occurrences,
              length,
              task.admits({ occurrences, where }).min <= length,
            ]).toEqual([task.name, where, occurrences, length, fits]);
          }
  });

  it('ask about the same sources forward and backward', () => {
    for (const [forward, backward] of [
      ['UF', 'UB'],
      ['NF', 'NB'],
    ]) {
      const at = { length: 20, seed: 3, index: 4 };
      expect(drawInstance(taskNamed(forward), at).source).toEqual(
        drawInstance(taskNamed(backward), at).source,
      );
    }
  });
});

/** All that the conventions say about an instance. */
function expectInstanceOf(task: Task, length: number, options: TaskOptions, instance: Instance): void {
  const { source, query, positions, answer } = instance;
  const alphabet = new Set(options.alphabet ?? alphabetNamed('characters'));
  expect(instance).toMatchObject({ task: task.name, length });
  expect(source).toHaveLength(length);
  expect(answer).toHaveLength(task.answerLength(length));
  expect(answer).toEqual(byHand(task.name, source, query));
  expect(task.answer(source, query)).toEqual({ answer, positions });
  if (task.family !== 'flip-flop') expect(source.every((symbol) => alphabet.has(symbol))).toBe(true);
  if (task.name === 'UF' || task.name === 'UB') expect(new Set(source).size).toBe(length);
  if (task.name === 'NF' || task.name === 'NB') expectRepeats(source, options);
  if (task.uses.includes('occurrences')) expectOccurrences(task.name, instance, options);
}

function expectRepeats(source: Symbols, { pool }: TaskOptions): void {
  const counts = [...Map.groupBy(source, (symbol) => symbol).values()].map((same) => same.length);
  expect(counts.length).toBeLessThan(source.length);
  if (pool !== undefined) expect(counts).toHaveLength(pool);
  if (2 * counts.length <= source.length) expect(Math.min(...counts)).toBeGreaterThanOrEqual(2);
}

function expectOccurrences(name: string, { length, positions }: Instance, options: TaskOptions): void {
  const { where = 'anywhere', occurrences = { min: 2, max: Math.max(2, Math.floor(length / 4)) } } = options;
  const { min, max } = typeof occurrences === 'number' ? { min: occurrences, max: occurrences } : occurrences;
  expect(positions.length).toBeGreaterThanOrEqual(min);
  expect(positions.length).toBeLessThanOrEqual(max);
  expect(placesByHand(name, length, where)).toEqual(expect.arrayContaining([...positions]));
  for (let i = 1; i < positions.length; i++) expect(positions[i] - positions[i - 1]).toBeGreaterThan(1);
}

describe('what is drawn is uniform', () => {
  const draws = 20_000;

  /** Pearson's chi-squared of counts that should be equal; a fixed seed, so it passes or fails for good. */
  function expectUniform(keys: Iterable<string | number>, kinds: number): void {
    const counts = new Map<string | number, number>();
    let total = 0;
    for (const key of keys) {
      counts.set(key, (counts.get(key) ?? 0) + 1);
      total += 1;
    }
    expect(counts.size).toBe(kinds);
    const expected = total / kinds;
    const chi = [...counts.values()].reduce((sum, count) => sum + (count - expected) ** 2 / expected, 0);
    expect(chi).toBeLessThan(chiSquaredQuantile(kinds - 1, 3.7)); // 1 in 10,000
    expect(chi).toBeGreaterThan(chiSquaredQuantile(kinds - 1, -3.7)); // nor suspiciously even
  }

  /** The quantile at a standard normal's `z` (Wilson and Hilferty 1931). */
  function chiSquaredQuantile(freedom: number, z: number): number {
    const spread = 2 / (9 * freedom);
    return freedom * (1 - spread + z * Math.sqrt(spread)) ** 3;
  }

  function* instances(name: string, length: number, options: TaskOptions = {}): Generator<Instance> {
    const task = taskNamed(name);
    for (let index = 0; index < draws; index++)
      yield drawInstance(task, { length, seed: 11, index }, options);
  }

  it.each([
    ['UL', 9],
    ['UR', 9],
  ])('the place of the query in %s at length 10: %d places', (name, places) => {
    expectUniform(
      instances(name, 10).map(({ positions }) => positions[0]),
      places,
    );
  });

  it.each([
    // Two places of m without neighbours: (m - 1)(m - 2) / 2.
    ['NRFirst', 'anywhere', 36],
    ['NLLast', 'anywhere', 36],
    ['NLFirst', 'anywhere', 28],
    ['NRLast', 'anywhere', 28],
    ['NRLast', 'first-half', 6],
    ['NRLast', 'last-half', 3],
    ['NLFirst', 'first-half', 3],
    ['NLFirst', 'last-half', 6],
  ] as const)('the pairs of places in %s at length 10, %s: %d pairs', (name, where, pairs) => {
    expectUniform(
      instances(name, 10, { occurrences: 2, where }).map(({ positions }) => positions.join(' ')),
      pairs,
    );
  });

  it('the number of occurrences in its range, cut to what fits', () => {
    const counts = (range: { min: number; max: number }) =>
      instances('NRFirst', 12, { occurrences: range }).map(({ positions }) => positions.length);
    expectUniform(counts({ min: 2, max: 4 }), 3);
    expectUniform(counts({ min: 3, max: 100 }), 4);
    expectUniform(
      instances('NRLast', 20).map(({ positions }) => positions.length),
      4,
    );
  });

  it('the query and the other symbols', () => {
    const alphabet = alphabetNamed('digits');
    expectUniform(
      instances('UR', 6, { alphabet }).map(({ query }) => query ?? ''),
      10,
    );
    expectUniform(
      instances('UR', 6, { alphabet })
        .filter(({ query }) => query === '3')
        .flatMap(({ source }) => source.filter((symbol) => symbol !== '3')),
      9,
    );
  });

  it('the sequences of different symbols: 4 of 5, in every order', () => {
    expectUniform(
      instances('UF', 4, { alphabet: ['a', 'b', 'c', 'd', 'e'] }).map(({ source }) => source.join('')),
      120,
    );
  });

  it('the pools and the orders of what repeats', () => {
    const alphabet = ['a', 'b', 'c', 'd'];
    const sources = () => instances('NF', 4, { alphabet, pool: 2 }).map(({ source }) => source.join(''));
    expectUniform(sources(), 6 * 6); // 6 pools of two, 6 orders of two pairs
  });

  it('the bits of a flip-flop, and a tenth of the instructions each writes and reads', () => {
    expectUniform(
      instances('flip-flop', 20).map(({ answer }) => answer[0]),
      2,
    );
    const later = [...instances('flip-flop', 21)].flatMap(({ source }) =>
      source.slice(2, -1).filter((_, i) => i % 2 === 0),
    );
    for (const [instruction, share] of [
      ['w', 0.1],
      ['r', 0.1],
      ['i', 0.8],
    ] as const) {
      const found = later.filter((symbol) => symbol === instruction).length / later.length;
      expect(Math.abs(found - share)).toBeLessThan(4 * Math.sqrt((share * (1 - share)) / later.length));
    }
  });
});

describe('what is refused', () => {
  it('is a name that is none, whatever it is', () => {
    expect(() => taskNamed(undefined as unknown as string)).toThrow(UserError);
    expect(() => taskNamed(undefined as unknown as string)).toThrow("unknown task 'undefined' (known: UL, ");
  });

  const wrong: [string, number, TaskOptions, string][] = [
    ['UR', 1, {}, 'UR admits lengths from 2, not 1'],
    ['NRLast', 3, {}, 'NRLast admits lengths from 4, not 3'],
    ['NRLast', 13, { occurrences: 7 }, 'NRLast admits lengths from 14 with 7 occurrences, not 13'],
    ['NRLast', 7, { where: 'last-half' }, 'NRLast admits lengths from 8 with all in the last half, not 7'],
    [
      'UF',
      63,
      {},
      'UF admits lengths 1 to 62 with an alphabet of 62 symbols, not 63; a larger alphabet, such as unicode, admits more',
    ],
    ['NF', 1, {}, 'NF admits lengths from 2 with an alphabet of 62 symbols, not 1'],
    ['NF', 5, { pool: 5 }, 'NF admits lengths from 6 with an alphabet of 62 symbols, a pool of 5, not 5'],
    ['NF', 9, { pool: 3, alphabet: ['a', 'b'] }, 'a pool of 3 needs as many symbols; the alphabet has 2'],
    ['NF', 9, { pool: 0 }, "'pool' is a whole number from 1, not 0"],
    ['UR', 5, { alphabet: 'abc' as unknown as Symbols }, 'an alphabet is a list of symbols'],
    ['UR', 5, { alphabet: null as unknown as Symbols }, 'an alphabet is a list of symbols'],
    [
      'NRLast',
      9,
      { occurrences: null as unknown as number },
      "'occurrences' is a whole number from 2 or a range of them, not null",
    ],
    [
      'NRLast',
      9,
      { occurrences: '3' as unknown as number },
      `'occurrences' is a whole number from 2 or a range of them, not "3"`,
    ],
    ['UR', 5, { alphabet: ['a'] }, 'an alphabet has at least 2 symbols, this one has 1'],
    ['UR', 5, { alphabet: ['a', 'b', 'a'] }, "the alphabet has the symbol 'a' twice"],
    ['UR', 5, { alphabet: ['a', 'b c'] }, 'the alphabet\'s symbol 2 has white space in it: "b c"'],
    [
      'UR',
      5,
      { where: 'anywhere' },
      "UR has no use for the option 'where', which is for non-unique retrieval (NLFirst, NRFirst, NLLast, NRLast)",
    ],
    ['UF', 5, { pool: 2 }, "UF has no use for the option 'pool', which is for non-unique copying (NF, NB)"],
    [
      'flip-flop',
      5,
      { alphabet: ['a', 'b'] },
      "flip-flop has no use for the option 'alphabet', which is for every task but flip-flop",
    ],
    [
      'UR',
      5,
      { size: 3 } as TaskOptions,
      "UR has no use for the option 'size', which is no option of any task",
    ],
    ['NRLast', 9, { occurrences: 1 }, "'occurrences' is a whole number from 2 or a range of them, not 1"],
    [
      'NRLast',
      9,
      { occurrences: { min: 4, max: 3 } },
      '\'occurrences\' is a whole number from 2 or a range of them, not {"min":4,"max":3}',
    ],
    [
      'NRLast',
      9,
      { where: 'middle' } as unknown as TaskOptions,
      "'where' is one of anywhere, first-half, last-half, not 'middle'",
    ],
  ];

  it.each(wrong)('%s at length %d with %j', (name, length, options, message) => {
    expect(() => taskNamed(name).sample(length, rng('x'), options)).toThrow(new UserError(message));
  });

  it('an unknown task, with the nearest suggested', () => {
    expect(() => taskNamed('NRLsat')).toThrow("unknown task 'NRLsat', did you mean 'NRLast'?");
  });
});
