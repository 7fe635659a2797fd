import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { processorTime } from '../../../test/processor-time.ts';
import { SourceTable } from './source-table.ts';

const answers = fc.array(fc.record({ source: fc.string({ maxLength: 3 }), correct: fc.boolean() }), {
  maxLength: 400,
});

function tableOf(list: readonly { source: string; correct: boolean }[]): SourceTable {
  const table = new SourceTable();
  for (const { source, correct } of list) table.add(source, correct);
  return table;
}

/** The same with an object a source. */
function mapOf(
  list: readonly { source: string; correct: boolean }[],
): Map<string, { n: number; correct: number }> {
  const counts = new Map<string, { n: number; correct: number }>();
  for (const { source, correct } of list) {
    const before = counts.get(source) ?? { n: 0, correct: 0 };
    counts.set(source, { n: before.n + 1, correct: before.correct + Number(correct) });
  }
  return counts;
}

const sorted = (list: Iterable<object>): string[] => [...list].map((one) => JSON.stringify(one)).sort();

describe('a table of sources', () => {
  it('counts what a map of objects counts', () => {
    fc.assert(
      fc.property(answers, (list) => {
        const [table, map] = [tableOf(list), mapOf(list)];
        expect(table.size).toBe(map.size);
        expect(sorted(table.clusters())).toEqual(sorted(map.values()));
      }),
    );
  });

  it('pairs the sources that two of them have', () => {
    fc.assert(
      fc.property(answers, answers, (first, second) => {
        const [one, other] = [mapOf(first), mapOf(second)];
        const pairs = [...one].flatMap(([source, a]) => {
          const b = other.get(source);
          return b === undefined ? [] : [{ a, b }];
        });
        expect(sorted(tableOf(first).shared(tableOf(second)))).toEqual(sorted(pairs));
      }),
    );
  });

  it('takes in a larger table as fast as the larger one takes in a smaller', async () => {
    const filled = (from: number, count: number): SourceTable => {
      const table = new SourceTable();
      for (let i = 0; i < count; i++) table.add(`source ${from + i}`, i % 3 === 0);
      return table;
    };
    // Both nearly three quarters full, as full as tables get: of 131,072 places, and of 262,144.
    const times = { small: 0, large: 0 };
    for (const into of ['small', 'large'] as const) {
      const tables = { small: filled(200_000, 97_000), large: filled(0, 190_000) };
      times[into] = await processorTime(() =>
        tables[into].addAll(tables[into === 'small' ? 'large' : 'small']),
      );
      expect(tables[into].size).toBe(287_000);
    }
    expect(times.small).toBeLessThan(8 * times.large + 50);
  });

  it('tells 300,000 sources apart, in a few bytes each', () => {
    const table = new SourceTable();
    for (let i = 0; i < 300_000; i++) table.add(`${i} 0123456789abcdef`, i % 3 === 0);
    expect(table.size).toBe(300_000);
    let right = 0;
    for (const { correct, n } of table.clusters()) {
      expect(n).toBe(1);
      right += correct;
    }
    expect(right).toBe(100_000);
  });
});
