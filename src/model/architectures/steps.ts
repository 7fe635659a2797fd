/** Parts that several architectures are put together from. Matrices are [out, in]. */
import type { Value } from '../../graph/index.ts';
import {
  add,
  concatenate,
  expand,
  gelu,
  matmul,
  reshape,
  silu,
  slice,
  transpose,
} from '../../graph/index.ts';
import { lowRankProduct, withLowRank } from '../forward/low-rank.ts';
import { headSize } from '../config/config.ts';
import type { Activation, ModelConfig } from '../config/config.ts';
import type { Initialiser, Parameter } from '../forward/parameters.ts';
import type { Pass } from '../forward/pass.ts';
import type { Projection } from './architecture.ts';

/** A matrix [out, in], its bias [out], if it has one, and what an adapter adds to x·Wᵀ + b: [·, in] → [·, out]. */
export interface Affine {
  readonly matrix: Value;
  readonly bias?: Value;
  readonly added?: (x: Value) => Value;
}

/** The matrix, the bias and the adapter of the module `at`, as far as it has them. */
export function affineAt({ weights, adapter }: Pass, at: string, hasBias: boolean): Affine {
  const lowRank = adapter?.(at);
  return {
    matrix: weights(`${at}.weight`),
    ...(hasBias && { bias: weights(`${at}.bias`) }),
    ...(lowRank && { added: (x: Value) => lowRankProduct(x, lowRank) }),
  };
}

/** x·Wᵀ + b: [·, in] → [·, out]. */
export function times(x: Value, { matrix, bias, added }: Affine): Value {
  const product = matmul(x, matrix, { transposeB: true });
  const whole = bias === undefined ? product : add(product, bias);
  return added === undefined ? whole : add(whole, added(x));
}

/** Rows `start` up to but without `end`. */
export function rowsOf({ matrix, bias, added }: Affine, start: number, end: number): Affine {
  return {
    matrix: slice(matrix, 0, start, end),
    ...(bias && { bias: slice(bias, 0, start, end) }),
    ...(added && { added: (x: Value) => slice(added(x), 1, start, end) }),
  };
}

/** All rows of the first, then of the second, … */
export function stacked(parts: readonly Affine[]): Affine {
  const biases = parts.flatMap(({ bias }) => bias ?? []);
  return {
    matrix: concatenate(
      parts.map(({ matrix }) => matrix),
      0,
    ),
    ...(biases.length > 0 && { bias: concatenate(biases, 0) }),
    ...(parts.some(({ added }) => added !== undefined) && {
      added: (x: Value) =>
        concatenate(
          parts.map(({ matrix, added }) => added?.(x) ?? zeros(x, matrix.shape[0])),
          1,
        ),
    }),
  };
}

function zeros({ graph, shape: [rows] }: Value, width: number): Value {
  return expand(graph.constant(0), [rows, width]);
}

/** What `project` wants, from matrices that stand apart on disk. */
export function projectApart(
  x: Value,
  queryRows: Value | undefined,
  queries: Affine,
  keys: Affine,
  values: Affine,
): Projection {
  if (queryRows === undefined) {
    return { kind: 'together', queriesKeysValues: times(x, stacked([queries, keys, values])) };
  }
  return {
    kind: 'apart',
    queries: times(queryRows, queries),
    keysValues: times(x, stacked([keys, values])),
  };
}

/** The same from one matrix with the rows [queries; keys; values]. */
export function projectFused(
  config: ModelConfig,
  x: Value,
  queryRows: Value | undefined,
  fused: Affine,
): Projection {
  if (queryRows === undefined) return { kind: 'together', queriesKeysValues: times(x, fused) };
  const split = config.heads * headSize(config);
  return {
    kind: 'apart',
    queries: times(queryRows, rowsOf(fused, 0, split)),
    keysValues: times(x, rowsOf(fused, split, fused.matrix.shape[0])),
  };
}

/** The output matrix of the module `at` cut by heads, [H, d, D], and its bias [D]. */
export function byHead(pass: Pass, at: string, hasBias: boolean) {
  const { config, adapter } = pass;
  const { heads, width } = config;
  const { matrix, bias } = affineAt(pass, at, hasBias);
  const whole = withLowRank(matrix, adapter?.(at));
  return { matrices: reshape(transpose(whole, [1, 0]), [heads, headSize(config), width]), bias };
}

/** The function of that name. */
export function activate(activation: Activation, x: Value): Value {
  switch (activation) {
    case 'silu':
      return silu(x);
    case 'gelu-tanh':
      return gelu(x, 'tanh');
    case 'gelu-erf':
      return gelu(x, 'erf');
  }
}

const normal: Initialiser = { kind: 'normal', deviation: 0.02 };

/** The parameters of a module [out, in], with its bias if it has one. */
export function affineParameters(at: string, outputs: number, inputs: number, hasBias: boolean): Parameter[] {
  const matrix: Parameter = { name: `${at}.weight`, shape: [outputs, inputs], init: normal };
  return hasBias ? [matrix, vector(`${at}.bias`, outputs, 'zeros')] : [matrix];
}

/** A vector that begins as all zeros or all ones. */
export function vector(name: string, width: number, kind: 'zeros' | 'ones'): Parameter {
  return { name, shape: [width], init: { kind } };
}
