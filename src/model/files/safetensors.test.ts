import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { UserError } from '../../common/errors.ts';
import { readNumbers, readSafetensors, writeSafetensors } from './safetensors.ts';
import type { ReadInto, StoredTensor } from './safetensors.ts';

/** A file with this header over this many bytes of data. */
function fileWith(header: unknown, dataBytes = 0): Uint8Array {
  const text = new TextEncoder().encode(typeof header === 'string' ? header : JSON.stringify(header));
  const file = new Uint8Array(8 + text.length + dataBytes);
  new DataView(file.buffer).setBigUint64(0, BigInt(text.length), true);
  file.set(text, 8);
  return file;
}

/** A file in memory. */
const bytesOf =
  (file: Uint8Array): ReadInto =>
  (into, begin) => {
    expect(begin + into.length).toBeLessThanOrEqual(file.length);
    into.set(file.subarray(begin, begin + into.length));
    return Promise.resolve();
  };
const tensorsOf = (file: Uint8Array, where: string) => readSafetensors(bytesOf(file), file.length, where);
const toFloat32 = (stored: StoredTensor, file: Uint8Array, where: string) =>
  readNumbers(stored, bytesOf(file), where);

const tensor = (begin: number, end: number, shape = [(end - begin) / 4], dtype = 'F32') => ({
  dtype,
  shape,
  data_offsets: [begin, end],
});

async function numbersOf(dtype: string, bytes: Uint8Array, shape: number[]): Promise<number[]> {
  const file = fileWith({ x: { dtype, shape, data_offsets: [0, bytes.length] } }, bytes.length);
  file.set(bytes, file.length - bytes.length);
  const found = (await tensorsOf(file, 'file')).get('x');
  return found === undefined ? [] : [...(await toFloat32(found, file, 'file'))];
}

describe('safetensors', () => {
  it('gives back the bits that were written', async () => {
    const name = fc.stringMatching(/^[a-z][a-z0-9._]{0,12}$/);
    const tensors = fc.uniqueArray(fc.tuple(name, fc.float32Array({ maxLength: 20 })), {
      selector: ([key]) => key,
    });
    await fc.assert(
      fc.asyncProperty(tensors, async (list) => {
        const file = writeSafetensors(list.map(([key, data]) => ({ name: key, shape: [data.length], data })));
        expect(file.length % 4).toBe(0);
        const stored = await tensorsOf(file, 'file');
        expect([...stored.keys()].sort()).toEqual(list.map(([key]) => key).sort());
        for (const [key, data] of list) {
          const found = stored.get(key);
          const bits = (numbers: Float32Array) => [
            ...new Uint32Array(numbers.buffer, numbers.byteOffset, numbers.length),
          ];
          expect(found && bits(await toFloat32(found, file, 'file'))).toEqual(bits(data));
        }
      }),
    );
  });

  it('reads halves, brain floats and doubles', async () => {
    const words = (...numbers: number[]) => new Uint8Array(Uint16Array.from(numbers).buffer);
    const halves = [1, -2, 65504, 2 ** -24, 0.333251953125, Infinity];
    expect(await numbersOf('F16', words(0x3c00, 0xc000, 0x7bff, 0x0001, 0x3555, 0x7c00), [6])).toEqual(
      halves,
    );
    expect(await numbersOf('F16', words(0x7e00), [1])).toEqual([NaN]);
    expect(await numbersOf('BF16', words(0x3f80, 0xc000, 0x3eab), [3])).toEqual([1, -2, 0.333984375]);
    expect(await numbersOf('F64', new Uint8Array(Float64Array.of(0.1).buffer), [1])).toEqual([
      Math.fround(0.1),
    ]);
    await expect(numbersOf('I64', new Uint8Array(8), [1])).rejects.toThrow(
      /'x' is of type I64; expected one of F32/,
    );
  });

  it('widens tensors of several pieces', async () => {
    const count = 2 ** 21 + 3; // 4 MB are widened at once
    const bits = Uint16Array.from({ length: count }, (_, i) => 0x3f80 + (i % 100));
    const file = fileWith({ x: { dtype: 'BF16', shape: [count], data_offsets: [0, 2 * count] } }, 2 * count);
    file.set(new Uint8Array(bits.buffer), file.length - 2 * count);
    const stored = (await tensorsOf(file, 'f')).get('x')!;
    const wide = new Uint32Array((await toFloat32(stored, file, 'f')).buffer);
    expect([wide.length, wide.findIndex((number, i) => number !== bits[i] << 16)]).toEqual([count, -1]);
  });

  const damaged: [string, Uint8Array, RegExp][] = [
    ['nothing', new Uint8Array(0), /0 bytes are no safetensors file/],
    ['a header of 2^60 bytes', new Uint8Array([0, 0, 0, 0, 0, 0, 0, 16, 1]), /at most 25000000/],
    ['a header cut off', fileWith({ a: tensor(0, 4) }).subarray(0, 20), /cut off: the header/],
    ['no JSON', fileWith('{"a":'), /no JSON/],
    ['no UTF-8', fileWith('"\u0000').fill(0xff, 8), /no JSON/],
    ['a list', fileWith([]), /no JSON object/],
    [
      'data cut off',
      fileWith({ a: tensor(0, 8) }, 4),
      /cut off: tensor 'a' ends at byte 8 of the data, 4 are there/,
    ],
    ['data left over', fileWith({ a: tensor(0, 4) }, 8), /4 bytes at the end belong to no tensor/],
    ['a hole', fileWith({ a: tensor(0, 4), b: tensor(8, 12) }, 12), /4 bytes before tensor 'b'/],
    ['an overlap', fileWith({ a: tensor(0, 8), b: tensor(4, 12) }, 12), /'b' overlaps/],
    ['an unknown type', fileWith({ a: tensor(0, 4, [1], 'F99') }, 4), /unknown type "F99"/],
    ['a type of Object', fileWith({ a: tensor(0, 4, [1], 'constructor') }, 4), /unknown type/],
    ['a shape of another size', fileWith({ a: tensor(0, 4, [2]) }, 4), /needs 8 bytes, its offsets say 4/],
    ['a negative dimension', fileWith({ a: tensor(0, 4, [-1]) }, 4), /shape \[-1\]/],
    ['a fraction', fileWith({ a: tensor(0, 4, [0.5]) }, 4), /shape \[0.5\]/],
    ['a dimension beyond 2^32', fileWith({ a: tensor(0, 0, [0, 2 ** 33]) }), /up to 2\^32/],
    ['a hundred dimensions', fileWith({ a: tensor(0, 4, new Array<number>(100).fill(1)) }, 4), /shape/],
    [
      'offsets backwards',
      fileWith({ a: { dtype: 'F32', shape: [], data_offsets: [4, 0] } }, 4),
      /\[begin, end\]/,
    ],
    ['no offsets', fileWith({ a: { dtype: 'F32', shape: [] } }, 4), /offsets nothing/],
    [
      'a name twice',
      fileWith(
        '{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]},"\\u0061":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}',
        4,
      ),
      /the header has 'a' twice/,
    ],
    [
      'a type twice',
      fileWith('{"a":{"dtype":"F32","dtype":"F32","shape":[1],"data_offsets":[0,4]}}', 4),
      /the header has 'dtype' twice/,
    ],
    ['blanks before the header', fileWith(' {}'), /begins with \{/],
    ['metadata that is a number', fileWith({ __metadata__: 3 }), /__metadata__ is no object of texts/],
    [
      'metadata with more than texts',
      fileWith({ __metadata__: { a: { b: '1' } } }),
      /__metadata__ is no object of texts/,
    ],
    ['an entry that is null', fileWith({ a: null }), /no object/],
  ];
  it.each(damaged)('refuses %s in one line', async (_, file, message) => {
    await expect(tensorsOf(file, 'model.safetensors')).rejects.toThrow(
      expect.objectContaining({ name: 'UserError', message: expect.stringMatching(message) }),
    );
    await expect(tensorsOf(file, 'model.safetensors')).rejects.toThrow(/^model\.safetensors: [^\n]*$/);
  });

  it('has names of the format itself, and the same key in two entries', async () => {
    const file = fileWith({ __metadata__: { dtype: 'x' }, dtype: tensor(0, 4), shape: tensor(4, 8) }, 8);
    expect([...(await tensorsOf(file, 'file')).keys()]).toEqual(['dtype', 'shape']);
  });

  it('takes damage of any kind without any other error', async () => {
    const whole = writeSafetensors([
      { name: 'b', shape: [2, 2], data: Float32Array.of(1, 2, 3, 4) },
      { name: 'a', shape: [], data: Float32Array.of(5) },
    ]);
    const edit = fc.record({ at: fc.nat(whole.length - 1), byte: fc.nat(255) });
    const damage = fc.record({ edits: fc.array(edit, { maxLength: 6 }), keep: fc.nat(whole.length) });
    await fc.assert(
      fc.asyncProperty(damage, async ({ edits, keep }) => {
        const file = whole.slice(0, keep < 4 ? keep : whole.length - (keep % 5));
        for (const { at, byte } of edits) if (at < file.length) file[at] = byte;
        try {
          for (const stored of (await tensorsOf(file, 'f')).values()) await toFloat32(stored, file, 'f');
        } catch (error) {
          expect(error).toBeInstanceOf(UserError);
        }
      }),
      { numRuns: 2000 },
    );
  });
});
