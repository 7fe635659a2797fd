/** Reverse-mode differentiation: the derivatives of a scalar, as further nodes of the same graph. */
import { reachable } from './graph.ts';
import type { OperationNode, Value } from './graph.ts';
import { add } from './operations/arithmetic.ts';
import { joinPadded } from './operations/layout.ts';
import { GraphError, isFloat, showShape } from './tensor.ts';

/**
 * The derivatives of `loss` (a float scalar) by each of `wrt`, in their shapes; zeros where it does not depend on one.
 * They are values like any other: they may be outputs, used further, or differentiated again.
 */
export function gradients(loss: Value, wrt: readonly Value[]): Value[] {
  checkArguments(loss, wrt);
  const { graph } = loss;
  const relevant = dependents(loss, new Set(wrt));
  const parts = new Map<Value, Value[]>([[loss, [graph.constant(1, [], loss.dtype)]]]);
  const totals = new Map<Value, Value>();
  const total = (value: Value) => {
    const known = totals.get(value);
    if (known !== undefined) return known;
    const contributions = parts.get(value);
    if (contributions === undefined) return undefined;
    const sum = sumOf(contributions);
    totals.set(value, sum);
    return sum;
  };
  for (const node of nodesFromLast(relevant)) {
    const upstream = node.outputs.map(total);
    if (upstream.every((value) => value === undefined)) continue;
    const derivatives = node.operation.gradient(node, upstream);
    node.inputs.forEach((input, i) => {
      const derivative = derivatives[i];
      if (derivative === undefined || !relevant.has(input)) return;
      parts.set(input, [...(parts.get(input) ?? []), derivative]);
    });
  }
  return wrt.map((value) => total(value) ?? graph.constant(0, value.shape, value.dtype));
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

/** The values on the way from any of `sources` to the loss, which alone need derivatives. */
function dependents(loss: Value, sources: ReadonlySet<Value>): Set<Value> {
  const found = new Set<Value>();
  for (const value of reachable([loss])) {
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
