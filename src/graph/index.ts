/**
 * Tensor graphs: built with static shapes, differentiated in reverse mode, written as ONNX, run by ONNX Runtime in
 * Node and in a page, and evaluated in float64 for checking. docs/graph.md says how it is used.
 *
 * Operations take values of one graph (or plain numbers beside one), broadcast as NumPy does, and refuse shapes that
 * don't go together with a `GraphError` that names the operation and both shapes.
 */
export { discard, GraphError } from './types/tensor.ts';
export type { DType, Shape, Tensor, TypedArray } from './types/tensor.ts';
export { Graph } from './graph.ts';
export type { GraphOptions } from './graph.ts';
export type { Value } from './types/node.ts';
export { gradients } from './passes/gradients.ts';
export { evaluate } from './evaluate.ts';
export { toOnnx } from './onnx/model.ts';
export { createSession, devices } from './session.ts';
export type { Computing, Device, Session, SessionOptions } from './session.ts';

export type { Operand } from './operations/operands.ts';
export { add, divide, maximum, minimum, multiply, power, subtract } from './operations/arithmetic.ts';
export {
  abs,
  affine,
  erf,
  exp,
  log,
  negate,
  reciprocal,
  sigmoid,
  sqrt,
  square,
  tanh,
} from './operations/functions.ts';
export {
  and,
  cast,
  equal,
  greater,
  less,
  lessOrEqual,
  not,
  or,
  select,
  stopGradient,
} from './operations/logic.ts';
export { linear, matmul } from './operations/products.ts';
export { concatenate, expand, pad, reshape, slice, transpose } from './operations/layout.ts';
export { addAt, gather, oneHot, pick, scatterRows } from './operations/lookup.ts';
export { argMax, reduceMax, reduceMean, reduceSum } from './operations/reduction.ts';
export { crossEntropy, logSoftmax, negativeLogLikelihood, softmax } from './operations/softmax.ts';
export { layerNorm, rmsNorm } from './operations/normalization.ts';
export { gelu, silu } from './operations/activation.ts';
export type { GeluForm } from './operations/activation.ts';
export { overParts } from './loop/parts.ts';
