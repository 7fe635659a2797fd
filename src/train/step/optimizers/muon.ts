/**
 * Muon (Jordan et al. 2024): momentum, then the nearest orthogonal matrix by five Newton–Schulz steps. For the matrices
 * between the layers' activations; embeddings, norms and biases stay with AdamW. Induction circuits form several times
 * sooner with it (`npm run bench -- learn`).
 */
import {
  add,
  concatenate,
  divide,
  matmul,
  multiply,
  reduceSum,
  slice,
  sqrt,
  subtract,
} from '../../../graph/index.ts';
import type { Graph, Value } from '../../../graph/index.ts';
import type { Optimizer } from './optimizer.ts';

const MOMENTUM = 0.95;
/** Muon's step as a multiple of AdamW's learning rate: its updates are orthogonal, so their size is known. */
const RATE_FACTOR = 20 / 3;
/** The odd polynomial a·x + b·x³ + c·x⁵ that drives singular values towards 1. */
const NEWTON_SCHULZ = { a: 3.4445, b: -4.775, c: 2.0315, steps: 5 };
/** In a product, so many multiplications and additions take as long as one element-wise operation on one number. */
const PRODUCT_SPEED = 16;

/** How a matrix is stored, as far as Muon must know. */
export interface MatrixLayout {
  /** The axis along which the layer's outputs lie: 1 for [inputs, outputs] (GPT-2), 0 for [outputs, inputs] (Llama). */
  readonly outputAxis: 0 | 1;
  /** How many equal blocks of outputs are matrices of their own: 3 where queries, keys and values share one. */
  readonly blocks: number;
}

export function muon({ outputAxis, blocks }: MatrixLayout): Optimizer {
  return {
    slots: ['moment1'],
    work(shape) {
      const [outputs, inputs] = [shape[outputAxis] / blocks, shape[1 - outputAxis]];
      const [shorter, longer] = [Math.min(outputs, inputs), Math.max(outputs, inputs)];
      const products = 2 * shorter + (shorter * shorter) / longer; // n·m·n twice and n·n·n, per element of n·m
      return 10 + NEWTON_SCHULZ.steps * (3 + (2 * products) / PRODUCT_SPEED);
    },
    update(graph, parameter, gradient, [moment], { rate }, weightDecay) {
      const number = (value: number) => graph.constant(value);
      const momentum = add(multiply(moment, number(MOMENTUM)), gradient);
      const direction = add(multiply(momentum, number(MOMENTUM)), gradient); // Nesterov
      const outputs = parameter.shape[outputAxis] / blocks;
      const orthogonal = Array.from({ length: blocks }, (_, block) =>
        orthogonalise(graph, slice(direction, outputAxis, block * outputs, (block + 1) * outputs)),
      );
      const size = number(RATE_FACTOR * Math.sqrt(Math.max(1, outputs / parameter.shape[1 - outputAxis])));
      const change = multiply(concatenate(orthogonal, outputAxis), multiply(rate, size));
      const kept = multiply(
        parameter,
        subtract(number(1), multiply(rate, number(RATE_FACTOR * weightDecay))),
      );
      return { parameter: subtract(kept, change), slots: [momentum] };
    },
  };
}

/** The orthogonal factor of a matrix [rows, columns], approximately. */
function orthogonalise(graph: Graph, matrix: Value): Value {
  const number = (value: number) => graph.constant(value);
  const norm = add(sqrt(reduceSum(multiply(matrix, matrix), [0, 1])), number(1e-7));
  const wide = matrix.shape[0] <= matrix.shape[1];
  let x = divide(matrix, norm);
  for (let step = 0; step < NEWTON_SCHULZ.steps; step++) {
    const gram = wide ? matmul(x, x, { transposeB: true }) : matmul(x, x, { transposeA: true }); // [n, n], n the shorter side
    const polynomial = add(
      multiply(gram, number(NEWTON_SCHULZ.b)),
      matmul(gram, gram, { scale: NEWTON_SCHULZ.c }),
    );
    const bent = wide ? matmul(polynomial, x) : matmul(x, polynomial);
    x = add(multiply(x, number(NEWTON_SCHULZ.a)), bent);
  }
  return x;
}
