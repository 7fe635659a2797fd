/** Arithmetic on two tensors, element by element, broadcast as NumPy does. Numbers may stand for constants. */
import { binary } from './elementwise.ts';
import { affine, log, negate, reciprocal } from './functions.ts';
import { and, equal, less, lessOrEqual, select } from './logic.ts';
import { constantNumber, constantNumbers, isConstant, operands } from './operands.ts';
import type { Operand } from './operands.ts';
import type { Lowering } from '../types/lowering.ts';
import type { Operation, OperationNode, Value } from '../types/node.ts';
import { GraphError, isFloat, isInteger, sameShape, showShape } from '../types/tensor.ts';
import type { DType } from '../types/tensor.ts';

const addition = binary({
  name: 'add',
  onnx: 'Add',
  takes: 'numbers',
  compute: (a, b) => a + b,
  gradient: (g) => [g, g],
});

const subtraction = binary({
  name: 'subtract',
  onnx: 'Sub',
  takes: 'numbers',
  compute: (a, b) => a - b,
  gradient: (g) => [g, negate(g)],
});

const multiplication = binary({
  name: 'multiply',
  onnx: 'Mul',
  takes: 'numbers',
  compute: (a, b) => a * b,
  gradient: (g, a, b) => [multiply(g, b), multiply(g, a)],
});

const division = binary({
  name: 'divide',
  onnx: lowerDivision,
  takes: 'numbers',
  compute: (a, b, dtype) => {
    if (b === 0 && isInteger(dtype)) throw divisionByZero(String(a), dtype);
    return a / b;
  },
  gradient: (g, _a, b, y) => {
    const ofA = divide(g, b);
    return [ofA, negate(multiply(ofA, y))];
  },
});

const exponentiation = binary({
  name: 'power',
  onnx: 'Pow',
  takes: 'numbers',
  compute: powerOf,
  // Where a power is constant although the formula is 0 · ∞ (x⁰ at 0, 0ᵉ with e ≥ 0), the derivative is 0, as in PyTorch.
  gradient(g, a, b, y) {
    const exponent = constantNumber(b);
    if (exponent === 0) return [undefined, undefined];
    const byBase = multiply(g, multiply(b, power(a, subtract(b, 1))));
    if (exponent !== undefined) return [byBase, undefined];
    const isFlat = and(equal(a, 0), lessOrEqual(0, b));
    return [
      select(equal(b, 0), 0, byBase),
      b.node.kind === 'constant' ? undefined : multiply(g, select(isFlat, 0, multiply(y, log(a)))),
    ];
  },
});

const smaller = binary({
  name: 'minimum',
  onnx: 'Min',
  takes: 'numbers',
  compute: (a, b) => Math.min(a, b),
  gradient: (g, a, b) => shared(g, a, b, less(b, a), less(a, b)),
});

const larger = binary({
  name: 'maximum',
  onnx: 'Max',
  takes: 'numbers',
  compute: (a, b) => Math.max(a, b),
  gradient: (g, a, b) => shared(g, a, b, less(a, b), less(b, a)),
});

export const arithmetic = {
  add: addition,
  subtract: subtraction,
  multiply: multiplication,
  divide: division,
  power: exponentiation,
  minimum: smaller,
  maximum: larger,
};

/** a + b */
export function add(a: Operand, b: Operand): Value {
  const [x, y] = inOrder(operands('add', a, b));
  if (isConstant(x, 0) && isNeutral(x, y)) return y;
  if (isConstant(y, 0) && isNeutral(y, x)) return x;
  return apply(addition, x, y);
}

/** a − b */
export function subtract(a: Operand, b: Operand): Value {
  const [x, y] = operands('subtract', a, b);
  return isConstant(y, 0) && isNeutral(y, x) ? x : apply(subtraction, x, y);
}

/** a · b, element by element */
export function multiply(a: Operand, b: Operand): Value {
  const [x, y] = inOrder(operands('multiply', a, b));
  if (isConstant(x, 1) && isNeutral(x, y)) return y;
  if (isConstant(y, 1) && isNeutral(y, x)) return x;
  return apply(multiplication, x, y);
}

/**
 * a / b; whole numbers are divided towards zero. By a constant number it is a multiplication.
 * @throws GraphError for whole numbers by a constant 0; by another 0, whatever computes the graph throws it
 */
export function divide(a: Operand, b: Operand): Value {
  const [x, y] = operands('divide', a, b);
  if (isInteger(y.dtype) && constantNumbers(y)?.includes(0))
    throw divisionByZero(showShape(x.shape), y.dtype);
  if (isConstant(y, 1) && isNeutral(y, x)) return x;
  if (isFloat(y.dtype) && isConstant(x, 1) && isNeutral(x, y)) return reciprocal(y);
  const divisor = y.shape.length === 0 && isFloat(y.dtype) ? constantNumber(y) : undefined;
  return divisor === undefined || !isNormal(1 / divisor, y.dtype)
    ? apply(division, x, y)
    : affine(x, 1 / divisor, 0);
}

/** Whether a number is finite and not so small that it is denormal, which counts as zero in sessions. */
function isNormal(value: number, dtype: DType): boolean {
  const [smallest, largest] =
    dtype === 'float64' ? [2 ** -1022, Number.MAX_VALUE] : [2 ** -126, (2 - 2 ** -23) * 2 ** 127];
  return Math.abs(value) >= smallest && Math.abs(value) <= largest;
}

/** a to the power of b. No derivative by a constant exponent is taken. */
export function power(a: Operand, b: Operand): Value {
  const [x, y] = operands('power', a, b);
  return isConstant(y, 1) && isNeutral(y, x) ? x : apply(exponentiation, x, y);
}

/** The smaller of the two, element by element. Equal ones share the derivative, as in PyTorch. */
export function minimum(a: Operand, b: Operand): Value {
  return apply(smaller, ...operands('minimum', a, b));
}

/** The larger of the two, element by element. Equal ones share the derivative, as in PyTorch. */
export function maximum(a: Operand, b: Operand): Value {
  return apply(larger, ...operands('maximum', a, b));
}

function apply(operation: Operation, a: Value, b: Value): Value {
  return a.graph.apply(operation, [a, b], {}).outputs[0];
}

/**
 * The derivatives by two numbers of which one is taken: whole for that one, half for each of two equal ones. Where one
 * is NaN, neither is beyond the other, and both have it whole, as in PyTorch.
 */
function shared(g: Value, a: Value, b: Value, isNotFirst: Value, isNotSecond: Value): [Value, Value] {
  const each = select(equal(a, b), affine(g, 0.5, 0), g);
  return [select(isNotFirst, 0, each), select(isNotSecond, 0, each)];
}

/**
 * The processor has no result for the least integer by −1 and ends the process: a division by −1 is a change of sign,
 * which gives the least integer again.
 */
function lowerDivision({ inputs: [a, b] }: OperationNode, emitter: Lowering): string[] {
  const [dividend, divisor] = [emitter.name(a), emitter.name(b)];
  const mayOverflow = isInteger(b.dtype) && constantNumbers(b)?.includes(-1) !== false;
  if (!mayOverflow) return [emitter.node('Div', [dividend, divisor])];
  const number = (value: number) => emitter.constant(b.dtype, [], [value]);
  const isMinusOne = emitter.node('Equal', [divisor, number(-1)]);
  const quotient = emitter.node('Div', [dividend, emitter.node('Where', [isMinusOne, number(1), divisor])]);
  return [emitter.node('Where', [isMinusOne, emitter.node('Sub', [number(0), quotient]), quotient])];
}

function divisionByZero(dividend: string, dtype: DType): GraphError {
  return new GraphError(`divide: ${dividend} / 0: a whole number (${dtype}) cannot be divided by 0`);
}

/** As IEEE 754 and PyTorch have it, where JavaScript has NaN: 1ᵉ is 1 for every e, and (−1)ᵉ for an infinite one. */
function powerOf(a: number, b: number): number {
  return a === 1 || (a === -1 && Math.abs(b) === Infinity) ? 1 : a ** b;
}

/** a + b and b + a are to be one node: the older value stands first. */
function inOrder([a, b]: [Value, Value]): [Value, Value] {
  return a.id <= b.id ? [a, b] : [b, a];
}

/** Whether a constant may be left out: it is of the other's type and does not broadcast it. */
function isNeutral(constant: Value, other: Value): boolean {
  return (
    constant.dtype === other.dtype &&
    (constant.shape.length === 0 || sameShape(constant.shape, other.shape)) &&
    constant.graph === other.graph
  );
}
