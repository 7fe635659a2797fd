/**
 * The binary format of WebAssembly, as much of it as one small module needs: one memory, some functions, exports.
 * (WebAssembly core specification 1.0, chapter 5, and `memory.fill` from the bulk memory extension.)
 */

export const I32 = 0x7f;
export const I64 = 0x7e;
export type ValueType = typeof I32 | typeof I64;

/** One-byte instructions by their names in the specification. */
const INSTRUCTIONS = {
  block: 0x02,
  loop: 0x03,
  end: 0x0b,
  select: 0x1b,
  'i32.eqz': 0x45,
  'i32.eq': 0x46,
  'i32.ge_u': 0x4f,
  'i64.ge_s': 0x59,
  'i32.add': 0x6a,
  'i32.sub': 0x6b,
  'i32.rem_u': 0x70,
  'i32.and': 0x71,
  'i64.popcnt': 0x7b,
  'i64.add': 0x7c,
  'i64.sub': 0x7d,
  'i64.mul': 0x7e,
  'i64.and': 0x83,
  'i64.or': 0x84,
  'i64.shl': 0x86,
  'i64.shr_u': 0x88,
  'i32.wrap_i64': 0xa7,
  'i64.extend_i32_u': 0xad,
} as const;

/** The instructions of a function body, in order. */
export class Code {
  readonly bytes: number[] = [];

  op(...names: (keyof typeof INSTRUCTIONS)[]): this {
    for (const name of names) {
      this.bytes.push(INSTRUCTIONS[name]);
      if (name === 'block' || name === 'loop') this.bytes.push(0x40); // without a result
    }
    return this;
  }

  /** Leaves (block) or repeats (loop) the construct that is `depth` levels out. */
  branch(depth: number): this {
    return this.immediate(0x0c, depth);
  }

  branchIf(depth: number): this {
    return this.immediate(0x0d, depth);
  }

  get(local: number): this {
    return this.immediate(0x20, local);
  }

  set(local: number): this {
    return this.immediate(0x21, local);
  }

  i32(value: number): this {
    this.bytes.push(0x41);
    pushSigned(this.bytes, BigInt(value));
    return this;
  }

  i64(value: number | bigint): this {
    this.bytes.push(0x42);
    pushSigned(this.bytes, BigInt(value));
    return this;
  }

  load32(offset: number): this {
    return this.memory(0x28, 2, offset);
  }

  load8(offset: number): this {
    return this.memory(0x2d, 0, offset);
  }

  load16(offset: number): this {
    return this.memory(0x2f, 1, offset);
  }

  store8(offset: number): this {
    return this.memory(0x3a, 0, offset);
  }

  /** memory.fill: address, byte and length are on the stack. */
  fill(): this {
    this.bytes.push(0xfc, 0x0b, 0x00);
    return this;
  }

  private immediate(opcode: number, value: number): this {
    this.bytes.push(opcode);
    pushUnsigned(this.bytes, value);
    return this;
  }

  private memory(opcode: number, alignment: number, offset: number): this {
    this.bytes.push(opcode, alignment);
    pushUnsigned(this.bytes, offset);
    return this;
  }
}

/** A module with one exported function and its memory: exports `run` and `memory`. */
export function encodeModule(
  parameters: readonly ValueType[],
  locals: readonly ValueType[],
  code: Code,
  pages: number,
): Uint8Array<ArrayBuffer> {
  const type = [0x60, ...vector(parameters.map((kind) => [kind])), 0x00];
  const body = [...localDeclarations(locals)];
  for (const byte of code.bytes) body.push(byte);
  body.push(0x0b);
  const sections = [
    section(1, vector([type])),
    section(3, vector([[0]])),
    section(5, vector([[0x00, ...unsigned(pages)]])),
    section(
      7,
      vector([
        [...name('run'), 0x00, 0],
        [...name('memory'), 0x02, 0],
      ]),
    ),
    section(10, vector([concatenate([unsigned(body.length), body])])),
  ];
  const header = [0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00];
  return new Uint8Array(concatenate([header, ...sections]));
}

/** Runs of equal types, as the format wants them. */
function localDeclarations(locals: readonly ValueType[]): number[] {
  const runs: { kind: ValueType; count: number }[] = [];
  for (const kind of locals) {
    const last = runs.at(-1);
    if (last?.kind === kind) last.count++;
    else runs.push({ kind, count: 1 });
  }
  return vector(runs.map(({ kind, count }) => [...unsigned(count), kind]));
}

function section(id: number, content: number[]): number[] {
  return concatenate([[id], unsigned(content.length), content]);
}

function vector(items: readonly number[][]): number[] {
  return concatenate([unsigned(items.length), ...items]);
}

function name(text: string): number[] {
  return vector([...text].map((letter) => [letter.charCodeAt(0)]));
}

function concatenate(parts: readonly number[][]): number[] {
  const whole: number[] = [];
  for (const part of parts) for (const byte of part) whole.push(byte);
  return whole;
}

function unsigned(value: number): number[] {
  const bytes: number[] = [];
  pushUnsigned(bytes, value);
  return bytes;
}

/** LEB128 */
function pushUnsigned(bytes: number[], value: number): void {
  let rest = value;
  while (rest >= 0x80) {
    bytes.push((rest & 0x7f) | 0x80);
    rest >>>= 7;
  }
  bytes.push(rest);
}

/** Signed LEB128 */
function pushSigned(bytes: number[], value: bigint): void {
  let rest = value;
  for (;;) {
    const byte = Number(rest & 0x7fn);
    rest >>= 7n;
    const done = (rest === 0n && (byte & 0x40) === 0) || (rest === -1n && (byte & 0x40) !== 0);
    bytes.push(done ? byte : byte | 0x80);
    if (done) return;
  }
}
