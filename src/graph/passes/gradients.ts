/** Reverse-mode differentiation: the derivatives of a scalar, as further nodes of the same graph. */
import { add } from '../operations/arithmetic.ts';
import { joinPadded } from '../operations/layout.ts';
import type { OperationNode, Value } from '../types/node.ts';
import { GraphError, isFloat, showShape } from '../types/tensor.ts';
import { reachable } from '../types/walk.ts';

/**
 * The derivatives of `loss` (a float scalar) by each of `wrt`, in their shapes; zeros where it does not depend on one.
 * They are values like any other: they may be outputs, used further, or differentiated again.
 */
export function gradients(loss: Value, wrt: readonly Value[]): Value[] {
  checkArguments(loss, wrt);
  const { graph } = loss;
  const found = backpropagate(new Map([[loss, graph.constant(1, [], loss.dtype)]]), wrt);
  return wrt.map((value, i) => found[i] ?? graph.constant(0, value.shape, value.dtype));
}

/**
 * The derivatives by each of `wrt` of something whose derivatives by some values are known (`seeds`); undefined
 * where it does not depend on one. What lies behind `leaves` counts as independent of everything.
 */
export function backpropagate(
  seeds: ReadonlyMap<Value, Value>,
  wrt: readonly Value[],
  leaves: ReadonlySet<Value> = new Set(),
): (Value | undefined)[] {
  const relevant = dependents(seeds.keys(), new Set(wrt));
  const parts = new Map<Value, Value[]>([...seeds].map(([value, seed]) => [value, [seed]]));
  const totals = new Map<Value, Value>();
  const total = (value: Value) => {
    const contributions = parts.get(value);
    if (!totals.has(value) && contributions !== undefined) totals.set(value, sumOf(contributions));
    return totals.get(value);
  };
  for (const node of nodesFromLast(relevant)) {
    if (node.outputs.some((output) => leaves.has(output))) continue;
    const upstream = node.outputs.map(total);
    if (upstream.every((value) => value === undefined)) continue;
    const derivatives = node.operation.gradient(node, upstream);
    node.inputs.forEach((input, i) => {
      const derivative = derivatives[i];
      if (derivative === undefined || !relevant.has(input)) return;
      parts.set(input, [...(parts.get(input) ?? []), derivative]);
    });
  }
  return wrt.map(total);
}

function checkArguments(loss: Value, wrt: readonly Value[]): void {
  if (loss.shape.length > 0 || !isFloat(loss.dtype)) {
    throw new GraphError(
      `gradients: the loss is ${loss.dtype} ${showShape(loss.shape)}, a float scalar [] was expected`,
    );
  }
  for (const value of wrt) {
    if (value.graph !== loss.graph) throw new GraphError('gradients: the values belong to two graphs');
    if (!isFloat(value.dtype)) {
      throw new GraphError(
        `gradients: ${value.dtype} ${showShape(value.shape)}: only floats have derivatives`,
      );
    }
  }
}

/** The values on the way from any of `sources` to any of `results`, which alone need derivatives. */
export function dependents(results: Iterable<Value>, sources: ReadonlySet<Value>): Set<Value> {
  const found = new Set<Value>();
  for (const value of reachable(results)) {
    const depends = value.node.kind === 'operation' && value.node.inputs.some((input) => found.has(input));
    if (depends || sources.has(value)) found.add(value);
  }
  return found;
}

/** The operations that made these values, each once, users before what they use. */
function nodesFromLast(values: Iterable<Value>): OperationNode[] {
  const nodes = new Set<OperationNode>();
  for (const { node } of [...values].sort((a, b) => b.id - a.id))
    if (node.kind === 'operation') nodes.add(node);
  return [...nodes];
}

function sumOf(contributions: readonly Value[]): Value {
  const [first, ...others] = joinPadded(contributions);
  return others.reduce(add, first);
}
