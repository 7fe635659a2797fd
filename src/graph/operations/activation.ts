/** Activation functions of neural networks. */
import { add, multiply, subtract } from './arithmetic.ts';
import { unary } from './elementwise.ts';
import { affine, erf, exp, sigmoid, square } from './functions.ts';
import { expectFloat } from './operands.ts';
import { erfOf } from './special.ts';
import type { Lowering } from '../types/lowering.ts';
import type { Operation, Value } from '../types/node.ts';

export type GeluForm = 'tanh' | 'erf';

/** gelu's tanh form is x·σ(SLOPE·(x + CUBIC·x³)), since (1 + tanh u)/2 = σ(2u). */
const SLOPE = 2 * Math.sqrt(2 / Math.PI);
const CUBIC = 0.044715;

const gaussianUnit = unary<{ form: GeluForm }>({
  name: 'gelu',
  infer: expectFloat,
  compute(x, { form }) {
    if (form === 'erf') return (x / 2) * (1 + erfOf(x * Math.SQRT1_2));
    return x / (1 + Math.exp(-SLOPE * (x + CUBIC * x ** 3)));
  },
  gradient: (g, x, y, { form }) => multiply(g, form === 'erf' ? erfDerivative(x) : tanhDerivative(x, y)),
  onnx({ inputs: [x], attributes: { form } }, emitter) {
    const name = emitter.name(x);
    if (form === 'erf') return [emitter.node('Gelu', [name], {}, 'com.microsoft')];
    if (x.dtype === 'float64') return [lowerTanhForm(name, emitter)];
    if (x.shape.length > 0) return [emitter.node('FastGelu', [name], {}, 'com.microsoft')];
    return [emitter.reshape(emitter.node('FastGelu', [emitter.reshape(name, [1])], {}, 'com.microsoft'), [])];
  },
});

/** FastGelu is for float32 alone: the same in float64. */
function lowerTanhForm(x: string, emitter: Lowering): string {
  const number = (value: number) => emitter.constant('float64', [], value);
  const squared = emitter.node('Mul', [x, x]);
  const bent = emitter.node('Add', [emitter.node('Mul', [squared, number(SLOPE * CUBIC)]), number(SLOPE)]);
  return emitter.node('Mul', [x, emitter.node('Sigmoid', [emitter.node('Mul', [x, bent])])]);
}

/** With s = σ(w), w = SLOPE·(x + CUBIC·x³) and y = x·s, which is at hand: s + y·(1 − s)·w′. */
function tanhDerivative(x: Value, y: Value): Value {
  const squared = square(x);
  const s = sigmoid(multiply(x, affine(squared, SLOPE * CUBIC, SLOPE)));
  const slope = affine(squared, 3 * SLOPE * CUBIC, SLOPE);
  return add(s, multiply(subtract(y, multiply(y, s)), slope));
}

/** Φ(x) + x·φ(x), the normal distribution and its density. */
function erfDerivative(x: Value): Value {
  const distribution = affine(erf(affine(x, Math.SQRT1_2, 0)), 0.5, 0.5);
  const density = exp(affine(square(x), -0.5, -0.5 * Math.log(2 * Math.PI)));
  return add(distribution, multiply(x, density));
}

/** x·σ(x) */
const sigmoidUnit: Operation = unary({
  name: 'silu',
  infer: expectFloat,
  compute: (x) => x / (1 + Math.exp(-x)),
  gradient(g, x, y) {
    const s = sigmoid(x);
    return multiply(g, add(s, subtract(y, multiply(y, s))));
  },
  onnx({ inputs: [x] }, emitter) {
    const name = emitter.name(x);
    if (x.dtype === 'float64') return [emitter.node('Mul', [name, emitter.node('Sigmoid', [name])])];
    return [emitter.node('QuickGelu', [name], { alpha: { float: 1 } }, 'com.microsoft')];
  },
});

export const activations = { gelu: gaussianUnit, silu: sigmoidUnit };

/** The Gaussian error linear unit, exactly ('erf') or by the tanh formula that GPT-2 uses (arXiv 1606.08415). */
export function gelu(x: Value, form: GeluForm): Value {
  return x.graph.apply(gaussianUnit, [x], { form }).outputs[0];
}

/** x·σ(x), also called swish. */
export function silu(x: Value): Value {
  return x.graph.apply(sigmoidUnit, [x], {}).outputs[0];
}
