/** Sums, means and maxima over axes. */
import { divide, multiply } from './arithmetic.ts';
import { noGradient } from './elementwise.ts';
import { affine } from './functions.ts';
import { expand, reshape } from './layout.ts';
import { cast, equal } from './logic.ts';
import { expectFloat, resolveAxis } from './operands.ts';
import type { Lowering } from '../types/lowering.ts';
import type { Numbers, Operation, OperationNode, Value } from '../types/node.ts';
import {
  GraphError,
  isEmpty,
  isFloat,
  sameShape,
  showShape,
  sizeOf,
  stridedPlaces,
  stridesOf,
} from '../types/tensor.ts';
import type { Shape } from '../types/tensor.ts';

type Reduction = { axes: readonly number[]; keep: boolean };

const summation: Operation<Reduction> = {
  name: 'reduceSum',
  infer: inferReduction('reduceSum'),
  gradient: (node, [g]) => [g && spread(g, node)],
  lower: lowerSum,
  evaluate: (inputs, node) => [reduceNumbers(inputs[0], node, 0, (sum, x) => sum + x)],
};

const averaging: Operation<Reduction> = {
  name: 'reduceMean',
  infer: inferReduction('reduceMean'),
  gradient: (node, [g]) => [g && affine(spread(g, node), 1 / groupSize(node), 0)],
  lower: (node, emitter) => [
    emitter.node('ReduceMean', reductionInputs(node, emitter), { keepdims: Number(node.attributes.keep) }),
  ],
  evaluate: (inputs, node) => [
    reduceNumbers(inputs[0], node, 0, (sum, x) => sum + x).map((sum) => sum / groupSize(node)),
  ],
};

const maximization: Operation<Reduction> = {
  name: 'reduceMax',
  infer: inferReduction('reduceMax'),
  gradient(node, [g]) {
    if (g === undefined) return [];
    const [x] = node.inputs;
    const highest = cast(equal(x, spread(node.outputs[0], node)), x.dtype);
    const count = reduceSum(highest, node.attributes.axes, true);
    return [multiply(highest, divide(spread(g, node, false), count))];
  },
  lower: (node, emitter) => [lowerMaximum(node, emitter)],
  evaluate: (inputs, node) => [reduceNumbers(inputs[0], node, -Infinity, (a, b) => Math.max(a, b))],
};

const highestPlace: Operation<{ axis: number }> = {
  name: 'argMax',
  infer([x], { axis }) {
    expectFloat('argMax', x);
    if (x.shape[axis] === 0) throw new GraphError(`argMax: axis ${axis} of ${showShape(x.shape)} is empty`);
    return [{ dtype: 'int64', shape: x.shape.toSpliced(axis, 1) }];
  },
  gradient: noGradient,
  lower: lowerPlaceOfMaximum,
  evaluate([x], { attributes: { axis } }) {
    const { kept, reduced } = places(x.shape, [axis]);
    return [
      Float64Array.from(kept, (start) =>
        reduced.reduce(
          (best, place, i) => (isHigher(x.data[start + place], x.data[start + reduced[best]]) ? i : best),
          0,
        ),
      ),
    ];
  },
};

export const reductions = {
  reduceSum: summation,
  reduceMean: averaging,
  reduceMax: maximization,
  argMax: highestPlace,
};

/** The sum over `axes` (negative ones count from the last); `keep` leaves them in as 1. */
export function reduceSum(x: Value, axes: readonly number[], keep = false): Value {
  return reduce(summation, x, axes, keep);
}

/** The mean over `axes`. */
export function reduceMean(x: Value, axes: readonly number[], keep = false): Value {
  return reduce(averaging, x, axes, keep);
}

/** The maximum over `axes`, NaN where one is. Where several are highest, the derivative is shared among them. */
export function reduceMax(x: Value, axes: readonly number[], keep = false): Value {
  return reduce(maximization, x, axes, keep);
}

/** The place of the highest element along an axis (the first of equals, NaN before all), as int64, without the axis. */
export function argMax(x: Value, axis: number): Value {
  const resolved = resolveAxis('argMax', x.shape, axis);
  return x.graph.apply(highestPlace, [x], { axis: resolved }).outputs[0];
}

/** The sum over whatever axes broadcasting has added, so that the result has the shape that was broadcast. */
export function sumTo(x: Value, shape: Shape): Value {
  if (sameShape(x.shape, shape)) return x;
  const added = x.shape.length - shape.length;
  const axes = x.shape.flatMap((dimension, i) => (i < added || shape[i - added] !== dimension ? [i] : []));
  return reshape(reduceSum(x, axes), shape);
}

function reduce(operation: Operation<Reduction>, x: Value, axes: readonly number[], keep: boolean): Value {
  const resolved = [...new Set(axes.map((axis) => resolveAxis(operation.name, x.shape, axis)))].sort(
    (a, b) => a - b,
  );
  if (resolved.length === 0) return x;
  return x.graph.apply(operation, [x], { axes: resolved, keep }).outputs[0];
}

function inferReduction(name: string): Operation<Reduction>['infer'] {
  return ([x], { axes, keep }) => {
    expectFloat(name, x);
    if (axes.some((axis) => x.shape[axis] === 0) && name !== 'reduceSum') {
      throw new GraphError(`${name}: axes [${axes.join(', ')}] of ${showShape(x.shape)} are empty`);
    }
    const kept = x.shape.map((dimension, i) => (axes.includes(i) ? 1 : dimension));
    return [{ dtype: x.dtype, shape: keep ? kept : x.shape.filter((_, i) => !axes.includes(i)) }];
  };
}

/** A reduction's result, or the derivative by it, at every element that went into it. */
function spread(
  g: Value,
  { inputs: [x], attributes: { axes } }: OperationNode<Reduction>,
  full = true,
): Value {
  const kept = reshape(
    g,
    x.shape.map((dimension, i) => (axes.includes(i) ? 1 : dimension)),
  );
  return full ? expand(kept, x.shape) : kept;
}

function groupSize({ inputs: [x], attributes: { axes } }: OperationNode<Reduction>): number {
  return sizeOf(axes.map((axis) => x.shape[axis]));
}

/**
 * A sum over leading axes is a row of ones times the matrix of the rest: ONNX Runtime's Gemm is several times
 * faster there than its ReduceSum (docs/graph.md).
 */
function lowerSum(node: OperationNode<Reduction>, emitter: Lowering): readonly string[] {
  const { inputs, outputs, attributes } = node;
  const [x] = inputs;
  if (isEmpty(x)) return [emitter.zeros(x.dtype, outputs[0].shape)];
  const leading = attributes.axes.every((axis, i) => axis === i) && attributes.axes.length < x.shape.length;
  if (!leading || !isFloat(x.dtype)) {
    return [emitter.node('ReduceSum', reductionInputs(node, emitter), { keepdims: Number(attributes.keep) })];
  }
  const rows = groupSize(node);
  const columns = sizeOf(x.shape) / rows;
  const matrix = emitter.reshape(emitter.name(x), [rows, columns]);
  const ones = emitter.constant(x.dtype, [1, rows], 1);
  return [emitter.reshape(emitter.node('Gemm', [ones, matrix]), outputs[0].shape)];
}

/** ONNX Runtime passes over a NaN, or not, as the elements happen to lie: where one is, it is the maximum. */
function lowerMaximum(node: OperationNode<Reduction>, emitter: Lowering): string {
  const [x] = node.inputs;
  const [numbers, axes] = reductionInputs(node, emitter);
  const highest = (of: string) =>
    emitter.node('ReduceMax', [of, axes], { keepdims: Number(node.attributes.keep) });
  const isNumberMissing = emitter.cast(
    highest(emitter.cast(emitter.node('IsNaN', [numbers]), 'int32')),
    'bool',
  );
  return emitter.node('Where', [isNumberMissing, emitter.constant(x.dtype, [], [NaN]), highest(numbers)]);
}

/** The first NaN of a row where there is one, as above: ArgMax of 0 and 1 gives the first 1, or 0. */
function lowerPlaceOfMaximum(
  { inputs: [x], attributes: { axis } }: OperationNode<{ axis: number }>,
  emitter: Lowering,
): string[] {
  const isNaN = emitter.cast(emitter.node('IsNaN', [emitter.name(x)]), 'int32');
  const place = emitter.node('ArgMax', [isNaN], { axis, keepdims: 1 });
  const isThere = emitter.cast(emitter.node('GatherElements', [isNaN, place], { axis }), 'bool');
  const highest = emitter.node('ArgMax', [emitter.name(x)], { axis, keepdims: 1 });
  const shape = x.shape.toSpliced(axis, 1);
  return [emitter.reshape(emitter.node('Where', [isThere, place, highest]), shape)];
}

function isHigher(a: number, b: number): boolean {
  return a > b || (Number.isNaN(a) && !Number.isNaN(b));
}

function reductionInputs(
  { inputs: [x], attributes: { axes } }: OperationNode<Reduction>,
  emitter: Lowering,
): string[] {
  return [emitter.name(x), emitter.constant('int64', [axes.length], axes)];
}

function reduceNumbers(
  x: Numbers,
  node: OperationNode<Reduction>,
  start: number,
  combine: (total: number, next: number) => number,
): Float64Array {
  const { kept, reduced } = places(x.shape, node.attributes.axes);
  return Float64Array.from(kept, (base) =>
    reduced.reduce((total, place) => combine(total, x.data[base + place]), start),
  );
}

/** Where the groups begin, and where a group's elements lie from there. */
function places(shape: Shape, axes: readonly number[]): { kept: Int32Array; reduced: Int32Array } {
  const strides = stridesOf(shape);
  const pick = (wanted: boolean) => {
    const chosen = shape.flatMap((_, i) => (axes.includes(i) === wanted ? [i] : []));
    return stridedPlaces(
      chosen.map((i) => shape[i]),
      chosen.map((i) => strides[i]),
    );
  };
  return { kept: pick(false), reduced: pick(true) };
}
