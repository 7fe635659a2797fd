/**
 * The fast way to run a program over many strings: a WebAssembly module made for it. Needs neither `eval` nor
 * `new Function`: a page's content policy has to allow 'wasm-unsafe-eval' and nothing more. Where WebAssembly is
 * forbidden or missing, the machine (machine.ts) gives the same answers, slower.
 */
import { UserError } from '../../common/errors.ts';
import type { CoreProgram } from '../core/core.ts';
import { emit } from './wasm/emit.ts';
import { MAX_INPUT_LENGTH } from '../core/limits.ts';
import { accepts, next } from './read-out.ts';
import { symbolPlaces, unknownSymbol } from './symbols.ts';

type Inputs = readonly (readonly string[])[];

export interface Evaluator {
  readonly backend: 'wasm' | 'machine';
  /** For each input whether it is accepted. Throws like `accepts`. */
  accepts(inputs: Inputs): boolean[];
  /** For each input the symbols whose rule holds after it. Throws like `next`. */
  next(inputs: Inputs): string[][];
}

/**
 * An evaluator, compiled on the spot. Browsers may refuse to compile modules above some megabytes at once on a
 * page's main thread; `loadEvaluator` has no such limit.
 */
export function evaluator(program: CoreProgram): Evaluator {
  const emitted = emit(program);
  let instance: WebAssembly.Instance;
  try {
    instance = new WebAssembly.Instance(new WebAssembly.Module(emitted.bytes));
  } catch (error) {
    if (isOurMistake(error)) throw error;
    return machineEvaluator(program);
  }
  return new WasmEvaluator(program, instance, emitted.reserved, emitted.outputs);
}

/** An evaluator, compiled in the background. */
export async function loadEvaluator(program: CoreProgram): Promise<Evaluator> {
  const emitted = emit(program);
  try {
    const { instance } = await WebAssembly.instantiate(emitted.bytes);
    return new WasmEvaluator(program, instance, emitted.reserved, emitted.outputs);
  } catch (error) {
    if (isOurMistake(error)) throw error;
    return machineEvaluator(program);
  }
}

/** The same answers without WebAssembly. */
export function machineEvaluator(program: CoreProgram): Evaluator {
  return {
    backend: 'machine',
    accepts: (inputs) => inputs.map((input) => accepts(program, input)),
    next: (inputs) => inputs.map((input) => next(program, input)),
  };
}

/** A module that doesn't validate is a fault of the emitter; whatever else goes wrong, the environment forbids. */
function isOurMistake(error: unknown): boolean {
  return (
    typeof WebAssembly !== 'undefined' &&
    error instanceof WebAssembly.CompileError &&
    !/content.security|unsafe-eval|disallowed|blocked/i.test(error.message)
  );
}

/** How many symbols and strings go through one call: engines optimise a function between its calls. */
const SYMBOLS_PER_CALL = 1 << 17;
const STRINGS_PER_CALL = 1 << 13;
/** ... and output bytes, where every symbol has its own. */
const OUTPUT_BYTES_PER_CALL = 1 << 20;

const PAGE = 65_536;

/** Stands for the code of a symbol of several characters. */
const NO_CODE = 0x10000;

class WasmEvaluator implements Evaluator {
  readonly backend = 'wasm';
  private readonly program: CoreProgram;
  private readonly memory: WebAssembly.Memory;
  private readonly run: (offsets: number, count: number, out: number) => void;
  private readonly outputs: number;
  private readonly stringsPerCall: number;
  private readonly offsetsAt: number;
  private readonly outAt: number;
  private readonly symbolsAt: number;
  private symbols: Uint16Array;
  private readonly places: ReadonlyMap<string, number>;
  /** The places of symbols of one character below 256, by its code; −1 where there is none. Looking a text up costs more than all the rest. */
  private readonly latinPlaces = new Int32Array(256).fill(-1);

  constructor(program: CoreProgram, instance: WebAssembly.Instance, reserved: number, outputs: number) {
    this.program = program;
    this.memory = instance.exports.memory as WebAssembly.Memory;
    this.run = instance.exports.run as (offsets: number, count: number, out: number) => void;
    this.outputs = outputs;
    const fitting = Math.floor(OUTPUT_BYTES_PER_CALL / Math.max(1, outputs));
    this.stringsPerCall = Math.max(1, Math.min(STRINGS_PER_CALL, fitting));
    this.offsetsAt = reserved;
    this.outAt = this.offsetsAt + 4 * (this.stringsPerCall + 1);
    this.symbolsAt = (this.outAt + outputs * this.stringsPerCall + 1) & ~1;
    this.symbols = this.reserve(SYMBOLS_PER_CALL);
    this.places = symbolPlaces(program);
    for (const [symbol, place] of this.places) {
      if (symbol.length === 1 && symbol.charCodeAt(0) < 256) this.latinPlaces[symbol.charCodeAt(0)] = place;
    }
  }

  accepts(inputs: Inputs): boolean[] {
    if (this.program.output.kind !== 'accept') inputs.forEach((input) => accepts(this.program, input)); // throws
    const results: boolean[] = [];
    this.evaluate(inputs, (bytes, count) => {
      for (let i = 0; i < count; i++) results.push(bytes[i] === 1);
    });
    return results;
  }

  next(inputs: Inputs): string[][] {
    const { alphabet, output } = this.program;
    if (output.kind !== 'next') {
      inputs.forEach((input) => next(this.program, input)); // throws
      return [];
    }
    const results: string[][] = [];
    this.evaluate(inputs, (bytes, count) => {
      for (let i = 0; i < count; i++) {
        const start = i * this.outputs;
        results.push(
          output.symbols.flatMap(({ symbol }, k) => (bytes[start + k] === 1 ? [alphabet[symbol]] : [])),
        );
      }
    });
    return results;
  }

  /** Runs all inputs, some at a time; `take` gets each call's output bytes and number of strings. */
  private evaluate(inputs: Inputs, take: (bytes: Uint8Array, count: number) => void): void {
    let from = 0;
    while (from < inputs.length) {
      const to = this.chunkEnd(inputs, from);
      this.write(inputs, from, to);
      this.run(this.offsetsAt, to - from, this.outAt);
      take(new Uint8Array(this.memory.buffer, this.outAt, (to - from) * this.outputs), to - from);
      from = to;
    }
  }

  private chunkEnd(inputs: Inputs, from: number): number {
    let to = from;
    let size = 0;
    while (to < inputs.length && to - from < this.stringsPerCall) {
      size += inputs[to].length;
      if (to > from && size > SYMBOLS_PER_CALL) return to;
      to++;
    }
    return to;
  }

  /** Writes the strings' symbols and offsets into the module's memory. */
  private write(inputs: Inputs, from: number, to: number): void {
    const { places, latinPlaces } = this;
    let symbols = this.symbols;
    if (from + 1 === to && inputs[from].length > symbols.length) symbols = this.reserveFor(inputs[from]);
    const offsets = new Uint32Array(this.memory.buffer, this.offsetsAt, to - from + 1);
    let at = 0;
    for (let i = from; i < to; i++) {
      const input = inputs[i];
      offsets[i - from] = this.symbolsAt + 2 * at;
      if (input.length === 0) this.refuseEmpty();
      for (let k = 0; k < input.length; k++) {
        const symbol = input[k];
        const code = symbol.length === 1 ? symbol.charCodeAt(0) : NO_CODE;
        const place = code < latinPlaces.length ? latinPlaces[code] : (places.get(symbol) ?? -1);
        if (place < 0) throw unknownSymbol(this.program, symbol, k + 1);
        symbols[at++] = place;
      }
    }
    offsets[to - from] = this.symbolsAt + 2 * at;
  }

  /** The empty string has no last symbol to read at; the reference says so. */
  private refuseEmpty(): void {
    const { output } = this.program;
    if (output.kind === 'next') next(this.program, []);
    else if (output.read === 'last') accepts(this.program, []);
  }

  private reserveFor(input: readonly string[]): Uint16Array {
    if (input.length > MAX_INPUT_LENGTH) {
      throw new UserError(`the input has ${input.length} symbols, more than the ${MAX_INPUT_LENGTH} allowed`);
    }
    this.symbols = this.reserve(input.length);
    return this.symbols;
  }

  /** A view for that many symbols, with the memory grown as needed. */
  private reserve(symbols: number): Uint16Array {
    const missing = this.symbolsAt + 2 * symbols - this.memory.buffer.byteLength;
    if (missing > 0) this.memory.grow(Math.ceil(missing / PAGE));
    return new Uint16Array(this.memory.buffer, this.symbolsAt, symbols);
  }
}
