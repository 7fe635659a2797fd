/**
 * Ids that are fed and that a lookup has no row for: ONNX Runtime counts negative ones from the end and calls the
 * others an error of a node that nobody has named. They are found before it sees them.
 */
import type { OperationNode, Value } from './graph.ts';
import type { OperationName } from './operations/table.ts';
import { GraphError } from './tensor.ts';
import type { Tensor } from './tensor.ts';

/** What an input's whole numbers are looked up with, and how many rows there are. */
interface Lookup {
  readonly operation: OperationName;
  readonly count: number;
}

/** Of each input whose numbers are ids, by name, the lookup with the fewest rows. */
export type IdInputs = ReadonlyMap<string, Lookup>;

/** Operations that change where numbers stand and not what they are. */
const MOVING: readonly OperationName[] = ['reshape', 'transpose', 'slice', 'concatenate', 'expand'];

/** The inputs that are ids, or that ids are put together from, among the values that a graph's outputs need. */
export function idInputs(values: readonly Value[]): IdInputs {
  const found = new Map<string, Lookup>();
  for (const { node } of values) {
    if (node.kind !== 'operation' || node.operation.ids === undefined) continue;
    const { input, count } = node.operation.ids(node);
    for (const name of inputsMovedTo(node.inputs[input])) {
      if (count < (found.get(name)?.count ?? Infinity))
        found.set(name, { operation: node.operation.name, count });
    }
  }
  return found;
}

/** @throws GraphError that names the operation, the input and the id */
export function checkIds(inputs: IdInputs, feeds: Readonly<Record<string, Tensor>>): void {
  for (const [name, { operation, count }] of inputs) {
    const { data } = feeds[name];
    for (let i = 0; i < data.length; i++) {
      if (data[i] >= 0 && data[i] < count) continue;
      throw new GraphError(
        `${operation}: id ${data[i]}, number ${i} of the input '${name}', is not in 0…${count - 1}`,
      );
    }
  }
}

function inputsMovedTo({ node }: Value): string[] {
  if (node.kind === 'input') return [node.name];
  if (node.kind !== 'operation' || !moves(node)) return [];
  return node.inputs.flatMap(inputsMovedTo);
}

function moves({ operation }: OperationNode): boolean {
  return MOVING.includes(operation.name);
}
