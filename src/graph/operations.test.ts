/**
 * One table of cases for every operation, and three judges: finite differences in float64 (is the derivative right,
 * and the derivative of the derivative), and ONNX Runtime in float32 (is the lowering right, forward and backward).
 */
import { describe, expect, it } from 'vitest';
import { Graph, evaluate, gradients } from './index.ts';
import type { DType, Shape, Tensor, Value } from './index.ts';
import * as G from './index.ts';
import { operations } from './table.ts';
import type { OperationName } from './types/names.ts';
import { isFloat, sizeOf } from './types/tensor.ts';
import { reachable } from './types/walk.ts';
import { createSession } from './session.ts';
import { rng } from '../common/random.ts';

interface Case {
  readonly of: readonly InputSpec[];
  readonly build: (...inputs: Value[]) => Value;
}

/** A shape of floats between −2 and 2, or a shape with its type and range. */
type InputSpec = Shape | { shape: Shape; dtype?: DType; low?: number; high?: number };

const positive = (shape: Shape): InputSpec => ({ shape, low: 0.3, high: 2.5 });
const bools = (shape: Shape): InputSpec => ({ shape, dtype: 'bool', low: 0, high: 2 });
const ids = (shape: Shape, below: number, dtype: DType = 'int64'): InputSpec => ({
  shape,
  dtype,
  low: 0,
  high: below,
});

const broadcasts: [Shape, Shape][] = [
  [
    [2, 3],
    [2, 3],
  ],
  [[2, 3], [3]],
  [
    [2, 1, 3],
    [4, 1],
  ],
  [[], [2, 2]],
  [[1], [3, 2]],
];

const pairs = (build: (a: Value, b: Value) => Value, spec: (shape: Shape) => InputSpec = (s) => s): Case[] =>
  broadcasts.map(([a, b]) => ({ of: [spec(a), spec(b)], build }));

const singles = (build: (x: Value) => Value, spec: (shape: Shape) => InputSpec = (s) => s): Case[] =>
  [[], [5], [2, 3, 2]].map((shape) => ({ of: [spec(shape)], build }));

const comparisons = (build: (a: Value, b: Value) => Value): Case[] => [
  ...pairs(build),
  { of: [ids([4, 3], 3), ids([3], 3)], build },
];

const cases: Record<OperationName, readonly Case[]> = {
  add: [
    ...pairs(G.add),
    { of: [[3]], build: (x) => G.add(1.5, x) },
    { of: [ids([3], 9), ids([3], 9)], build: G.add },
  ],
  subtract: [...pairs(G.subtract), { of: [[3]], build: (x) => G.subtract(1, x) }],
  multiply: [...pairs(G.multiply), { of: [[3]], build: (x) => G.multiply(x, x) }],
  divide: [
    ...pairs(G.divide, positive),
    { of: [positive([3])], build: (x) => G.divide(2, x) },
    { of: [ids([8], 20, 'int32'), { shape: [8], dtype: 'int32', low: 1, high: 5 }], build: G.divide },
  ],
  power: [
    ...pairs(G.power, positive),
    { of: [[4]], build: (x) => G.power(x, 3) },
    { of: [positive([4])], build: (x) => G.power(x, -0.5) },
  ],
  minimum: pairs(G.minimum),
  maximum: pairs(G.maximum),
  negate: [...singles(G.negate), { of: [[3]], build: (x) => G.negate(G.exp(G.negate(x))) }],
  exp: singles(G.exp),
  log: singles(G.log, positive),
  sqrt: singles(G.sqrt, positive),
  tanh: singles(G.tanh),
  sigmoid: singles(G.sigmoid),
  reciprocal: singles(G.reciprocal, positive),
  abs: singles(G.abs),
  erf: singles(G.erf),
  affine: [
    ...singles((x) => G.affine(x, -1.5, 0.25)),
    ...singles((x) => G.affine(x, 1, 3)),
    ...singles((x) => G.divide(x, 4)),
  ],
  equal: comparisons(G.equal),
  less: comparisons(G.less),
  lessOrEqual: [...comparisons(G.lessOrEqual)],
  and: pairs(G.and, bools),
  or: pairs(G.or, bools),
  not: singles(G.not, bools),
  select: [
    { of: [bools([2, 3]), [2, 3], [2, 3]], build: G.select },
    { of: [bools([3]), [2, 1], [4, 1, 1]], build: G.select },
    { of: [[2, 3]], build: (x) => G.select(G.greater(x, 0), x, -1) },
  ],
  cast: [
    { of: [[2, 3]], build: (x) => G.cast(x, 'int32') },
    { of: [bools([4])], build: (x) => G.cast(x, x.graph.float) },
    { of: [ids([4], 3)], build: (x) => G.cast(x, x.graph.float) },
    { of: [[3]], build: (x) => G.cast(G.cast(x, x.dtype === 'float64' ? 'float32' : 'float64'), x.dtype) },
  ],
  stopGradient: [],
  matmul: [
    {
      of: [
        [3, 4],
        [4, 2],
      ],
      build: (a, b) => G.matmul(a, b, { scale: 0.5 }),
    },
    {
      of: [
        [4, 3],
        [4, 2],
      ],
      build: (a, b) => G.matmul(a, b, { transposeA: true }),
    },
    {
      of: [
        [3, 4],
        [2, 4],
      ],
      build: (a, b) => G.matmul(a, b, { transposeB: true }),
    },
    {
      of: [
        [4, 3],
        [2, 4],
      ],
      build: (a, b) => G.matmul(a, b, { transposeA: true, transposeB: true, scale: -2 }),
    },
    {
      of: [
        [2, 3, 4],
        [4, 2],
      ],
      build: (a, b) => G.matmul(a, b),
    },
    {
      of: [
        [2, 3, 4],
        [2, 4],
      ],
      build: (a, b) => G.matmul(a, b, { transposeB: true, scale: 0.25 }),
    },
    {
      of: [
        [2, 4, 3],
        [4, 2],
      ],
      build: (a, b) => G.matmul(a, b, { transposeA: true }),
    },
    {
      of: [
        [2, 2, 3, 4],
        [2, 2, 4, 3],
      ],
      build: (a, b) => G.matmul(a, b),
    },
    {
      of: [
        [2, 2, 3, 4],
        [2, 2, 3, 4],
      ],
      build: (a, b) => G.matmul(a, b, { transposeB: true, scale: 3 }),
    },
    {
      of: [
        [2, 1, 3, 4],
        [3, 4, 2],
      ],
      build: (a, b) => G.matmul(a, b, { scale: 0.5 }),
    },
    {
      of: [
        [2, 1, 4, 3],
        [3, 2, 4],
      ],
      build: (a, b) => G.matmul(a, b, { transposeA: true, transposeB: true }),
    },
    {
      of: [
        [3, 4],
        [2, 4, 2],
      ],
      build: (a, b) => G.matmul(a, b),
    },
    {
      of: [
        [2, 4, 3],
        [2, 4, 2],
      ],
      build: (a, b) => G.matmul(G.transpose(a, [0, 2, 1]), b),
    },
  ],
  linear: [
    { of: [[5, 3], [3, 2], [2]], build: G.linear },
    { of: [[2, 5, 3], [3, 2], [2]], build: G.linear },
    { of: [[1, 3], [3, 1], [1]], build: G.linear },
  ],
  reshape: [{ of: [[2, 6]], build: (x) => G.reshape(x, [3, -1]) }],
  transpose: [
    { of: [[2, 3, 4]], build: (x) => G.transpose(x, [2, 0, 1]) },
    { of: [[2, 3]], build: (x) => G.transpose(x, [1, 0]) },
  ],
  slice: [
    { of: [[4, 3]], build: (x) => G.slice(x, 0, 1, 3) },
    { of: [[4, 3]], build: (x) => G.slice(x, -1, 2, 3) },
    {
      of: [[6, 4]],
      build: (x) => G.multiply(G.slice(x, 0, 0, 2), G.multiply(G.slice(x, 0, 2, 4), G.slice(x, 0, 4, 6))),
    },
    { of: [[2, 5]], build: (x) => G.multiply(G.slice(x, 1, 0, 2), G.slice(x, 1, 3, 5)) },
    { of: [[2, 5]], build: (x) => G.multiply(G.slice(x, 1, 0, 3), G.slice(x, 1, 2, 5)) },
  ],
  pad: [{ of: [[2, 3]], build: (x) => G.pad(x, 1, 1, 2) }],
  concatenate: [
    {
      of: [
        [2, 3],
        [1, 3],
      ],
      build: (a, b) => G.concatenate([a, b], 0),
    },
    {
      of: [
        [2, 3],
        [2, 1],
        [2, 2],
      ],
      build: (a, b, c) => G.concatenate([a, b, c], -1),
    },
    { of: [[2, 3]], build: (a) => G.concatenate([a, a], 1) },
  ],
  expand: [
    { of: [[2, 1]], build: (x) => G.expand(x, [3, 2, 4]) },
    { of: [[]], build: (x) => G.expand(x, [2, 2]) },
  ],
  gather: [
    { of: [[5, 3], ids([2, 4], 5)], build: G.gather },
    { of: [[5, 3], ids([4], 5, 'int32')], build: G.gather },
    { of: [[5], ids([2, 3], 5)], build: G.gather },
    { of: [[3, 2, 2], ids([], 3)], build: G.gather },
    { of: [[1500, 2], ids([6], 1500)], build: G.gather },
  ],
  scatterRows: [
    { of: [[6, 2], ids([6], 4)], build: (x, rows) => G.scatterRows(x, rows, 4) },
    { of: [[6, 2], ids([6], 4, 'int32')], build: (x, rows) => G.scatterRows(x, rows, 1100) },
  ],
  oneHot: [
    { of: [ids([2, 3], 4)], build: (x) => G.oneHot(x, 4) },
    { of: [ids([3], 4, 'int32')], build: (x) => G.oneHot(x, 4) },
  ],
  pick: [
    { of: [[4, 3], ids([4], 3)], build: G.pick },
    { of: [[2, 2, 3], ids([2, 2], 3, 'int32')], build: G.pick },
  ],
  addAt: [{ of: [[4, 3], ids([4], 3), [4]], build: G.addAt }],
  reduceSum: [
    ...[[0], [1], [-1], [0, 1], [0, 2], [0, 1, 2]].map((axes) => ({
      of: [[2, 3, 4]],
      build: (x: Value) => G.reduceSum(x, axes),
    })),
    { of: [[2, 3]], build: (x) => G.reduceSum(x, [0], true) },
  ],
  reduceMean: [
    { of: [[2, 3, 4]], build: (x) => G.reduceMean(x, [-1], true) },
    { of: [[2, 3, 4]], build: (x) => G.reduceMean(x, [0, 2]) },
  ],
  reduceMax: [
    { of: [[2, 3, 4]], build: (x) => G.reduceMax(x, [1]) },
    { of: [[2, 3]], build: (x) => G.reduceMax(x, [0, 1], true) },
  ],
  argMax: [
    { of: [[3, 4]], build: (x) => G.argMax(x, -1) },
    { of: [[3, 4]], build: (x) => G.argMax(x, 0) },
  ],
  softmax: [
    ...[[4], [2, 3, 5]].map((shape) => ({ of: [shape], build: G.softmax })),
    {
      // An attention's weights, whose derivative takes a shorter way.
      of: [
        [2, 3, 3],
        [2, 3, 4],
      ],
      build: (scores, values) => G.matmul(G.softmax(scores), values),
    },
  ],
  logSoftmax: [[4], [2, 3, 5]].map((shape) => ({ of: [shape], build: G.logSoftmax })),
  negativeLogLikelihood: [
    { of: [[4, 5], ids([4], 5)], build: G.negativeLogLikelihood },
    { of: [[4, 5], ids([4], 5, 'int32')], build: (x, t) => G.crossEntropy(x, t) },
    { of: [[4, 5], ids([4], 5), [4]], build: G.crossEntropy },
  ],
  layerNorm: [
    { of: [[2, 3, 5], [5], [5]], build: (x, s, b) => G.layerNorm(x, s, b, 1e-5) },
    { of: [[4, 6], [6], [6]], build: (x, s, b) => G.layerNorm(x, s, b, 0.1) },
  ],
  rmsNorm: [
    { of: [[2, 3, 5], [5]], build: (x, s) => G.rmsNorm(x, s, 1e-6) },
    { of: [[4, 6], [6]], build: (x, s) => G.rmsNorm(x, s, 0.1) },
  ],
  gelu: (['tanh', 'erf'] as const).flatMap((form) => singles((x) => G.gelu(x, form))),
  silu: singles(G.silu),
  overParts: [
    {
      of: [
        [6, 2],
        [2, 3],
      ],
      build: (x, w) => G.overParts(3, [x], (piece) => ({ sums: [G.matmul(piece, w)] })).sums[0],
    },
    {
      of: [[4, 2], [4], [2, 2]],
      build: (x, y, w) => {
        const { sums, rows } = G.overParts(2, [x, y], (a, b) => {
          const product = G.matmul(a, G.exp(w));
          return { sums: [w, product, G.reduceSum(b, [0])], rows: [G.tanh(product), b, product] };
        });
        const all = [...sums.slice(0, 2), ...rows.filter(({ shape }) => shape.length > 1)];
        return G.add(G.concatenate(all, 0), G.add(sums[2], G.reduceMax(rows[1], [0])));
      },
    },
    {
      of: [[4, 2], [2, 3], ids([4], 3)],
      build: (x, w, targets) => {
        const { sums } = G.overParts(2, [x, targets], (a, t) => {
          const loss = G.crossEntropy(G.matmul(G.gelu(a, 'tanh'), w), t);
          return { sums: [loss, ...gradients(loss, [w])] };
        });
        return G.add(sums[0], sums[1]);
      },
    },
  ],
};

const table = Object.entries(cases).flatMap(([name, list]) =>
  list.map((item, i) => ({ name: name as OperationName, item, i, title: `${name} ${show(item)}` })),
);

describe('the table of cases', () => {
  it('has cases for every operation, and each builds what it is listed under', () => {
    expect(Object.keys(cases).sort()).toEqual(Object.keys(operations).sort());
    for (const name of Object.keys(operations) as OperationName[]) {
      expect(operations[name].name).toBe(name);
      if (name !== 'stopGradient') expect(cases[name], `cases of ${name}`).not.toHaveLength(0);
    }
    for (const { name, item, title } of table) {
      const names = reachable([place(item, 'float64').y]).map(({ node }) =>
        node.kind === 'operation' ? node.operation.name : node.kind,
      );
      expect(names, title).toContain(name);
    }
  });
});

describe('derivatives against finite differences in float64', () => {
  it.each(table)('$title', ({ name, item, i }) => {
    const { graph, inputs, y } = place(item, 'float64');
    const loss = weightedSum(y, `${name} ${i}`);
    graph.output('loss', loss);
    expectDerivatives(graph, 'loss', inputs, feedsOf(item, 'float64', `${name} ${i}`));
  });

  it.each(table)('and once more: $title', ({ name, item, i }) => {
    const { graph, inputs, y } = place(item, 'float64');
    const squares = G.square(G.cast(y, 'float64'));
    const first = gradients(weightedSum(squares, `${name} ${i}`), inputs.filter(isFloatValue));
    if (first.length === 0) return;
    const slopes = first.map((slope, k): Value => weightedSum(slope, `${name} ${i} ${k}`));
    graph.output('loss', slopes.reduce(G.add));
    expectDerivatives(graph, 'loss', inputs, feedsOf(item, 'float64', `${name} ${i}`));
  });

  it('stops where it is told to', () => {
    const graph = new Graph();
    const x = graph.input('x', []);
    const [slope] = gradients(G.multiply(x, G.stopGradient(x)), [x]);
    graph.output('slope', slope);
    const feeds = { x: { dtype: 'float32', shape: [], data: Float32Array.of(3) } } as const;
    expect(evaluate(graph, feeds).slope.data[0]).toBe(3);
  });

  it('gives zeros where the loss does not depend on a value', () => {
    const graph = new Graph();
    const [x, unused] = [graph.input('x', []), graph.input('unused', [2])];
    graph.output('slope', gradients(G.square(x), [unused])[0]);
    expect(evaluate(graph, {}).slope.data).toEqual(Float64Array.of(0, 0));
  });
});

/** ONNX Runtime has no Erf of doubles; and what is rounded to float32 on the way, the reference does not round. */
function runsInFloat64(item: Case): boolean {
  return reachable([place(item, 'float64').y]).every(({ node, dtype }) => {
    const isErf =
      node.kind === 'operation' && (node.operation.name === 'erf' || node.attributes.form === 'erf');
    return !isErf && dtype !== 'float32';
  });
}

describe.each([
  { pass: 'forward', float: 'float32', threads: 1, tolerance: 2e-5 },
  { pass: 'forward and backward', float: 'float32', threads: 1, tolerance: 2e-5 },
  { pass: 'forward and backward', float: 'float32', threads: 2, tolerance: 2e-5 },
  { pass: 'forward and backward', float: 'float64', threads: 1, tolerance: 1e-12 },
] as const)('ONNX Runtime, $pass, in $float with $threads thread(s) against the reference', (mode) => {
  const { pass, float, threads, tolerance } = mode;
  const runnable = table.filter(({ item }) => float === 'float32' || runsInFloat64(item));

  it.each(runnable)('$title', async ({ name, item, i }) => {
    const { graph, inputs, y } = place(item, float);
    graph.output('y', y);
    const floats = inputs.filter(isFloatValue);
    const differentiable = pass === 'forward and backward' && isFloatValue(y);
    const slopes = differentiable ? gradients(weightedSum(y, `${name} ${i}`), floats) : [];
    slopes.forEach((slope, k) => graph.output(`slope ${k}`, slope));
    const feeds = feedsOf(item, float, `${name} ${i}`);
    const session = await createSession(graph, { threads });
    const results = await session.run(feeds);
    await session.release();
    for (const [output, expected] of Object.entries(evaluate(graph, feeds))) {
      expectClose(results[output], expected, tolerance, output);
    }
  });
});

function show({ of }: Case): string {
  return of.map((spec) => `[${('shape' in spec ? spec.shape : spec).join()}]`).join(' ');
}

function isFloatValue({ dtype }: Value): boolean {
  return isFloat(dtype);
}

/** A case's graph, with inputs named 0, 1, … */
function place(item: Case, float: 'float32' | 'float64'): { graph: Graph; inputs: Value[]; y: Value } {
  const graph = new Graph({ float });
  const inputs = item.of.map((spec, k) =>
    'shape' in spec ? graph.input(`${k}`, spec.shape, spec.dtype) : graph.input(`${k}`, spec),
  );
  return { graph, inputs, y: item.build(...inputs) };
}

function feedsOf(item: Case, float: 'float32' | 'float64', seed: string): Record<string, Tensor> {
  return Object.fromEntries(
    item.of.map((spec, k) => {
      const full = 'shape' in spec ? spec : { shape: spec };
      const { shape, dtype = float, low = -2, high = 2 } = full;
      const stream = rng('case', seed, k);
      const draw = () => low + (high - low) * stream.float();
      const numbers = Array.from({ length: sizeOf(shape) }, () =>
        isFloat(dtype) ? draw() : Math.floor(draw()),
      );
      return [`${k}`, tensor(dtype, shape, numbers)];
    }),
  );
}

function tensor(dtype: DType, shape: Shape, numbers: readonly number[]): Tensor {
  const arrays = {
    float32: Float32Array,
    float64: Float64Array,
    int32: Int32Array,
    bool: Uint8Array,
  } as const;
  const data = dtype === 'int64' ? BigInt64Array.from(numbers, BigInt) : arrays[dtype].from(numbers);
  return { dtype, shape, data };
}

/** A scalar that depends on every element in another way. */
function weightedSum(y: Value, seed: string): Value {
  const { graph } = y;
  const stream = rng('weights', seed);
  const weights = graph.constant(
    Array.from({ length: sizeOf(y.shape) }, () => stream.float() * 2 - 1),
    y.shape,
  );
  const axes = y.shape.map((_, axis) => axis);
  return G.reduceSum(G.multiply(G.cast(y, graph.float), weights), axes);
}

function expectDerivatives(
  graph: Graph,
  output: string,
  inputs: readonly Value[],
  feeds: Record<string, Tensor>,
): void {
  const loss = graph.outputs.get(output)!;
  const floats = inputs.filter(isFloatValue);
  gradients(loss, floats).forEach((slope, k) => graph.output(`slope ${k}`, slope));
  const slopes = evaluate(graph, feeds);
  floats.forEach((input, k) => {
    const name = `${inputs.indexOf(input)}`;
    const found = slopes[`slope ${k}`];
    expect(found.shape).toEqual(input.shape);
    const step = 1e-5;
    const places = Array.from({ length: Math.min(40, sizeOf(input.shape)) }, (_, j) => j);
    const wanted = places.map((place) => {
      const at = (offset: number) => {
        const data = (feeds[name].data as Float64Array).slice();
        data[place] += offset;
        return Number(evaluate(graph, { ...feeds, [name]: { ...feeds[name], data } })[output].data[0]);
      };
      return (at(step) - at(-step)) / (2 * step);
    });
    places.forEach((place) => {
      const error =
        Math.abs(Number(found.data[place]) - wanted[place]) / Math.max(1, Math.abs(wanted[place]));
      expect(error, `input ${name}, element ${place}: not ${wanted[place]}`).toBeLessThan(1e-6);
    });
  });
}

function expectClose(found: Tensor, expected: Tensor, tolerance: number, what: string): void {
  expect(found.shape, what).toEqual(expected.shape);
  expected.data.forEach((number, i) => {
    const error = Math.abs(Number(found.data[i]) - Number(number)) / Math.max(1, Math.abs(Number(number)));
    expect(error, `${what}, element ${i}: ${found.data[i]} instead of ${number}`).toBeLessThan(tolerance);
  });
}

describe('derivatives of powers where the formula has no number', () => {
  // As PyTorch 2 gives them: torch.pow(x, e).sum().backward() with both requiring gradients.
  it.each([
    { x: 0, e: 0, byX: 0, byE: 0 },
    { x: 2, e: 0, byX: 0, byE: Math.log(2) },
    { x: 0, e: 3, byX: 0, byE: 0 },
    { x: 0, e: 1, byX: 1, byE: 0 },
    { x: 2, e: 3, byX: 12, byE: 8 * Math.log(2) },
  ])('$x to the power of $e', ({ x, e, byX, byE }) => {
    const graph = new Graph({ float: 'float64' });
    const [base, exponent] = [graph.input('x', [1]), graph.input('e', [1])];
    const slopes = gradients(G.reduceSum(G.power(base, exponent), [0]), [base, exponent]);
    const [byConstant] = gradients(G.reduceSum(G.power(base, e), [0]), [base]);
    slopes.forEach((slope, i) => graph.output(String(i), slope));
    graph.output('constant', byConstant);
    const of = (number: number): Tensor => ({ dtype: 'float64', shape: [1], data: Float64Array.of(number) });
    const found = evaluate(graph, { x: of(x), e: of(e) });
    expect([found[0].data[0], found[1].data[0], found.constant.data[0]]).toEqual([byX, byE, byX]);
  });
});

describe('derivatives where two sides meet', () => {
  // As PyTorch 2 gives them: torch.maximum(x, y).sum().backward(), and so on.
  it.each([
    { name: 'minimum', build: G.minimum, slopes: [0.5, 0.5] },
    { name: 'maximum', build: G.maximum, slopes: [0.5, 0.5] },
    { name: 'abs', build: (x: G.Value) => G.abs(G.affine(x, 1, -2)), slopes: [0, 0] },
  ])('$name of equal numbers', ({ build, slopes }) => {
    const graph = new Graph({ float: 'float64' });
    const inputs = [graph.input('x', [1]), graph.input('y', [1])];
    gradients(G.reduceSum(build(inputs[0], inputs[1]), [0]), inputs).forEach((slope, i) =>
      graph.output(String(i), slope),
    );
    const two: Tensor = { dtype: 'float64', shape: [1], data: Float64Array.of(2) };
    const found = evaluate(graph, { x: two, y: two });
    expect([found[0].data[0], found[1].data[0]]).toEqual(slopes);
  });
});
