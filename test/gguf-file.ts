/** Writes small GGUF files for tests: facts and tensors in F32, as llama.cpp's tools lay them out. */

/** Texts, numbers (as 32-bit floats where they are no whole numbers, else 32 bits), truth values, lists of one kind. */
export type FactToWrite = string | number | boolean | readonly string[] | readonly number[];

export interface TensorToWrite {
  readonly name: string;
  /** Rows first. */
  readonly shape: readonly number[];
  /** By default 0 (F32). */
  readonly code?: number;
  readonly data: Uint8Array | Float32Array;
}

const ALIGNMENT = 32;

/** The bytes of a file, version 3. */
export function ggufFile(
  facts: Readonly<Record<string, FactToWrite>>,
  tensors: readonly TensorToWrite[],
): Uint8Array {
  let offset = 0;
  const places = tensors.map(({ name, shape, code = 0, data }) => {
    const place = [
      text(name),
      uint32(shape.length),
      ...[...shape].reverse().map(uint64),
      uint32(code),
      uint64(offset),
    ];
    offset += padded(data.byteLength);
    return place;
  });
  const header = Buffer.concat([
    Buffer.from('GGUF'),
    uint32(3),
    uint64(tensors.length),
    uint64(Object.keys(facts).length),
    ...Object.entries(facts).flatMap(([key, value]) => [text(key), ...fact(value)]),
    ...places.flat(),
  ]);
  const file = new Uint8Array(padded(header.length) + offset);
  file.set(header);
  let at = padded(header.length);
  for (const { data } of tensors) {
    file.set(new Uint8Array(data.buffer, data.byteOffset, data.byteLength), at);
    at += padded(data.byteLength);
  }
  return file;
}

function padded(length: number): number {
  return Math.ceil(length / ALIGNMENT) * ALIGNMENT;
}

function fact(value: FactToWrite): Buffer[] {
  if (typeof value === 'string') return [uint32(8), text(value)];
  if (typeof value === 'boolean') return [uint32(7), Buffer.from([Number(value)])];
  if (typeof value === 'number')
    return Number.isInteger(value) ? [uint32(4), uint32(value)] : [uint32(6), float32(value)];
  const isText = typeof value[0] === 'string';
  const items = value.map((one) => (typeof one === 'string' ? text(one) : float32(one)));
  return [uint32(9), uint32(isText ? 8 : 6), uint64(value.length), ...items];
}

function text(value: string): Buffer {
  const bytes = Buffer.from(value);
  return Buffer.concat([uint64(bytes.length), bytes]);
}

function uint32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32LE(value);
  return bytes;
}

function uint64(value: number): Buffer {
  const bytes = Buffer.alloc(8);
  bytes.writeBigUInt64LE(BigInt(value));
  return bytes;
}

function float32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeFloatLE(value);
  return bytes;
}
