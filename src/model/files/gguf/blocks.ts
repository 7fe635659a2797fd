/**
 * The number formats of GGUF files. All but the plain ones store weights in blocks: a few small integers of 2 to 8 bits
 * a weight, and a scale (and often a minimum) that several of them share. Layouts as in llama.cpp's `ggml-quants.c`;
 * every product and sum is rounded to float32 where that code and the Python package `gguf` round it, so that the
 * numbers are theirs bit for bit.
 */
import { halfToNumber, widenBrainFloats, widenHalves } from '../halves.ts';

/** One number format. */
export interface BlockFormat {
  /** The number of the format in a file. */
  readonly code: number;
  /** Weights in one block. */
  readonly weights: number;
  /** Bytes of one block. */
  readonly bytes: number;
  /** The numbers of whole blocks, in order. `bytes` may begin anywhere. */
  read(bytes: Uint8Array): Float32Array;
}

/** Weights in a block of the formats whose name ends in `_K`. */
const SUPER = 256;

/** Writes the weights of the block that begins at byte `at` into `out` from `first` on. */
type ReadBlock = (bytes: Uint8Array, at: number, out: Float32Array, first: number) => void;

/** All formats that are read, by the names that llama.cpp gives them. */
export const blockFormats: Readonly<Record<string, BlockFormat>> = {
  F32: plain(0, 4, (bytes) => new Float32Array(bytes)),
  F16: plain(1, 2, (bytes) => widenHalves(new Uint16Array(bytes))),
  BF16: plain(30, 2, (bytes) => widenBrainFloats(new Uint16Array(bytes))),
  Q4_0: inBlocks(2, 32, 18, (bytes, at, out, first) => {
    const scale = half(bytes, at);
    for (let i = 0; i < 32; i++) out[first + i] = scale * (nibble(bytes, at + 2, i) - 8);
  }),
  Q4_1: inBlocks(3, 32, 20, (bytes, at, out, first) => {
    const [scale, least] = [half(bytes, at), half(bytes, at + 2)];
    for (let i = 0; i < 32; i++) out[first + i] = Math.fround(scale * nibble(bytes, at + 4, i)) + least;
  }),
  Q5_0: inBlocks(6, 32, 22, (bytes, at, out, first) => {
    const scale = half(bytes, at);
    for (let i = 0; i < 32; i++) {
      out[first + i] = scale * ((nibble(bytes, at + 6, i) | (bit(bytes, at + 2, i) << 4)) - 16);
    }
  }),
  Q5_1: inBlocks(7, 32, 24, (bytes, at, out, first) => {
    const [scale, least] = [half(bytes, at), half(bytes, at + 2)];
    for (let i = 0; i < 32; i++) {
      const level = nibble(bytes, at + 8, i) | (bit(bytes, at + 4, i) << 4);
      out[first + i] = Math.fround(scale * level) + least;
    }
  }),
  Q8_0: inBlocks(8, 32, 34, (bytes, at, out, first) => {
    const scale = half(bytes, at);
    for (let i = 0; i < 32; i++) out[first + i] = scale * signed(bytes[at + 2 + i]);
  }),
  Q2_K: inBlocks(10, SUPER, 84, readQ2K),
  Q3_K: inBlocks(11, SUPER, 110, readQ3K),
  Q4_K: inBlocks(12, SUPER, 144, (bytes, at, out, first) => {
    readWithMinima(bytes, at, out, first, (i) => fourBits(bytes, at + 16, i));
  }),
  Q5_K: inBlocks(13, SUPER, 176, (bytes, at, out, first) => {
    readWithMinima(bytes, at, out, first, (i) => {
      const fifth = (bytes[at + 16 + (i & 31)] >> (i >> 5)) & 1;
      return fourBits(bytes, at + 48, i) | (fifth << 4);
    });
  }),
  Q6_K: inBlocks(14, SUPER, 210, readQ6K),
};

function plain(code: number, bytes: number, read: (bytes: ArrayBuffer) => Float32Array): BlockFormat {
  // A copy: the bytes may begin anywhere, and typed arrays want theirs aligned.
  return { code, weights: 1, bytes, read: (from) => read(new Uint8Array(from).buffer) };
}

function inBlocks(code: number, weights: number, size: number, readBlock: ReadBlock): BlockFormat {
  const read = (bytes: Uint8Array) => {
    const blocks = bytes.length / size;
    const out = new Float32Array(blocks * weights);
    for (let block = 0; block < blocks; block++) readBlock(bytes, block * size, out, block * weights);
    return out;
  };
  return { code, weights, bytes: size, read };
}

/** 16 groups of 16: a byte a group with scale and minimum, then two bits a weight. */
function readQ2K(bytes: Uint8Array, at: number, out: Float32Array, first: number): void {
  const [scale, minimum] = [half(bytes, at + 80), half(bytes, at + 82)];
  for (let group = 0; group < 16; group++) {
    const packed = bytes[at + group];
    const [step, least] = [Math.fround(scale * (packed & 15)), Math.fround(minimum * (packed >> 4))];
    for (let i = group * 16; i < group * 16 + 16; i++) {
      out[first + i] = Math.fround(step * twoBits(bytes, at + 16, i)) - least;
    }
  }
}

/** 16 groups of 16: the third bit of each weight (4 is taken away where it is 0), two bits a weight, scales of 6 bits. */
function readQ3K(bytes: Uint8Array, at: number, out: Float32Array, first: number): void {
  const scale = half(bytes, at + 108);
  for (let group = 0; group < 16; group++) {
    const low = (bytes[at + 96 + (group & 7)] >> (group < 8 ? 0 : 4)) & 15;
    const high = (bytes[at + 104 + (group & 3)] >> (2 * (group >> 2))) & 3;
    const step = Math.fround(scale * ((low | (high << 4)) - 32));
    for (let i = group * 16; i < group * 16 + 16; i++) {
      const third = (bytes[at + (i & 31)] >> (i >> 5)) & 1;
      out[first + i] = step * (twoBits(bytes, at + 32, i) - (third === 1 ? 0 : 4));
    }
  }
}

/** Q4_K and Q5_K: 8 groups of 32, whose scales and minima have 6 bits each, packed into 12 bytes. */
function readWithMinima(
  bytes: Uint8Array,
  at: number,
  out: Float32Array,
  first: number,
  level: (i: number) => number,
): void {
  const [scale, minimum] = [half(bytes, at), half(bytes, at + 2)];
  const packed = (i: number) => bytes[at + 4 + i];
  for (let group = 0; group < 8; group++) {
    const g = group & 3;
    const [ofScale, ofMinimum] =
      group < 4
        ? [packed(g) & 63, packed(g + 4) & 63]
        : [
            (packed(g + 8) & 15) | ((packed(g) >> 6) << 4),
            (packed(g + 8) >> 4) | ((packed(g + 4) >> 6) << 4),
          ];
    const [step, least] = [Math.fround(scale * ofScale), Math.fround(minimum * ofMinimum)];
    for (let i = group * 32; i < group * 32 + 32; i++) out[first + i] = Math.fround(step * level(i)) - least;
  }
}

/** Two halves of 128: four bits of each weight, two more, and a signed scale for each 16. */
function readQ6K(bytes: Uint8Array, at: number, out: Float32Array, first: number): void {
  const scale = half(bytes, at + 208);
  for (let group = 0; group < 16; group++) {
    const step = Math.fround(scale * signed(bytes[at + 192 + group]));
    for (let i = group * 16; i < group * 16 + 16; i++) {
      const within = i & 127;
      const low = (bytes[at + (i >> 7) * 64 + (within & 63)] >> (within < 64 ? 0 : 4)) & 15;
      const high = (bytes[at + 128 + (i >> 7) * 32 + (i & 31)] >> (2 * (within >> 5))) & 3;
      out[first + i] = step * ((low | (high << 4)) - 32);
    }
  }
}

function half(bytes: Uint8Array, at: number): number {
  return halfToNumber(bytes[at] | (bytes[at + 1] << 8));
}

function signed(byte: number): number {
  return byte < 128 ? byte : byte - 256;
}

/** Weight i of 32: the low nibbles of 16 bytes are the first half, the high ones the second. */
function nibble(bytes: Uint8Array, at: number, i: number): number {
  return (bytes[at + (i & 15)] >> (i < 16 ? 0 : 4)) & 15;
}

function bit(bytes: Uint8Array, at: number, i: number): number {
  return (bytes[at + (i >> 3)] >> (i & 7)) & 1;
}

/** Weight i of 256: 32 bytes hold 64 weights, the low nibbles first. */
function fourBits(bytes: Uint8Array, at: number, i: number): number {
  return (bytes[at + (i >> 6) * 32 + (i & 31)] >> (i & 32 ? 4 : 0)) & 15;
}

/** Weight i of 256: 32 bytes hold 128 weights, the lowest bits first. */
function twoBits(bytes: Uint8Array, at: number, i: number): number {
  return (bytes[at + (i >> 7) * 32 + (i & 31)] >> (2 * ((i >> 5) & 3))) & 3;
}
