import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { UserError } from '../../../common/errors.ts';
import { ggufFile } from '../../../../test/gguf-file.ts';
import { parseGgufHeader } from './header.ts';

const small = ggufFile(
  {
    'general.architecture': 'llama',
    'llama.block_count': 2,
    'llama.rope.freq_base': 10_000.5,
    'tokenizer.ggml.add_bos_token': true,
    'tokenizer.ggml.tokens': ['//', '\ufeff//', '', '▁a'],
    'tokenizer.ggml.scores': [0, -1, -2.5],
  },
  [
    { name: 'output_norm.weight', shape: [3], data: Float32Array.of(1, 2, 3) },
    { name: 'token_embd.weight', shape: [2, 32], code: 8, data: new Uint8Array(68) },
  ],
);

const parse = (file: Uint8Array) => parseGgufHeader(file, file.length, 'x.gguf');

/** The small file with some bytes replaced, from the first place where `find` stands. */
function changed(find: string, put: (view: DataView, at: number) => void): Uint8Array {
  const file = new Uint8Array(small);
  const at = Buffer.from(file).indexOf(find);
  put(new DataView(file.buffer), at);
  return file;
}

describe('the header of a GGUF file', () => {
  it('has facts of every kind, and tensors rows first', () => {
    const header = parse(small)!;
    expect(header.facts.get('llama.block_count')).toBe(2);
    expect(header.facts.get('llama.rope.freq_base')).toBe(10_000.5);
    expect(header.facts.get('tokenizer.ggml.add_bos_token')).toBe(true);
    expect(header.facts.get('tokenizer.ggml.scores')).toEqual([0, -1, -2.5]);
    const [norm, embedding] = [...header.tensors.values()];
    expect(norm).toMatchObject({ shape: [3], format: 'F32', bytes: 12 });
    expect(embedding).toMatchObject({ shape: [2, 32], format: 'Q8_0', bytes: 68, begin: norm.begin + 32 });
  });

  it('keeps U+FEFF at the beginning of a text, which tells tokens of Gemma 3 apart', () => {
    expect(parse(small)!.facts.get('tokenizer.ggml.tokens')).toEqual(['//', '\ufeff//', '', '▁a']);
  });

  it('is undefined where it goes on behind the bytes at hand, whatever byte that is', () => {
    const data = small.length - 32 - 96;
    for (let length = 4; length < data - 32; length++) {
      expect(parseGgufHeader(small.subarray(0, length), small.length, 'x.gguf')).toBeUndefined();
    }
  });

  it.each([
    ['no GGUF file', 'GGUF', (view: DataView, at: number) => view.setUint8(at, 0x67), /it does not begin with 'GGUF'/],
    ['another version', 'GGUF', (view: DataView, at: number) => view.setUint32(at + 4, 1, true), /version 1 is not read/],
    ['big-endian', 'GGUF', (view: DataView, at: number) => view.setUint32(at + 4, 3, false), /little-endian/],
    ['a tensor in a format that is not read', 'token_embd', (view: DataView, at: number) => view.setUint32(at + 17 + 4 + 16, 23, true), /number format IQ4_XS is not read; expected one of F32, F16/],
    ['rows that are no whole blocks', 'token_embd', (view: DataView, at: number) => view.setUint32(at + 17 + 4, 33, true), /rows of 33 numbers are no whole blocks of 32/],
    ['a tensor of too many numbers', 'token_embd', (view: DataView, at: number) => view.setUint32(at + 17 + 4 + 12, 1, true), /are \d+ numbers; expected 1 to/],
    ['an empty tensor', 'output_norm', (view: DataView, at: number) => view.setUint32(at + 18 + 4, 0, true), /are 0 numbers/],
    ['a tensor behind the end', 'output_norm', (view: DataView, at: number) => view.setUint32(at + 18 + 4 + 8 + 4, 5000, true), /cut off: tensor 'output_norm.weight' ends at byte/],
    ['too many axes', 'output_norm', (view: DataView, at: number) => view.setUint32(at + 18, 5, true), /5 axes; expected 1 to 4/],
    ['a fact of an unknown type', 'block_count', (view: DataView, at: number) => view.setUint32(at + 11, 77, true), /of the type 77/],
  ])('refuses %s', (_, find, put, message) => {
    expect(() => parse(changed(find, put))).toThrow(message);
  }); // prettier-ignore

  it('refuses keys and tensors that stand twice, and a file that is cut off', () => {
    expect(() =>
      parse(Buffer.from(Buffer.from(small).toString('latin1').replace('.scores', '.tokens'), 'latin1')),
    ).toThrow(/'tokenizer.ggml.tokens' stands twice/);
    const twice = [1, 2].map(() => ({ name: 'a', shape: [1], data: Float32Array.of(1) }));
    expect(() => parse(ggufFile({}, twice))).toThrow(/tensor 'a' stands twice/);
    expect(() => parse(small.subarray(0, 100))).toThrow(/cut off in its header, after 100 bytes/);
  });

  it('gives a header or one line for whatever bytes, without taking memory for what is merely claimed', () => {
    const place = fc.nat(small.length - 1);
    const bytes = fc.array(fc.tuple(place, fc.constantFrom(0, 1, 7, 9, 127, 128, 255)), {
      minLength: 1,
      maxLength: 12,
    });
    fc.assert(
      fc.property(bytes, (changes) => {
        const file = new Uint8Array(small);
        for (const [at, byte] of changes) file[at] = byte;
        try {
          parse(file);
        } catch (error) {
          if (!(error instanceof UserError)) throw error;
          expect(error.message).toMatch(/^x\.gguf: /);
        }
      }),
      { numRuns: 3_000 },
    );
  });
});
