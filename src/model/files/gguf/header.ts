/**
 * The header of a GGUF file: facts under keys, and the places of tensors, whose numbers follow it.
 * https://github.com/ggml-org/ggml/blob/master/docs/gguf.md
 *
 * Our own, since `@huggingface/gguf` 0.4.6 loses U+FEFF where a text begins with it, which makes different tokens of
 * Gemma 3's tokenizer equal. What is read is hostile until it has been checked: nothing is allocated for a number that
 * a header merely claims.
 */
import { UserError } from '../../../common/errors.ts';
import { blockFormats } from './blocks.ts';

/** What a header says under a key. Whole numbers of 64 bits are rounded beyond 2⁵³. */
export type Fact = number | string | boolean | readonly Fact[];

/** A tensor of a file. */
export interface GgufTensor {
  readonly name: string;
  /** Rows first, as Hugging Face writes shapes (the file has the fastest axis first). */
  readonly shape: readonly number[];
  /** Such as Q4_K. */
  readonly format: string;
  /** Of its numbers in the file. */
  readonly begin: number;
  readonly bytes: number;
}

export interface GgufHeader {
  readonly facts: ReadonlyMap<string, Fact>;
  readonly tensors: ReadonlyMap<string, GgufTensor>;
}

/** A tokenizer of a million tokens has half of it. */
export const HEADER_CAP = 256 * 2 ** 20;
/** Lists may hold lists; nobody writes more. */
const DEPTH_CAP = 4;
/** ggml has no tensors with more axes. */
const RANK_CAP = 4;
/** 2³¹ numbers, 8 GB in float32: twice the largest matrix of a model of 70 billion parameters. */
const TENSOR_CAP = 2 ** 31;
const ALIGNMENT = 32;

/** The reading of a header that goes on behind the bytes at hand. */
class Beyond extends Error {}

/**
 * The header in the first bytes of a file, or undefined where it goes on behind them.
 * @param size of the whole file
 * @param where what to call the file in errors
 * @throws UserError for what is no GGUF file, a damaged one, or one with a number format that is not read
 */
export function parseGgufHeader(bytes: Uint8Array, size: number, where: string): GgufHeader | undefined {
  const fail = (what: string) => new UserError(`${where}: ${what}`);
  try {
    return parse(new Cursor(bytes), size, fail);
  } catch (error) {
    if (!(error instanceof Beyond)) throw error;
    if (bytes.length >= size) throw fail(`cut off in its header, after ${size} bytes`);
    if (bytes.length >= HEADER_CAP) throw fail(`a header of more than ${HEADER_CAP} bytes`);
    return undefined;
  }
}

function parse(cursor: Cursor, size: number, fail: (what: string) => UserError): GgufHeader {
  if (cursor.bytes(4).join() !== '71,71,85,70') throw fail("no GGUF file: it does not begin with 'GGUF'");
  const version = cursor.whole(4);
  if (version !== 2 && version !== 3) {
    throw fail(`GGUF version ${version} is not read; expected 2 or 3, little-endian`);
  }
  const tensorCount = cursor.whole(8);
  const factCount = cursor.whole(8);
  const facts = new Map<string, Fact>();
  for (let i = 0; i < factCount; i++) {
    const key = cursor.text();
    if (facts.has(key)) throw fail(`'${key.slice(0, 100)}' stands twice in the header`);
    facts.set(key, readFact(cursor, cursor.whole(4), fail));
  }
  const places: Place[] = [];
  for (let i = 0; i < tensorCount; i++) places.push(readPlace(cursor, fail));
  const alignment = facts.get('general.alignment') ?? ALIGNMENT;
  if (typeof alignment !== 'number' || !Number.isInteger(alignment) || alignment < 1) {
    throw fail("'general.alignment' is no whole number from 1 on");
  }
  const data = Math.ceil(cursor.at / alignment) * alignment;
  const tensors = new Map<string, GgufTensor>();
  for (const { offset, ...place } of places) {
    const begin = data + offset;
    const end = begin + place.bytes;
    if (tensors.has(place.name)) throw fail(`tensor '${place.name}' stands twice in the header`);
    if (end > size) throw fail(`cut off: tensor '${place.name}' ends at byte ${end}, the file at ${size}`);
    tensors.set(place.name, { ...place, begin });
  }
  return { facts, tensors };
}

/** Bytes of a number, by the number of its type: whether it has a sign, or is a float. */
const numbers: Readonly<Record<number, (cursor: Cursor) => number>> = {
  0: (cursor) => cursor.whole(1),
  1: (cursor) => cursor.view(1, (view, at) => view.getInt8(at)),
  2: (cursor) => cursor.whole(2),
  3: (cursor) => cursor.view(2, (view, at) => view.getInt16(at, true)),
  4: (cursor) => cursor.whole(4),
  5: (cursor) => cursor.view(4, (view, at) => view.getInt32(at, true)),
  6: (cursor) => cursor.view(4, (view, at) => view.getFloat32(at, true)),
  10: (cursor) => cursor.whole(8),
  11: (cursor) => cursor.view(8, (view, at) => Number(view.getBigInt64(at, true))),
  12: (cursor) => cursor.view(8, (view, at) => view.getFloat64(at, true)),
};
const BOOLEAN = 7;
const TEXT = 8;
const LIST = 9;

function readFact(cursor: Cursor, type: number, fail: (what: string) => UserError, depth = 0): Fact {
  if (Object.hasOwn(numbers, type)) return numbers[type](cursor);
  if (type === BOOLEAN) return cursor.whole(1) !== 0;
  if (type === TEXT) return cursor.text();
  if (type !== LIST || depth === DEPTH_CAP)
    throw fail(`a fact of the type ${type} in its header is not read`);
  const inner = cursor.whole(4);
  const length = cursor.whole(8);
  const list: Fact[] = [];
  for (let i = 0; i < length; i++) list.push(readFact(cursor, inner, fail, depth + 1));
  return list;
}

/** Formats of llama.cpp that are not read here, by their number, so that they can be named. */
const otherFormats: Readonly<Record<number, string>> = {
  4: 'Q4_2', 5: 'Q4_3', 9: 'Q8_1', 15: 'Q8_K', 16: 'IQ2_XXS', 17: 'IQ2_XS', 18: 'IQ3_XXS', 19: 'IQ1_S', 20: 'IQ4_NL', 21: 'IQ3_S',
  22: 'IQ2_S', 23: 'IQ4_XS', 24: 'I8', 25: 'I16', 26: 'I32', 27: 'I64', 28: 'F64', 29: 'IQ1_M', 34: 'TQ1_0', 35: 'TQ2_0',
  39: 'MXFP4', 40: 'NVFP4',
}; // prettier-ignore

const byCode = new Map(Object.entries(blockFormats).map(([name, format]) => [format.code, { name, format }]));

/** A tensor whose place is counted from the end of the header. */
type Place = Omit<GgufTensor, 'begin'> & { readonly offset: number };

function readPlace(cursor: Cursor, failWith: (what: string) => UserError): Place {
  const name = cursor.text();
  const fail = (what: string) => failWith(`tensor '${name.slice(0, 100)}': ${what}`);
  const rank = cursor.whole(4);
  if (rank < 1 || rank > RANK_CAP) throw fail(`${rank} axes; expected 1 to ${RANK_CAP}`);
  const shape = Array.from({ length: rank }, () => cursor.whole(8)).reverse();
  const code = cursor.whole(4);
  const offset = cursor.whole(8);
  const count = shape.reduce((product, size) => product * size, 1);
  if (count === 0 || count > TENSOR_CAP) {
    throw fail(`[${shape.join(', ')}] are ${count} numbers; expected 1 to ${TENSOR_CAP}`);
  }
  const known = byCode.get(code);
  if (known === undefined) {
    throw fail(
      `the number format ${otherFormats[code] ?? code} is not read; expected one of ${Object.keys(blockFormats).join(', ')}`,
    );
  }
  const row = shape[rank - 1];
  const { weights, bytes } = known.format;
  if (row % weights !== 0)
    throw fail(`rows of ${row} numbers are no whole blocks of ${weights} (${known.name})`);
  return { name, shape, format: known.name, bytes: (count / weights) * bytes, offset };
}

/** Reads little-endian numbers and texts one after the other. */
class Cursor {
  at = 0;
  private readonly data: Uint8Array;
  private readonly dataView: DataView;
  // U+FEFF is a character like any other here.
  private readonly decoder = new TextDecoder('utf-8', { ignoreBOM: true });

  constructor(data: Uint8Array) {
    this.data = data;
    this.dataView = new DataView(data.buffer, data.byteOffset, data.byteLength);
  }

  /** A whole number without a sign, of 1, 2, 4 or 8 bytes. */
  whole(bytes: 1 | 2 | 4 | 8): number {
    return this.view(bytes, (view, at) => {
      if (bytes === 1) return view.getUint8(at);
      if (bytes === 2) return view.getUint16(at, true);
      return view.getUint32(at, true) + (bytes === 8 ? view.getUint32(at + 4, true) * 2 ** 32 : 0);
    });
  }

  text(): string {
    return this.decoder.decode(this.bytes(this.whole(8)));
  }

  bytes(length: number): Uint8Array {
    return this.view(length, (_, at) => this.data.subarray(at, at + length));
  }

  /** @throws Beyond where the bytes at hand end before */
  view<T>(length: number, read: (view: DataView, at: number) => T): T {
    if (length > this.data.length - this.at) throw new Beyond();
    const value = read(this.dataView, this.at);
    this.at += length;
    return value;
  }
}
