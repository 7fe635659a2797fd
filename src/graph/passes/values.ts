/** The numbers of values, one after the other, by the plainest code. */
import type { Numbers, Value } from '../types/node.ts';
import { toFloat64 } from '../types/tensor.ts';
import { strayParameter } from '../types/walk.ts';

/**
 * Adds to `computed` whatever is missing of `values`, which stand in an order in which each comes after what it
 * depends on.
 */
export function computeValues(values: readonly Value[], computed: Map<Value, Numbers>): void {
  for (const value of values) {
    const { node, shape } = value;
    if (computed.has(value)) continue;
    if (node.kind === 'constant') computed.set(value, { shape, data: toFloat64(node.data) });
    else if (node.kind !== 'operation') throw strayParameter();
    else {
      const inputs = node.inputs.map((input) => numbersOf(computed, input));
      const results = node.operation.evaluate(inputs, node);
      node.outputs.forEach((output, i) => computed.set(output, { shape: output.shape, data: results[i] }));
    }
  }
}

export function numbersOf(computed: ReadonlyMap<Value, Numbers>, value: Value): Numbers {
  const numbers = computed.get(value);
  if (numbers === undefined) throw new Error(`value ${value.id} was used before it was computed`);
  return numbers;
}
