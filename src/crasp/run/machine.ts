/**
 * A program as a machine: counters, the last truth values that local counts look at (a bit each), and the position modulo
 * the period. It reads one symbol after the other in constant memory. Searches walk over its states
 * (configurations), generation runs on it, and so does everything where WebAssembly is forbidden.
 */
import type { CoreProgram, NodeId } from '../core/core.ts';
import { endSymbol, operands, outputNodes } from '../core/core.ts';
import type { Plan } from './plan.ts';
import { planOf } from './plan.ts';

export interface State {
  /** Symbols read so far. */
  length: number;
  /** One number for each of the plan's counters, then for each local count its value at the last position. */
  readonly counts: Float64Array;
  /** The histories one after the other, each a ring of bits: see Ring. */
  readonly past: Uint32Array;
}

/**
 * Where a history is in `State.past`. The value at position p is the bit −p mod (32 · words), so that going back in the
 * string is going up in the bits.
 */
interface Ring {
  readonly from: number;
  readonly words: number;
  /** How many positions back are remembered. */
  readonly length: number;
}

/** A symbol that isn't there: the end position where no '<eos>' is declared. */
const NO_SYMBOL = -1;

export class Machine {
  readonly program: CoreProgram;
  private readonly plan: Plan;
  private readonly values: Float64Array;
  /** For each count its place in `State.counts`. */
  private readonly slots: Int32Array;
  private readonly end: number;
  private readonly rings: readonly Ring[];
  private readonly words: number;
  /** Characters of a key that stand for the past, sixteen bits each. */
  private readonly keyUnits: number;
  /** Bytes that a state and its key take, roughly. */
  readonly stateBytes: number;
  /** Operands that are looked at to advance a state and to read it. */
  readonly operands: number;
  /** What it costs to copy a state, to advance and read it, and to make its key, in operands looked at, roughly. */
  readonly stepCost: number;

  constructor(program: CoreProgram) {
    this.program = program;
    this.plan = planOf(program);
    let from = 0;
    this.rings = this.plan.histories.map(({ length }) => {
      const words = Math.ceil((length + 1) / 32); // with the one that falls out of the window
      from += words;
      return { from: from - words, words, length };
    });
    this.words = from;
    this.keyUnits = this.rings.reduce((sum, { length }) => sum + Math.ceil(length / 16), 0);
    const counts = this.plan.counters.length + this.plan.windows.length;
    // A count and 32 remembered values: as numbers of the state, and in its key.
    this.stateBytes = STATE_BYTES + 12 * this.words + 24 * counts;
    this.operands =
      operandCount(program, this.plan.step) +
      operandCount(program, this.plan.read) +
      outputNodes(program).length +
      counts;
    this.stepCost = this.operands + WORD_COST * this.words + COUNT_COST * counts;
    this.values = new Float64Array(program.nodes.length);
    this.slots = new Int32Array(program.nodes.length);
    for (const [slot, { node }] of this.plan.counters.entries()) this.slots[node] = slot;
    for (const [slot, { node }] of this.plan.windows.entries()) {
      this.slots[node] = this.plan.counters.length + slot;
    }
    this.end = endSymbol(program);
  }

  start(): State {
    return {
      length: 0,
      counts: new Float64Array(this.plan.counters.length + this.plan.windows.length),
      past: new Uint32Array(this.words),
    };
  }

  copy(state: State): State {
    return { length: state.length, counts: state.counts.slice(), past: state.past.slice() };
  }

  /** A state as its length, its counts and the words of its past. */
  get packing(): {
    width: number;
    write: typeof writeState;
    read: (from: Float64Array, at: number) => State;
  } {
    const counts = this.plan.counters.length + this.plan.windows.length;
    const width = 1 + counts + this.words;
    return {
      width,
      write: writeState,
      read: (numbers, from) => ({
        length: numbers[from],
        counts: numbers.slice(from + 1, from + 1 + counts),
        past: Uint32Array.from(numbers.subarray(from + 1 + counts, from + width)),
      }),
    };
  }

  /** Reads a symbol (its place in the alphabet): the state is changed. */
  advance(state: State, symbol: number): void {
    const { values, plan } = this;
    const { counts, past } = state;
    const { counters, windows, histories } = plan;
    this.compute(plan.step, state, symbol);
    for (let slot = 0; slot < counters.length; slot++) counts[slot] += values[counters[slot].of];
    for (let slot = 0; slot < windows.length; slot++) {
      const { history, window } = windows[slot];
      const place = counters.length + slot;
      counts[place] = this.windowValue(state, place, history, window.near, window.far);
    }
    state.length++;
    for (let history = 0; history < histories.length; history++) {
      const ring = this.rings[history];
      const bit = bitOf(ring, state.length);
      const mask = 1 << (bit & 31);
      const word = ring.from + (bit >>> 5);
      if (values[histories[history].of] === 1) past[word] |= mask;
      else past[word] &= ~mask;
    }
  }

  /** The output's truth values if the next symbol were this one: one for `accept`, one for each symbol of `next`. */
  read(state: State, symbol: number): boolean[] {
    this.compute(this.plan.read, state, symbol);
    const { output } = this.program;
    if (output.kind === 'accept') return [this.values[output.node] === 1];
    return output.symbols.map(({ node }) => this.values[node] === 1);
  }

  /** What `accept` says at the extra position after what was read. */
  readEnd(state: State): boolean {
    return this.read(state, this.end < 0 ? NO_SYMBOL : this.end)[0];
  }

  /** A text that two states share if and only if they remember the same. */
  key(state: State): string {
    const { length: counters } = this.plan.counters;
    let key = String(state.length % this.plan.period);
    for (let slot = 0; slot < counters; slot++) key += ` ${state.counts[slot]}`;
    if (this.rings.length === 0) return key;
    const units = new Uint16Array(this.keyUnits);
    let at = 0;
    for (const ring of this.rings) {
      const last = bitOf(ring, state.length);
      for (let back = 0; back < ring.length; back += 16) {
        const bits = sixteenBits(state.past, ring, last + back);
        const kept = ring.length - back;
        units[at++] = kept < 16 ? bits & ((1 << kept) - 1) : bits;
      }
    }
    key += ' ';
    for (let from = 0; from < at; from += UNITS_AT_ONCE) {
      key += String.fromCharCode(...units.subarray(from, from + UNITS_AT_ONCE));
    }
    return key;
  }

  /** Node values at the position after the state, into this.values. */
  private compute(ids: readonly NodeId[], state: State, symbol: number): void {
    const { values, slots } = this;
    const { nodes } = this.program;
    for (const id of ids) {
      const node = nodes[id];
      switch (node.kind) {
        case 'Q':
          values[id] = symbol === node.symbol ? 1 : 0;
          break;
        case 'const':
          values[id] = Number(node.value);
          break;
        case 'not':
          values[id] = 1 - values[node.of];
          break;
        case 'and':
          values[id] = node.of.every((operand) => values[operand] === 1) ? 1 : 0;
          break;
        case 'mod':
          values[id] = (state.length + 1) % node.modulus === node.residue ? 1 : 0;
          break;
        case 'ge0':
          values[id] = values[node.of] >= 0 ? 1 : 0;
          break;
        case 'count': {
          const slot = slots[id];
          if (node.guard === null) values[id] = state.counts[slot] + values[node.of];
          else {
            const { history } = this.plan.windows[slot - this.plan.counters.length];
            values[id] = this.windowValue(state, slot, history, node.guard.near, node.guard.far);
          }
          break;
        }
        case 'lin': {
          let sum = node.constant;
          for (const term of node.terms) sum += term.factor * values[term.node];
          values[id] = sum;
          break;
        }
        case 'cond':
          values[id] = values[node.test] === 1 ? values[node.yes] : values[node.no];
          break;
      }
    }
  }

  /** A local count at the next position: its last value, what comes into the window, what falls out of it. */
  private windowValue(state: State, place: number, history: number, near: number, far: number): number {
    const comesIn =
      near === 0 ? this.values[this.plan.histories[history].of] : this.back(state, history, near);
    return state.counts[place] + comesIn - this.back(state, history, far + 1);
  }

  /** The value so many positions before the next one; 0 before the first. */
  private back(state: State, history: number, distance: number): number {
    const position = state.length + 1 - distance;
    if (position < 1) return 0;
    const ring = this.rings[history];
    const bit = bitOf(ring, position);
    return (state.past[ring.from + (bit >>> 5)] >>> (bit & 31)) & 1;
  }
}

/** How many operands a program looks at for each symbol of an input. */
export function operandsPerSymbol(program: CoreProgram): number {
  return new Machine(program).operands;
}

/** What copying a count, or 32 remembered values, and putting it into a key costs, in operands looked at: measured. */
const COUNT_COST = 10;
const WORD_COST = 10;

/** Arguments of one call: engines allow some ten thousand. */
const UNITS_AT_ONCE = 4096;

/** A state without counters and histories: its key in a set, and how it was reached. */
const STATE_BYTES = 180;

function writeState({ length, counts, past }: State, numbers: Float64Array, from: number): void {
  numbers[from] = length;
  numbers.set(counts, from + 1);
  numbers.set(past, from + 1 + counts.length);
}

function operandCount(program: CoreProgram, ids: readonly NodeId[]): number {
  return ids.reduce((sum, id) => sum + 1 + operands(program.nodes[id]).length, 0);
}

function bitOf({ words }: Ring, position: number): number {
  const bits = 32 * words;
  const residue = position % bits;
  return residue === 0 ? 0 : bits - residue;
}

/** The sixteen bits of a ring from one on. */
function sixteenBits(past: Uint32Array, { from, words }: Ring, bit: number): number {
  const word = (bit >>> 5) % words;
  const shift = bit & 31;
  const low = past[from + word] >>> shift;
  if (shift <= 16) return low & 0xffff;
  return (low | (past[from + ((word + 1) % words)] << (32 - shift))) & 0xffff;
}
