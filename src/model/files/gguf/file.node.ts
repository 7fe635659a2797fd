/**
 * A GGUF file: what its header says, and its tensors one by one, so that a file larger than memory can be looked into.
 * The header is read by `@huggingface/gguf` (by Hugging Face, kept up with llama.cpp, with caps of its own); what it
 * says is then checked against the file. https://github.com/ggml-org/ggml/blob/master/docs/gguf.md
 */
import { open } from 'node:fs/promises';
import type { FileHandle } from 'node:fs/promises';
import { gguf } from '@huggingface/gguf';
import { UserError, messageOf } from '../../../common/errors.ts';
import { blockFormats } from './blocks.ts';
import type { BlockFormat } from './blocks.ts';

/** What a header says of a key: numbers (64-bit ones too, as they are checked), texts, truth values, and lists of them. */
export type Fact = number | string | boolean | readonly Fact[];

/** A tensor of a file. */
export interface GgufTensor {
  readonly name: string;
  /** Rows first, as Hugging Face writes shapes (the file has the fastest axis first). */
  readonly shape: readonly number[];
  /** Such as Q4_K. */
  readonly format: string;
  /** Of the file. */
  readonly begin: number;
  readonly bytes: number;
}

/** What a header says, checked against the size of the file. */
export interface GgufHeader {
  readonly facts: ReadonlyMap<string, Fact>;
  readonly tensors: ReadonlyMap<string, GgufTensor>;
}

/** ggml has no tensors with more axes. */
const RANK_CAP = 4;
/** 2³¹ numbers: 8 GB in float32. The largest matrix of a 70-billion-parameter model has half of that. */
const TENSOR_CAP = 2 ** 31;
/** Formats of llama.cpp that are not read here, by their number, so that they can be named. */
const otherFormats: Readonly<Record<number, string>> = {
  4: 'Q4_2', 5: 'Q4_3', 9: 'Q8_1', 15: 'Q8_K', 16: 'IQ2_XXS', 17: 'IQ2_XS', 18: 'IQ3_XXS', 19: 'IQ1_S', 20: 'IQ4_NL', 21: 'IQ3_S',
  22: 'IQ2_S', 23: 'IQ4_XS', 24: 'I8', 25: 'I16', 26: 'I32', 27: 'I64', 28: 'F64', 29: 'IQ1_M', 34: 'TQ1_0', 35: 'TQ2_0',
  39: 'MXFP4', 40: 'NVFP4',
}; // prettier-ignore

const byCode = new Map(Object.entries(blockFormats).map(([name, format]) => [format.code, { name, format }]));

/**
 * The header of a file.
 * @throws UserError in one line for what is no GGUF file, a damaged one, or one with a number format that is not read
 */
export async function readGgufHeader(path: string): Promise<GgufHeader> {
  const size = await sizeOfFile(path);
  const fail = (what: string) => new UserError(`${path}: ${what}`);
  const header = await gguf(path, { allowLocalFile: true }).catch((error: unknown) => {
    const reason = error instanceof RangeError ? 'its header is cut off or damaged' : messageOf(error);
    throw fail(`no GGUF file that can be read: ${reason.slice(0, 200)}`);
  });
  if (!header.littleEndian) throw fail('a big-endian GGUF file; only little-endian ones are read');
  const begin = Number(header.tensorDataOffset);
  if (begin > size) throw fail(`cut off: the header ends at byte ${begin}, the file at ${size}`);
  const facts = new Map<string, Fact>();
  for (const [key, value] of Object.entries(header.metadata)) facts.set(key, factOf(value, key, fail));
  const tensors = new Map<string, GgufTensor>();
  for (const { name, shape, dtype, offset } of header.tensorInfos) {
    const where = `tensor '${name.slice(0, 100)}'`;
    if (tensors.has(name)) throw fail(`${where} stands twice in the header`);
    const { format, ...place } = placeOf(shape, dtype, (what) => fail(`${where}: ${what}`));
    const from = begin + Number(offset);
    if (from + place.bytes > size) {
      throw fail(`cut off: ${where} ends at byte ${from + place.bytes}, the file at ${size}`);
    }
    tensors.set(name, { name, format, begin: from, ...place });
  }
  return { facts, tensors };
}

/**
 * Reads tensors of a file as float32.
 * @param use gets a reader that takes a tensor of the header; the file is open as long as its promise is pending
 */
export async function withGgufTensors<T>(
  path: string,
  use: (read: (tensor: GgufTensor) => Promise<Float32Array>) => Promise<T>,
): Promise<T> {
  const file = await open(path, 'r');
  try {
    return await use(async ({ name, format, begin, bytes }) => {
      const data = await readAt(file, begin, bytes);
      if (data === undefined) throw new UserError(`${path}: cut off in tensor '${name}'`);
      return blockFormats[format].read(data);
    });
  } finally {
    await file.close();
  }
}

async function sizeOfFile(path: string): Promise<number> {
  const reasons: Partial<Record<string, string>> = { ENOENT: 'no such file', EACCES: 'no permission' };
  let file: FileHandle;
  try {
    file = await open(path, 'r');
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : '';
    throw new UserError(`${path}: cannot be read: ${reasons[code] ?? messageOf(error)}`);
  }
  try {
    const found = await file.stat();
    if (!found.isFile()) throw new UserError(`${path}: no file; a GGUF file was expected`);
    return found.size;
  } finally {
    await file.close();
  }
}

/** `undefined` where the file ends before. */
async function readAt(file: FileHandle, begin: number, bytes: number): Promise<Uint8Array | undefined> {
  const data = new Uint8Array(bytes);
  for (let done = 0; done < bytes;) {
    // Node reads at most 2 GB at once.
    const { bytesRead } = await file.read(data, done, Math.min(bytes - done, 2 ** 30), begin + done);
    if (bytesRead === 0) return undefined;
    done += bytesRead;
  }
  return data;
}

/** The shape rows first, and how many bytes its numbers take. */
function placeOf(
  shape: readonly bigint[],
  code: number,
  fail: (what: string) => UserError,
): Pick<GgufTensor, 'shape' | 'format' | 'bytes'> {
  const known = byCode.get(code);
  if (known === undefined) {
    const name = otherFormats[code] ?? `number ${code}`;
    throw fail(
      `the number format ${name} is not read; expected one of ${Object.keys(blockFormats).join(', ')}`,
    );
  }
  const sizes = shape.map(Number).reverse();
  const count = sizes.reduce((product, size) => product * size, 1);
  if (sizes.length === 0 || sizes.length > RANK_CAP || sizes.includes(0) || count > TENSOR_CAP) {
    throw fail(
      `the shape [${sizes.join(', ')}] is none of 1 to ${RANK_CAP} axes and at most ${TENSOR_CAP} numbers`,
    );
  }
  return { shape: sizes, format: known.name, bytes: bytesOf(known.format, sizes, known.name, fail) };
}

/** Each row is made of whole blocks. */
function bytesOf(
  format: BlockFormat,
  shape: readonly number[],
  name: string,
  fail: (what: string) => UserError,
): number {
  const row = shape[shape.length - 1];
  if (row % format.weights !== 0) {
    throw fail(`rows of ${row} numbers are not made of ${name}'s blocks of ${format.weights}`);
  }
  const rows = shape.slice(0, -1).reduce((product, size) => product * size, 1);
  return rows * (row / format.weights) * format.bytes;
}

function factOf(value: unknown, key: string, fail: (what: string) => UserError): Fact {
  if (typeof value === 'bigint') return Number(value);
  if (typeof value === 'number' || typeof value === 'string' || typeof value === 'boolean') return value;
  if (Array.isArray(value)) return value.map((one) => factOf(one, key, fail));
  throw fail(`'${key.slice(0, 100)}' has no value that can be read`);
}
