/**
 * The reference: a graph's outputs by the plainest code, in float64 whatever the graph's floats are. Slow, runs
 * anywhere; it is what ONNX Runtime's results are checked against.
 */
import { feedsFor } from './feeds.ts';
import type { Graph } from './graph.ts';
import type { Numbers, Value } from './types/node.ts';
import { isFloat, toFloat64, toTypedArray } from './types/tensor.ts';
import type { Tensor } from './types/tensor.ts';
import { computeValues, numbersOf } from './passes/values.ts';
import { reachable } from './types/walk.ts';

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

function toTensor(value: Value, { data }: Numbers): Tensor {
  const dtype = isFloat(value.dtype) ? 'float64' : value.dtype;
  return { dtype, shape: value.shape, data: toTypedArray(dtype, data) };
}
