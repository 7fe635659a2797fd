/** A small training step, the same for Node and for a page: one attention layer learns to copy its input backward. */
import * as G from '../src/graph/index.ts';
import type { Tensor, Value } from '../src/graph/index.ts';

const VOCABULARY = 6;
const LENGTH = 5;
const WIDTH = 8;
const BATCH = 4;

const SHAPES = {
  symbols: [VOCABULARY, WIDTH],
  positions: [LENGTH, WIDTH],
  scale: [WIDTH],
  bias: [WIDTH],
  queries: [WIDTH, WIDTH],
  keys: [WIDTH, WIDTH],
  values: [WIDTH, WIDTH],
  up: [WIDTH, 2 * WIDTH],
  upBias: [2 * WIDTH],
  down: [2 * WIDTH, WIDTH],
} as const;

type Name = keyof typeof SHAPES;
const NAMES = Object.keys(SHAPES) as Name[];

/** The losses of `steps` steps of plain gradient descent from fixed weights on one fixed batch. */
export async function trainedLosses(steps: number): Promise<number[]> {
  const session = await G.createSession(stepGraph());
  let weights = initialWeights();
  const losses: number[] = [];
  for (let step = 0; step < steps; step++) {
    const { loss, ...updated } = await session.run({ ...weights, ...batch() });
    losses.push(Number(loss.data[0]));
    weights = Object.fromEntries(NAMES.map((name) => [name, updated[`new ${name}`]]));
  }
  await session.release();
  return losses;
}

function stepGraph(): G.Graph {
  const graph = new G.Graph();
  const weights = Object.fromEntries(NAMES.map((name) => [name, graph.input(name, SHAPES[name])])) as Record<
    Name,
    Value
  >;
  const ids = graph.input('ids', [BATCH, LENGTH], 'int64');
  const targets = graph.input('targets', [BATCH, LENGTH], 'int64');
  const { sums } = G.overParts(2, [ids, targets], (someIds, someTargets) => {
    const loss = lossOf(weights, someIds, someTargets);
    return { sums: [loss, ...G.gradients(loss, Object.values(weights))] };
  });
  graph.output('loss', sums[0]);
  NAMES.forEach((name, i) => {
    graph.output(`new ${name}`, G.subtract(weights[name], G.affine(sums[i + 1], 0.3, 0)));
  });
  return graph;
}

function lossOf(weights: Record<Name, Value>, ids: Value, targets: Value): Value {
  const [batch, length] = ids.shape;
  const x = G.add(G.gather(weights.symbols, ids), weights.positions); // (batch, length, width)
  const normalized = G.layerNorm(x, weights.scale, weights.bias, 1e-5);
  const [q, k, v] = [weights.queries, weights.keys, weights.values].map((w) => G.matmul(normalized, w));
  const pattern = G.softmax(G.matmul(q, k, { transposeB: true, scale: 1 / Math.sqrt(WIDTH) }));
  const attended = G.add(x, G.matmul(pattern, v));
  const hidden = G.gelu(G.linear(attended, weights.up, weights.upBias), 'tanh');
  const result = G.add(attended, G.matmul(hidden, weights.down));
  const logits = G.matmul(G.reshape(result, [batch * length, WIDTH]), weights.symbols, { transposeB: true });
  const summed = G.crossEntropy(logits, G.reshape(targets, [batch * length]));
  return G.divide(summed, BATCH * LENGTH);
}

function initialWeights(): Record<string, Tensor> {
  let state = 1;
  const next = () => {
    state = (state * 16807) % 2147483647; // Park and Miller: the same numbers everywhere
    return state / 2147483647 - 0.5;
  };
  return Object.fromEntries(
    NAMES.map((name) => {
      const shape = SHAPES[name];
      const size = shape.reduce((product: number, dimension) => product * dimension, 1);
      const data = Float32Array.from({ length: size }, () => (name === 'scale' ? 1 : next()));
      return [name, { dtype: 'float32', shape, data }];
    }),
  );
}

function batch(): Record<string, Tensor> {
  const rows = Array.from({ length: BATCH }, (_, b) =>
    Array.from({ length: LENGTH }, (_, t) => (3 * b + t * t) % VOCABULARY),
  );
  const tensor = (numbers: number[]): Tensor => ({
    dtype: 'int64',
    shape: [BATCH, LENGTH],
    data: BigInt64Array.from(numbers, BigInt),
  });
  return { ids: tensor(rows.flat()), targets: tensor(rows.flatMap((row) => row.toReversed())) };
}
