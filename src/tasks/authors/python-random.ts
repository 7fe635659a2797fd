/**
 * CPython's `random.Random`, number for number: the Mersenne twister MT19937 (Matsumoto and Nishimura 1998), seeded
 * by an integer through init_by_array, and the methods that the paper's authors draw their data with. The methods
 * are those of CPython 3.9 to 3.13 (Lib/random.py, Modules/_randommodule.c), which agree on all that is here.
 * For anything of our own there is `common/random.ts`.
 */

const WORDS = 624;
const MIDDLE = 397;

export class PythonRandom {
  private readonly state: Uint32Array; // (624)
  private next = WORDS;

  /** `random.Random(seed)` for an integer of any size; the sign has no effect, as in CPython. */
  constructor(seed: bigint | number) {
    const integer = BigInt(seed);
    this.state = seededByArray(words32(integer < 0n ? -integer : integer));
  }

  /** A number in [0, 1) with 53 random bits. */
  random(): number {
    const high = this.uint32() >>> 5;
    const low = this.uint32() >>> 6;
    return (high * 67108864 + low) / 9007199254740992;
  }

  /** A whole number of `bits` random bits, 0 to 53 of them (CPython has no upper limit; a number here does). */
  getrandbits(bits: number): number {
    if (!Number.isInteger(bits) || bits < 0 || bits > 53)
      throw new RangeError(`getrandbits(${bits}): not in 0..53`);
    if (bits === 0) return 0;
    if (bits <= 32) return this.uint32() >>> (32 - bits);
    const low = this.uint32();
    return (this.uint32() >>> (64 - bits)) * 4294967296 + low;
  }

  /** CPython's `_randbelow`: a whole number in [0, n), by drawing as many bits as n has until one fits. */
  private below(n: number): number {
    if (!Number.isSafeInteger(n) || n < 1) throw new RangeError(`no whole number below ${n}`);
    const bits = bitLength(n);
    let drawn = this.getrandbits(bits);
    while (drawn >= n) drawn = this.getrandbits(bits);
    return drawn;
  }

  /** A whole number from `first` to `last`, both included. */
  randint(first: number, last: number): number {
    return first + this.below(last - first + 1);
  }

  choice<T>(items: readonly T[]): T {
    return items[this.below(items.length)];
  }

  /** `count` items with replacement; unlike `choice` by scaling `random()`. */
  choices<T>(items: readonly T[], count: number): T[] {
    return Array.from({ length: count }, () => items[Math.floor(this.random() * items.length)]);
  }

  /** `count` items without replacement, in the order in which they were drawn. */
  sample<T>(items: readonly T[], count: number): T[] {
    if (count < 0 || count > items.length) throw new RangeError(`cannot sample ${count} of ${items.length}`);
    return items.length <= sizeOfSet(count)
      ? this.sampleFromPool(items, count)
      : this.sampleWithSet(items, count);
  }

  /** Shuffles in place. */
  shuffle(items: unknown[]): void {
    for (let i = items.length - 1; i > 0; i--) {
      const j = this.below(i + 1);
      [items[i], items[j]] = [items[j], items[i]];
    }
  }

  /** Small populations: what was drawn is replaced by the last that was not. */
  private sampleFromPool<T>(items: readonly T[], count: number): T[] {
    const pool = [...items];
    return Array.from({ length: count }, (_, i) => {
      const j = this.below(pool.length - i);
      const drawn = pool[j];
      pool[j] = pool[pool.length - i - 1];
      return drawn;
    });
  }

  /** Large populations: what was drawn before is drawn again. */
  private sampleWithSet<T>(items: readonly T[], count: number): T[] {
    const selected = new Set<number>();
    while (selected.size < count) selected.add(this.below(items.length));
    return Array.from(selected, (place) => items[place]); // a set keeps the order of its first additions
  }

  /** The next 32 bits of the twister. */
  private uint32(): number {
    if (this.next >= WORDS) this.twist();
    let y = this.state[this.next++];
    y ^= y >>> 11;
    y ^= (y << 7) & 0x9d2c5680;
    y ^= (y << 15) & 0xefc60000;
    return (y ^ (y >>> 18)) >>> 0;
  }

  private twist(): void {
    const { state } = this;
    for (let i = 0; i < WORDS; i++) {
      const y = (state[i] & 0x80000000) | (state[(i + 1) % WORDS] & 0x7fffffff);
      state[i] = state[(i + MIDDLE) % WORDS] ^ (y >>> 1) ^ (y & 1 ? 0x9908b0df : 0);
    }
    this.next = 0;
  }
}

/** The population up to which CPython takes `sample` from a list: the room that a set of `count` would take. */
function sizeOfSet(count: number): number {
  return count > 5 ? 21 + 4 ** Math.ceil(Math.log(count * 3) / Math.log(4)) : 21;
}

function bitLength(n: number): number {
  return n < 4294967296 ? 32 - Math.clz32(n) : 64 - Math.clz32(Math.floor(n / 4294967296));
}

/** The 32-bit words of a number that is not negative, lowest first; one word for 0. */
function words32(integer: bigint): number[] {
  const words = [Number(integer & 0xffffffffn)];
  for (let rest = integer >> 32n; rest > 0n; rest >>= 32n) words.push(Number(rest & 0xffffffffn));
  return words;
}

/** init_by_array of the twister's reference code (2002). */
function seededByArray(key: readonly number[]): Uint32Array {
  const state = seededByWord(19650218);
  let i = 1;
  let j = 0;
  for (let k = Math.max(WORDS, key.length); k > 0; k--) {
    state[i] = (state[i] ^ Math.imul(mixed(state[i - 1]), 1664525)) + key[j] + j;
    j = (j + 1) % key.length;
    i = following(state, i);
  }
  for (let k = WORDS - 1; k > 0; k--) {
    state[i] = (state[i] ^ Math.imul(mixed(state[i - 1]), 1566083941)) - i;
    i = following(state, i);
  }
  state[0] = 0x80000000;
  return state;
}

/** The place after `i`; at the end the last word is carried over to the front. */
function following(state: Uint32Array, i: number): number {
  if (i + 1 < WORDS) return i + 1;
  state[0] = state[WORDS - 1];
  return 1;
}

function seededByWord(seed: number): Uint32Array {
  const state = new Uint32Array(WORDS);
  state[0] = seed;
  for (let i = 1; i < WORDS; i++) state[i] = Math.imul(mixed(state[i - 1]), 1812433253) + i;
  return state;
}

function mixed(word: number): number {
  return word ^ (word >>> 30);
}
