import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { UserError } from '../common/errors.ts';
import { rng } from '../common/random.ts';
import { askableNamed, askables } from '../prompt/askable.ts';
import { drawInstance, sourceParts, taskNamed, tasks } from './index.ts';
import type { Instance, SourcePart, TaskOptions } from './index.ts';

const lookups = tasks.filter(({ family }) => family !== 'copying');
const tables = ['table-lookup-after', 'table-lookup-before', 'table-lookup-first', 'table-lookup-last'];

/** The position that decides, found with what JavaScript has for it. */
function evidenceByHand(name: string, { source, query }: Instance): number {
  if (name === 'flip-flop') return source.lastIndexOf('w');
  const keys = name.startsWith('table') ? source.map((row) => row.split(',')[0]) : source;
  return /last$/i.test(name) ? keys.lastIndexOf(query ?? '') : keys.indexOf(query ?? '');
}

function isIn({ from, to }: SourcePart, position: number, length: number): boolean {
  const place = (position + 0.5) / length;
  return place >= from && place < to;
}

/** Positions that can decide, found by trying each: enough others fit on the side where they change nothing. */
function evidenceByTrying(name: string, length: number, { occurrences, where }: TaskOptions): number[] {
  const all = Array.from({ length }, (_, position) => position);
  if (name === 'flip-flop') return all.filter((position) => position % 2 === 0 && position + 1 < length);
  const inHalf = (position: number): boolean =>
    where === 'first-half'
      ? 2 * (position + 1) <= length
      : where === 'last-half'
        ? 2 * position >= length
        : true;
  const neighbour = (position: number): boolean => (name[1] === 'L' ? position > 0 : position < length - 1);
  if (!name.startsWith('N')) return all.filter(neighbour);
  const fewest = typeof occurrences === 'object' ? occurrences.min : (occurrences ?? 2);
  return all.filter((position) => {
    const others = all.filter(
      (other) => inHalf(other) && (name.endsWith('Last') ? other < position - 1 : other > position + 1),
    );
    return inHalf(position) && neighbour(position) && Math.ceil(others.length / 2) >= fewest - 1;
  });
}

const anyPart = fc
  .tuple(fc.integer({ min: 0, max: 19 }), fc.integer({ min: 1, max: 20 }))
  .map(([a, b]) => ({ from: Math.min(a, b - 1) / 20, to: Math.max(a + 1, b) / 20 }));

const anyOptions = fc.record({
  occurrences: fc.option(
    fc.oneof(
      fc.integer({ min: 2, max: 5 }),
      fc.record({ min: fc.integer({ min: 2, max: 3 }), max: fc.integer({ min: 3, max: 9 }) }),
    ),
    { nil: undefined },
  ),
  where: fc.constantFrom(undefined, 'anywhere' as const, 'first-half' as const, 'last-half' as const),
});

function optionsFor(uses: readonly string[], options: TaskOptions, place: TaskOptions['place']): TaskOptions {
  return { ...(uses.includes('where') ? options : {}), place };
}

describe('evidence in a part of the source', () => {
  it('lies there, with the right answer, wherever that is possible, and is refused elsewhere', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...lookups),
        anyPart,
        anyOptions,
        fc.oneof(fc.integer({ min: 2, max: 14 }), fc.integer({ min: 2, max: 90 })),
        fc.nat(),
        (task, part, chosen, length, seed) => {
          const options = optionsFor(task.uses, chosen, part);
          const possible = evidenceByTrying(task.name, length, options);
          if (!possible.some((position) => isIn(part, position, length))) {
            expect(() => drawInstance(task, { length, seed, index: 0 }, options)).toThrow(UserError);
            return;
          }
          const instance = drawInstance(task, { length, seed, index: 0 }, options);
          const { source, query, answer, positions } = instance;
          expect(source).toHaveLength(length);
          expect(task.answer(source, query)).toEqual({ answer, positions });
          const position = evidenceByHand(task.name, instance);
          expect(possible).toContain(position);
          expect(isIn(part, position, length)).toBe(true);
        },
      ),
      { numRuns: 3000 },
    );
  });

  it('is admitted from the shortest length on from which no length lacks it', () => {
    const longest = 80; // of ten occurrences, in a fifth, the shortest is below 70
    fc.assert(
      fc.property(
        fc.constantFrom(...lookups),
        fc.nat(16),
        fc.integer({ min: 2, max: 5 }),
        (task, start, times) => {
          const place = { from: start / 20, to: (start + 4) / 20 };
          const options = optionsFor(task.uses, { occurrences: times }, place);
          const has = (length: number): boolean =>
            evidenceByTrying(task.name, length, options).some((position) => isIn(place, position, length));
          const lengths = Array.from({ length: longest }, (_, i) => longest - i);
          expect(task.admits(options).min).toBe((lengths.find((length) => !has(length)) ?? 0) + 1);
        },
      ),
      { numRuns: 60 },
    );
  });

  it('lies at each place of the part equally often', () => {
    const place = { from: 0.4, to: 0.6 };
    for (const name of ['UR', 'NLFirst', 'NRLast', 'flip-flop', ...tables]) {
      const task = askableNamed(name, { options: { place } });
      const counts = new Map<number, number>();
      for (let index = 0; index < 2000; index++) {
        const position = evidenceByHand(name, task.instance({ length: 40, seed: 5, index }));
        counts.set(position, (counts.get(position) ?? 0) + 1);
      }
      const places = name === 'flip-flop' ? 4 : 8;
      expect([name, counts.size]).toEqual([name, places]);
      const expected = 2000 / places;
      const chi = [...counts.values()].reduce((sum, count) => sum + (count - expected) ** 2 / expected, 0);
      expect(chi).toBeLessThan(places === 4 ? 21.1 : 29.9); // 1 in 10,000 (scipy.stats.chi2.isf)
    }
  });

  it('leaves the rest of a flip-flop as it is drawn otherwise, among those with that last write', () => {
    const counted = (instances: Iterable<Instance>): Map<string, number> => {
      const counts = new Map<string, number>();
      for (const { source } of instances) {
        const key = source.filter((_, at) => at % 2 === 0).join('');
        counts.set(key, (counts.get(key) ?? 0) + 1);
      }
      return counts;
    };
    const drawn = function* (options: TaskOptions, n: number): Generator<Instance> {
      for (let index = 0; index < n; index++) {
        const instance = drawInstance(taskNamed('flip-flop'), { length: 8, seed: 2, index }, options);
        if (instance.source.lastIndexOf('w') === 4) yield instance;
      }
    };
    const placed = counted(drawn({ place: { from: 0.5, to: 0.6 } }, 3000));
    const others = counted(drawn({}, 40_000));
    const total = [...others.values()].reduce((sum, count) => sum + count, 0);
    for (const [instructions, count] of others) {
      const share = count / total;
      const spread = Math.sqrt((share * (1 - share)) / 3000 + (share * (1 - share)) / total);
      expect(Math.abs((placed.get(instructions) ?? 0) / 3000 - share)).toBeLessThan(4.5 * spread + 1e-3);
    }
  });

  it.each([
    [['UL', 'UR'], 2],
    [['NLFirst', 'NRFirst'], 3],
    [['NLLast', 'NRLast'], 3],
    [['table-lookup-after', 'table-lookup-before'], 3],
  ])('%j have the same sources and queries there', (names, fewest) => {
    for (const place of ['stratified', { from: 0.4, to: 0.7 }] as const)
      for (let length = fewest + 3; length < 30; length++)
        for (let index = 0; index < 5; index++) {
          const asked = askables(names, { options: { place } }).map((task) =>
            task.instance({ length, seed: 1, index }),
          );
          expect(new Set(asked.map(({ source, query }) => JSON.stringify([source, query]))).size).toBe(1);
        }
  });

  const refused: [string, number, TaskOptions['place'], string][] = [
    [
      'UR',
      4,
      { from: 0.4, to: 0.6 },
      'UR has no instance of length 4 with the evidence in 0.4-0.6 of the source; every length from 5 on has one',
    ],
    [
      'NRLast',
      10,
      { from: 0, to: 0.1 },
      'NRLast has no instance of length 10 with the evidence in 0-0.1 of the source; every length from 26 on has one',
    ],
    [
      'UR',
      9,
      { from: 0.6, to: 0.4 },
      `'place' is 'stratified' or a part of the source such as {"from":0.4,"to":0.6}, at least 0.001 wide, not {"from":0.6,"to":0.4}`,
    ],
    [
      'UF',
      9,
      'stratified',
      "UF has no use for the option 'place', which is for look-ups (UL, UR, NLFirst, NRFirst, NLLast, NRLast, table-lookup) and flip-flop",
    ],
  ];

  it.each(refused)('%s at length %d in %j is refused', (name, length, place, message) => {
    expect(() => taskNamed(name).sample(length, rng('x'), { place })).toThrow(new UserError(message));
  });

  it('in no half in which the query is not to occur', () => {
    const options = { where: 'first-half', place: { from: 0.6, to: 0.8 } } as const;
    expect(() => taskNamed('NRLast').admits(options)).toThrow(
      'NRLast has no instance with all in the first half, the evidence in 0.6-0.8 of the source at any length',
    );
  });
});

describe('evidence that is spread evenly', () => {
  /** How many of the first n samples have their evidence in each fifth. */
  function counts(name: string, length: number, n: number, rows?: readonly string[]): number[] {
    const material = rows === undefined ? {} : { table: rows };
    const task = askableNamed(name, { options: { place: 'stratified' }, material });
    const found = [0, 0, 0, 0, 0];
    for (let index = 0; index < n; index++) {
      const instance = task.instance({ length, seed: 9, index });
      expect(task.answer(instance.source, instance.query)).toMatchObject({ answer: instance.answer });
      const position = evidenceByHand(name, instance);
      found[sourceParts.findIndex((part) => isIn(part, position, length))]++;
    }
    return found;
  }

  it.each([...lookups.map(({ name }) => name), ...tables])(
    '%s: after any number of samples, no fifth is two ahead of another',
    (name) => {
      for (const length of [20, 33])
        for (const n of [1, 4, 5, 7, 12, 23, 40]) {
          const found = counts(name, length, n);
          expect(Math.max(...found) - Math.min(...found)).toBeLessThanOrEqual(1);
        }
    },
  );

  it.each(tables)('%s about rows of your own', (name) => {
    const stream = rng('keys');
    const rows = Array.from({ length: 120 }, (_, i) => `K${stream.below(60)},v${i}`);
    const found = counts(name, 45, 50, rows);
    expect(Math.max(...found) - Math.min(...found)).toBeLessThanOrEqual(1);
  });

  it('at short lengths, evenly over the fifths that exist', () => {
    // The last of two occurrences with a right neighbour: positions 2, 3 and 4 of six, in the fifths 3, 3 and 4.
    expect(counts('NRLast', 6, 30)).toEqual([0, 0, 15, 15, 0]);
  });

  it('is the same for a sample whatever else is drawn, and another for another seed', () => {
    const task = askableNamed('UR', { options: { place: 'stratified' } });
    const at = (seed: number): number[] =>
      Array.from({ length: 30 }, (_, index) => task.instance({ length: 50, seed, index }).positions[0]);
    expect(task.instance({ length: 50, seed: 1, index: 29 }).positions[0]).toBe(at(1)[29]);
    expect(at(2)).not.toEqual(at(1));
  });

  it('without an index, each fifth is as likely', () => {
    const stream = rng('no index');
    const found = [0, 0, 0, 0, 0];
    for (let i = 0; i < 2000; i++) {
      const { positions } = taskNamed('UR').sample(25, stream, { place: 'stratified' });
      found[Math.floor(positions[0] / 5)]++;
    }
    for (const count of found) expect(Math.abs(count - 400)).toBeLessThan(4 * Math.sqrt(320));
  });
});

describe('rows of a table of your own', () => {
  it('are asked about in that part wherever some rows have it, and refused where none has', () => {
    const key = fc.constantFrom('A', 'B', 'C', 'D', 'E');
    fc.assert(
      fc.property(
        fc.constantFrom(...tables),
        fc.array(fc.tuple(key, fc.nat(1)), { minLength: 3, maxLength: 16 }),
        anyPart,
        fc.nat(),
        (name, table, place, seed) => {
          const rows = table.map(([first, value]) => `${first},${value}`);
          const task = askableNamed(name);
          for (let length = 3; length <= rows.length; length++) {
            const exists = rows.some((_, start) => {
              const source = rows.slice(start, start + length);
              if (source.length < length) return false;
              return ['A', 'B', 'C', 'D', 'E'].some((query) => {
                const instance = { task: name, length, source, query, answer: [], positions: [] };
                const keys = source.map((row) => row[0]);
                const at = evidenceByHand(name, instance);
                if (at === -1 || !isIn(place, at, length)) return false;
                if (/after|before/.test(name))
                  return at > 0 && at < length - 1 && keys.lastIndexOf(query) === at;
                return source[keys.indexOf(query)] !== source[keys.lastIndexOf(query)];
              });
            });
            const placed = (): Instance => {
              const asked = askableNamed(name, { options: { place }, material: { table: rows } });
              return asked.instance({ length, seed, index: 0 });
            };
            if (!exists) expect(placed).toThrow(UserError);
            else {
              const instance = placed();
              expect(isIn(place, evidenceByHand(name, instance), length)).toBe(true);
              expect(task.answer(instance.source, instance.query)).toMatchObject({ answer: instance.answer });
            }
          }
        },
      ),
      { numRuns: 300 },
    );
  });
});
