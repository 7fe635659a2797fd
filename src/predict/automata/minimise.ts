/** Minimal automata, by Hopcroft's partition refinement (1971): O(letters · states · log states). */
import type { Dfa } from './dfa.ts';

/** The smallest automaton for the same language, its states numbered breadth-first from the start (so: canonical). */
export function minimise(dfa: Dfa): Dfa {
  const reachable = reachablePart(dfa);
  const { classOf } = coarsestCongruence(reachable, Int32Array.from(reachable.accepting));
  return quotient(reachable, classOf);
}

/** The automaton without the states that no string leads to, numbered breadth-first. */
export function reachablePart(dfa: Dfa): Dfa {
  return quotient(
    dfa,
    Int32Array.from({ length: dfa.states }, (_, state) => state),
  );
}

/** The automaton whose states are the classes of a congruence, reachable ones only, numbered breadth-first. */
export function quotient(dfa: Dfa, classOf: Int32Array): Dfa {
  const letters = dfa.alphabet.length;
  const numberOfClass = new Map<number, number>([[classOf[dfa.start], 0]]);
  const members = [dfa.start];
  const next: number[] = [];
  for (const state of members) {
    for (let letter = 0; letter < letters; letter++) {
      const target = dfa.next[state * letters + letter];
      let number = numberOfClass.get(classOf[target]);
      if (number === undefined) {
        number = members.length;
        numberOfClass.set(classOf[target], number);
        members.push(target);
      }
      next.push(number);
    }
  }
  return {
    alphabet: dfa.alphabet,
    states: members.length,
    start: 0,
    accepting: Uint8Array.from(members, (state) => dfa.accepting[state]),
    next: Int32Array.from(next),
  };
}

/** The coarsest partition that refines `colour` and that every letter respects. */
export function coarsestCongruence(
  dfa: Pick<Dfa, 'states' | 'next' | 'alphabet'>,
  colour: Int32Array,
): { classOf: Int32Array; classes: number } {
  const { states } = dfa;
  const letters = dfa.alphabet.length;
  const into = predecessors(dfa);
  const partition = new Partition(colour);
  const waiting: number[] = Array.from({ length: partition.classes }, (_, block) => block);
  const isWaiting = new Set(waiting);

  for (let splitter = waiting.pop(); splitter !== undefined; splitter = waiting.pop()) {
    isWaiting.delete(splitter);
    const members = partition.membersOf(splitter);
    for (let letter = 0; letter < letters; letter++) {
      for (const state of members) {
        const row = letter * (states + 1) + state;
        for (let e = into.offset[row]; e < into.offset[row + 1]; e++) partition.mark(into.source[e]);
      }
      for (const [block, fresh] of partition.split()) {
        const smaller = partition.sizeOf(fresh) < partition.sizeOf(block) ? fresh : block;
        const added = isWaiting.has(block) ? fresh : smaller;
        waiting.push(added);
        isWaiting.add(added);
      }
    }
  }
  return { classOf: partition.classOf, classes: partition.classes };
}

/** For each letter and state, the states from which the letter leads there: sources in rows of `offset`. */
function predecessors({ states, next, alphabet }: Pick<Dfa, 'states' | 'next' | 'alphabet'>): {
  offset: Int32Array;
  source: Int32Array;
} {
  const letters = alphabet.length;
  const rows = letters * (states + 1);
  const offset = new Int32Array(rows + 1);
  for (let state = 0; state < states; state++) {
    for (let letter = 0; letter < letters; letter++)
      offset[letter * (states + 1) + next[state * letters + letter] + 1]++;
  }
  for (let row = 0; row < rows; row++) offset[row + 1] += offset[row];
  const filled = offset.slice();
  const source = new Int32Array(states * letters);
  for (let state = 0; state < states; state++) {
    for (let letter = 0; letter < letters; letter++) {
      source[filled[letter * (states + 1) + next[state * letters + letter]]++] = state;
    }
  }
  return { offset, source };
}

/** A partition of 0…n−1 in which a block can be split into its marked and its unmarked members in time O(marked). */
class Partition {
  classes = 0;
  readonly classOf: Int32Array;
  private readonly order: Int32Array; // block by block
  private readonly place: Int32Array; // of an element in `order`
  private readonly first: number[] = []; // of a block, in `order`
  private readonly size: number[] = [];
  private readonly marked: number[] = []; // how many of a block are marked: they stand at its front
  private readonly touched: number[] = [];

  constructor(colour: Int32Array) {
    this.order = Int32Array.from(colour.keys()).sort((a, b) => colour[a] - colour[b]);
    this.place = new Int32Array(colour.length);
    this.classOf = new Int32Array(colour.length);
    for (let i = 0; i < this.order.length; i++) {
      if (i === 0 || colour[this.order[i]] !== colour[this.order[i - 1]]) this.newBlock(i);
      this.size[this.classes - 1]++;
      this.classOf[this.order[i]] = this.classes - 1;
      this.place[this.order[i]] = i;
    }
  }

  sizeOf(block: number): number {
    return this.size[block];
  }

  membersOf(block: number): Int32Array {
    return this.order.slice(this.first[block], this.first[block] + this.size[block]);
  }

  mark(element: number): void {
    const block = this.classOf[element];
    const boundary = this.first[block] + this.marked[block];
    const place = this.place[element];
    if (place < boundary) return;
    if (this.marked[block] === 0) this.touched.push(block);
    const other = this.order[boundary];
    this.order[boundary] = element;
    this.order[place] = other;
    this.place[element] = boundary;
    this.place[other] = place;
    this.marked[block]++;
  }

  /** Makes the marked members of each block a new one where some are not marked: [old block, new block] each. */
  split(): [number, number][] {
    const made: [number, number][] = [];
    for (const block of this.touched) {
      const count = this.marked[block];
      this.marked[block] = 0;
      if (count === this.size[block]) continue;
      this.newBlock(this.first[block]);
      const fresh = this.classes - 1;
      this.size[fresh] = count;
      for (let i = this.first[block]; i < this.first[block] + count; i++) this.classOf[this.order[i]] = fresh;
      this.first[block] += count;
      this.size[block] -= count;
      made.push([block, fresh]);
    }
    this.touched.length = 0;
    return made;
  }

  private newBlock(first: number): void {
    this.first.push(first);
    this.size.push(0);
    this.marked.push(0);
    this.classes++;
  }
}
