/** The records of a file as lines of JSON, one a record, as a stream where the file is one: JSONL, also gzipped, or a JSON list. */
import { createReadStream } from 'node:fs';
import { open, stat } from 'node:fs/promises';
import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream';
import { createGunzip } from 'node:zlib';
import { messageOf, UserError } from '../../common/errors.ts';
import type { Fields } from './fields.ts';
import { hasSource, type FieldNames } from './record.ts';

/** A line longer than this many characters is no record (the longest of the paper's have 10,000). */
const MAX_LINE = 64_000_000;

/** A list, or an object over several lines, is parsed as a whole: larger ones are for JSONL. */
const MAX_WHOLE = 256_000_000;

/**
 * The lines of a text file in UTF-8, without their ends; a mark of the byte order is skipped. Of a file that is one JSON
 * value, a list or an object around one: its records, a line each. UserError when unreadable.
 * @param names what tells a record from an object around records: it has a source
 */
export async function* linesOf(file: string, names: FieldNames = {}): AsyncGenerator<string> {
  const lines = plainLines(await textOf(file), file);
  const start: string[] = [];
  for (let next = await lines.next(); next.done !== true; next = await lines.next()) {
    start.push(next.value);
    if (next.value.trim() === '') continue;
    const object = jsonObject(next.value);
    if (object === null ? !/^\s*[[{]/.test(next.value) : hasSource(object, names)) break;
    if (object !== null && (await another(lines, start))) break;
    yield* asOneValue(start, lines, file, names);
    return;
  }
  yield* start;
  yield* lines;
}

/** Whether there is another line that isn't blank; what was read for that is added to `start`. */
async function another(lines: AsyncIterator<string, undefined>, start: string[]): Promise<boolean> {
  for (let next = await lines.next(); next.done !== true; next = await lines.next()) {
    start.push(next.value);
    if (next.value.trim() !== '') return true;
  }
  return false;
}

function jsonObject(line: string): Fields | null {
  try {
    const value = JSON.parse(line) as unknown;
    return isObject(value) ? value : null;
  } catch {
    return null;
  }
}

/** The records of a file whose first line is no record by itself; the lines as they are where the whole is no JSON. */
async function* asOneValue(
  start: readonly string[],
  rest: AsyncIterable<string>,
  file: string,
  names: FieldNames,
): AsyncGenerator<string> {
  const lines = [...start];
  let size = 0;
  for await (const line of rest) {
    lines.push(line);
    size += line.length;
    if (size > MAX_WHOLE) {
      throw new UserError(
        `${file} is one JSON value of more than ${MAX_WHOLE} characters: write one record a line`,
      );
    }
  }
  const records = recordsIn(lines.join('\n'), names);
  yield* records === null ? lines : records.map((record) => JSON.stringify(record));
}

/** A list's elements; of an object that is no record the one list of objects in it; null where this is no JSON. */
function recordsIn(text: string, names: FieldNames): readonly unknown[] | null {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return null;
  }
  if (Array.isArray(value)) return value as unknown[];
  if (!isObject(value)) return null;
  const lists = hasSource(value, names) ? [] : Object.values(value).filter(isListOfObjects);
  return lists.length === 1 ? lists[0] : [value];
}

function isListOfObjects(value: unknown): value is readonly object[] {
  return Array.isArray(value) && value.length > 0 && value.every(isObject);
}

function isObject(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

async function* plainLines(chunks: AsyncIterable<string>, file: string): AsyncGenerator<string, undefined> {
  let rest = '';
  let first = true;
  for await (const chunk of chunks) {
    rest += first ? chunk.replace(/^\uFEFF/, '') : chunk;
    first = false;
    const lines = rest.split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) yield line.replace(/\r$/, '');
    if (rest.length > MAX_LINE) {
      throw new UserError(`${file}: a line of more than ${MAX_LINE} characters: this is no JSONL`);
    }
  }
  if (rest !== '') yield rest.replace(/\r$/, '');
  return undefined;
}

/** The text of a file, unpacked where its first bytes say that it is gzipped. */
async function textOf(file: string): Promise<AsyncIterable<string>> {
  if (!(await isGzip(file))) return decoded(createReadStream(file), file);
  const unpacked = createGunzip();
  pipeline(createReadStream(file), unpacked, () => undefined); // its error comes to whoever reads `unpacked`
  return decoded(unpacked, file);
}

async function* decoded(stream: Readable, file: string): AsyncGenerator<string> {
  stream.setEncoding('utf8');
  try {
    for await (const chunk of stream) yield chunk as string;
  } catch (error) {
    throw new UserError(`cannot read ${file}: ${messageOf(error)}`);
  }
}

async function isGzip(file: string): Promise<boolean> {
  try {
    if (!(await stat(file)).isFile()) throw new Error('it is no file');
    const handle = await open(file);
    try {
      const { buffer, bytesRead } = await handle.read(Buffer.alloc(2), 0, 2, 0);
      return bytesRead === 2 && buffer[0] === 0x1f && buffer[1] === 0x8b;
    } finally {
      await handle.close();
    }
  } catch (error) {
    throw new UserError(`cannot read ${file}: ${messageOf(error)}`);
  }
}
