/** Ways through a graph. */
import type { Value } from './node.ts';
import { GraphError } from './tensor.ts';

/** The nodes that the values depend on, themselves included, inputs before those that use them. */
export function reachable(values: Iterable<Value>): Value[] {
  const seen = new Set<Value>();
  const pending = [...values];
  for (let value = pending.pop(); value !== undefined; value = pending.pop()) {
    if (seen.has(value)) continue;
    seen.add(value);
    if (value.node.kind === 'operation') pending.push(...value.node.inputs);
  }
  return [...seen].sort((a, b) => a.id - b.id);
}

/** What is wrong when a placeholder turns up unbound. */
export function strayParameter(): GraphError {
  return new GraphError(
    'overParts: a value made inside the body is used outside; return it from the body instead',
  );
}
