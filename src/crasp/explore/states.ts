/** Many states of a search side by side: as objects with arrays of their own they would take ten times the memory. */

/** How a state becomes numbers, and again a state. */
export interface Packing<S> {
  /** How many numbers. */
  readonly width: number;
  write(state: S, numbers: Float64Array, from: number): void;
  read(numbers: Float64Array, from: number): S;
}

/** Numbers of one block: none is copied when there are more. */
const BLOCK = 2 ** 12;

/** A list that only grows. */
export class States<S> {
  count = 0;
  private readonly packing: Packing<S> | undefined;
  private readonly whole: S[] = [];
  private readonly blocks: Float64Array[] = [];
  /** States of one block. */
  private readonly each: number;

  constructor(packing: Packing<S> | undefined) {
    this.packing = packing;
    this.each = packing === undefined ? 1 : Math.max(1, Math.floor(BLOCK / packing.width));
  }

  push(state: S): void {
    const { packing, each } = this;
    const place = this.count++;
    if (packing === undefined) {
      this.whole.push(state);
      return;
    }
    if (place % each === 0) this.blocks.push(new Float64Array(each * packing.width));
    packing.write(state, this.blocks[Math.floor(place / each)], (place % each) * packing.width);
  }

  at(place: number): S {
    const { packing, each } = this;
    if (packing === undefined) return this.whole[place];
    return packing.read(this.blocks[Math.floor(place / each)], (place % each) * packing.width);
  }
}
