import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { linesOf } from './lines.node.ts';
import type { FieldNames } from './record.ts';

const folder = mkdtempSync(path.join(tmpdir(), 'lengthwise-lines-'));

function written(content: string | Uint8Array): string {
  const file = path.join(folder, 'records');
  writeFileSync(file, content);
  return file;
}

async function read(content: string | Uint8Array, names?: FieldNames): Promise<string[]> {
  const found: string[] = [];
  for await (const line of linesOf(written(content), names)) found.push(line);
  return found;
}

const records = [{ input: 'ab|b' }, { input: 'cd|d' }];
const lines = records.map((record) => JSON.stringify(record));

describe('the records of a file', () => {
  it.each([
    ['JSONL', lines.join('\n')],
    ['JSONL with a mark of the byte order and line ends of Windows', `\uFEFF${lines.join('\r\n')}\r\n`],
    ['gzipped JSONL', gzipSync(lines.join('\n'))],
    ['a list', JSON.stringify(records)],
    ['a list over several lines', `\n${JSON.stringify(records, null, 2)}\n`],
    ['an object on one line with one list of objects', `${JSON.stringify({ model: 'm', records })}\n\n`],
    ['an object with one list of objects', JSON.stringify({ model: 'm', tags: ['a'], records }, null, 1)],
  ])('%s', async (_, content) => {
    expect(await read(content)).toEqual(lines);
  });

  it('are the lines, numbered as they stand, where one of them is broken', async () => {
    expect(await read(`{"input": "ab\n\n${lines[0]}\n[1]\n`)).toEqual(['{"input": "ab', '', lines[0], '[1]']);
    expect(await read(`[1]\n${lines[0]}\n`)).toEqual(['[1]', lines[0]]);
    expect(await read('')).toEqual([]);
  });

  it('a record with a list in it is a record', async () => {
    const record = JSON.stringify({ input: 'ab|b', choices: [{ text: 'a' }] });
    expect(await read(record)).toEqual([record]);
    expect(await read(JSON.stringify(JSON.parse(record), null, 2))).toEqual([record]);
    const named = JSON.stringify({ question: { text: 'ab|b' }, choices: [{ text: 'a' }] });
    expect(await read(named, { source: 'question.text' })).toEqual([named]);
    expect(await read(`${named}\n${named}`)).toEqual([named, named]);
  });

  it('one record may take several lines', async () => {
    expect(await read(JSON.stringify(records[0], null, 2))).toEqual([lines[0]]);
  });

  it.each([
    [gzipSync(lines.join('\n')).subarray(0, 25), 'cannot read .*: unexpected end of file'],
    [Uint8Array.of(0x1f, 0x8b, 0), 'cannot read '],
  ])('what can’t be unpacked is refused', async (content, message) => {
    await expect(read(content)).rejects.toThrow(new RegExp(message));
  });
});
