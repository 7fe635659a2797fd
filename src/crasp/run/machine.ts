/**
 * A program as a machine: counters, the last few truth values that local counts look at, and the position modulo
 * the period. It reads one symbol after the other in constant memory. Searches walk over its states
 * (configurations), generation runs on it, and so does everything where WebAssembly is forbidden.
 */
import type { CoreProgram, NodeId } from '../core/core.ts';
import { endSymbol } from '../core/core.ts';
import type { Plan } from './plan.ts';
import { planOf } from './plan.ts';

export interface State {
  /** Symbols read so far. */
  length: number;
  /** One number for each of the plan's counters. */
  readonly counters: Float64Array;
  /** For each history a ring: the value k positions back (k ≥ 1) is at (length − k + 1) mod size. */
  readonly rings: readonly Uint8Array[];
  /** For each local count its value at the last position. */
  readonly sums: Float64Array;
}

/** A symbol that isn't there: the end position where no '<eos>' is declared. */
const NO_SYMBOL = -1;

export class Machine {
  readonly program: CoreProgram;
  private readonly plan: Plan;
  private readonly values: Float64Array;
  /** For each node its place among counters or windows. */
  private readonly slots: Int32Array;
  private readonly end: number;

  constructor(program: CoreProgram) {
    this.program = program;
    this.plan = planOf(program);
    this.values = new Float64Array(program.nodes.length);
    this.slots = new Int32Array(program.nodes.length);
    for (const [slot, { node }] of this.plan.counters.entries()) this.slots[node] = slot;
    for (const [slot, { node }] of this.plan.windows.entries()) this.slots[node] = slot;
    this.end = endSymbol(program);
  }

  start(): State {
    return {
      length: 0,
      counters: new Float64Array(this.plan.counters.length),
      rings: this.plan.histories.map(({ length }) => new Uint8Array(length + 1)),
      sums: new Float64Array(this.plan.windows.length),
    };
  }

  copy(state: State): State {
    return {
      length: state.length,
      counters: state.counters.slice(),
      rings: state.rings.map((ring) => ring.slice()),
      sums: state.sums.slice(),
    };
  }

  /** Reads a symbol (its place in the alphabet): the state is changed. */
  advance(state: State, symbol: number): void {
    const { values, plan } = this;
    this.compute(plan.step, state, symbol);
    for (const [slot, { of }] of plan.counters.entries()) state.counters[slot] += values[of];
    for (const [slot, { history, window }] of plan.windows.entries()) {
      state.sums[slot] = this.windowValue(state, slot, history, window.near, window.far);
    }
    state.length++;
    for (const [slot, { of }] of plan.histories.entries()) {
      const ring = state.rings[slot];
      ring[state.length % ring.length] = values[of];
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
    const parts: (number | string)[] = [state.length % this.plan.period, ...state.counters];
    for (const ring of state.rings) {
      let bits = '';
      for (let back = 1; back < ring.length; back++) {
        bits += ring[(state.length - back + 1 + ring.length) % ring.length];
      }
      parts.push(bits);
    }
    return parts.join(' ');
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
          if (node.guard === null) values[id] = state.counters[slot] + values[node.of];
          else {
            const { history } = this.plan.windows[slot];
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
  private windowValue(state: State, slot: number, history: number, near: number, far: number): number {
    const ring = state.rings[history];
    const position = state.length + 1;
    const back = (distance: number): number =>
      distance >= position ? 0 : ring[(position - distance) % ring.length];
    const comesIn = near === 0 ? this.values[this.plan.histories[history].of] : back(near);
    const fallsOut = position - far - 1 < 1 ? 0 : back(far + 1);
    return state.sums[slot] + comesIn - fallsOut;
  }
}
