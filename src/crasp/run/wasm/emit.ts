/**
 * A program as a WebAssembly module: straight-line code for one position inside a loop over symbols inside a loop
 * over strings. Counters are 64-bit locals (numbers stay below 2^53 by the caps, so nothing overflows); the past
 * that local counts look at is a shift register of 64 bits, or, for longer look-backs, a ring of bytes in memory
 * with a running sum. Every position costs the same: linear time for every program.
 */
import type { CoreProgram, NodeId } from '../../core/core.ts';
import { endSymbol, isCount, outputNodes } from '../../core/core.ts';
import type { Plan } from '../plan.ts';
import { planOf } from '../plan.ts';
import type { ValueType } from './encode.ts';
import { Code, encodeModule, I32, I64 } from './encode.ts';

/** What a symbol is where there is none: no place in an alphabet is that large. */
const NO_SYMBOL = 0xffff;

/** The longest look-back that a shift register holds: bit k is the value k positions back. */
const REGISTER_LOOK_BACK = 63;

export interface Emitted {
  readonly bytes: Uint8Array<ArrayBuffer>;
  /** Bytes at the start of the memory that the module keeps for itself. */
  readonly reserved: number;
  /** Bytes written for each string. */
  readonly outputs: number;
}

/**
 * The module. Its export `run(offsets, count, out)` reads `count` strings: string s is the 16-bit symbols from
 * address offsets[s] to offsets[s + 1] (32-bit addresses), and its output bytes (0 or 1, one for `accept`, one for
 * each symbol of `next`) go to out + s · outputs. Strings read at the last symbol must not be empty.
 */
export function emit(program: CoreProgram): Emitted {
  return new Emitter(program).module();
}

/** Where a history lives. */
type Storage =
  | { readonly kind: 'register'; readonly local: number }
  | { readonly kind: 'ring'; readonly base: number; readonly mask: number };

class Emitter {
  private readonly program: CoreProgram;
  private readonly plan: Plan;
  private readonly code = new Code();
  private readonly locals: ValueType[] = [];
  private readonly nodeLocals = new Map<NodeId, number>();
  private readonly storage: Storage[] = [];
  private readonly historyOf = new Map<NodeId, Storage>();
  private reserved = 0;
  private readonly offsets = 0;
  private readonly count = 1;
  private readonly out = 2;
  private readonly pointer: number;
  private readonly end: number;
  private readonly symbol: number;
  private readonly position: number;

  constructor(program: CoreProgram) {
    this.program = program;
    this.plan = planOf(program);
    this.pointer = this.local(I32);
    this.end = this.local(I32);
    this.symbol = this.local(I32);
    this.position = this.local(I32);
    for (const { of, length } of this.plan.histories) {
      const storage = this.makeStorage(length);
      this.storage.push(storage);
      this.historyOf.set(of, storage);
    }
    for (const id of this.plan.read) {
      this.nodeLocals.set(id, this.local(isCount(program.nodes[id]) ? I64 : I32));
    }
  }

  module(): Emitted {
    const { code } = this;
    const outputs = outputNodes(this.program);
    code.op('block', 'loop');
    code.get(this.count).op('i32.eqz').branchIf(1);
    this.resetState();
    code.get(this.offsets).load32(0).set(this.pointer);
    code.get(this.offsets).load32(4).set(this.end);
    if (!this.readsAtEnd()) code.get(this.end).i32(2).op('i32.sub').set(this.end);
    this.loopOverSymbols();
    this.readOutput(outputs);
    code.get(this.offsets).i32(4).op('i32.add').set(this.offsets);
    code.get(this.out).i32(outputs.length).op('i32.add').set(this.out);
    code.get(this.count).i32(1).op('i32.sub').set(this.count);
    code.branch(0).op('end', 'end');
    const reserved = (this.reserved + 7) & ~7;
    const pages = Math.ceil(reserved / 65_536) + 1;
    const bytes = encodeModule([I32, I32, I32], this.locals, code, pages);
    return { bytes, reserved, outputs: outputs.length };
  }

  private readsAtEnd(): boolean {
    return this.program.output.kind === 'accept' && this.program.output.read === 'eos';
  }

  /** Everything that a string leaves behind is set to 0. */
  private resetState(): void {
    const { code } = this;
    code.i32(0).set(this.position);
    for (const { node } of this.plan.counters) code.i64(0).set(this.localOf(node));
    for (const { node, history } of this.plan.windows) {
      if (this.storage[history].kind === 'ring') code.i64(0).set(this.localOf(node));
    }
    for (const storage of this.storage) {
      if (storage.kind === 'register') code.i64(0).set(storage.local);
      else
        code
          .i32(storage.base)
          .i32(0)
          .i32(storage.mask + 1)
          .fill();
    }
  }

  private loopOverSymbols(): void {
    const { code } = this;
    code.op('block', 'loop');
    code.get(this.pointer).get(this.end).op('i32.ge_u').branchIf(1);
    code.get(this.pointer).load16(0).set(this.symbol);
    code.get(this.pointer).i32(2).op('i32.add').set(this.pointer);
    this.advancePosition();
    const computed = new Set(this.plan.step);
    for (const id of this.plan.step) this.computeNode(id);
    // Counts that no step node needs still have to count.
    for (const { node } of this.plan.counters) if (!computed.has(node)) this.computeNode(node);
    for (const { node, history } of this.plan.windows) {
      if (this.storage[history].kind === 'ring' && !computed.has(node)) this.computeNode(node);
    }
    code.branch(0).op('end', 'end');
  }

  private readOutput(outputs: readonly NodeId[]): void {
    const { code } = this;
    if (this.readsAtEnd()) {
      const symbol = endSymbol(this.program);
      code.i32(symbol < 0 ? NO_SYMBOL : symbol).set(this.symbol);
    } else {
      code.get(this.end).load16(0).set(this.symbol);
    }
    this.advancePosition();
    for (const id of this.plan.read) this.computeNode(id);
    for (const [place, id] of outputs.entries()) {
      code.get(this.out).get(this.localOf(id)).store8(place);
    }
  }

  private advancePosition(): void {
    this.code.get(this.position).i32(1).op('i32.add').set(this.position);
  }

  /** Computes a node at the current position into its local; a counter's local is the counter itself. */
  private computeNode(id: NodeId): void {
    const { code } = this;
    const node = this.program.nodes[id];
    const get = (operand: NodeId): Code => code.get(this.localOf(operand));
    switch (node.kind) {
      case 'Q':
        code.get(this.symbol).i32(node.symbol).op('i32.eq');
        break;
      case 'const':
        if (typeof node.value === 'boolean') code.i32(node.value ? 1 : 0);
        else code.i64(node.value);
        break;
      case 'not':
        get(node.of).op('i32.eqz');
        break;
      case 'and':
        get(node.of[0]);
        for (const operand of node.of.slice(1)) get(operand).op('i32.and');
        break;
      case 'mod':
        code.get(this.position).i32(node.modulus).op('i32.rem_u').i32(node.residue).op('i32.eq');
        break;
      case 'ge0':
        get(node.of).i64(0).op('i64.ge_s');
        break;
      case 'count':
        if (node.guard === null) get(id).get(this.localOf(node.of)).op('i64.extend_i32_u', 'i64.add');
        else this.localCount(id, node.of, node.guard.near, node.guard.far);
        break;
      case 'lin':
        code.i64(node.constant);
        for (const { node: term, factor } of node.terms) this.addTerm(term, factor);
        break;
      case 'cond':
        get(node.yes);
        get(node.no);
        get(node.test).op('select');
        break;
    }
    code.set(this.localOf(id));
    const storage = this.historyOf.get(id);
    if (storage !== undefined) this.remember(id, storage);
  }

  private addTerm(term: NodeId, factor: number): void {
    const { code } = this;
    code.get(this.localOf(term));
    if (factor === 1) code.op('i64.add');
    else if (factor === -1) code.op('i64.sub');
    else code.i64(factor).op('i64.mul', 'i64.add');
  }

  /** Puts the value just computed into its history: back 0 is now the current position. */
  private remember(id: NodeId, storage: Storage): void {
    const { code } = this;
    if (storage.kind === 'register') {
      code.get(storage.local).i64(1).op('i64.shl');
      code.get(this.localOf(id)).op('i64.extend_i32_u', 'i64.or').set(storage.local);
    } else {
      this.ringIndex(storage.mask, 0).get(this.localOf(id)).store8(storage.base);
    }
  }

  private localCount(id: NodeId, of: NodeId, near: number, far: number): void {
    const { code } = this;
    const storage = this.historyOf.get(of);
    if (storage === undefined) throw new Error(`node ${of} has no history`); // the plan gives it one
    if (storage.kind === 'register') {
      const width = far - near + 1;
      code.get(storage.local).i64(near).op('i64.shr_u');
      if (width === 1) code.i64(1).op('i64.and');
      else code.i64(BigInt.asIntN(64, (1n << BigInt(width)) - 1n)).op('i64.and', 'i64.popcnt');
    } else {
      code.get(this.localOf(id));
      this.ringIndex(storage.mask, near).load8(storage.base).op('i64.extend_i32_u', 'i64.add');
      this.ringIndex(storage.mask, far + 1)
        .load8(storage.base)
        .op('i64.extend_i32_u', 'i64.sub');
    }
  }

  /** The place in a ring of the value `back` positions ago; places not yet written hold 0. */
  private ringIndex(mask: number, back: number): Code {
    return this.code.get(this.position).i32(back).op('i32.sub').i32(mask).op('i32.and');
  }

  private makeStorage(length: number): Storage {
    if (length <= REGISTER_LOOK_BACK) return { kind: 'register', local: this.local(I64) };
    let size = 128;
    while (size < length + 2) size *= 2; // from the position that leaves the window to the current one
    const base = this.reserved;
    this.reserved += size;
    return { kind: 'ring', base, mask: size - 1 };
  }

  private local(kind: ValueType): number {
    return this.locals.push(kind) + 2; // after the three parameters
  }

  private localOf(id: NodeId): number {
    const local = this.nodeLocals.get(id);
    if (local === undefined) throw new Error(`node ${id} is not needed`); // operands of needed nodes are
    return local;
  }
}
