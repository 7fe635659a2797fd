/** Parts that several architectures are put together from. Matrices are [out, in]. */
import type { Value } from '../../graph/index.ts';
import { add, concatenate, gelu, matmul, reshape, silu, slice, transpose } from '../../graph/index.ts';
import { headSize } from '../config/config.ts';
import type { Activation, ModelConfig } from '../config/config.ts';
import type { Initialiser, Parameter } from '../forward/parameters.ts';
import type { Pass } from '../forward/pass.ts';
import type { Projection } from './architecture.ts';

/** A matrix [out, in] and its bias [out], if it has one. */
export interface Affine {
  readonly matrix: Value;
  readonly bias?: Value;
}

/** The matrix and, where there is one, the bias of the module `at`. */
export function affineAt({ weights }: Pass, at: string, hasBias: boolean): Affine {
  return { matrix: weights(`${at}.weight`), ...(hasBias && { bias: weights(`${at}.bias`) }) };
}

/** x·Wᵀ + b: [·, in] → [·, out]. */
export function times(x: Value, { matrix, bias }: Affine): Value {
  const product = matmul(x, matrix, { transposeB: true });
  return bias === undefined ? product : add(product, bias);
}

/** Rows `start` up to but without `end`. */
export function rowsOf({ matrix, bias }: Affine, start: number, end: number): Affine {
  return { matrix: slice(matrix, 0, start, end), ...(bias && { bias: slice(bias, 0, start, end) }) };
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
  };
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

/** The output matrix cut by heads, [H, d, D], and its bias [D]. */
export function byHead(config: ModelConfig, { matrix, bias }: Affine) {
  const { heads, width } = config;
  return { matrices: reshape(transpose(matrix, [1, 0]), [heads, headSize(config), width]), bias };
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
