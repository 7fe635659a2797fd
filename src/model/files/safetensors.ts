/**
 * The safetensors format: eight bytes that say how long the header is, the header (JSON: of each tensor its type,
 * shape and place), and the tensors' bytes without a gap. https://huggingface.co/docs/safetensors
 *
 * What is read is hostile until it has been checked: nothing is allocated for a number that a header merely claims. Tensors
 * are read one by one, and halves are widened piece by piece, so that a model is in memory once and in float32.
 */
import { UserError, messageOf } from '../../common/errors.ts';
import { isRecord, repeatedKey } from '../../common/json.ts';
import { sizeOf } from '../../graph/types/tensor.ts';
import { widenBrainFloats, widenHalves } from './halves.ts';

/** 25 MB: Hugging Face's own readers refuse longer headers, and none of a real model comes near. */
const HEADER_CAP = 25_000_000;
/** 2³²: no real tensor has a dimension beyond it, and products of a few stay exact enough to compare. */
const DIMENSION_CAP = 2 ** 32;
/** Real tensors have at most five dimensions. */
const RANK_CAP = 16;

/** Bytes that are widened at once: a multiple of every element's. */
const PIECE = 2 ** 22;

const LENGTH_BYTES = 8;
const METADATA = '__metadata__';

/** Bytes of one element, for every type of the format; those that can be read as numbers are in `readers`. */
const elementBytes: Readonly<Record<string, number>> = {
  BOOL: 1, U8: 1, I8: 1, F8_E4M3: 1, F8_E5M2: 1, U16: 2, I16: 2, F16: 2, BF16: 2,
  U32: 4, I32: 4, F32: 4, U64: 8, I64: 8, F64: 8,
}; // prettier-ignore

export interface StoredTensor {
  readonly name: string;
  /** As the file says it: F32, BF16 … */
  readonly type: string;
  readonly shape: readonly number[];
  /** Where its bytes are in the file. */
  readonly begin: number;
  readonly end: number;
}

/** Fills an array with the bytes of a file from `begin` on. */
export type ReadInto = (into: Uint8Array, begin: number) => Promise<void>;

/** Tensors to be written, in float32. */
export interface NamedArray {
  readonly name: string;
  readonly shape: readonly number[];
  readonly data: Float32Array;
}

/**
 * The tensors of a file, by name.
 * @param size of the whole file
 * @param where what to call the file in errors
 * @throws UserError for anything that is not exactly a safetensors file
 */
export async function readSafetensors(
  read: ReadInto,
  size: number,
  where: string,
): Promise<Map<string, StoredTensor>> {
  const start = new Uint8Array(Math.min(LENGTH_BYTES, size));
  await read(start, 0);
  const header = new Uint8Array(headerLength(start, size, where));
  await read(header, LENGTH_BYTES);
  const data = LENGTH_BYTES + header.length;
  const entries = Object.entries(readHeader(header, where));
  const places = entries
    .filter(([name]) => name !== METADATA)
    .map(([name, entry]) => placeOf(name, entry, where))
    .sort((a, b) => a.begin - b.begin || a.end - b.end);
  checkNoGaps(places, size - data, where);
  return new Map(
    places.map(({ begin, end, ...tensor }) => [
      tensor.name,
      { ...tensor, begin: data + begin, end: data + end },
    ]),
  );
}

/**
 * A tensor's numbers in float32. F32 are the very bits of the file; F64 are rounded.
 * @throws UserError for integer types and floats of 8 bits
 */
export async function readNumbers(
  tensor: StoredTensor,
  read: ReadInto,
  where: string,
): Promise<Float32Array> {
  const { name, type, begin, end, shape } = tensor;
  const widen = widenings[type];
  if (widen === undefined) {
    throw new UserError(
      `${where}: tensor '${name}' is of type ${type}; expected one of ${Object.keys(widenings).join(', ')}`,
    );
  }
  const numbers = new Float32Array(sizeOf(shape));
  if (widen === 'as-they-are') {
    await read(new Uint8Array(numbers.buffer), begin);
    return numbers;
  }
  const size = elementBytes[type];
  const piece = new ArrayBuffer(Math.min(PIECE, end - begin));
  for (let at = begin; at < end; at += PIECE) {
    const bytes = new Uint8Array(piece, 0, Math.min(PIECE, end - at));
    await read(bytes, at);
    numbers.set(widen(piece, bytes.length / size), (at - begin) / size);
  }
  return numbers;
}

/** A whole file with these tensors, byte for byte as the Python library writes it: names in order, header padded. */
export function writeSafetensors(tensors: readonly NamedArray[]): Uint8Array {
  const parts = [...safetensorsParts(tensors)];
  const file = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    file.set(part, at);
    at += part.length;
  }
  return file;
}

/** The same in parts, one after the other: the header and each tensor's own bytes, so that a large model is in memory once. */
export function* safetensorsParts(tensors: readonly NamedArray[]): Generator<Uint8Array> {
  const ordered = [...tensors].sort((a, b) => (a.name < b.name ? -1 : 1));
  let end = 0;
  const entries = ordered.map(({ name, shape, data }) => {
    const begin = end;
    end += data.byteLength;
    return [name, { dtype: 'F32', shape, data_offsets: [begin, end] }] as const;
  });
  const text = JSON.stringify(Object.fromEntries([[METADATA, { format: 'pt' }], ...entries]));
  const header = new TextEncoder().encode(text);
  const headerLength = Math.ceil(header.length / 8) * 8;
  const start = new Uint8Array(LENGTH_BYTES + headerLength).fill(0x20, LENGTH_BYTES);
  new DataView(start.buffer).setBigUint64(0, BigInt(headerLength), true);
  start.set(header, LENGTH_BYTES);
  yield start;
  for (const { data } of ordered) yield new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
}

interface Place {
  readonly name: string;
  readonly type: string;
  readonly shape: readonly number[];
  /** Counted from the end of the header. */
  readonly begin: number;
  readonly end: number;
}

function headerLength(start: Uint8Array, size: number, where: string): number {
  if (start.length < LENGTH_BYTES) {
    throw new UserError(
      `${where}: ${size} bytes are no safetensors file (it begins with 8 for the header's length)`,
    );
  }
  const length = new DataView(start.buffer).getBigUint64(0, true);
  if (length > BigInt(HEADER_CAP)) {
    throw new UserError(
      `${where}: a header of ${length} bytes (at most ${HEADER_CAP}): damaged, or no safetensors file`,
    );
  }
  if (Number(length) > size - LENGTH_BYTES) {
    throw new UserError(
      `${where}: cut off: the header has ${length} bytes, ${size - LENGTH_BYTES} are there`,
    );
  }
  return Number(length);
}

function readHeader(bytes: Uint8Array, where: string): Record<string, unknown> {
  let text: string;
  let header: unknown;
  try {
    text = new TextDecoder('utf-8', { fatal: true }).decode(bytes);
    header = JSON.parse(text);
  } catch (error) {
    throw new UserError(`${where}: the header is no JSON (${messageOf(error).slice(0, 100)})`);
  }
  if (!isRecord(header) || !text.startsWith('{')) {
    throw new UserError(`${where}: the header is no JSON object that begins with {`);
  }
  const metadata = header[METADATA] ?? {};
  if (!isRecord(metadata) || Object.values(metadata).some((value) => typeof value !== 'string')) {
    throw new UserError(`${where}: the header's ${METADATA} is no object of texts`);
  }
  const twice = repeatedKey(text);
  if (twice !== undefined) throw new UserError(`${where}: the header has '${twice.slice(0, 200)}' twice`);
  return header;
}

function placeOf(name: string, entry: unknown, where: string): Place {
  const fail = (what: string) => new UserError(`${where}: tensor '${name.slice(0, 200)}': ${what}`);
  if (!isRecord(entry)) throw fail('its entry in the header is no object');
  const { dtype: type, shape, data_offsets: offsets } = entry;
  if (typeof type !== 'string' || !Object.hasOwn(elementBytes, type))
    throw fail(`unknown type ${show(type)}`);
  if (!isCountList(shape) || shape.length > RANK_CAP || shape.some((size) => size > DIMENSION_CAP)) {
    throw fail(`the shape ${show(shape)} is not a list of whole numbers up to 2^32`);
  }
  if (!isCountList(offsets) || offsets.length !== 2 || offsets[0] > offsets[1]) {
    throw fail(`the offsets ${show(offsets)} are not [begin, end]`);
  }
  const [begin, end] = offsets;
  const needed = shape.reduce((product, size) => product * size, elementBytes[type]);
  if (end - begin !== needed) {
    throw fail(`${type} [${shape.join(', ')}] needs ${needed} bytes, its offsets say ${end - begin}`);
  }
  return { name, type, shape, begin, end };
}

/** In order of place: each begins where the one before ends, the last at the end of the file. */
function checkNoGaps(places: readonly Place[], length: number, where: string): void {
  let at = 0;
  for (const { name, begin, end } of places) {
    if (end > length) {
      throw new UserError(
        `${where}: cut off: tensor '${name}' ends at byte ${end} of the data, ${length} are there`,
      );
    }
    if (begin < at) throw new UserError(`${where}: tensor '${name}' overlaps another`);
    if (begin > at)
      throw new UserError(`${where}: ${begin - at} bytes before tensor '${name}' belong to none`);
    at = end;
  }
  if (at !== length) throw new UserError(`${where}: ${length - at} bytes at the end belong to no tensor`);
}

/** How the first numbers in a buffer become float32. */
type Widening = (buffer: ArrayBuffer, count: number) => Float32Array | Float64Array;

const widenings: Readonly<Partial<Record<string, Widening | 'as-they-are'>>> = {
  F32: 'as-they-are',
  F64: (buffer, count) => new Float64Array(buffer, 0, count),
  BF16: (buffer, count) => widenBrainFloats(new Uint16Array(buffer, 0, count)),
  F16: (buffer, count) => widenHalves(new Uint16Array(buffer, 0, count)),
};

function isCountList(value: unknown): value is number[] {
  return Array.isArray(value) && value.every((number) => Number.isSafeInteger(number) && number >= 0);
}

function show(value: unknown): string {
  return (JSON.stringify(value) ?? 'nothing').slice(0, 100);
}
