/**
 * The records of a file: JSON lines, one a record; or one JSON value, a list or an object around one, at whatever depth.
 * Which of the two it is, is told from its first lines; JSON lines are never held in memory.
 */
import { messageOf, UserError } from '../../common/errors.ts';
import { isRecord, parseJsonAsWritten } from '../../common/json.ts';
import { isByColumns, recordsByColumns } from './columns.ts';
import { at, hasOutput, hasSource } from './fields.ts';
import type { FieldNames, Fields } from './fields.ts';
import { harnessSample } from './harness-sample.ts';
import { linesOf, refuseOtherText } from './lines.ts';
import type { Line } from './lines.ts';
import { listsIn } from './lists.ts';
import type { ListInside } from './lists.ts';
import { refusePandas } from './pandas.ts';
import { WholeJson } from './whole-json.ts';

/** A record, or why there is none; `line` is its line, in one JSON value its place in the list, from 1. */
export type RawRecord =
  { readonly line: number; readonly fields: Fields } | { readonly line: number; readonly reason: string };

/** One JSON value is parsed as a whole: larger ones are for JSON lines. */
const MAX_WHOLE = 256_000_000;

/** How many lists a message names. */
const NAMED_LISTS = 5;

/**
 * @param file its name, for messages
 * @throws UserError where it can't be read, or where its records can't be told from others
 */
export async function* rawRecords(
  chunks: AsyncIterable<Uint8Array>,
  file: string,
  names: FieldNames = {},
): AsyncGenerator<RawRecord> {
  const lines = linesOf(chunks, file);
  const { start, whole } = await beginning(lines, file, names);
  if (whole !== null) {
    yield* ofValue(whole, file, names);
    return;
  }
  for (const line of start) yield* ofLine(line, names);
  for await (const line of lines) yield* ofLine(line, names);
}

/** Reads until it is known what the file is: the whole text of one JSON value, or lines from its start. */
async function beginning(
  lines: AsyncIterator<Line, undefined>,
  file: string,
  names: FieldNames,
): Promise<{ readonly start: readonly Line[]; readonly whole: string | null }> {
  const start: Line[] = [];
  const texts: string[] = [];
  const json = new WholeJson();
  let firstValue = 0; // how many lines it takes, once it has ended
  let standing: ReturnType<WholeJson['take']> = 'open';
  let size = 0;
  for (let next = await lines.next(); next.done !== true; next = await lines.next()) {
    const line = next.value;
    start.push(line);
    if ('reason' in line) return { start, whole: null };
    if (line.text.trim() === '') continue;
    if (texts.length === 0 && !/^\s*[[{]/.test(line.text)) {
      refuseOtherText(line.text, file);
      return { start, whole: null };
    }
    if (texts.length === 0 && isWholeRecord(line.text, names)) {
      // Alone in its file it may be all records, by columns.
      refusePandas(parseJsonAsWritten(line.text), file, names);
      const isAlone = isColumns(line.text) && !(await takeNext(lines, start));
      return { start, whole: isAlone ? line.text : null };
    }
    texts.push(line.text);
    standing = json.take(line.text);
    if (standing === 'broken') {
      if (firstValue > 1) throw severalValues(file);
      return { start, whole: null };
    }
    if (standing === 'complete') firstValue = texts.length;
    size += line.text.length;
    if (size > MAX_WHOLE) {
      throw new UserError(
        `${file} is one JSON value of more than ${MAX_WHOLE} characters: write one record a line`,
      );
    }
  }
  if (standing === 'complete') return { start, whole: texts.join('\n') };
  if (texts.length > 1) {
    throw new UserError(
      `${file} is one JSON value over several lines, and is cut off: its last bracket never closes`,
    );
  }
  return { start, whole: null };
}

/** What `jq` writes without -c. */
function severalValues(file: string): UserError {
  return new UserError(
    `${file} has several JSON values, each over several lines: write one record a line (jq -c . FILE)`,
  );
}

/** Whether a line is a record by itself. */
function isWholeRecord(text: string, names: FieldNames): boolean {
  const read = fieldsOf(text);
  return 'fields' in read && names.records === undefined && hasSource(read.fields, names);
}

function isColumns(text: string): boolean {
  const read = fieldsOf(text);
  return 'fields' in read && isByColumns(read.fields);
}

/** Reads on to the next line that is not blank. @returns whether there is one */
async function takeNext(lines: AsyncIterator<Line, undefined>, start: Line[]): Promise<boolean> {
  for (let next = await lines.next(); next.done !== true; next = await lines.next()) {
    start.push(next.value);
    if ('reason' in next.value || next.value.text.trim() !== '') return true;
  }
  return false;
}

function* ofLine(line: Line, names: FieldNames): Generator<RawRecord> {
  if ('reason' in line) {
    yield line;
    return;
  }
  if (line.text.trim() === '') return;
  const read = fieldsOf(line.text);
  if ('reason' in read || names.records === undefined) {
    yield { line: line.line, ...read };
    return;
  }
  const list = at(read.fields, names.records);
  if (!Array.isArray(list)) yield { line: line.line, reason: `there is no list '${names.records}' in it` };
  else for (const each of list) yield { line: line.line, ...asFields(each) };
}

function* ofValue(text: string, file: string, names: FieldNames): Generator<RawRecord> {
  let value: unknown;
  try {
    value = parseJsonAsWritten(text);
  } catch (error) {
    yield { line: 1, reason: noJson(error) };
    return;
  }
  refusePandas(value, file, names);
  let line = 0;
  for (const each of listOf(value, file, names)) {
    line += 1;
    yield { line, ...asFields(each) };
  }
}

/** The list of records in a value: the one that was named, the value itself, or the one list in it. */
function listOf(value: unknown, file: string, names: FieldNames): readonly unknown[] {
  if (names.records !== undefined) {
    const named = isRecord(value) || Array.isArray(value) ? at(value as Fields, names.records) : undefined;
    if (Array.isArray(named)) return named as unknown[];
    throw new UserError(`${file} has no list '${names.records}'${knownLists(value)}`);
  }
  if (isRecord(value) && hasSource(value, names)) return recordsByColumns(value, file, names) ?? [value];
  if (Array.isArray(value) && value.some((each) => isRecord(each) && hasSource(each, names))) return value;
  const lists = listsIn(value);
  const ofRecords = outermost(lists.filter(({ items }) => items.some((each) => hasSource(each, names))));
  if (ofRecords.length === 1) return ofRecords[0].items;
  // promptfoo writes what it asked beside what came back: samples without outputs.
  const answered = ofRecords.filter(({ items }) => items.some((each) => hasOutput(each, names)));
  if (answered.length === 1) return answered[0].items;
  if (ofRecords.length > 1) {
    throw new UserError(
      `${file} has more than one list of records${knownLists(value)}: name one with --records`,
    );
  }
  if (Array.isArray(value)) return value;
  return lists.length === 1 ? lists[0].items : [value];
}

/** Lists that stand in no other one: a record may hold lists that look like records. */
function outermost(lists: readonly ListInside[]): readonly ListInside[] {
  return lists.filter(
    ({ path }) => !lists.some((other) => other.path !== path && isInside(path, other.path)),
  );
}

function isInside(path: string, other: string): boolean {
  return other === '' || path.startsWith(`${other}.`);
}

/** ` (there are: results.results, runs)`, or nothing. */
function knownLists(value: unknown): string {
  const paths = listsIn(value).map(({ path }) => (path === '' ? 'the whole' : path));
  if (paths.length === 0) return '';
  const more = paths.length > NAMED_LISTS ? ', …' : '';
  return ` (there are: ${paths.slice(0, NAMED_LISTS).join(', ')}${more})`;
}

type Read = { readonly fields: Fields } | { readonly reason: string };

/** A line of JSON as fields, or why it is none. */
function fieldsOf(text: string): Read {
  try {
    return asFields(parseJsonAsWritten(text));
  } catch (error) {
    return { reason: noJson(error) };
  }
}

/** The fields of an object, those of our sample in it among them. */
function asFields(value: unknown): Read {
  if (Array.isArray(value))
    return {
      reason: "JSON, but a list and no object with fields: write one record a line (jq -c '.[]' FILE)",
    };
  if (!isRecord(value)) return { reason: 'JSON, but no object with fields' };
  const sample = harnessSample(value);
  return { fields: sample === null ? value : { ...value, ...sample } };
}

function noJson(error: unknown): string {
  return `no JSON: ${messageOf(error)}`;
}
