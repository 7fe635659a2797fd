/** The same numbers in another shape or order; parts of tensors, and tensors put together. */
import { broadcastShape, resolveAxis } from './operands.ts';
import { sumTo } from './reduction.ts';
import type { Operation, Value } from '../types/node.ts';
import {
  GraphError,
  broadcastPlaces,
  isEmpty,
  sameShape,
  showShape,
  sizeOf,
  stridedPlaces,
  stridesOf,
} from '../types/tensor.ts';
import type { Shape } from '../types/tensor.ts';

const reshaping: Operation<{ shape: readonly number[] }> = {
  name: 'reshape',
  infer([x], { shape }) {
    if (sizeOf(x.shape) !== sizeOf(shape)) {
      throw new GraphError(
        `reshape: ${showShape(x.shape)} → ${showShape(shape)}: ${sizeOf(x.shape)} and ${sizeOf(shape)} elements`,
      );
    }
    return [{ dtype: x.dtype, shape }];
  },
  gradient: ({ inputs: [x] }, [g]) => [g && reshape(g, x.shape)],
  lower: ({ inputs: [x], attributes: { shape } }, emitter) => [emitter.reshape(emitter.name(x), shape)],
  evaluate: ([x]) => [x.data],
};

const transposition: Operation<{ permutation: readonly number[] }> = {
  name: 'transpose',
  infer([x], { permutation }) {
    const complete = x.shape.every((_, axis) => permutation.includes(axis));
    if (!complete || permutation.length !== x.shape.length) {
      throw new GraphError(
        `transpose: [${permutation.join(', ')}] does not name every axis of ${showShape(x.shape)} once`,
      );
    }
    return [{ dtype: x.dtype, shape: permutation.map((axis) => x.shape[axis]) }];
  },
  gradient: ({ attributes: { permutation } }, [g]) => [g && transpose(g, inverse(permutation))],
  lower: ({ inputs: [x], attributes: { permutation } }, emitter) => [
    emitter.node('Transpose', [emitter.name(x)], { perm: permutation }),
  ],
  evaluate([x], { attributes: { permutation }, outputs: [{ shape }] }) {
    const strides = stridesOf(x.shape);
    const places = stridedPlaces(
      shape,
      permutation.map((axis) => strides[axis]),
    );
    return [Float64Array.from(places, (place) => x.data[place])];
  },
};

type Range = { axis: number; start: number; end: number };

const slicing: Operation<Range> = {
  name: 'slice',
  infer([x], { axis, start, end }) {
    if (!(
      Number.isInteger(start) &&
      Number.isInteger(end) &&
      start >= 0 &&
      start <= end &&
      end <= x.shape[axis]
    )) {
      throw new GraphError(
        `slice: ${start}…${end} does not lie within axis ${axis} of ${showShape(x.shape)}, which has ${x.shape[axis]}`,
      );
    }
    return [{ dtype: x.dtype, shape: x.shape.with(axis, end - start) }];
  },
  gradient: ({ inputs: [x], attributes: { axis, start, end } }, [g]) => [
    g && pad(g, axis, start, x.shape[axis] - end),
  ],
  lower({ inputs: [x], attributes: { axis, start, end } }, emitter) {
    const at = (number: number) => emitter.constant('int64', [1], [number]);
    return [emitter.node('Slice', [emitter.name(x), at(start), at(end), at(axis)])];
  },
  evaluate([x], { attributes: { axis, start }, outputs: [{ shape }] }) {
    const strides = stridesOf(x.shape);
    const first = start * strides[axis];
    return [Float64Array.from(stridedPlaces(shape, strides), (place) => x.data[first + place])];
  },
};

type Padding = { axis: number; before: number; after: number };

/** Zeros before and after, along one axis: what a slice's derivative is. */
const padding: Operation<Padding> = {
  name: 'pad',
  infer: ([x], { axis, before, after }) => [
    { dtype: x.dtype, shape: x.shape.with(axis, before + x.shape[axis] + after) },
  ],
  gradient: ({ inputs: [x], attributes: { axis, before } }, [g]) => [
    g && slice(g, axis, before, before + x.shape[axis]),
  ],
  lower({ inputs: [x], outputs: [y], attributes: { axis, before, after } }, emitter) {
    if (isEmpty(x)) return [emitter.zeros(y.dtype, y.shape)]; // ONNX Runtime's Pad makes too many
    const none = x.shape.map(() => 0);
    const widths = [...none.with(axis, before), ...none.with(axis, after)];
    return [emitter.node('Pad', [emitter.name(x), emitter.constant('int64', [widths.length], widths)])];
  },
  evaluate([x], { attributes: { axis, before }, outputs: [{ shape }] }) {
    const result = new Float64Array(sizeOf(shape));
    const strides = stridesOf(shape);
    const first = before * strides[axis];
    stridedPlaces(x.shape, strides).forEach((place, i) => (result[first + place] = x.data[i]));
    return [result];
  },
};

const concatenation: Operation<{ axis: number }> = {
  name: 'concatenate',
  infer(inputs, { axis }) {
    const [first, ...others] = inputs;
    for (const other of others) {
      const fits =
        other.dtype === first.dtype &&
        other.shape.length === first.shape.length &&
        other.shape.every((dimension, i) => i === axis || dimension === first.shape[i]);
      if (!fits) {
        throw new GraphError(
          `concatenate: ${first.dtype} ${showShape(first.shape)} and ${other.dtype} ${showShape(other.shape)} differ in more than axis ${axis}`,
        );
      }
    }
    const total = inputs.reduce((sum, { shape }) => sum + shape[axis], 0);
    return [{ dtype: first.dtype, shape: first.shape.with(axis, total) }];
  },
  gradient({ inputs, attributes: { axis } }, [g]) {
    let start = 0;
    return inputs.map(({ shape }) => {
      const from = start;
      start += shape[axis];
      return g && slice(g, axis, from, start);
    });
  },
  lower: ({ inputs, attributes: { axis } }, emitter) => [
    emitter.node(
      'Concat',
      inputs.map((input) => emitter.name(input)),
      { axis },
    ),
  ],
  evaluate(inputs, { attributes: { axis }, outputs: [{ shape }] }) {
    const result = new Float64Array(sizeOf(shape));
    const strides = stridesOf(shape);
    let first = 0;
    for (const input of inputs) {
      stridedPlaces(input.shape, strides).forEach((place, i) => (result[first + place] = input.data[i]));
      first += input.shape[axis] * strides[axis];
    }
    return [result];
  },
};

const expansion: Operation<{ shape: readonly number[] }> = {
  name: 'expand',
  infer([x], { shape }) {
    if (!sameShape(broadcastShape('expand', x.shape, shape), shape)) {
      throw new GraphError(`expand: ${showShape(x.shape)} does not broadcast to ${showShape(shape)}`);
    }
    return [{ dtype: x.dtype, shape }];
  },
  gradient: ({ inputs: [x] }, [g]) => [g && sumTo(g, x.shape)],
  lower: ({ inputs: [x], attributes: { shape } }, emitter) => [
    emitter.node('Expand', [emitter.name(x), emitter.constant('int64', [shape.length], shape)]),
  ],
  evaluate: ([x], { attributes: { shape } }) => [
    Float64Array.from(broadcastPlaces(x.shape, shape), (place) => x.data[place]),
  ],
};

export const layout = {
  reshape: reshaping,
  transpose: transposition,
  slice: slicing,
  pad: padding,
  concatenate: concatenation,
  expand: expansion,
};

/** The same numbers, row by row, in another shape. One dimension may be −1: whatever is left. */
export function reshape(x: Value, shape: Shape): Value {
  const target = completed(x.shape, shape);
  const source = x.node.kind === 'operation' && x.node.operation === reshaping ? x.node.inputs[0] : x;
  if (sameShape(source.shape, target)) return source;
  return source.graph.apply(reshaping, [source], { shape: target }).outputs[0];
}

/** Axis i of the result is axis permutation[i] of x. */
export function transpose(x: Value, permutation: readonly number[]): Value {
  if (x.node.kind === 'operation' && x.node.operation === transposition) {
    const first = x.node.attributes.permutation as readonly number[];
    if (permutation.length === first.length && permutation.every((axis) => axis in first)) {
      return transpose(
        x.node.inputs[0],
        permutation.map((axis) => first[axis]),
      );
    }
  }
  const same = permutation.length === x.shape.length && permutation.every((axis, i) => axis === i);
  return same ? x : x.graph.apply(transposition, [x], { permutation }).outputs[0];
}

/** The elements from `start` up to but without `end` along an axis. */
export function slice(x: Value, axis: number, start: number, end: number): Value {
  const resolved = resolveAxis('slice', x.shape, axis);
  if (start === 0 && end === x.shape[resolved]) return x;
  return x.graph.apply(slicing, [x], { axis: resolved, start, end }).outputs[0];
}

/** x with `before` zeros before it and `after` behind it, along an axis. */
export function pad(x: Value, axis: number, before: number, after: number): Value {
  const resolved = resolveAxis('pad', x.shape, axis);
  if (![before, after].every((width) => Number.isInteger(width) && width >= 0)) {
    throw new GraphError(
      `pad: ${before} before and ${after} after ${showShape(x.shape)}: from 0 on was expected`,
    );
  }
  if (before === 0 && after === 0) return x;
  return x.graph.apply(padding, [x], { axis: resolved, before, after }).outputs[0];
}

/** The values one after the other along an axis. */
export function concatenate(values: readonly Value[], axis: number): Value {
  if (values.length === 0) throw new GraphError('concatenate: no values');
  const resolved = resolveAxis('concatenate', values[0].shape, axis);
  if (values.length === 1) return values[0];
  return values[0].graph.apply(concatenation, values, { axis: resolved }).outputs[0];
}

/** x repeated along axes where it has 1, and along new leading ones, as NumPy's broadcast_to. */
export function expand(x: Value, shape: Shape): Value {
  return sameShape(x.shape, shape) ? x : x.graph.apply(expansion, [x], { shape: [...shape] }).outputs[0];
}

/**
 * The same sum in fewer terms: derivatives of neighbouring slices (`pad`s that do not overlap) become one
 * `concatenate`, as when queries, keys and values are slices of one product.
 */
export function joinPadded(terms: readonly Value[]): Value[] {
  const groups = new Map<number | undefined, Value[]>();
  for (const term of terms) {
    const axis = paddedPart(term)?.axis;
    groups.set(axis, [...(groups.get(axis) ?? []), term]);
  }
  return [...groups].flatMap(([axis, group]) => (axis === undefined ? group : joinAlong(axis, group)));
}

function joinAlong(axis: number, terms: readonly Value[]): Value[] {
  const parts = terms.flatMap((term) => paddedPart(term) ?? []).sort((a, b) => a.start - b.start);
  const overlap = parts.some(({ start }, i) => i > 0 && start < parts[i - 1].end);
  if (parts.length < 2 || overlap) return [...terms];
  const { graph, dtype, shape } = terms[0];
  const pieces: Value[] = [];
  let end = 0;
  const fillTo = (start: number) => {
    if (start > end) pieces.push(graph.constant(0, shape.with(axis, start - end), dtype));
  };
  for (const part of parts) {
    fillTo(part.start);
    pieces.push(part.inner);
    end = part.end;
  }
  fillTo(shape[axis]);
  return [concatenate(pieces, axis)];
}

/** What a `pad` has put zeros around, and where that lies. */
function paddedPart({ node }: Value): { inner: Value; axis: number; start: number; end: number } | undefined {
  if (node.kind !== 'operation' || node.operation !== padding) return undefined;
  const [inner] = node.inputs;
  const { axis, before } = node.attributes as Padding;
  return { inner, axis, start: before, end: before + inner.shape[axis] };
}

function completed(from: Shape, shape: Shape): number[] {
  const open = shape.indexOf(-1);
  if (open < 0) return [...shape];
  const refuse = (why: string) =>
    new GraphError(`reshape: ${showShape(from)} to ${showShape(shape)}: ${why}`);
  if (shape.indexOf(-1, open + 1) >= 0) throw refuse('only one dimension may be −1');
  const rest = sizeOf(shape.toSpliced(open, 1));
  if (rest === 0 || sizeOf(from) % rest !== 0) throw refuse('no whole number can stand for −1');
  return [...shape].with(open, sizeOf(from) / rest);
}

function inverse(permutation: readonly number[]): number[] {
  return permutation.map((_, axis) => permutation.indexOf(axis));
}
