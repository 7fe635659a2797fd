/**
 * The random numbers of everything we draw ourselves: xoshiro128** seeded from a text, so that every stream is
 * named (`rng('UR', 'length 10', 7)`) and no two draws depend on the order in which streams are used.
 * (The authors' data sets need CPython's generator instead: `tasks/authors`.)
 */

/** A deterministic source of randomness. */
export interface Rng {
  /** A whole number in [0, 2³²). */
  uint32(): number;
  /** A number in [0, 1) with 53 random bits. */
  float(): number;
  /** A whole number in [0, n), unbiased; n from 1 to 2³². */
  below(n: number): number;
  /** A standard normal number. */
  normal(): number;
  /** One element, uniformly. */
  choice<T>(items: readonly T[]): T;
  /** `count` different whole numbers from [0, n), in random order. O(count) memory whatever n is. */
  distinct(n: number, count: number): number[];
  /** Shuffles in place and returns its argument. */
  shuffle<T>(items: T[]): T[];
}

type State = readonly [number, number, number, number];

/** A generator named by its parts: the same parts always give the same stream, other parts an unrelated one. */
export function rng(...name: (string | number)[]): Rng {
  const text = name.map((part) => `${typeof part}:${part}`).join('\u0000');
  return new Xoshiro128(seedFromText(text));
}

class Xoshiro128 implements Rng {
  private a: number;
  private b: number;
  private c: number;
  private d: number;

  constructor(state: State) {
    [this.a, this.b, this.c, this.d] = state;
  }

  uint32(): number {
    const product = Math.imul(this.b, 5);
    const result = Math.imul((product << 7) | (product >>> 25), 9) >>> 0;
    const shifted = this.b << 9;
    this.c ^= this.a;
    this.d ^= this.b;
    this.b ^= this.c;
    this.a ^= this.d;
    this.c ^= shifted;
    this.d = (this.d << 11) | (this.d >>> 21);
    return result;
  }

  float(): number {
    return ((this.uint32() >>> 5) * 67108864 + (this.uint32() >>> 6)) / 9007199254740992;
  }

  below(n: number): number {
    if (!Number.isInteger(n) || n < 1 || n > 4294967296) throw new RangeError(`below(${n}): not in 1..2^32`);
    const limit = 4294967296 - (4294967296 % n);
    let value = this.uint32();
    while (value >= limit) value = this.uint32();
    return value % n;
  }

  normal(): number {
    // Box and Muller; the second number of the pair is not kept, so that the state is four words and nothing else.
    const radius = Math.sqrt(-2 * Math.log(1 - this.float()));
    return radius * Math.cos(2 * Math.PI * this.float());
  }

  choice<T>(items: readonly T[]): T {
    return items[this.below(items.length)];
  }

  distinct(n: number, count: number): number[] {
    if (count > n) throw new RangeError(`${count} different numbers below ${n} do not exist`);
    // Fisher and Yates on a virtual array: only the places that were touched are stored.
    const moved = new Map<number, number>();
    const drawn: number[] = [];
    for (let i = 0; i < count; i++) {
      const j = i + this.below(n - i);
      drawn.push(moved.get(j) ?? j);
      moved.set(j, moved.get(i) ?? i);
    }
    return drawn;
  }

  shuffle<T>(items: T[]): T[] {
    for (let i = items.length - 1; i > 0; i--) {
      const j = this.below(i + 1);
      [items[i], items[j]] = [items[j], items[i]];
    }
    return items;
  }
}

/** Four words from a text: FNV-1a over its UTF-16 units, spread by splitmix32. */
function seedFromText(text: string): State {
  let hash = 0x811c9dc5;
  let second = 0x9747b28c;
  for (let i = 0; i < text.length; i++) {
    const unit = text.charCodeAt(i);
    hash = Math.imul(hash ^ unit, 0x01000193);
    second = Math.imul(second ^ ((unit << 5) | (unit >>> 3)), 0x85ebca6b) ^ (second >>> 13);
  }
  const words = [hash, second, hash ^ 0x9e3779b9, second ^ 0x85ebca6b].map(splitmix32);
  return [words[0], words[1], words[2], words[3] | 1];
}

function splitmix32(seed: number): number {
  let z = (seed + 0x9e3779b9) | 0;
  z = Math.imul(z ^ (z >>> 16), 0x21f0aaad);
  z = Math.imul(z ^ (z >>> 15), 0x735a2d97);
  return z ^ (z >>> 15);
}
