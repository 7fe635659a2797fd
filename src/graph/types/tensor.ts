/**
 * Tensors outside a graph: a type, a shape and the numbers, row by row. What is fed to a session, what comes out.
 */

export type DType = 'float32' | 'float64' | 'int32' | 'int64' | 'bool';

/** Sizes of the dimensions, outermost first. `[]` is a scalar. */
export type Shape = readonly number[];

/** A bool is a byte that is 0 or 1; an int64 is a BigInt. */
export type TypedArray = Float32Array | Float64Array | Int32Array | BigInt64Array | Uint8Array;

/** Numbers in row-major order with their shape: what is fed to a graph and comes out of it. */
export interface Tensor {
  readonly dtype: DType;
  readonly shape: Shape;
  /** In row-major order, as many elements as the shape has. */
  readonly data: TypedArray;
}

/** What is known of a value before it is computed. */
export interface TensorType {
  readonly dtype: DType;
  readonly shape: Shape;
}

/** A graph that cannot be built or run as asked. The message names the operation or input, and both shapes. */
export class GraphError extends Error {
  override readonly name = 'GraphError';
}

const ARRAYS = {
  float32: Float32Array,
  float64: Float64Array,
  int32: Int32Array,
  int64: BigInt64Array,
  bool: Uint8Array,
} as const;

/** The number of elements of a shape. */
export function sizeOf(shape: Shape): number {
  return shape.reduce((product, dimension) => product * dimension, 1);
}

/** Whether a tensor has no elements. */
export function isEmpty({ shape }: { readonly shape: Shape }): boolean {
  return shape.includes(0);
}

/** `[3, 4]` */
export function showShape(shape: Shape): string {
  return `[${shape.join(', ')}]`;
}

export function sameShape(a: Shape, b: Shape): boolean {
  return a.length === b.length && a.every((dimension, i) => dimension === b[i]);
}

export function isFloat(dtype: DType): boolean {
  return dtype === 'float32' || dtype === 'float64';
}

export function isInteger(dtype: DType): boolean {
  return dtype === 'int32' || dtype === 'int64';
}

/** The numbers as an array of the type's own kind; the array itself where it is one already. */
export function toTypedArray(dtype: DType, numbers: TypedArray | readonly number[]): TypedArray {
  if (numbers instanceof ARRAYS[dtype]) return numbers;
  const plain = numbers instanceof BigInt64Array ? Array.from(numbers, Number) : numbers;
  if (dtype === 'int64') return BigInt64Array.from(plain as ArrayLike<number>, (n) => BigInt(Math.trunc(n)));
  return ARRAYS[dtype].from(plain);
}

/** The numbers in float64, as the reference evaluator counts. */
export function toFloat64(data: TypedArray): Float64Array {
  return data instanceof Float64Array ? data : Float64Array.from(data as ArrayLike<number>, Number);
}

/** Elements between neighbours along each dimension of a row-major array. */
export function stridesOf(shape: Shape): number[] {
  const strides = new Array<number>(shape.length).fill(1);
  for (let i = shape.length - 2; i >= 0; i--) strides[i] = strides[i + 1] * shape[i + 1];
  return strides;
}

/**
 * For every element of `shape` in row-major order, the place of its element in an array of shape `from` that is
 * broadcast to it (NumPy's rule).
 */
export function broadcastPlaces(from: Shape, shape: Shape): Int32Array {
  const offset = shape.length - from.length;
  const own = stridesOf(from);
  const strides = shape.map((_, i) => (i < offset || from[i - offset] === 1 ? 0 : own[i - offset]));
  return stridedPlaces(shape, strides);
}

/** For every element of `shape` in row-major order, the sum of its indices times `strides`. */
export function stridedPlaces(shape: Shape, strides: readonly number[]): Int32Array {
  let places = Int32Array.of(0);
  shape.forEach((dimension, axis) => {
    const next = new Int32Array(places.length * dimension);
    for (let p = 0, k = 0; p < places.length; p++) {
      for (let i = 0; i < dimension; i++) next[k++] = places[p] + i * strides[axis];
    }
    places = next;
  });
  return places;
}

/**
 * Gives a tensor's memory back at once; its data is empty from then on. For large results that are made again and
 * again: the garbage collector comes for them late, and then often, because what lies outside its heap alarms it.
 */
export function discard({ data }: Tensor): void {
  if (data.buffer instanceof ArrayBuffer) data.buffer.transfer(0);
}
