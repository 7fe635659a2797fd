import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { rng } from '../../common/random.ts';
import { ambiguousTransitions, csvRows, lineTasks } from './index.ts';
import { keyOf } from './csv.ts';
import { processorTime } from '../../../test/processor-time.ts';

describe.each(lineTasks.map((task) => [task.name, task] as const))('%s', (name, task) => {
  it('draws instances of the length that was asked for, and its oracle agrees', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 60 }), fc.nat(), (more, seed) => {
        const length = task.admits().min + more;
        const instance = task.sample(length, rng(seed));
        expect(instance).toMatchObject({ task: name, length });
        expect(instance.source).toHaveLength(length);
        expect(task.answer(instance.source, instance.query)).toEqual({
          answer: instance.answer,
          positions: instance.positions,
        });
        expect(task.sample(length, rng(seed))).toEqual(instance);
      }),
    );
  });

  it('refuses lengths that do not exist', () => {
    expect(() => task.sample(0, rng(1))).toThrow(`${name} admits lengths from`);
    expect(() => task.sample(9, rng(1), ['a,1', 'b,2', 'c,3'])).toThrow('not 9');
  });
});

describe('material of one’s own', () => {
  it('is taken line by line from where it stands', () => {
    const log = Array.from({ length: 30 }, (_, i) => `${i} change`);
    const [revert, cherryPick] = ['git-revert', 'git-cherrypick'].map((name) =>
      lineTasks.find((task) => task.name === name),
    );
    const there = revert?.sample(5, rng(3), log);
    const back = cherryPick?.sample(5, rng(3), log);
    expect(log.join('\n')).toContain(there?.answer.join('\n'));
    expect(back?.answer).toEqual(there?.answer.toReversed());
  });

  it('CSV rows come without the head, and keys may be quoted', () => {
    expect(csvRows('id,name\r\n1,a\r\n\r\n2,b\n')).toEqual(['1,a', '2,b']);
    expect(keyOf('"a,""b""",2')).toBe('a,"b"');
  });

  it.each([
    ['line breaks in cells', 'id,text\n1,"a\r\nb"\n2,c\n', ['1,"a b"', '2,c']],
    ['quotes and commas in keys', 'who,n\n"Doe, ""J""",1\nRoe,2', ['"Doe, ""J""",1', 'Roe,2']],
    ['semicolons', 'id;price\nK1;3,50\nK2;"a;b"', ['K1,"3,50"', 'K2,a;b']],
    ['tabs', 'id\tn\nK1\t2\n', ['K1,2']],
    ['a mark of the byte order', '\uFEFFid,n\nK1,2', ['K1,2']],
    ['no head: it holds a number', 'K1,2\nK2,3', ['K1,2', 'K2,3']],
    ['no head: its key comes again', 'Ann,x\nBob,y\nAnn,z', ['Ann,x', 'Bob,y', 'Ann,z']],
    ['rows of different widths', 'id,n\nK1\nK2,3,4\n', ['K1', 'K2,3,4']],
    ['one column', 'id\nK1\nK2', ['K1', 'K2']],
    ['empty lines and empty rows', 'id,n\n\nK1,2\n,\n  \n', ['K1,2']],
    ['a comma at the end', 'id,n,\nK1,2,', ['K1,2,']],
    ['quotes within a cell', 'id,n\nK1,5" disk\nK2,x', ['K1,5" disk', 'K2,x']],
    ['nothing', '', []],
  ])('CSV: %s', (_, text, rows) => {
    expect(csvRows(text)).toEqual(rows);
  });

  it('CSV: any cells, quoted as they have to be, come back row by row', () => {
    const cell = fc.stringMatching(/^[a-z ",;\n]{0,8}$/);
    fc.assert(
      fc.property(fc.array(fc.array(cell, { minLength: 2, maxLength: 4 }), { maxLength: 8 }), (table) => {
        const text = table.map((row) => row.map((one) => `"${one.replaceAll('"', '""')}"`).join(','));
        const rows = csvRows(['"head","of it"', ...text].join('\n'));
        const clean = (one: string): string => one.replace(/\s*\n+\s*/g, ' ').trim();
        const keys = table.filter((row) => row.some((one) => clean(one) !== '')).map(([key]) => clean(key));
        expect(rows.map(keyOf)).toEqual(keys);
      }),
    );
  });

  it('CSV: a quote that never ends is named', () => {
    expect(() => csvRows('id,n\nK1,2\nK2,"x\ny')).toThrow(
      'the quote that begins a cell in line 3 never ends',
    );
  });

  it('rows without a key, and rows that are the same, are not asked about', () => {
    const last = lineTasks.find((task) => task.name === 'table-lookup-last');
    const rows = [',a', ',b', 'K,1', 'K,1', 'L,1', 'L,2'];
    for (let seed = 0; seed < 20; seed++) expect(last?.sample(6, rng(seed), rows).query).toBe('L');
    expect(() => last?.sample(3, rng(1), ['K', 'K', 'L'])).toThrow('occurs twice, in rows that differ');
  });

  it('says what is missing when no key can be asked about', () => {
    const first = lineTasks.find((task) => task.name === 'table-lookup-first');
    expect(() => first?.sample(3, rng(1), ['a,1', 'b,2', 'c,3'])).toThrow('needs a key that occurs twice');
  });
});

describe('which lengths a table of one’s own has', () => {
  const [after, first] = ['after', 'first'].map((operation) =>
    lineTasks.find(({ name }) => name === `table-lookup-${operation}`),
  );

  it.each([
    [['a,1', 'b,2', 'c,3', 'd,4'], { min: 3, max: 4 }, null],
    [['a,1', 'b,2', 'c,3', 'd,4', 'a,5'], { min: 3, max: 5 }, { min: 5, max: 5 }],
    [['a,1', 'a,1', 'b,2', 'a,2', 'c,3'], { min: 3, max: 5 }, { min: 3, max: 5 }],
    [['a,1', 'a,2', 'a,3'], null, { min: 3, max: 3 }],
    [[',1', ',2', ',3'], null, null],
  ])('%j', (rows, unique, repeated) => {
    for (const [task, range] of [
      [after, unique],
      [first, repeated],
    ] as const) {
      if (task === undefined) throw new Error('there is no such task');
      if (range === null) expect(() => task.admits(rows)).toThrow(/^table-lookup-(after|first): no key/);
      else {
        expect(task.admits(rows)).toEqual(range);
        expect(task.sample(range.min, rng(1), rows).source).toHaveLength(range.min);
      }
      expect(task.fault(rows) === null).toBe(range !== null);
    }
  });
});

describe('the rows that are asked about', () => {
  /** The same by trying every place. */
  const places = (rows: readonly string[], length: number, serves: (some: readonly string[]) => boolean) =>
    rows.flatMap((_, at) => (at + length <= rows.length && serves(rows.slice(at, at + length)) ? [at] : []));

  it('are found where they are, also when there are few', () => {
    const key = fc.constantFrom('A', 'B', 'C', 'D', 'E');
    const last = lineTasks.find(({ name }) => name === 'table-lookup-last');
    fc.assert(
      fc.property(
        fc.array(fc.tuple(key, fc.nat(1)), { minLength: 3, maxLength: 20 }),
        fc.nat(),
        (table, seed) => {
          const rows = table.map(([name, value]) => `${name},${value}`);
          const serves = (some: readonly string[]): boolean =>
            some.some(
              (row) =>
                some.find((other) => other[0] === row[0]) !== some.findLast((other) => other[0] === row[0]),
            );
          for (let length = 3; length <= rows.length; length++) {
            const there = places(rows, length, serves);
            if (there.length === 0)
              expect(() => last?.sample(length, rng(seed), rows)).toThrow('needs a key');
            else
              expect(there.map((at) => rows.slice(at, at + length))).toContainEqual(
                last?.sample(length, rng(seed), rows).source,
              );
          }
        },
      ),
    );
  });

  it('are found at once in a large table with one such key', async () => {
    const rows = Array.from({ length: 20_000 }, (_, i) => `K${i},v`);
    rows[19_990] = 'K19980,w';
    const last = lineTasks.find(({ name }) => name === 'table-lookup-last');
    const taken = await processorTime(() => {
      for (let seed = 0; seed < 20; seed++) expect(last?.sample(50, rng(seed), rows).query).toBe('K19980');
    });
    expect(taken).toBeLessThan(2_000);
  });
});

describe('ambiguousTransitions', () => {
  it('counts the places whose word is followed by something else elsewhere', () => {
    expect(ambiguousTransitions(['a', 'b', 'a', 'c', 'd'])).toBe(2);
    expect(ambiguousTransitions(['a', 'b', 'c'])).toBe(0);
    expect(ambiguousTransitions(['a', 'b', 'a', 'b', 'a', 'b'])).toBe(0);
    expect(ambiguousTransitions([])).toBe(0);
  });
});
