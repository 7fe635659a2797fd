/**
 * Where numbers end: NaN and infinities, whole numbers, tensors without elements, ids without a row. The reference and
 * ONNX Runtime, with one thread and with two, give what PyTorch gives, or refuse together.
 */
import { describe, expect, it } from 'vitest';
import { createSession, evaluate, Graph, gradients } from './index.ts';
import type { DType, Shape, Tensor, Value } from './index.ts';
import * as G from './index.ts';
import { toTypedArray } from './types/tensor.ts';

const RUNS = ['evaluate', '1 thread', '2 threads'] as const;
type Run = (typeof RUNS)[number];

function tensor(shape: Shape, numbers: readonly number[], dtype: DType = 'float32'): Tensor {
  return { dtype, shape, data: toTypedArray(dtype, numbers) };
}

/** What `build` makes of tensors that are fed, in order. */
async function computed(
  run: Run,
  fed: readonly Tensor[],
  build: (...inputs: Value[]) => Value,
  float: 'float32' | 'float64' = 'float32',
): Promise<{ shape: Shape; numbers: number[] }> {
  const graph = new Graph({ float });
  const inputs = fed.map(({ shape, dtype }, i) => graph.input(`${i}`, shape, dtype));
  graph.output('y', build(...inputs));
  const feeds = Object.fromEntries(fed.map((one, i) => [`${i}`, one]));
  const { y } = run === 'evaluate' ? evaluate(graph, feeds) : await inSession(graph, feeds, run);
  return { shape: y.shape, numbers: Array.from(y.data as ArrayLike<number>, Number) };
}

async function inSession(graph: Graph, feeds: Record<string, Tensor>, run: Run) {
  const session = await createSession(graph, { threads: run === '2 threads' ? 2 : 1 });
  try {
    return await session.run(feeds);
  } finally {
    await session.release();
  }
}

function total(x: Value): Value {
  return G.reduceSum(
    x,
    x.shape.map((_, axis) => axis),
  );
}

/** The derivative by x of the sum of what is made of it. */
function slopeOf(build: (x: Value) => Value): (x: Value) => Value {
  return (x) => gradients(total(build(x)), [x])[0];
}

describe.each(RUNS)('NaN and infinities: %s', (run) => {
  const [inf, nan] = [Infinity, NaN];

  it.each([
    ['float32', [1e38, 3e38, -1.7e38], [1e38, 3e38, 1.7e38], [1, 1, -1]],
    ['float64', [1e308, 1.7e308, 1e308], [1e308, 1.7e308, 1.7e308], [1, 1, 1 / 1.7]],
  ] as const)('divides %s by constants whose reciprocal is denormal', async (float, x, by, right) => {
    for (const [i, dividend] of x.entries()) {
      const fed = tensor([1], [dividend], float);
      const { numbers } = await computed(run, [fed], (value) => G.divide(value, by[i]), float);
      expect(numbers[0]).toBeCloseTo(right[i], 6);
    }
  });

  it('keeps those of one row out of the others when rows are added up', async () => {
    const table = tensor([4, 2], [0, 0, 1, 2, 3, 4, 5, 6]);
    const ids = (x: Value) => x.graph.constant([0, 1, 1], [3], 'int64');
    const slope = await computed(
      run,
      [table],
      slopeOf((x) => G.log(G.gather(x, ids(x)))),
    );
    expect(slope.numbers).toEqual([inf, inf, 2, 1, 0, 0, 0, 0]);
    const rows = tensor([3, 2], [inf, nan, 1, 2, 3, 4]);
    const sums = await computed(run, [rows], (x) => G.scatterRows(x, ids(x), 3));
    expect(sums.numbers).toEqual([inf, nan, 4, 6, 0, 0]);
  });

  it('has NaN as the maximum, and shows it in the derivative', async () => {
    const x = tensor([3, 2], [1, 2, 3, nan, nan, 5]);
    expect((await computed(run, [x], (a) => G.reduceMax(a, [1]))).numbers).toEqual([2, nan, nan]);
    expect(await computed(run, [x], (a) => G.reduceMax(a, [0, 1], true))).toEqual({
      shape: [1, 1],
      numbers: [nan],
    });
    const slope = await computed(
      run,
      [x],
      slopeOf((a) => G.reduceMax(a, [1])),
    );
    expect(slope.numbers).toEqual([0, 1, nan, nan, nan, nan]);
  });

  it('has the first NaN as the place of the maximum', async () => {
    const x = tensor([6, 2], [1, nan, nan, 2, inf, nan, inf, 1, nan, nan, 2, 2]);
    expect((await computed(run, [x], (a) => G.argMax(a, 1))).numbers).toEqual([1, 0, 1, 0, 0, 0]);
    expect(await computed(run, [x], (a) => G.argMax(a, 0))).toEqual({ shape: [2], numbers: [1, 0] });
  });

  it('has powers of 1 and −1 as IEEE 754 does', async () => {
    const x = tensor([9], [1, 1, 1, -1, -1, 2, nan, 0, -2]);
    const e = tensor([9], [nan, inf, -inf, inf, -inf, inf, 0, 0, 3]);
    expect((await computed(run, [x, e], G.power)).numbers).toEqual([1, 1, 1, 1, 1, inf, 1, 1, -8]);
  });

  it.each([
    { name: 'maximum', build: G.maximum, slope: [1, 1, 0.5, 0] },
    { name: 'minimum', build: G.minimum, slope: [1, 1, 0.5, 1] },
  ])('passes the whole derivative of $name through where one of two is NaN', async ({ build, slope }) => {
    const fed = [tensor([4], [nan, 1, 2, 3]), tensor([4], [1, nan, 2, 4])];
    const found = await computed(run, fed, (a, b) => gradients(total(build(a, b)), [a])[0]);
    expect(found.numbers).toEqual(slope);
  });
});

describe.each(RUNS)('whole numbers: %s', (run) => {
  const least = { int32: -(2 ** 31), int64: -(2 ** 63) } as const;

  it.each(['int32', 'int64'] as const)(
    'divides %s towards zero, the least one by −1 as well',
    async (dtype) => {
      const fed = [tensor([4], [7, -7, 6, least[dtype]], dtype), tensor([4], [2, 2, -1, -1], dtype)];
      const numbers = [3, -3, -6, least[dtype]];
      expect((await computed(run, fed, G.divide)).numbers).toEqual(numbers);
      const byConstant = await computed(run, fed.slice(0, 1), (a) =>
        G.divide(a, a.graph.constant([2, 2, -1, -1], [4], dtype)),
      );
      expect(byConstant.numbers).toEqual(numbers);
    },
  );

  it('goes on with the whole part of a quotient', async () => {
    const fed = [tensor([2], [7, -7], 'int32'), tensor([2], [2, 2], 'int32')];
    expect((await computed(run, fed, (a, b) => G.multiply(G.divide(a, b), b))).numbers).toEqual([6, -6]);
  });

  it.each(['int32', 'int64'] as const)('refuses to divide %s by 0', async (dtype) => {
    const fed = [tensor([2], [7, 1], dtype), tensor([2], [1, 0], dtype)];
    await expect(computed(run, fed, G.divide)).rejects.toThrow(/^divide: .* divided by 0$/);
    await expect(computed(run, fed, (a) => G.divide(a, 0))).rejects.toThrow(
      `divide: [2] / 0: a whole number (${dtype}) cannot be divided by 0`,
    );
  });
});

describe('floats that no whole number stands for', () => {
  it('become the least one in the reference', async () => {
    const x = tensor([4], [NaN, Infinity, 1e30, -1.9]);
    expect((await computed('evaluate', [x], (a) => G.cast(a, 'int64'))).numbers).toEqual([
      ...new Array<number>(3).fill(-(2 ** 63)),
      -1,
    ]);
  });
});

describe.each(RUNS)('tensors without elements: %s', (run) => {
  const three = tensor([3], [1, 2, 3]);
  const wide = tensor([2, 0], []);
  it.each<{
    title: string;
    fed: Tensor[];
    build: (...inputs: Value[]) => Value;
    shape: Shape;
    numbers: number[];
  }>([
    {
      title: 'the derivative by a slice of nothing',
      fed: [three],
      build: slopeOf((x) => G.slice(x, 0, 1, 1)),
      shape: [3],
      numbers: [0, 0, 0],
    },
    {
      title: 'the sum of what was expanded to nothing',
      fed: [tensor([1], [1])],
      build: (x) => G.reduceSum(G.expand(G.tanh(x), [0]), [0]),
      shape: [],
      numbers: [0],
    },
    {
      title: 'a sum over the other axis',
      fed: [wide],
      build: (x) => G.reduceSum(x, [0]),
      shape: [0],
      numbers: [],
    },
    {
      title: 'a sum over the empty axis',
      fed: [wide],
      build: (x) => G.reduceSum(x, [1]),
      shape: [2],
      numbers: [0, 0],
    },
    {
      title: 'a derivative by something expanded',
      fed: [wide],
      build: slopeOf((x) => G.expand(x, [4, 2, 0])),
      shape: [2, 0],
      numbers: [],
    },
    { title: 'another shape', fed: [wide], build: (x) => G.reshape(x, [0, 3]), shape: [0, 3], numbers: [] },
    {
      title: 'zeros around nothing',
      fed: [wide],
      build: (x) => G.pad(x, 1, 1, 2),
      shape: [2, 3],
      numbers: [0, 0, 0, 0, 0, 0],
    },
    {
      title: 'a product of nothing',
      fed: [wide],
      build: (x) => G.matmul(x, x, { transposeB: true, scale: 0.5 }),
      shape: [2, 2],
      numbers: [0, 0, 0, 0],
    },
    {
      title: 'a bias and a product of nothing',
      fed: [wide, tensor([0, 2], []), tensor([2], [5, 6])],
      build: G.linear,
      shape: [2, 2],
      numbers: [5, 6, 5, 6],
    },
    {
      title: 'no rows added up',
      fed: [tensor([0, 2], [])],
      build: (x) => G.scatterRows(x, x.graph.constant([], [0], 'int64'), 2),
      shape: [2, 2],
      numbers: [0, 0, 0, 0],
    },
    {
      title: 'nothing and something in a row',
      fed: [tensor([0], []), three],
      build: (a, b) => G.concatenate([G.exp(a), b], 0),
      shape: [3],
      numbers: [1, 2, 3],
    },
    {
      title: 'the maximum of no rows',
      fed: [tensor([0, 2], [])],
      build: (x) => G.reduceMax(x, [1]),
      shape: [0],
      numbers: [],
    },
    {
      title: 'parts that have nothing',
      fed: [wide],
      build: (x) => G.overParts(2, [x], (piece) => ({ rows: [G.exp(piece)] })).rows[0],
      shape: [2, 0],
      numbers: [],
    },
    {
      title: 'a sum over parts that have nothing',
      fed: [wide],
      build: (x) => G.overParts(2, [x], (piece) => ({ sums: [total(piece)] })).sums[0],
      shape: [],
      numbers: [0],
    },
  ])('$title', async ({ fed, build, shape, numbers }) => {
    expect(await computed(run, fed, build)).toEqual({ shape, numbers });
  });

  it.each([
    ['layerNorm', (x: Value, w: Value) => G.layerNorm(x, w, w, 0.1)],
    ['rmsNorm', (x: Value, w: Value) => G.rmsNorm(x, w, 0.1)],
  ] as const)('%s refuses rows of nothing', async (name, build) => {
    await expect(computed(run, [wide, tensor([0], [])], build)).rejects.toThrow(
      `${name}: the last dimension of [2, 0] is empty`,
    );
  });
});

/** The forward pass alone: derivatives hold on to what ONNX Runtime would put together. */
describe.each(RUNS)('float64: %s', (run) => {
  const logistic = (x: number) => 1 / (1 + Math.exp(-x));
  const numbers = [1, -2, 0.5];
  const square = numbers.reduce((sum, x) => sum + x * x, 0);
  it.each<{ name: string; build: (x: Value) => Value; right: number[] }>([
    { name: 'silu', build: G.silu, right: numbers.map((x) => x * logistic(x)) },
    {
      name: 'x · σ(x)',
      build: (x) => G.multiply(x, G.sigmoid(x)),
      right: numbers.map((x) => x * logistic(x)),
    },
    {
      name: 'a matrix product with a factor',
      build: (x) => G.matmul(x, x, { transposeB: true, scale: 0.3 }),
      right: [0.3 * square],
    },
    {
      name: 'products with a factor',
      build: (x) => {
        const y = G.reshape(x, [1, 1, 3]);
        return G.matmul(y, y, { transposeB: true, scale: 0.3 });
      },
      right: [0.3 * square],
    },
    {
      name: 'a product, and then a factor',
      build: (x) => {
        const y = G.reshape(x, [1, 1, 3]);
        return G.affine(G.matmul(y, G.reshape(x, [1, 3, 1])), 0.3, 0);
      },
      right: [0.3 * square],
    },
    {
      name: 'rmsNorm with a large epsilon',
      build: (x) => G.rmsNorm(x, x.graph.constant(1, [3]), 0.7),
      right: numbers.map((x) => x / Math.sqrt(square / 3 + 0.7)),
    },
  ])('$name', async ({ build, right }) => {
    const found = await computed(run, [tensor([1, 3], numbers, 'float64')], build, 'float64');
    expect(found.numbers).toHaveLength(right.length);
    found.numbers.forEach((number, i) => expect(Math.abs(number / right[i] - 1)).toBeLessThan(1e-14));
  });
});

const LOOKUPS: readonly (readonly [string, (table: Value, ids: Value) => Value])[] = [
  ['gather', G.gather],
  ['scatterRows', (table, ids) => G.scatterRows(table, ids, 3)],
  ['pick', G.pick],
  ['addAt', (table, ids) => G.addAt(table, ids, table.graph.constant([1, 1, 1]))],
  ['crossEntropy', G.negativeLogLikelihood],
];

describe.each(RUNS)('ids that the graph makes: %s', (run) => {
  const table = tensor([3, 3], [1, 2, 3, 4, 5, 6, 7, 8, 9]);

  it.each(LOOKUPS)('%s refuses computed ones without a row', async (_name, lookUp) => {
    const ids = (...numbers: number[]) => tensor([3], numbers, 'int64');
    const shifted = (by: number) => (x: Value, i: Value) => lookUp(x, G.add(i, by));
    const direct = await computed('evaluate', [table, ids(0, 2, 1)], lookUp);
    const found = await computed(run, [table, ids(1, 3, 2)], shifted(-1));
    found.numbers.forEach((number, i) => expect(number).toBeCloseTo(direct.numbers[i], 5));
    await expect(computed(run, [table, ids(0, 1, 2)], shifted(-1))).rejects.toThrow(
      /has no row|is not in 0…2/,
    );
    await expect(computed(run, [table, ids(0, 1, 2)], shifted(1))).rejects.toThrow(
      /has no row|is not in 0…2/,
    );
  });

  it('refuses computed ones in the parts of a batch', async () => {
    const lookUp = (x: Value, ids: Value) =>
      G.overParts(3, [ids], (piece) => ({ rows: [G.gather(x, G.subtract(piece, 1))] })).rows[0];
    const found = await computed(run, [table, tensor([3], [3, 1, 2], 'int32')], lookUp);
    expect(found.numbers).toEqual([7, 8, 9, 1, 2, 3, 4, 5, 6]);
    await expect(computed(run, [table, tensor([3], [3, 0, 2], 'int32')], lookUp)).rejects.toThrow(
      /has no row|is not in 0…2/,
    );
  });
});

describe('ids that need no guard', () => {
  it.each(LOOKUPS)(
    '%s: fed ones, also of another integer type, those of argMax, and constants',
    (_name, lookUp) => {
      const model = (ids: (graph: Graph) => Value) => {
        const graph = new Graph();
        graph.output('y', lookUp(graph.input('table', [3, 3]), ids(graph)));
        return G.toOnnx(graph);
      };
      const hasGuard = (bytes: Uint8Array) => Buffer.from(bytes).includes('Less');
      expect(hasGuard(model((graph) => G.add(graph.input('i', [3], 'int64'), 1)))).toBe(true);
      const fed = (graph: Graph) => G.cast(G.slice(graph.input('i', [4], 'int32'), 0, 1, 4), 'int64');
      expect(hasGuard(model(fed))).toBe(false);
      expect(hasGuard(model((graph) => graph.constant([0, 1, 2], [3], 'int64')))).toBe(false);
      expect(hasGuard(model((graph) => G.argMax(graph.input('x', [3, 3]), 1)))).toBe(false);
    },
  );
});

describe('ids that stand in the graph', () => {
  it.each(LOOKUPS)('%s refuses them as it is built', (_name, lookUp) => {
    const graph = new Graph();
    const table = graph.input('table', [3, 3]);
    const built = (id: number) => () => lookUp(table, graph.constant([0, 1, id], [3], 'int32'));
    expect(built(2)).not.toThrow();
    expect(built(3)).toThrow('id 3 is not in 0…2');
    expect(built(-1)).toThrow('id -1 is not in 0…2');
  });

  it('checks those that were fed and made another integer type by their own numbers', async () => {
    const graph = new Graph();
    const ids = graph.input('ids', [2], 'int32');
    graph.output('y', G.gather(graph.constant([5, 6]), G.cast(ids, 'int64')));
    await expect(inSession(graph, { ids: tensor([2], [1, -1], 'int32') }, '1 thread')).rejects.toThrow(
      "gather: id -1, number 1 of the input 'ids', is not in 0…1",
    );
  });
});
