/** Comparisons, logic, choices, and changes of type. */
import { binary, noGradient, unary } from './elementwise.ts';
import { broadcastShape, expectBool, operands, sameDType } from './operands.ts';
import type { Operand } from './operands.ts';
import { sumTo } from './reduction.ts';
import type { Operation, Value } from '../types/node.ts';
import { broadcastPlaces, isFloat } from '../types/tensor.ts';
import type { DType } from '../types/tensor.ts';

const noDerivatives = () => [undefined, undefined] as const;

const equality = binary({
  name: 'equal',
  onnx: 'Equal',
  takes: 'numbers',
  result: 'bool',
  compute: (a, b) => Number(a === b),
  gradient: noDerivatives,
});

const strictOrder = binary({
  name: 'less',
  onnx: 'Less',
  takes: 'numbers',
  result: 'bool',
  compute: (a, b) => Number(a < b),
  gradient: noDerivatives,
});

const order = binary({
  name: 'lessOrEqual',
  onnx: 'LessOrEqual',
  takes: 'numbers',
  result: 'bool',
  compute: (a, b) => Number(a <= b),
  gradient: noDerivatives,
});

const conjunction = binary({
  name: 'and',
  onnx: 'And',
  takes: 'bools',
  compute: (a, b) => a & b,
  gradient: noDerivatives,
});

const disjunction = binary({
  name: 'or',
  onnx: 'Or',
  takes: 'bools',
  compute: (a, b) => a | b,
  gradient: noDerivatives,
});

const complement = unary({
  name: 'not',
  onnx: 'Not',
  infer: expectBool,
  compute: (a) => 1 - a,
  gradient: () => undefined,
});

const selection: Operation = {
  name: 'select',
  infer([condition, a, b]) {
    expectBool('select', condition);
    const dtype = sameDType('select', a, b);
    const shape = broadcastShape('select', condition.shape, broadcastShape('select', a.shape, b.shape));
    return [{ dtype, shape }];
  },
  gradient({ inputs: [condition, a, b] }, [g]) {
    if (g === undefined) return [];
    return [undefined, sumTo(select(condition, g, 0), a.shape), sumTo(select(condition, 0, g), b.shape)];
  },
  lower: ({ inputs: [condition, a, b] }, emitter) => [
    emitter.node('Where', [emitter.name(condition), emitter.name(a), emitter.name(b)]),
  ],
  evaluate([condition, a, b], { outputs: [{ shape }] }) {
    const [places, placesA, placesB] = [condition, a, b].map((input) => broadcastPlaces(input.shape, shape));
    return [
      Float64Array.from(places, (place, i) =>
        condition.data[place] === 0 ? b.data[placesB[i]] : a.data[placesA[i]],
      ),
    ];
  },
};

const conversion: Operation<{ to: DType }> = {
  name: 'cast',
  infer: ([x], { to }) => [{ dtype: to, shape: x.shape }],
  gradient: ({ inputs: [x] }, [g]) => [g && isFloat(x.dtype) ? cast(g, x.dtype) : undefined],
  lower: ({ inputs: [x], attributes: { to } }, emitter) => [emitter.cast(emitter.name(x), to)],
  evaluate([x], { inputs: [{ dtype }], attributes: { to } }) {
    if (to === 'bool') return [x.data.map((number) => Number(number !== 0))];
    if (isFloat(to)) return [x.data];
    return [x.data.map((number) => (isFloat(dtype) ? wholePart(number, to) : wrapped(number, to)))];
  },
};

/** A value that counts as a constant: no derivative passes through it. Costs nothing in ONNX. */
const barrier: Operation = {
  name: 'stopGradient',
  infer: ([x]) => [{ dtype: x.dtype, shape: x.shape }],
  gradient: noGradient,
  lower: ({ inputs: [x] }, emitter) => [emitter.name(x)],
  evaluate: ([x]) => [x.data],
};

export const logic = {
  equal: equality,
  less: strictOrder,
  lessOrEqual: order,
  and: conjunction,
  or: disjunction,
  not: complement,
  select: selection,
  cast: conversion,
  stopGradient: barrier,
};

/** a = b as bool */
export function equal(a: Operand, b: Operand): Value {
  return applyTo(equality, operands('equal', a, b));
}

/** a < b as bool */
export function less(a: Operand, b: Operand): Value {
  return applyTo(strictOrder, operands('less', a, b));
}

/** a ≤ b as bool */
export function lessOrEqual(a: Operand, b: Operand): Value {
  return applyTo(order, operands('lessOrEqual', a, b));
}

/** a > b as bool */
export function greater(a: Operand, b: Operand): Value {
  const [x, y] = operands('greater', a, b);
  return less(y, x);
}

/** Both, of two bools. */
export function and(a: Value, b: Value): Value {
  return applyTo(conjunction, [a, b]);
}

/** At least one, of two bools. */
export function or(a: Value, b: Value): Value {
  return applyTo(disjunction, [a, b]);
}

/** The other bool. */
export function not(a: Value): Value {
  return applyTo(complement, [a]);
}

/** `a` where the condition holds, `b` elsewhere; all three are broadcast to each other. */
export function select(condition: Value, a: Operand, b: Operand): Value {
  return applyTo(selection, [condition, ...operands('select', a, b)]);
}

/** The same numbers in another type: to integers towards zero, to bool whether they are not 0. */
export function cast(x: Value, to: DType): Value {
  return x.dtype === to ? x : x.graph.apply(conversion, [x], { to }).outputs[0];
}

/** The same value, through which no derivative passes. */
export function stopGradient(x: Value): Value {
  return applyTo(barrier, [x]);
}

/** A float towards zero; what has no place among the whole numbers becomes the least one, as on x86 processors. */
function wholePart(number: number, to: DType): number {
  const bound = to === 'int32' ? 2 ** 31 : 2 ** 63;
  const whole = Math.trunc(number);
  return whole >= -bound && whole < bound ? whole : -bound;
}

/** A whole number, of which int32 keeps the lower bits. */
function wrapped(number: number, to: DType): number {
  return to === 'int32' ? number | 0 : number;
}

function applyTo(operation: Operation, inputs: readonly Value[]): Value {
  return inputs[0].graph.apply(operation, inputs, {}).outputs[0];
}
