/** Means over samples and rows of what heads give to a match, and to what could be one and is not. */
import type { Rng } from '../../common/random.ts';
import type { Attention } from './attention.ts';
import type { Draws } from './nulls.ts';

/** By sample and row the key that is meant; null where the row does not count. */
export type Chosen = readonly (readonly (number | null)[])[];
/** By sample and row the keys that are no match; none where the row does not count. */
export type Others = readonly (readonly (readonly number[])[])[];

/** Attention with its sizes: n samples, H heads of a layer, J rows, W keys. */
export class Matches {
  private readonly targets: readonly Float32Array[];
  private readonly heads: number;
  private readonly rows: number;
  private readonly keys: number;

  constructor({ targets, previous }: Attention, sizes: { readonly rows: number; readonly keys: number }) {
    this.targets = targets;
    this.heads = previous[0].length;
    this.rows = sizes.rows;
    this.keys = sizes.keys;
  }

  /** Of every head through all layers what it gives to the chosen keys, on average; null where no row counts. */
  means(chosen: Chosen): number[] | null {
    const { places, count } = this.placesOf(chosen);
    return count === 0 ? null : [...this.sums(places)].map((sum) => sum / count);
  }

  /** The same to the keys that are no match, each row with one weight; null where there are none. */
  meansOverOthers(others: Others): number[] | null {
    const n = countOf(others);
    if (n === 0) return null;
    const places: Place[] = others.flatMap((rows, s) =>
      rows.flatMap((keys, j) => keys.map((key) => ({ ...this.place(s, j, key), weight: 1 / keys.length }))),
    );
    return [...this.sums(places)].map((sum) => sum / n);
  }

  /** By draw, the mean of every head where each row's match is another key. */
  permuted(others: Others, rng: Rng, draws: number): Draws {
    const n = countOf(others);
    if (n === 0) return [];
    return Array.from({ length: draws }, () => {
      const { places } = this.placesOf(drawn(others, rng));
      return this.sums(places).map((sum) => sum / n);
    });
  }

  private placesOf(chosen: Chosen): { places: Place[]; count: number } {
    const places = chosen.flatMap((rows, s) =>
      rows.flatMap((key, j) => (key === null ? [] : [this.place(s, j, key)])),
    );
    return { places, count: places.length };
  }

  private place(sample: number, row: number, key: number): Place {
    return { first: (sample * this.heads * this.rows + row) * this.keys + key, weight: 1 };
  }

  /** Of every head through all layers the sum over places. */
  private sums(places: readonly Place[]): Float64Array {
    const { heads } = this;
    const step = this.rows * this.keys;
    const sums = new Float64Array(this.targets.length * heads);
    this.targets.forEach((numbers, layer) => {
      for (const { first, weight } of places) {
        for (let head = 0; head < heads; head++)
          sums[layer * heads + head] += weight * numbers[first + head * step];
      }
    });
    return sums;
  }
}

/** One number of the attention: where it stands for head 0, and how much it counts. */
interface Place {
  readonly first: number;
  readonly weight: number;
}

/** Of every row one of its keys; none where it has none. */
export function drawn(others: Others, rng: Rng): Chosen {
  return others.map((rows) => rows.map((keys) => (keys.length === 0 ? null : keys[rng.below(keys.length)])));
}

/** Rows that have any. */
export function countOf(others: Others): number {
  return others.flat().filter((keys) => keys.length > 0).length;
}
