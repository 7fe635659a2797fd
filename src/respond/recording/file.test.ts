import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { gzipSync, zstdCompressSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { readHostileFiles } from '../../../test/recordings/read-hostile.ts';
import type { FieldNames } from './fields.ts';
import { recordsOf } from './file.node.ts';
import { rawRecords } from './records.ts';
import type { RawRecord } from './records.ts';

const folder = mkdtempSync(path.join(tmpdir(), 'lengthwise-records-'));

function written(content: string | Uint8Array): string {
  const file = path.join(folder, 'records');
  writeFileSync(file, content);
  return file;
}

async function read(content: string | Uint8Array, names?: FieldNames): Promise<RawRecord[]> {
  const found: RawRecord[] = [];
  for await (const record of recordsOf(written(content), names)) found.push(record);
  return found;
}

const records = [{ input: 'ab|b' }, { input: 'cd|d' }];
const lines = records.map((record) => JSON.stringify(record));
const both = records.map((fields, i) => ({ line: i + 1, fields }));

describe('the records of a file', () => {
  it.each([
    ['JSONL', lines.join('\n')],
    ['JSONL with a mark of the byte order and line ends of Windows', `\uFEFF${lines.join('\r\n')}\r\n`],
    ['gzipped JSONL', gzipSync(lines.join('\n'))],
    ['gzipped JSONL in two members', Buffer.concat(lines.map((line) => gzipSync(`${line}\n`)))],
    ['a list', JSON.stringify(records)],
    ['a list over several lines', `\n${JSON.stringify(records, null, 2)}\n`],
    ['a list, an element a line', `[\n${lines.join(',\n')}\n]`],
    ['an object on one line with one list of objects', `${JSON.stringify({ model: 'm', records })}\n\n`],
    ['an object with one list of objects', JSON.stringify({ model: 'm', tags: ['a'], records }, null, 1)],
    ['a list two levels down', JSON.stringify({ version: 1, results: { results: records } }, null, 1)],
    [
      'the list whose objects have a source, among others',
      JSON.stringify({ models: [{ id: 'm' }], runs: [{ name: 'a', log: { samples: records } }] }),
    ],
    [
      'records that hold lists which look like records',
      JSON.stringify({ results: [{ input: 'ab|b' }, { input: 'cd|d' }] }),
    ],
  ])('%s', async (_, content) => {
    expect(await read(content)).toEqual(both);
  });

  const columns = { input: ['a b', 'c d'], query: ['a', 'c'], id: [7, 8] };
  const ofColumns = [
    { line: 1, fields: { input: 'a b', query: 'a', id: 7 } },
    { line: 2, fields: { input: 'c d', query: 'c', id: 8 } },
  ];

  it.each([
    ['on one line', `\n${JSON.stringify(columns)}\n\n`],
    ['over several lines', JSON.stringify(columns, null, 1)],
  ])('by columns, %s', async (_, content) => {
    expect(await read(content)).toEqual(ofColumns);
  });

  it.each<[what: string, column: unknown, rows: unknown]>([
    ['texts with white space are sources', ['a b', 'c d'], [{ source: 'a b' }, { source: 'c d' }]],
    ['lists are sources', [['a'], ['b']], [{ source: ['a'] }, { source: ['b'] }]],
    ['characters are symbols', ['a', 'b'], [{ source: ['a', 'b'] }]],
  ])('without a query: %s', async (_, source, rows) => {
    const output = ['x', 'y'];
    const found = await read(JSON.stringify({ source, output }));
    expect(found.map((record) => 'fields' in record && { source: record.fields.source })).toEqual(rows);
  });

  it('that may be one of symbols or several by columns are refused', async () => {
    await expect(read('{"source": ["ab", "cd"], "output": ["ab", "cd"]}')).rejects.toThrow(
      /records is one object of lists: its source may be 2 symbols of one record, or the sources of 2 records; write one record a line$/,
    );
  });

  it('of lists are no columns where there are more of them, or where their lengths differ', async () => {
    const line = '{"source": ["ab", "cd"], "output": ["ab", "cd"]}';
    expect(await read(`${line}\n${line}\n`)).toHaveLength(2);
    expect(await read('{"source": ["ab", "cd"], "output": ["ab"]}')).toHaveLength(1);
    expect(await read('{"source": ["ab", "cd"], "id": 1}')).toHaveLength(1);
  });

  it.each([
    ['nothing', ''],
    ['blank lines', '\n \n'],
    ['an empty list', '[]\n'],
    ['nothing, gzipped', gzipSync('')],
  ])('are missed in a file with %s', async (_, content) => {
    await expect(read(content)).rejects.toThrow(/^\S+records is empty: it holds no record$/);
  });

  it('that looks like a list of records inside a record is none', async () => {
    const nested = [
      { input: 'ab|b', steps: [{ input: 'x' }] },
      { input: 'cd|d', steps: [{ input: 'y' }] },
    ];
    expect(await read(JSON.stringify({ deep: { nested } }))).toMatchObject(both);
  });

  it('are numbered by their lines, and broken ones have their reason', async () => {
    expect(await read(`{"input": "ab\n\n${lines[0]}\n[1]\n`)).toEqual([
      { line: 1, reason: expect.stringContaining('no JSON: ') as string },
      { line: 3, fields: records[0] },
      {
        line: 4,
        reason: "JSON, but a list and no object with fields: write one record a line (jq -c '.[]' FILE)",
      },
    ]);
    expect(await read(`[1]\n${lines[0]}\n`)).toMatchObject([{ line: 1 }, { line: 2, fields: records[0] }]);
    const cut = await read(`${lines[0]}\n{"input": "cd|`);
    expect(cut).toMatchObject([{ fields: records[0] }, { line: 2 }]);
  });

  it('a line that is no UTF-8 is none, and the others are', async () => {
    const content = Buffer.concat([
      Buffer.from(`${lines[0]}\n{"input": "`),
      Buffer.from([0xe9]),
      Buffer.from(`"}\n${lines[1]}`),
    ]);
    expect(await read(content)).toEqual([
      { line: 1, fields: records[0] },
      { line: 2, reason: 'no text in UTF-8' },
      { line: 3, fields: records[1] },
    ]);
  });

  it('may have what Python writes for numbers that JSON does not have', async () => {
    const line =
      '{"input": "NaN -Infinity|b", "logprob": -Infinity, "all": [NaN, Infinity, 1], "a\\"NaN": NaN}';
    const fields = { input: 'NaN -Infinity|b', logprob: null, all: [null, null, 1], 'a"NaN': null };
    expect(await read(line)).toEqual([{ line: 1, fields }]);
    expect(await read(`[\n${line}\n]`)).toEqual([{ line: 1, fields }]);
    expect(await read(`{"input": nan}\n{"input": xNaN}`)).toMatchObject([
      { reason: expect.stringContaining('nan') as string },
      { reason: expect.stringContaining('NaN') as string },
    ]);
  });

  it('a record with a list in it is a record', async () => {
    const record = { input: 'ab|b', choices: [{ text: 'a' }] };
    expect(await read(JSON.stringify(record))).toEqual([{ line: 1, fields: record }]);
    expect(await read(JSON.stringify(record, null, 2))).toEqual([{ line: 1, fields: record }]);
    const named = { question: { text: 'ab|b' }, choices: [{ text: 'a' }] };
    const names = { source: 'question.text' };
    expect(await read(JSON.stringify(named), names)).toEqual([{ line: 1, fields: named }]);
    expect(await read(`${JSON.stringify(named)}\n${JSON.stringify(named)}`)).toHaveLength(2);
  });

  it('are those of the list that is named', async () => {
    const file = { first: records, second: { list: [...records].reverse() } };
    await expect(read(JSON.stringify(file))).rejects.toThrow(
      'more than one list of records (there are: first, second.list): name one with --records',
    );
    expect(await read(JSON.stringify(file), { records: 'first' })).toEqual(both);
    expect(await read(JSON.stringify(file, null, 1), { records: 'second.list' })).toMatchObject([
      { fields: records[1] },
      {},
    ]);
    await expect(read(JSON.stringify(file), { records: 'third' })).rejects.toThrow(
      "has no list 'third' (there are: first, second.list)",
    );
    const perLine = lines.map((line) => `{"samples": [${line}]}`).join('\n');
    expect(await read(perLine, { records: 'samples' })).toEqual(both);
  });

  it.each([
    [
      'gzip cut off',
      gzipSync(lines.join('\n')).subarray(0, 25),
      'its gzip data is cut off (unexpected end of file)',
    ],
    ['gzip damaged', Uint8Array.of(0x1f, 0x8b, 0), 'cannot read '],
    ['UTF-16', Buffer.from(`\uFEFF${lines.join('\n')}`, 'utf16le'), 'is UTF-16: save it as UTF-8'],
    ['UTF-16 without a mark', Buffer.from(lines.join('\n'), 'utf16le'), 'is UTF-16: save it as UTF-8'],
    ['zstd', zstdCompressSync(lines.join('\n')), 'is packed by zstd: unpack it first'],
    ['a zip', Uint8Array.of(0x50, 0x4b, 3, 4, 0, 0, 0), 'is a zip archive'],
    ['one value that is cut off', JSON.stringify(records, null, 1).slice(0, -4), 'is cut off'],
  ])('%s is refused, with the file’s name and the way out', async (_, content, message) => {
    await expect(read(content)).rejects.toThrow(message);
    await expect(read(content)).rejects.toThrow(path.join(folder, 'records'));
  });
});

describe('a stream of JSON lines', () => {
  it('whose first line is broken is not held in memory', async () => {
    let given = 0;
    async function* chunks(): AsyncGenerator<Uint8Array> {
      yield await Promise.resolve(Buffer.from('{"input": "broken\n'));
      const chunk = Buffer.from(`${lines[0]}\n`.repeat(4_000)); // 270 MB in all
      for (given = 0; given < 4_500; given++) yield await Promise.resolve(chunk);
    }
    let count = 0;
    for await (const record of rawRecords(chunks(), 'x')) {
      count += 1;
      if (count === 1) expect(record).toMatchObject({ line: 1, reason: expect.any(String) as string });
      if (count === 100_000) break;
    }
    expect(given).toBeLessThan(30);
  });

  it('may come in pieces of any size', async () => {
    const bytes = Buffer.from(`\uFEFF{"input": "é漢😀|b"}\r\n${lines[1]}`);
    for (const size of [1, 2, 3, 5]) {
      async function* pieces(): AsyncGenerator<Uint8Array> {
        for (let at = 0; at < bytes.length; at += size)
          yield await Promise.resolve(bytes.subarray(at, at + size));
      }
      const found: RawRecord[] = [];
      for await (const record of rawRecords(pieces(), 'x')) found.push(record);
      expect(found).toEqual([
        { line: 1, fields: { input: 'é漢😀|b' } },
        { line: 2, fields: records[1] },
      ]);
    }
  });
});

it('hostile files are read without a crash', async () => {
  expect(await readHostileFiles(500)).toBeGreaterThan(25); // a hundred thousand in the slow suite
});
