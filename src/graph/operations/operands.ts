/** What several operations ask of their inputs: shapes that go together, axes that exist, numbers made constants. */
import type { Value } from '../types/node.ts';
import { GraphError, isFloat, isInteger, showShape, toFloat64 } from '../types/tensor.ts';
import type { DType, Shape } from '../types/tensor.ts';

/** A value, or a number that becomes a constant of the other operand's type. */
export type Operand = Value | number;

/** Two operands as values. @throws GraphError when both are numbers or their types differ */
export function operands(name: string, a: Operand, b: Operand): [Value, Value] {
  if (typeof a !== 'number') return [a, typeof b === 'number' ? constantBeside(name, a, b) : b];
  if (typeof b === 'number')
    throw new GraphError(`${name}: two plain numbers, at least one has to be a value`);
  return [constantBeside(name, b, a), b];
}

function constantBeside(name: string, { graph, dtype, shape }: Value, number: number): Value {
  if (isInteger(dtype) && !Number.isInteger(number)) {
    throw new GraphError(
      `${name}: ${number} beside ${dtype} ${showShape(shape)}: a whole number was expected`,
    );
  }
  return graph.constant(number, [], dtype);
}

/** The shape of both, broadcast as NumPy does. `whole` shows the shapes that `a` and `b` are only parts of. */
export function broadcastShape(name: string, a: Shape, b: Shape, whole = both(a, b)): Shape {
  const rank = Math.max(a.length, b.length);
  return Array.from({ length: rank }, (_, i) => {
    const x = a[i - rank + a.length] ?? 1;
    const y = b[i - rank + b.length] ?? 1;
    if (x !== y && x !== 1 && y !== 1) {
      throw new GraphError(`${name}: ${whole}: dimensions ${x} and ${y} differ`);
    }
    return x === 1 ? y : x;
  });
}

function both(a: Shape, b: Shape): string {
  return `${showShape(a)} and ${showShape(b)}`;
}

/** The common type of two values. */
export function sameDType(name: string, a: Value, b: Value): DType {
  if (a.dtype !== b.dtype) {
    throw new GraphError(
      `${name}: ${a.dtype} ${showShape(a.shape)} and ${b.dtype} ${showShape(b.shape)}: the types differ, cast one`,
    );
  }
  return a.dtype;
}

export function expectFloat(name: string, value: Value): void {
  if (!isFloat(value.dtype)) {
    throw new GraphError(`${name}: ${value.dtype} ${showShape(value.shape)}: floats were expected`);
  }
}

export function expectInteger(name: string, value: Value): void {
  if (!isInteger(value.dtype)) {
    throw new GraphError(`${name}: ${value.dtype} ${showShape(value.shape)}: int32 or int64 was expected`);
  }
}

export function expectBool(name: string, value: Value): void {
  if (value.dtype !== 'bool') {
    throw new GraphError(`${name}: ${value.dtype} ${showShape(value.shape)}: bool was expected`);
  }
}

/** An axis counted from the front; −1 is the last. */
export function resolveAxis(name: string, shape: Shape, axis: number): number {
  const resolved = axis < 0 ? axis + shape.length : axis;
  if (!Number.isInteger(resolved) || resolved < 0 || resolved >= shape.length) {
    throw new GraphError(`${name}: ${showShape(shape)} has no axis ${axis}`);
  }
  return resolved;
}

/** The last dimension, for operations that work along rows. */
export function lastDimension(name: string, shape: Shape): number {
  if (shape.length === 0)
    throw new GraphError(`${name}: [] is a scalar, at least one dimension was expected`);
  return shape[shape.length - 1];
}

/** Whether the value is a constant scalar (or all ones in size) equal to `number`. */
export function isConstant(value: Value, number: number): boolean {
  return constantNumber(value) === number;
}

/** The numbers of a constant, else undefined. */
export function constantNumbers({ node }: Value): Float64Array | undefined {
  return node.kind === 'constant' ? toFloat64(node.data) : undefined;
}

/** The number of a constant with one element, else undefined. */
export function constantNumber(value: Value): number | undefined {
  return value.node.kind === 'constant' && value.node.data.length === 1
    ? Number(value.node.data[0])
    : undefined;
}
