/**
 * NaN, infinities and zeros in every operation that can meet them, values and derivatives, in both types of floats: ONNX
 * Runtime has what the reference has. What is right of softmax is PyTorch's.
 */
import { describe, expect, it } from 'vitest';
import { createSession, evaluate, Graph, gradients } from './index.ts';
import type { Tensor, Value } from './index.ts';
import * as G from './index.ts';
import { toTypedArray } from './types/tensor.ts';

const FLOATS = ['float32', 'float64'] as const;
type Float = (typeof FLOATS)[number];
type Build = (...inputs: Value[]) => Value;

const SPECIAL = [NaN, Infinity, -Infinity, -0, 0, 1, -2, 0.5, 800, -800];

const OF_ONE: Record<string, Build> = {
  negate: G.negate,
  exp: G.exp,
  log: G.log,
  sqrt: G.sqrt,
  tanh: G.tanh,
  sigmoid: G.sigmoid,
  reciprocal: G.reciprocal,
  abs: G.abs,
  affine: (x) => G.affine(x, -0.5, 0.25),
  gelu: (x) => G.gelu(x, 'tanh'),
  silu: G.silu,
  square: G.square,
  clip: (x) => G.minimum(G.maximum(x, -1), 1),
  ...Object.fromEntries([2, 3, 0.5, 1.5, -1, -0.5].map((e) => [`power ${e}`, (x: Value) => G.power(x, e)])),
  slice: (x) => G.slice(x, 0, 1, 5),
  pad: (x) => G.pad(x, 0, 1, 2),
};

const OF_TWO: Record<string, Build> = {
  add: G.add,
  subtract: G.subtract,
  multiply: G.multiply,
  divide: G.divide,
  power: G.power,
  minimum: G.minimum,
  maximum: G.maximum,
  select: (a, b) => G.select(G.less(a, b), a, b),
  equal: (a, b) => G.cast(G.equal(a, b), a.dtype),
  lessOrEqual: (a, b) => G.cast(G.lessOrEqual(a, b), a.dtype),
  bool: (a, b) => G.cast(G.cast(G.multiply(a, b), 'bool'), a.dtype),
};

const OF_ROWS: Record<string, Build> = {
  softmax: G.softmax,
  logSoftmax: G.logSoftmax,
  crossEntropy: (x) =>
    G.negativeLogLikelihood(
      x,
      x.graph.constant(new Array<number>(x.shape[0]).fill(1), [x.shape[0]], 'int64'),
    ),
  reduceSum: (x) => G.reduceSum(x, [1]),
  'reduceSum of columns': (x) => G.reduceSum(x, [0]),
  reduceMean: (x) => G.reduceMean(x, [1]),
  reduceMax: (x) => G.reduceMax(x, [1]),
  'reduceMax of columns': (x) => G.reduceMax(x, [0]),
  argMax: (x) => G.cast(G.argMax(x, 1), x.dtype),
  rmsNorm: (x) => G.rmsNorm(x, x.graph.constant(1, [x.shape[1]]), 0.1),
  layerNorm: (x) => G.layerNorm(x, x.graph.constant(1, [x.shape[1]]), x.graph.constant(0, [x.shape[1]]), 0.1),
  matmul: (x) =>
    G.matmul(
      x,
      x.graph.constant(
        Array.from({ length: x.shape[1] }, (_, i) => i - 1),
        [x.shape[1], 1],
      ),
    ),
};

/** Rows of ordinary numbers with a special one in each place, two at the ends, and nothing but one. */
function rowsOf(width: number): number[][] {
  const ordinary = Array.from({ length: width }, (_, i) => [2, 1, -1, 0.5, 3][i % 5]);
  return SPECIAL.flatMap((special) => [
    ...ordinary.map((_, place) => ordinary.with(place, special)),
    ...SPECIAL.map((other) => ordinary.with(0, special).with(-1, other)),
    new Array<number>(width).fill(special),
  ]);
}

function tensor(shape: readonly number[], numbers: readonly number[], dtype: Float): Tensor {
  return { dtype, shape, data: toTypedArray(dtype, numbers) };
}

/** The value that is built and its derivatives: by the reference, and in ONNX Runtime with one thread and with two. */
async function allOf(build: Build, fed: readonly Tensor[]): Promise<number[][]> {
  const graph = new Graph({ float: fed[0].dtype as Float });
  const inputs = fed.map(({ shape, dtype }, i) => graph.input(`${i}`, shape, dtype));
  const y = build(...inputs);
  const total = G.reduceSum(
    y,
    y.shape.map((_, axis) => axis),
  );
  for (const [i, value] of [y, ...gradients(total, inputs)].entries()) graph.output(`out ${i}`, value);
  const feeds = Object.fromEntries(fed.map((one, i) => [`${i}`, one]));
  const found = [evaluate(graph, feeds)];
  for (const threads of [1, 2]) {
    const session = await createSession(graph, { threads });
    found.push(await session.run(feeds));
    await session.release();
  }
  const numbersOf = ({ data }: Tensor): number[] => Array.from(data as ArrayLike<number>, Number);
  return found.map((results) => Object.values(results).flatMap(numbersOf));
}

/** Equal, whatever the sign of a zero is, or as near as rounding leaves them. */
function isLike(a: number, b: number, rounding: number): boolean {
  return Object.is(a + 0, b + 0) || Math.abs(a - b) <= rounding * Math.max(1, Math.abs(a));
}

describe.each(FLOATS)('NaN, infinities and zeros in %s', (float) => {
  const [rounding, type] = float === 'float32' ? [2e-5, Float32Array] : [1e-10, Float64Array];

  /** The numbers that differ from what is right in this type. */
  function wrongOf(found: readonly number[], right: readonly number[]): string[] {
    const rounded = Array.from(type.from(right), Number);
    return rounded.flatMap((number, i) =>
      isLike(number, found[i], rounding) ? [] : [`${i}: ${found[i]}, not ${number}`],
    );
  }

  async function expectAgreement(build: Build, shape: readonly number[], fed: number[][]): Promise<void> {
    const [right, ...others] = await allOf(
      build,
      fed.map((numbers) => tensor(shape, numbers, float)),
    );
    for (const found of others) expect(wrongOf(found, right)).toEqual([]);
  }

  it.each(Object.entries(OF_ONE))('%s', async (_, build) => {
    for (const times of [1, 4]) {
      const numbers = new Array<number[]>(times).fill(SPECIAL).flat();
      await expectAgreement(build, [numbers.length], [numbers]);
    }
  });

  it.each(Object.entries(OF_TWO))('%s', async (_, build) => {
    const pairs = SPECIAL.flatMap((a) => SPECIAL.map((b) => [a, b]));
    const fed = [pairs.map(([a]) => a), pairs.map(([, b]) => b)];
    await expectAgreement(build, [pairs.length], fed);
  });

  it.each(Object.entries(OF_ROWS))('%s', async (_, build) => {
    for (const width of [2, 3, 9]) {
      const rows = rowsOf(width);
      await expectAgreement(build, [rows.length, width], [rows.flat()]);
    }
  });

  it.each([
    { row: [NaN, 2, 1], shares: [NaN, NaN, NaN], loss: NaN },
    { row: [2, 1, NaN], shares: [NaN, NaN, NaN], loss: NaN },
    { row: [1, Infinity, 1], shares: [NaN, NaN, NaN], loss: NaN },
    { row: [-Infinity, -Infinity, -Infinity], shares: [NaN, NaN, NaN], loss: NaN },
    { row: [0, -Infinity, 0], shares: [0.5, 0, 0.5], loss: Math.log(2) },
    { row: [-Infinity, 7, -Infinity], shares: [0, 1, 0], loss: Infinity },
    { row: [3e38, 3e38, 0], shares: [0.5, 0.5, 0], loss: Math.log(2) },
  ])('softmax of $row, and the loss of its first place', async ({ row, shares, loss }) => {
    const fed = [tensor([1, 3], row, float)];
    const ofFirst: Build = (x) => G.negativeLogLikelihood(x, x.graph.constant([0], [1], 'int64'));
    for (const found of await allOf(G.softmax, fed)) expect(wrongOf(found, shares)).toEqual([]);
    for (const found of await allOf(G.logSoftmax, fed)) expect(wrongOf(found, [-loss])).toEqual([]);
    for (const found of await allOf(ofFirst, fed)) expect(wrongOf(found, [loss])).toEqual([]);
  });

  it('a root by power, and its derivative, as in C: of −0 and −∞ they are not those of sqrt', async () => {
    const root: Build = (x) => G.power(x, 0.5);
    for (const found of await allOf(root, [tensor([2], [-0, -Infinity], float)]))
      expect(found).toEqual([0, Infinity, Infinity, 0]);
    for (const found of await allOf(G.sqrt, [tensor([2], [-0, -Infinity], float)]))
      expect(found).toEqual([-0, NaN, -Infinity, NaN]);
  });
});
