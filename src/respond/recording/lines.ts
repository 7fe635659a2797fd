/** The lines of a text in UTF-8 that comes in pieces of bytes: as a stream, so that a file may be larger than memory. */
import { UserError } from '../../common/errors.ts';

/** A line, counted from 1, without its end (LF or CRLF); or why it is no text. */
export type Line =
  { readonly line: number; readonly text: string } | { readonly line: number; readonly reason: string };

/** A line of more bytes is no record (the longest of the paper's have 10,000), nor a list that we would hold in memory. */
const MAX_LINE = 256_000_000;

const LF = 0x0a;
const CR = 0x0d;

/** The way out for rows in another format. */
const JSON_LINES =
  'write its rows as JSON lines, one object a line (of a measurement: lengthwise export FOLDER --table samples --format jsonl)';

/** Files that people mistake for text, by their first bytes: what they are, and the way out. */
const OTHER_FILES: readonly (readonly [first: readonly number[], what: string])[] = [
  [[0xff, 0xfe], 'UTF-16: save it as UTF-8'],
  [[0xfe, 0xff], 'UTF-16: save it as UTF-8'],
  [[0x00, 0x00, 0xfe, 0xff], 'UTF-32: save it as UTF-8'],
  [[0x7b, 0x00], 'UTF-16: save it as UTF-8'],
  [[0x5b, 0x00], 'UTF-16: save it as UTF-8'],
  [[0x00, 0x7b], 'UTF-16: save it as UTF-8'],
  [[0x00, 0x5b], 'UTF-16: save it as UTF-8'],
  [[0x28, 0xb5, 0x2f, 0xfd], 'packed by zstd: unpack it first (zstd -d)'],
  [[0x42, 0x5a, 0x68], 'packed by bzip2: unpack it first (bunzip2)'],
  [[0xfd, 0x37, 0x7a, 0x58, 0x5a], 'packed by xz: unpack it first (unxz)'],
  [[0x50, 0x4b, 0x03, 0x04], 'a zip archive: unpack it first (unzip)'],
  [[0x50, 0x41, 0x52, 0x31], `a Parquet file: ${JSON_LINES}`],
  [[0x53, 0x51, 0x4c, 0x69, 0x74, 0x65], `an SQLite file: ${JSON_LINES}`],
];

/** As many bytes as the longest of those has. */
const ENOUGH_TO_TELL = 6;

/**
 * @param file its name, for messages
 * @throws UserError where this is no text in UTF-8, or one line has more than MAX_LINE bytes
 */
export async function* linesOf(
  chunks: AsyncIterable<Uint8Array>,
  file: string,
): AsyncGenerator<Line, undefined> {
  const decoder = new TextDecoder('utf-8', { fatal: true }); // takes off a mark of the byte order
  let line = 0;
  let pieces: Uint8Array[] = []; // of a line whose end has not come
  let size = 0;
  const keep = (bytes: Uint8Array): void => {
    size += bytes.length;
    if (size > MAX_LINE) {
      throw new UserError(
        `${file}: line ${line + 1} has more than ${MAX_LINE} bytes: write one record a line`,
      );
    }
    if (bytes.length > 0) pieces.push(bytes);
  };
  const taken = (): Line => {
    const bytes = pieces.length === 1 ? pieces[0] : joined(pieces, size);
    [pieces, size] = [[], 0];
    line += 1;
    return decodedLine(decoder, line, bytes);
  };
  for await (const chunk of told(chunks, file)) {
    let from = 0;
    for (let end = chunk.indexOf(LF); end !== -1; end = chunk.indexOf(LF, from)) {
      keep(chunk.subarray(from, end));
      yield taken();
      from = end + 1;
    }
    keep(chunk.subarray(from));
  }
  if (size > 0) yield taken();
  return undefined;
}

function decodedLine(decoder: TextDecoder, line: number, bytes: Uint8Array): Line {
  const end = bytes.length > 0 && bytes[bytes.length - 1] === CR ? bytes.length - 1 : bytes.length;
  try {
    const text = decoder.decode(bytes.subarray(0, end));
    return { line, text };
  } catch {
    return { line, reason: 'no text in UTF-8' };
  }
}

/** The chunks as they are, once the first bytes say that this may be text. */
async function* told(chunks: AsyncIterable<Uint8Array>, file: string): AsyncGenerator<Uint8Array> {
  let first: Uint8Array | null = new Uint8Array(0);
  for await (const chunk of chunks) {
    if (first === null) {
      yield chunk;
      continue;
    }
    first = joined([first, chunk], first.length + chunk.length);
    if (first.length < ENOUGH_TO_TELL) continue;
    refuseOthers(first, file);
    yield first;
    first = null;
  }
  if (first === null) return;
  refuseOthers(first, file);
  yield first;
}

function refuseOthers(bytes: Uint8Array, file: string): void {
  const other = OTHER_FILES.find(([first]) => first.every((byte, at) => bytes[at] === byte));
  if (other !== undefined) throw new UserError(`${file} is ${other[1]}`);
}

/** As much of a first line as tells that it is the head of a table. */
const HEAD_LOOK = 10_000;

/** Whether a line consists of names, at least two, with the same mark between them. */
function isCsvHead(line: string): boolean {
  const head = line.slice(0, HEAD_LOOK).trim();
  const mark = /[,;\t]/.exec(head)?.[0];
  if (mark === undefined) return false;
  const [first, second, ...others] = head.split(mark);
  return (
    [first, second].every((cell) => /^"?[\w.-]+"?$/.test(cell)) &&
    others.every((cell) => /^"?[\w.-]*"?$/.test(cell))
  );
}

/**
 * What a text is that has no record, by its first line: a table, a web page.
 * @throws UserError with what to write instead
 */
export function refuseOtherText(line: string, file: string): void {
  if (isCsvHead(line)) throw new UserError(`${file} is CSV, which is not read: ${JSON_LINES}`);
  if (/^\s*<(?:!doctype|html|\?xml|!--)/i.test(line)) {
    throw new UserError(
      `${file} is a web page, such as a report, and no file of records: name the file that holds the outputs`,
    );
  }
}

function joined(pieces: readonly Uint8Array[], size: number): Uint8Array {
  const whole = new Uint8Array(size);
  let at = 0;
  for (const piece of pieces) {
    whole.set(piece, at);
    at += piece.length;
  }
  return whole;
}
