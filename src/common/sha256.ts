/**
 * SHA-256 (FIPS 180-4) in plain code, because the browser's is asynchronous and Node's is not in the browser, and
 * hashes name things in both. For short texts; nothing secret is hashed here.
 */

const CONSTANTS = roundConstants();
const START = squareRootFractions(8);

/** The SHA-256 of a text (as UTF-8) or of bytes, as 64 hexadecimal digits. */
export function sha256(input: string | Uint8Array): string {
  const message = typeof input === 'string' ? new TextEncoder().encode(input) : input;
  const padded = new Uint8Array((((message.length + 8) >>> 6) + 1) << 6);
  padded.set(message);
  padded[message.length] = 0x80;
  const view = new DataView(padded.buffer);
  view.setUint32(padded.length - 8, Math.floor(message.length / 0x20000000));
  view.setUint32(padded.length - 4, message.length << 3);

  const state = START.slice();
  const words = new Int32Array(64);
  for (let offset = 0; offset < padded.length; offset += 64) {
    for (let t = 0; t < 16; t++) words[t] = view.getInt32(offset + 4 * t);
    for (let t = 16; t < 64; t++) {
      const x = words[t - 15];
      const y = words[t - 2];
      const small0 = rotate(x, 7) ^ rotate(x, 18) ^ (x >>> 3);
      const small1 = rotate(y, 17) ^ rotate(y, 19) ^ (y >>> 10);
      words[t] = (words[t - 16] + small0 + words[t - 7] + small1) | 0;
    }
    let [a, b, c, d, e, f, g, h] = state;
    for (let t = 0; t < 64; t++) {
      const big1 = rotate(e, 6) ^ rotate(e, 11) ^ rotate(e, 25);
      const first = (h + big1 + ((e & f) ^ (~e & g)) + CONSTANTS[t] + words[t]) | 0;
      const big0 = rotate(a, 2) ^ rotate(a, 13) ^ rotate(a, 22);
      const second = (big0 + ((a & b) ^ (a & c) ^ (b & c))) | 0;
      h = g;
      g = f;
      f = e;
      e = (d + first) | 0;
      d = c;
      c = b;
      b = a;
      a = (first + second) | 0;
    }
    [a, b, c, d, e, f, g, h].forEach((value, i) => (state[i] = (state[i] + value) | 0));
  }
  return Array.from(state, (word) => (word >>> 0).toString(16).padStart(8, '0')).join('');
}

function rotate(x: number, n: number): number {
  return (x >>> n) | (x << (32 - n));
}

/** The first 32 bits of the fractional parts of the cube roots of the first 64 primes. */
function roundConstants(): Int32Array {
  return Int32Array.from(primes(64), (prime) => fraction(Math.cbrt(prime)));
}

/** The first 32 bits of the fractional parts of the square roots of the first `count` primes. */
function squareRootFractions(count: number): Int32Array {
  return Int32Array.from(primes(count), (prime) => fraction(Math.sqrt(prime)));
}

function fraction(x: number): number {
  return Math.floor((x - Math.floor(x)) * 4294967296) | 0;
}

function primes(count: number): number[] {
  const found: number[] = [];
  for (let n = 2; found.length < count; n++) if (found.every((prime) => n % prime !== 0)) found.push(n);
  return found;
}
