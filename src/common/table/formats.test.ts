import fc from 'fast-check';
import { parquetReadObjects } from 'hyparquet';
import { describe, expect, it } from 'vitest';
import { writeTable, type Format } from './formats.ts';
import type { Column, TableRow } from './table.ts';

const COLUMNS: readonly Column[] = [
  { name: 'task', type: 'text' },
  { name: 'seed', type: 'whole' },
  { name: 'accuracy', type: 'number' },
  { name: 'correct', type: 'truth' },
  { name: 'source', type: 'symbols' },
  { name: 'errors', type: 'json' },
];

const text = fc.oneof(
  fc.string(),
  fc.constantFrom(
    '',
    '"',
    ',',
    '\n',
    '\r\n',
    'a "b", c',
    'ä漢😀',
    'null',
    '=1+1',
    '-5',
    '+1e3',
    '-',
    '@SUM(A1)',
    '\t=1',
    "'=1",
    '-1+cmd',
  ),
);
const rowsOf = fc.array(
  fc.record({
    task: fc.option(text),
    seed: fc.option(fc.nat()),
    accuracy: fc.option(fc.double({ noNaN: true, noDefaultInfinity: true })),
    correct: fc.option(fc.boolean()),
    source: fc.option(fc.array(fc.stringMatching(/^\S+$/), { maxLength: 4 })),
    errors: fc.option(fc.dictionary(fc.string(), fc.nat())),
  }),
  { maxLength: 8 },
);

async function written(format: Format, rows: readonly TableRow[]): Promise<Uint8Array> {
  const pieces: Uint8Array[] = [];
  const count = await writeTable(format, COLUMNS, rows, (bytes) => {
    pieces.push(bytes);
    return Promise.resolve();
  });
  expect(count).toBe(rows.length);
  return Uint8Array.from(Buffer.concat(pieces));
}

/** RFC 4180, read one character after the other: null for what is not there, a text for what is quoted or not. */
function readCsv(csv: string): (string | null)[][] {
  const table: (string | null)[][] = [[]];
  const pattern = /(?:"((?:[^"]|"")*)"|([^",\r\n]*))(,|\n)/gy;
  for (const [, quoted, plain, end] of csv.matchAll(pattern)) {
    table.at(-1)!.push(quoted?.replaceAll('""', '"') ?? (plain === '' ? null : plain));
    if (end === '\n') table.push([]);
  }
  return table.slice(0, -1);
}

function asText(row: TableRow): (string | null)[] {
  return COLUMNS.map(({ name, type }) => {
    const value = row[name];
    if (value === null) return null;
    if (type === 'symbols') return asCell((value as string[]).join(' '));
    return typeof value === 'string' ? asCell(value) : JSON.stringify(value);
  });
}

/** As a text stands in a cell: an apostrophe before what a spreadsheet would compute. */
function asCell(text: string): string {
  const [first] = text.replace(/^'+/, '');
  const isNumber = text.trim() === text && text !== '' && Number.isFinite(Number(text));
  return '=+-@\t\r\n＝＋－＠'.includes(first ?? 'none') && !isNumber ? `'${text}` : text;
}

describe('a table', () => {
  it('comes back from CSV as it was, an empty text told apart from none', async () => {
    await fc.assert(
      fc.asyncProperty(rowsOf, async (rows) => {
        const [head, ...body] = readCsv(Buffer.from(await written('csv', rows)).toString());
        expect(head).toEqual(COLUMNS.map(({ name }) => name));
        expect(body).toEqual(rows.map(asText));
      }),
    );
  });

  it('comes back from JSON lines as it was', async () => {
    await fc.assert(
      fc.asyncProperty(rowsOf, async (rows) => {
        const lines = Buffer.from(await written('jsonl', rows))
          .toString()
          .split('\n')
          .slice(0, -1);
        expect(lines.map((line): unknown => JSON.parse(line))).toEqual(JSON.parse(JSON.stringify(rows)));
      }),
    );
  });

  it('comes back from Parquet with its types', async () => {
    await fc.assert(
      fc.asyncProperty(rowsOf, async (rows) => {
        const { buffer } = await written('parquet', rows);
        const read = await parquetReadObjects({ file: buffer as ArrayBuffer });
        expect(read).toEqual(
          rows.map(({ task, seed, accuracy, correct, source, errors }) => ({
            ...{ task, correct, source: source?.join(' ') ?? null },
            accuracy: accuracy === 0 ? 0 : accuracy, // -0 is 0 there
            seed: seed === null ? null : BigInt(seed),
            errors: errors === null ? null : JSON.stringify(errors),
          })),
        );
      }),
      { numRuns: 50 },
    );
  });

  it('has no -0 in Parquet, where a dictionary takes it for 0', async () => {
    const empty = { task: null, seed: null, correct: null, source: null, errors: null };
    const { buffer } = await written('parquet', [{ ...empty, accuracy: -0 }, { ...empty, accuracy: 0 }]); // prettier-ignore
    const read = await parquetReadObjects({ file: buffer as ArrayBuffer });
    expect(read.map(({ accuracy }) => Object.is(accuracy, 0))).toEqual([true, true]);
  });

  it.each([
    ["=cmd|'/C calc'!A1", `'=cmd|'/C calc'!A1`],
    ['=1,2', `"'=1,2"`],
    ['@SUM(1)', `'@SUM(1)`],
    ['\t=1', `'\t=1`],
    ['\r=1', `"'\r=1"`],
    ['-2+3', `'-2+3`],
    ['－1', `'－1`],
    ['-5', '-5'],
    ['+1.5e-3', '+1.5e-3'],
    ["'=1", "''=1"],
    ["'tis", "'tis"],
    ['a=1', 'a=1'],
  ])('%j computes nothing in a spreadsheet: %j', async (output, cell) => {
    const columns: Column[] = [{ name: 'output', type: 'text' }];
    const pieces: Uint8Array[] = [];
    await writeTable('csv', columns, [{ output }], async (bytes) => void pieces.push(bytes));
    expect(Buffer.concat(pieces).toString()).toBe(`output\n${cell}\n`);
  });

  it('numbers stay numbers, and symbols are texts', async () => {
    const columns: Column[] = [
      { name: 'difference', type: 'number' },
      { name: 'source', type: 'symbols' },
      { name: 'spec', type: 'json' },
    ];
    const pieces: Uint8Array[] = [];
    const row = { difference: -0.25, source: ['=', '1'], spec: { a: -1 } };
    await writeTable('csv', columns, [row], async (bytes) => void pieces.push(bytes));
    expect(Buffer.concat(pieces).toString().split('\n')[1]).toBe(`-0.25,'= 1,"{""a"":-1}"`);
  });
});
