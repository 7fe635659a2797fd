import { describe, expect, it } from 'vitest';
import * as G from './index.ts';
import { reachable } from './types/walk.ts';
import type { Value } from './index.ts';

const value = (shape: readonly number[], dtype?: G.DType) => {
  const graph = new G.Graph();
  return graph.input('x', shape, dtype);
};
const two = (
  a: readonly number[],
  b: readonly number[],
  types: [G.DType?, G.DType?] = [],
): [Value, Value] => {
  const graph = new G.Graph();
  return [graph.input('a', a, types[0]), graph.input('b', b, types[1])];
};

const mistakes: [what: string, build: () => unknown, message: string][] = [
  [
    'inner dimensions',
    () => G.matmul(...two([3, 4], [5, 6])),
    'matmul: [3, 4] × [5, 6]: inner dimensions 4 and 5 differ',
  ],
  [
    'inner dimensions of transposed factors',
    () => G.matmul(...two([3, 4], [5, 4]), { transposeA: true, transposeB: true }),
    'matmul: [3, 4]ᵀ × [5, 4]ᵀ: inner dimensions 3 and 4 differ',
  ],
  [
    'batches',
    () => G.matmul(...two([2, 3, 4], [3, 4, 5])),
    'matmul: [2, 3, 4] × [3, 4, 5]: dimensions 2 and 3 differ',
  ],
  [
    'a fraction beside whole numbers',
    () => G.add(value([2], 'int64'), 0.5),
    'add: 0.5 beside int64 [2]: a whole number was expected',
  ],
  [
    'padding',
    () => G.pad(value([2, 3]), 1, -1, 0),
    'pad: -1 before and 0 after [2, 3]: from 0 on was expected',
  ],
  [
    'a vector',
    () => G.matmul(...two([4], [4, 2])),
    'matmul: [4] × [4, 2]: both need at least two dimensions',
  ],
  ['broadcasting', () => G.add(...two([2, 3], [2])), 'add: [2, 3] and [2]: dimensions 3 and 2 differ'],
  [
    'types',
    () => G.multiply(...two([2], [3], ['float32', 'int64'])),
    'multiply: float32 [2] and int64 [3]: the types differ, cast one',
  ],
  [
    'bools',
    () => G.add(...two([2], [2], ['bool', 'bool'])),
    'add: bool [2] and bool [2]: numbers were expected',
  ],
  ['numbers', () => G.and(...two([2], [2])), 'and: float32 [2] and float32 [2]: bools were expected'],
  ['a condition', () => G.select(...two([2], [2]), 1), 'select: float32 [2]: bool was expected'],
  ['elements', () => G.reshape(value([2, 3]), [4, 2]), 'reshape: [2, 3] → [4, 2]: 6 and 8 elements'],
  [
    'two open dimensions',
    () => G.reshape(value([2, 3]), [-1, -1]),
    'reshape: [2, 3] to [-1, -1]: only one dimension may be −1',
  ],
  [
    'an open dimension',
    () => G.reshape(value([2, 3]), [4, -1]),
    'reshape: [2, 3] to [4, -1]: no whole number can stand for −1',
  ],
  [
    'fractions',
    () => G.reshape(value([2, 3]), [1.5, 4]),
    'reshape: the shape [1.5, 4] is not made of whole numbers from 0 on',
  ],
  [
    'negative dimensions',
    () => G.reshape(value([2, 3]), [-2, -3]),
    'reshape: the shape [-2, -3] is not made of whole numbers from 0 on',
  ],
  [
    'a permutation',
    () => G.transpose(value([2, 3]), [0, 0]),
    'transpose: [0, 0] does not name every axis of [2, 3] once',
  ],
  [
    'a range',
    () => G.slice(value([2, 3]), 1, 2, 4),
    'slice: 2…4 does not lie within axis 1 of [2, 3], which has 3',
  ],
  ['an axis', () => G.reduceSum(value([2, 3]), [2]), 'reduceSum: [2, 3] has no axis 2'],
  [
    'what is put together',
    () => G.concatenate(two([2, 3], [3, 3]), 1),
    'concatenate: float32 [2, 3] and float32 [3, 3] differ in more than axis 1',
  ],
  ['an expansion', () => G.expand(value([2, 3]), [2, 1]), 'expand: [2, 3] does not broadcast to [2, 1]'],
  [
    'a linear map',
    () => {
      const [x, weight] = two([2, 3], [4, 5]);
      return G.linear(x, weight, x.graph.input('bias', [5]));
    },
    'linear: [2, 3] × [4, 5] + [5]: expected [N, I] × [I, O] + [O]',
  ],
  ['ids', () => G.gather(...two([4, 2], [3])), 'gather: float32 [3]: int32 or int64 was expected'],
  [
    'targets',
    () => G.crossEntropy(...two([4, 2], [3], [undefined, 'int64'])),
    'crossEntropy: [4, 2] logits and [3] targets: expected [N, V] and [N]',
  ],
  [
    'scales',
    () => G.rmsNorm(...two([4, 2], [4]), 1e-6),
    'rmsNorm: [4, 2] with [4]: the last dimensions differ',
  ],
  [
    'parts',
    () => G.overParts(4, [value([10, 3])], (x) => ({ rows: [x] })),
    'overParts: [10, 3] cannot be cut into 4 equal parts along axis 0',
  ],
  [
    'a loss',
    () => G.gradients(value([2]), []),
    'gradients: the loss is float32 [2], a float scalar [] was expected',
  ],
  ['two graphs', () => G.add(value([2]), value([2])), 'add: the values belong to two graphs'],
  [
    'constants',
    () => new G.Graph().constant([1, 2, 3], [2, 2]),
    'constant: 3 numbers for the shape [2, 2], which has 4',
  ],
  [
    'a shape',
    () => new G.Graph().input('x', [2.5]),
    "input 'x': the shape [2.5] is not made of whole numbers from 0 on",
  ],
  ['no outputs', () => G.toOnnx(new G.Graph()), 'toOnnx: the graph has no outputs'],
];

describe('a graph that cannot be built', () => {
  it.each(mistakes)('says so: %s', (_what, build, message) => {
    expect(build).toThrow(new G.GraphError(message));
  });

  it('refuses a name that is taken, empty, or its own', () => {
    const graph = new G.Graph();
    const x = graph.input('x', []);
    graph.output('y', x);
    expect(() => graph.input('x', [])).toThrow("input 'x': an input has that name");
    expect(() => graph.output('y', x)).toThrow("output 'y': an output has that name");
    expect(() => graph.output('x', x)).toThrow("output 'x': an input has that name");
    expect(() => graph.input('y', [])).toThrow("input 'y': an output has that name");
    expect(() => graph.input('', [])).toThrow("input '': the name is empty");
    expect(() => graph.output('%1', x)).toThrow("output '%1': names that begin with % are the graph's own");
  });

  it('refuses a value from inside a loop that is used outside', () => {
    const graph = new G.Graph();
    const x = graph.input('x', [4]);
    const stray: Value[] = [];
    G.overParts(2, [x], (piece) => {
      stray.push(G.exp(piece));
      return { rows: [piece] };
    });
    graph.output('y', stray[0]);
    const message =
      'overParts: a value made inside the body is used outside; return it from the body instead';
    expect(() => G.toOnnx(graph)).toThrow(message);
    const feeds = { x: { dtype: 'float32', shape: [4], data: new Float32Array(4) } } as const;
    expect(() => G.evaluate(graph, feeds)).toThrow('a value made inside the body');
  });
});

describe('a graph keeps one node', () => {
  it('for equal operations, whatever the order of a sum', () => {
    const [a, b] = two([2, 3], [3]);
    expect(G.add(a, b)).toBe(G.add(b, a));
    expect(G.multiply(a, 2)).toBe(G.multiply(2, a));
    expect(G.subtract(a, b)).not.toBe(G.subtract(b, a));
    expect(G.reduceSum(a, [-1])).toBe(G.reduceSum(a, [1]));
    expect(G.softmax(a)).toBe(G.softmax(a));
  });

  it.each([
    ['Infinity', Infinity],
    ['−Infinity', -Infinity],
    ['NaN', NaN],
    ['−0', -0],
  ])('but not for operations whose numbers differ in JSON only by having no word: %s', (_name, number) => {
    const graph = new G.Graph();
    const x = graph.input('x', [2]);
    const others = [Infinity, -Infinity, NaN, -0, 7].filter((other) => !Object.is(other, number));
    const one = G.affine(x, 2, number);
    expect(G.affine(x, 2, number)).toBe(one);
    for (const other of others) expect(G.affine(x, 2, other)).not.toBe(one);
  });

  it('and none for what changes nothing', () => {
    const x = value([2, 3]);
    expect(G.add(x, 0)).toBe(x);
    expect(G.multiply(1, x)).toBe(x);
    expect(G.negate(G.negate(x))).toBe(x);
    expect(G.reshape(G.reshape(x, [6]), [2, 3])).toBe(x);
    expect(G.transpose(G.transpose(x, [1, 0]), [1, 0])).toBe(x);
    expect(G.slice(x, 0, 0, 2)).toBe(x);
    expect(G.cast(x, 'float32')).toBe(x);
    expect(G.expand(x, [2, 3])).toBe(x);
  });

  it('but does not take a zero away that broadcasts', () => {
    const x = value([3]);
    expect(G.add(x, x.graph.constant(0, [2, 1])).shape).toEqual([2, 3]);
  });

  it('where the derivatives of slices of one product are joined', () => {
    const x = value([4, 6]);
    const [q, k] = [G.slice(x, 1, 0, 3), G.slice(x, 1, 3, 6)];
    const [slope] = G.gradients(G.reduceSum(G.multiply(G.exp(q), k), [0, 1]), [x]);
    const names = reachable([slope]).map(({ node }) =>
      node.kind === 'operation' ? node.operation.name : '',
    );
    expect(names.filter((name) => name === 'concatenate')).toHaveLength(1);
    expect(names).not.toContain('pad');
  });
});

describe('a model', () => {
  it.each([0, 0.5])('does not store a constant that is %d throughout', (number) => {
    const model = (fill: number | readonly number[]): number => {
      const graph = new G.Graph();
      graph.output('y', G.add(graph.input('x', [1000]), graph.constant(fill, [1000])));
      return G.toOnnx(graph).length;
    };
    expect(model(number)).toBeLessThan(500);
    expect(model(Array.from({ length: 1000 }, (_, i) => i))).toBeGreaterThan(4000);
  });
});
