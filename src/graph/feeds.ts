/** What is fed to a graph, checked against its inputs. */
import type { Graph } from './graph.ts';
import type { Value } from './types/node.ts';
import { GraphError, sameShape, showShape, sizeOf } from './types/tensor.ts';
import type { Tensor } from './types/tensor.ts';
import { unknownName } from '../common/nearest.ts';

/**
 * The feeds that the values `used` depend on, checked. Inputs that nothing uses may be fed or not.
 * @throws GraphError that names the input
 */
export function feedsFor(
  graph: Graph,
  used: Iterable<Value>,
  feeds: Readonly<Record<string, Tensor>>,
): Record<string, Tensor> {
  for (const name of Object.keys(feeds)) {
    if (!graph.inputs.has(name)) throw new GraphError(unknownName('input', name, [...graph.inputs.keys()]));
  }
  const result: Record<string, Tensor> = {};
  for (const value of used) {
    if (value.node.kind !== 'input') continue;
    const { name } = value.node;
    if (!Object.hasOwn(feeds, name)) {
      throw new GraphError(
        `input '${name}': nothing is fed, expected ${value.dtype} ${showShape(value.shape)}`,
      );
    }
    checkFeed(name, value, feeds[name]);
    result[name] = feeds[name];
  }
  return result;
}

function checkFeed(name: string, value: Value, { dtype, shape, data }: Tensor): void {
  if (dtype !== value.dtype || !sameShape(shape, value.shape)) {
    throw new GraphError(
      `input '${name}': fed ${dtype} ${showShape(shape)}, expected ${value.dtype} ${showShape(value.shape)}`,
    );
  }
  if (data.length !== sizeOf(shape)) {
    throw new GraphError(`input '${name}': fed ${data.length} numbers for the shape ${showShape(shape)}`);
  }
}
