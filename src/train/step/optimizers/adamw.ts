/** AdamW (Loshchilov and Hutter 2019), as PyTorch computes it, β = (0.9, 0.999), ε = 1e-8. */
import { add, divide, multiply, sqrt, subtract } from '../../../graph/index.ts';
import type { Optimizer } from './optimizer.ts';

export const BETA1 = 0.9;
export const BETA2 = 0.999;
const EPSILON = 1e-8;

export const adamw: Optimizer = {
  slots: ['moment1', 'moment2'],
  work: () => 14,
  update(graph, parameter, gradient, [moment1, moment2], { rate, correction1, correction2 }, weightDecay) {
    const number = (value: number) => graph.constant(value);
    const first = add(multiply(moment1, number(BETA1)), multiply(gradient, number(1 - BETA1)));
    const second = add(
      multiply(moment2, number(BETA2)),
      multiply(multiply(gradient, gradient), number(1 - BETA2)),
    );
    const deviation = add(sqrt(multiply(second, correction2)), number(EPSILON));
    const change = multiply(divide(first, deviation), multiply(rate, correction1));
    const kept =
      weightDecay === 0
        ? parameter
        : multiply(parameter, subtract(number(1), multiply(rate, number(weightDecay))));
    return { parameter: subtract(kept, change), slots: [first, second] };
  },
};
