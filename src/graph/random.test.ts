/** Small graphs drawn at random: ONNX Runtime and the reference have to agree, forward and backward. */
import fc from 'fast-check';
import { expect, it } from 'vitest';
import * as G from './index.ts';
import { operations } from './table.ts';
import type { OperationName } from './types/names.ts';
import { sizeOf } from './types/tensor.ts';
import { reachable } from './types/walk.ts';
import type { Shape, Tensor, Value } from './index.ts';

/** A step makes a new value out of two that exist; where shapes don't go together it takes what fits. */
const steps: Record<string, (a: Value, b: Value) => Value> = {
  add: (a, b) => G.add(a, like(b, a)),
  subtract: (a, b) => G.subtract(like(b, a), a),
  multiply: (a, b) => G.multiply(a, like(b, a)),
  divide: (a, b) => G.divide(a, G.affine(G.square(like(b, a)), 1, 0.5)),
  matmul: (a, b) => G.matmul(a, b, { transposeA: true, transposeB: b.shape[0] !== a.shape[0], scale: 0.5 }),
  gram: (a) => G.matmul(a, a, { transposeB: true, scale: 0.3 }),
  tanh: (a) => G.tanh(a),
  sigmoid: (a) => G.sigmoid(a),
  gelu: (a) => G.gelu(a, 'tanh'),
  silu: (a) => G.silu(a),
  softmax: (a) => G.softmax(a),
  logSoftmax: (a) => G.logSoftmax(a),
  transpose: (a) => G.transpose(a, [1, 0]),
  flatten: (a) => G.reshape(a, [1, sizeOf(a.shape)]),
  concatenate: (a, b) => G.concatenate([a, G.expand(like(b, a), a.shape)], 0),
  slice: (a) => G.slice(a, 1, 0, Math.ceil(a.shape[1] / 2)),
  rest: (a) => (a.shape[0] > 1 ? G.slice(a, 0, 1, a.shape[0]) : a),
  mean: (a) => G.reduceMean(a, [1], true),
  sum: (a) => G.reduceSum(a, [0], true),
  normalize: (a) =>
    G.layerNorm(a, a.graph.constant(1.5, [a.shape[1]]), a.graph.constant(0.1, [a.shape[1]]), 0.1),
  root: (a) => G.rmsNorm(a, a.graph.constant(0.7, [a.shape[1]]), 0.1),
  negate: (a) => G.negate(a),
  exp: (a) => G.exp(G.tanh(a)),
  log: (a) => G.log(G.affine(G.square(G.tanh(a)), 1, 0.5)),
  sqrt: (a) => G.sqrt(G.affine(G.square(G.tanh(a)), 1, 0.5)),
  reciprocal: (a) => G.reciprocal(G.affine(G.square(G.tanh(a)), 1, 0.5)),
  abs: (a) => G.abs(a),
  erf: (a) => G.erf(a),
  cube: (a) => G.power(G.tanh(a), 3),
  power: (a, b) => G.power(G.affine(G.square(G.tanh(a)), 1, 0.5), G.tanh(like(b, a))),
  minimum: (a, b) => G.minimum(a, like(b, a)),
  maximum: (a, b) => G.maximum(a, like(b, a)),
  choice: (a, b) => {
    const positive = G.or(G.less(0, a), G.equal(a, like(b, a)));
    return G.select(G.and(positive, G.not(G.lessOrEqual(a, -1))), a, like(b, a));
  },
  cast: (a) => G.multiply(a, G.cast(G.less(a, 1), 'float32')),
  stop: (a, b) => G.add(G.stopGradient(a), like(b, a)),
  pad: (a) => G.pad(a, 1, 1, 0),
  largest: (a) => G.reduceMax(a, [1], true),
  linear: (a) => G.linear(a, filled(a, [a.shape[1], 2]), filled(a, [2])),
  rows: (a) => G.gather(a, a.graph.constant([0, a.shape[0] - 1, 0], [3], 'int64')),
  sums: (a) => G.scatterRows(a, a.graph.constant(0, [a.shape[0]], 'int64'), 2),
  picked: (a) => G.reshape(G.pick(a, placesIn(a)), [a.shape[0], 1]),
  added: (a) => G.addAt(a, placesIn(a), G.reduceSum(a, [1])),
  hot: (a) => G.add(a, G.oneHot(placesIn(a), a.shape[1])),
  likelihood: (a) => G.reshape(G.negativeLogLikelihood(a, placesIn(a)), [a.shape[0], 1]),
  /** Row by row, with what lies around the loop, and a sum over the rows. */
  loop: (a, b) => {
    const outer = G.tanh(like(b, a));
    const wide = outer.shape[0] === 1 ? outer : G.reduceMean(outer, [0], true);
    const { sums, rows } = G.overParts(a.shape[0], [a], (row) => {
      const made = G.multiply(row, wide);
      return { sums: [G.reduceSum(made, [0], true)], rows: [made] };
    });
    return G.add(rows[0], G.expand(sums[0], rows[0].shape));
  },
};

/** A place in each row. Not of the row's own maximum: which of two nearly equal numbers that is, float32 may see otherwise. */
function placesIn({ graph, shape: [rows, columns] }: Value): Value {
  const numbers = Array.from({ length: rows * columns }, (_, i) => (i * 7) % 11);
  return G.argMax(graph.constant(numbers, [rows, columns]), 1);
}

function filled({ graph }: Value, shape: Shape): Value {
  return graph.constant(
    Array.from({ length: sizeOf(shape) }, (_, i) => 0.3 - 0.1 * (i % 5)),
    shape,
  );
}

/** The value where it broadcasts to the other's shape, else its mean. */
function like(value: Value, other: Value): Value {
  const fits = value.shape.every((size, i) => size === 1 || size === other.shape[i]);
  return fits ? value : G.reduceMean(value, [0, 1], true);
}

const drawnGraph = fc.record({
  rows: fc.integer({ min: 1, max: 4 }),
  columns: fc.integer({ min: 1, max: 5 }),
  numbers: fc.array(fc.double({ min: -2, max: 2, noNaN: true }), { minLength: 25, maxLength: 25 }),
  steps: fc.array(fc.tuple(fc.constantFrom(...Object.keys(steps)), fc.nat(), fc.nat()), {
    minLength: 1,
    maxLength: 7,
  }),
});

it('a graph drawn at random computes the same in ONNX Runtime and in the reference', async () => {
  await fc.assert(
    fc.asyncProperty(drawnGraph, async (drawn) => {
      const graph = new G.Graph();
      const shapes: Shape[] = [
        [drawn.rows, drawn.columns],
        [1, drawn.columns],
      ];
      const inputs = shapes.map((shape, i) => graph.input(`x${i}`, shape));
      const values = [...inputs];
      for (const [name, first, second] of drawn.steps) {
        const [a, b] = [values[first % values.length], values[second % values.length]];
        if (name === 'matmul' && b.shape[0] !== a.shape[0] && b.shape[1] !== a.shape[0]) continue;
        values.push(steps[name](a, b));
      }
      const last = values[values.length - 1];
      const slopes = G.gradients(G.reduceMean(last, [0, 1]), inputs);
      values.forEach((value, i) => graph.output(`value ${i}`, value)); // those that a loop uses, too
      slopes.forEach((slope, i) => graph.output(`slope ${i}`, slope));
      const feeds = Object.fromEntries(
        shapes.map((shape, i): [string, Tensor] => [
          `x${i}`,
          { dtype: 'float32', shape, data: Float32Array.from(drawn.numbers.slice(i, i + sizeOf(shape))) },
        ]),
      );
      const session = await G.createSession(graph);
      const found = await session.run(feeds);
      await session.release();
      for (const [name, { data, shape }] of Object.entries(G.evaluate(graph, feeds))) {
        expect(found[name].shape).toEqual(shape);
        (data as Float64Array).forEach((number, i) => {
          expect(Math.abs(Number(found[name].data[i]) - number) / Math.max(1, Math.abs(number))).toBeLessThan(
            1e-4,
          );
        });
      }
    }),
    { numRuns: 150, seed: 1 }, // at random, some graph has two numbers that are one in float32 alone
  );
}, 120_000);

it('the steps have every operation', () => {
  const graph = new G.Graph();
  const [x, y] = [graph.input('x', [3, 4]), graph.input('y', [3, 4])];
  const made = Object.values(steps).map((step) => G.reduceMean(step(x, y), [0, 1]));
  const found = new Set(
    reachable(made).flatMap(({ node }) => (node.kind === 'operation' ? [node.operation.name] : [])),
  );
  expect(Object.keys(operations).filter((name) => !found.has(name as OperationName))).toEqual([]);
});
