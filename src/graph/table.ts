/**
 * Every operation that a graph can hold. An operation is whole (shape rule, derivative, ONNX, evaluation) or it does
 * not compile, and the tests fail for one without a case. How to add one: docs/graph.md.
 */
import { parts } from './loop/parts.ts';
import { activations } from './operations/activation.ts';
import { arithmetic } from './operations/arithmetic.ts';
import { functions } from './operations/functions.ts';
import { layout } from './operations/layout.ts';
import { logic } from './operations/logic.ts';
import { lookups } from './operations/lookup.ts';
import { normalizations } from './operations/normalization.ts';
import { products } from './operations/products.ts';
import { reductions } from './operations/reduction.ts';
import { softmaxes } from './operations/softmax.ts';
import type { OperationName } from './types/names.ts';
import type { Operation } from './types/node.ts';

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
