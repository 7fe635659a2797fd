/**
 * Every operation that a graph can hold. An operation is whole (shape rule, derivative, ONNX, evaluation) or it does
 * not compile, and the tests fail for one without a case. How to add one: docs/graph.md.
 */
import type { Operation } from '../graph.ts';
import { activations } from './activation.ts';
import { arithmetic } from './arithmetic.ts';
import { functions } from './functions.ts';
import { layout } from './layout.ts';
import { logic } from './logic.ts';
import { lookups } from './lookup.ts';
import { normalizations } from './normalization.ts';
import { parts } from './parts.ts';
import { products } from './products.ts';
import { reductions } from './reduction.ts';
import { softmaxes } from './softmax.ts';

/** The names of all operations, file by file. */
export type OperationName =
  // arithmetic.ts
  | 'add'
  | 'subtract'
  | 'multiply'
  | 'divide'
  | 'power'
  | 'minimum'
  | 'maximum'
  // functions.ts
  | 'negate'
  | 'exp'
  | 'log'
  | 'sqrt'
  | 'tanh'
  | 'sigmoid'
  | 'reciprocal'
  | 'abs'
  | 'erf'
  | 'affine'
  // logic.ts
  | 'equal'
  | 'less'
  | 'lessOrEqual'
  | 'and'
  | 'or'
  | 'not'
  | 'select'
  | 'cast'
  | 'stopGradient'
  // products.ts
  | 'matmul'
  | 'linear'
  // layout.ts
  | 'reshape'
  | 'transpose'
  | 'slice'
  | 'pad'
  | 'concatenate'
  | 'expand'
  // lookup.ts
  | 'gather'
  | 'scatterRows'
  | 'oneHot'
  | 'pick'
  | 'addAt'
  // reduction.ts
  | 'reduceSum'
  | 'reduceMean'
  | 'reduceMax'
  | 'argMax'
  // softmax.ts
  | 'softmax'
  | 'logSoftmax'
  | 'negativeLogLikelihood'
  // normalization.ts
  | 'layerNorm'
  | 'rmsNorm'
  // activation.ts
  | 'gelu'
  | 'silu'
  // parts.ts
  | 'overParts';

export const operations: { readonly [Name in OperationName]: Operation } = {
  ...arithmetic,
  ...functions,
  ...logic,
  ...products,
  ...layout,
  ...lookups,
  ...reductions,
  ...softmaxes,
  ...normalizations,
  ...activations,
  ...parts,
};
