/** Writes protocol buffer messages (https://protobuf.dev/programming-guides/encoding), as much as ONNX needs. */

/** A message under construction: fields are appended in the order in which they are called. */
export class ProtobufMessage {
  private readonly parts: Uint8Array[] = [];
  private length = 0;

  /** A whole number: int32, int64, bool or an enumeration. Negative ones take ten bytes, as the format has it. */
  integer(field: number, value: number | bigint): this {
    this.append(varint((BigInt(field) << 3n) | 0n));
    return this.append(varint(BigInt.asUintN(64, BigInt(value))));
  }

  /** A float (32 bits, little-endian). */
  float(field: number, value: number): this {
    const bytes = new Uint8Array(4);
    new DataView(bytes.buffer).setFloat32(0, value, true);
    this.append(varint((BigInt(field) << 3n) | 5n));
    return this.append(bytes);
  }

  text(field: number, value: string): this {
    return this.bytes(field, new TextEncoder().encode(value));
  }

  /** Several whole numbers in one packed field. */
  integers(field: number, values: Iterable<number | bigint>): this {
    const packed = new ProtobufMessage();
    for (const value of values) packed.append(varint(BigInt.asUintN(64, BigInt(value))));
    return this.message(field, packed);
  }

  message(field: number, inner: ProtobufMessage): this {
    this.prefix(field, inner.length);
    for (const part of inner.parts) this.parts.push(part);
    this.length += inner.length;
    return this;
  }

  /** The bytes are not copied before `finish`. */
  bytes(field: number, value: Uint8Array): this {
    this.prefix(field, value.length);
    return this.append(value);
  }

  get byteLength(): number {
    return this.length;
  }

  finish(): Uint8Array {
    const result = new Uint8Array(this.length);
    let offset = 0;
    for (const part of this.parts) {
      result.set(part, offset);
      offset += part.length;
    }
    return result;
  }

  private prefix(field: number, length: number): void {
    this.append(varint((BigInt(field) << 3n) | 2n));
    this.append(varint(BigInt(length)));
  }

  private append(part: Uint8Array): this {
    this.parts.push(part);
    this.length += part.length;
    return this;
  }
}

function varint(value: bigint): Uint8Array {
  const bytes: number[] = [];
  let rest = value;
  while (rest > 127n) {
    bytes.push(Number(rest & 127n) | 128);
    rest >>= 7n;
  }
  bytes.push(Number(rest));
  return Uint8Array.from(bytes);
}
