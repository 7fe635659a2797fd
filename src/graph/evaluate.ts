/**
 * The reference: a graph's outputs by the plainest code, in float64 whatever the graph's floats are. Slow, runs
 * anywhere; it is what ONNX Runtime's results are checked against.
 */
import { reachable, strayParameter } from './graph.ts';
import type { Graph, Numbers, Value } from './graph.ts';
import { feedsFor } from './feeds.ts';
import { isFloat, toFloat64, toTypedArray } from './tensor.ts';
import type { Tensor } from './tensor.ts';

/**
 * All outputs of the graph. Floats come out as float64, other types as they are in the graph.
 * @throws GraphError for feeds that are missing, unknown, or of another shape or type than the input
 */
export function evaluate(graph: Graph, feeds: Readonly<Record<string, Tensor>>): Record<string, Tensor> {
  const values = reachable(graph.outputs.values());
  const fed = feedsFor(graph, values, feeds);
  const computed = new Map<Value, Numbers>();
  for (const value of values) {
    if (value.node.kind !== 'input') continue;
    computed.set(value, { shape: value.shape, data: toFloat64(fed[value.node.name].data) });
  }
  computeValues(values, computed);
  return Object.fromEntries(
    [...graph.outputs].map(([name, value]) => [name, toTensor(value, numbersOf(computed, value))]),
  );
}

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

function toTensor(value: Value, { data }: Numbers): Tensor {
  const dtype = isFloat(value.dtype) ? 'float64' : value.dtype;
  return { dtype, shape: value.shape, data: toTypedArray(dtype, data) };
}
