/** Functions of one number, element by element. */
import { multiply, subtract } from './arithmetic.ts';
import { unary } from './elementwise.ts';
import { less, select } from './logic.ts';
import { expectFloat } from './operands.ts';
import { erfOf } from './special.ts';
import type { Operation, Value } from '../types/node.ts';

const negation = unary({
  name: 'negate',
  onnx: 'Neg',
  infer: expectFloat,
  compute: (x) => -x,
  gradient: (g) => negate(g),
});

const exponential = unary({
  name: 'exp',
  onnx: 'Exp',
  infer: expectFloat,
  compute: Math.exp,
  gradient: (g, _x, y) => multiply(g, y),
});

const logarithm = unary({
  name: 'log',
  onnx: 'Log',
  infer: expectFloat,
  compute: Math.log,
  gradient: (g, x) => multiply(g, reciprocal(x)),
});

const squareRoot = unary({
  name: 'sqrt',
  onnx: 'Sqrt',
  infer: expectFloat,
  compute: Math.sqrt,
  gradient: (g, _x, y) => multiply(g, affine(reciprocal(y), 0.5, 0)),
});

const hyperbolicTangent = unary({
  name: 'tanh',
  onnx: 'Tanh',
  infer: expectFloat,
  compute: Math.tanh,
  gradient: (g, _x, y) => multiply(g, affine(multiply(y, y), -1, 1)),
});

const logistic = unary({
  name: 'sigmoid',
  onnx: 'Sigmoid',
  infer: expectFloat,
  compute: (x) => 1 / (1 + Math.exp(-x)),
  gradient: (g, _x, y) => multiply(g, subtract(y, multiply(y, y))),
});

const inversion = unary({
  name: 'reciprocal',
  onnx: 'Reciprocal',
  infer: expectFloat,
  compute: (x) => 1 / x,
  gradient: (g, _x, y) => negate(multiply(g, multiply(y, y))),
});

const absolute = unary({
  name: 'abs',
  onnx: 'Abs',
  infer: expectFloat,
  compute: Math.abs,
  gradient: (g, x) => select(less(x, 0), negate(g), select(less(0, x), g, 0)),
});

const errorFunction = unary({
  name: 'erf',
  onnx: 'Erf',
  infer: expectFloat,
  compute: erfOf,
  gradient: (g, x) => multiply(g, affine(exp(negate(multiply(x, x))), 2 / Math.sqrt(Math.PI), 0)),
});

/** scale · x + offset, both plain numbers. */
const affineMap = unary<{ scale: number; offset: number }>({
  name: 'affine',
  infer: expectFloat,
  compute: (x, { scale, offset }) => scale * x + offset,
  gradient: (g, _x, _y, { scale }) => affine(g, scale, 0),
  onnx({ inputs: [x], attributes: { scale, offset } }, emitter) {
    const scaled =
      scale === 1
        ? emitter.name(x)
        : emitter.node('Mul', [emitter.name(x), emitter.constant(x.dtype, [], scale)]);
    return [offset === 0 ? scaled : emitter.node('Add', [scaled, emitter.constant(x.dtype, [], offset)])];
  },
});

export const functions = {
  negate: negation,
  exp: exponential,
  log: logarithm,
  sqrt: squareRoot,
  tanh: hyperbolicTangent,
  sigmoid: logistic,
  reciprocal: inversion,
  abs: absolute,
  erf: errorFunction,
  affine: affineMap,
};

/** −x */
export function negate(x: Value): Value {
  return x.node.kind === 'operation' && x.node.operation === negation ? x.node.inputs[0] : apply(negation, x);
}

/** eˣ */
export function exp(x: Value): Value {
  return apply(exponential, x);
}

/** The natural logarithm. */
export function log(x: Value): Value {
  return apply(logarithm, x);
}

/** √x, element by element; its derivative at 0 is infinite. */
export function sqrt(x: Value): Value {
  return apply(squareRoot, x);
}

/** The hyperbolic tangent, element by element. */
export function tanh(x: Value): Value {
  return apply(hyperbolicTangent, x);
}

/** 1 / (1 + e⁻ˣ) */
export function sigmoid(x: Value): Value {
  return apply(logistic, x);
}

/** 1 / x */
export function reciprocal(x: Value): Value {
  return apply(inversion, x);
}

/** |x|; its derivative at 0 is 0, as in PyTorch. */
export function abs(x: Value): Value {
  return apply(absolute, x);
}

/** The error function. */
export function erf(x: Value): Value {
  return apply(errorFunction, x);
}

/** scale · x + offset with plain numbers */
export function affine(x: Value, scale: number, offset: number): Value {
  if (scale === 1 && offset === 0) return x;
  return x.graph.apply(affineMap, [x], { scale, offset }).outputs[0];
}

/** x² */
export function square(x: Value): Value {
  return multiply(x, x);
}

function apply(operation: Operation, x: Value): Value {
  return x.graph.apply(operation, [x], {}).outputs[0];
}
