/** Rows and elements chosen by whole numbers. */
import { noGradient } from './elementwise.ts';
import { reshape } from './layout.ts';
import { expectFloat, expectInteger, lastDimension } from './operands.ts';
import type { Lowering } from '../types/lowering.ts';
import type { Operation, OperationNode, Value } from '../types/node.ts';
import { GraphError, sameShape, showShape, sizeOf } from '../types/tensor.ts';
import type { DType, Shape } from '../types/tensor.ts';

const gathering: Operation = {
  name: 'gather',
  infer([table, ids]) {
    expectInteger('gather', ids);
    if (table.shape.length < 1) throw new GraphError('gather: the table [] is a scalar');
    return [{ dtype: table.dtype, shape: [...ids.shape, ...table.shape.slice(1)] }];
  },
  gradient({ inputs: [table, ids] }, [g]) {
    if (g === undefined) return [];
    const width = sizeOf(table.shape.slice(1));
    const rows = sizeOf(ids.shape);
    const sums = scatterRows(reshape(g, [rows, width]), reshape(ids, [rows]), table.shape[0]);
    return [reshape(sums, table.shape)];
  },
  lower: (node, emitter) => [
    emitter.node('Gather', [emitter.name(node.inputs[0]), emitter.ids(node)], { axis: 0 }),
  ],
  ids: ({ inputs: [table] }) => ({ input: 1, count: table.shape[0] }),
  evaluate([table, ids]) {
    const width = sizeOf(table.shape.slice(1));
    const result = new Float64Array(ids.data.length * width);
    ids.data.forEach((id, i) => {
      checkId('gather', id, table.shape[0]);
      result.set(table.data.subarray(id * width, (id + 1) * width), i * width);
    });
    return [result];
  },
};

/** [N, D] rows added up at [N] places of a [rows, D] table of zeros: what a gather's derivative is. */
const scattering: Operation<{ rows: number }> = {
  name: 'scatterRows',
  infer([x, ids], { rows }) {
    expectFloat('scatterRows', x);
    expectInteger('scatterRows', ids);
    if (x.shape.length !== 2 || !sameShape(ids.shape, [x.shape[0]])) {
      throw new GraphError(
        `scatterRows: ${showShape(x.shape)} at ${showShape(ids.shape)}: expected [N, D] at [N]`,
      );
    }
    return [{ dtype: x.dtype, shape: [rows, x.shape[1]] }];
  },
  gradient: ({ inputs: [, ids] }, [g]) => [g && gather(g, ids)],
  lower: lowerScatter,
  ids: ({ attributes: { rows } }) => ({ input: 1, count: rows }),
  evaluate([x, ids], { attributes: { rows } }) {
    const width = x.shape[1];
    const result = new Float64Array(rows * width);
    ids.data.forEach((id, i) => {
      checkId('scatterRows', id, rows);
      for (let j = 0; j < width; j++) result[id * width + j] += x.data[i * width + j];
    });
    return [result];
  },
};

/**
 * ScatterND is by far the fastest, but ONNX Runtime's threads overwrite each other's sums where ids repeat
 * (onnxruntime issue 18048): with several threads it is ScatterElements, which adds one after the other. (A product with
 * a one-hot matrix would spread an infinity or a NaN over all rows.)
 */
function lowerScatter(node: OperationNode<{ rows: number }>, emitter: Lowering): string[] {
  const {
    inputs: [x, ids],
    attributes: { rows },
  } = node;
  const [count, width] = x.shape;
  const [numbers, places] = [emitter.name(x), emitter.ids(node)];
  const column = emitter.reshape(ids.dtype === 'int64' ? places : emitter.cast(places, 'int64'), [count, 1]);
  const zeros = emitter.zeros(x.dtype, [rows, width]);
  if (emitter.singleThreaded)
    return [emitter.node('ScatterND', [zeros, column, numbers], { reduction: 'add' })];
  const everywhere = emitter.node('Expand', [column, emitter.constant('int64', [2], [count, width])]);
  return [emitter.node('ScatterElements', [zeros, everywhere, numbers], { axis: 0, reduction: 'add' })];
}

const encoding: Operation<{ depth: number; dtype: DType }> = {
  name: 'oneHot',
  infer([ids], { depth, dtype }) {
    expectInteger('oneHot', ids);
    return [{ dtype, shape: [...ids.shape, depth] }];
  },
  gradient: noGradient,
  lower: ({ inputs: [ids], attributes: { depth, dtype } }, emitter) => [
    emitter.oneHot(emitter.name(ids), ids, depth, dtype),
  ],
  evaluate([ids], { attributes: { depth } }) {
    const result = new Float64Array(ids.data.length * depth);
    ids.data.forEach((id, i) => {
      if (id >= 0 && id < depth) result[i * depth + id] = 1;
    });
    return [result];
  },
};

/** [..., V] → [...]: of each row the element at a place of its own. */
const picking: Operation = {
  name: 'pick',
  infer([x, ids]) {
    checkPlaces('pick', x, ids);
    return [{ dtype: x.dtype, shape: ids.shape }];
  },
  gradient: ({ inputs: [x, ids] }, [g]) => [g && addAt(zeros(x, x.shape), ids, g)],
  lower(node, emitter) {
    const [x, ids] = node.inputs;
    const places = emitter.reshape(emitter.ids(node), [...ids.shape, 1]);
    const picked = emitter.node('GatherElements', [emitter.name(x), places], { axis: -1 });
    return [emitter.reshape(picked, ids.shape)];
  },
  ids: ({ inputs: [x] }) => ({ input: 1, count: lastDimension('pick', x.shape) }),
  evaluate([x, ids]) {
    const width = lastDimension('pick', x.shape);
    return [
      ids.data.map((id, i) => {
        checkId('pick', id, width);
        return x.data[i * width + id];
      }),
    ];
  },
};

/** x [..., V] with a number [...] added to each row at a place of its own: `pick`'s derivative, and more. */
const addingAt: Operation = {
  name: 'addAt',
  infer([x, ids, numbers]) {
    checkPlaces('addAt', x, ids);
    if (!sameShape(ids.shape, numbers.shape) || x.dtype !== numbers.dtype) {
      throw new GraphError(
        `addAt: ${numbers.dtype} ${showShape(numbers.shape)} numbers for ${x.dtype} ${showShape(x.shape)} and ${showShape(ids.shape)} places`,
      );
    }
    return [{ dtype: x.dtype, shape: x.shape }];
  },
  gradient: ({ inputs: [, ids] }, [g]) => [g, undefined, g && pick(g, ids)],
  lower(node, emitter) {
    const [x, ids, numbers] = node.inputs;
    const column = [...ids.shape, 1];
    const places = emitter.reshape(emitter.ids(node), column);
    const updates = emitter.reshape(emitter.name(numbers), column);
    const inputs = [emitter.name(x), places, updates];
    return [emitter.node('ScatterElements', inputs, { axis: -1, reduction: 'add' })];
  },
  ids: ({ inputs: [x] }) => ({ input: 1, count: lastDimension('addAt', x.shape) }),
  evaluate([x, ids, numbers]) {
    const width = lastDimension('addAt', x.shape);
    const result = x.data.slice();
    ids.data.forEach((id, i) => {
      checkId('addAt', id, width);
      result[i * width + id] += numbers.data[i];
    });
    return [result];
  },
};

export const lookups = {
  gather: gathering,
  scatterRows: scattering,
  oneHot: encoding,
  pick: picking,
  addAt: addingAt,
};

/** Rows of a table [V, ...] at ids [...] of int32 or int64 from 0 to V − 1. Result: the ids' shape, then the rows'. */
export function gather(table: Value, ids: Value): Value {
  return table.graph.apply(gathering, [table, ids], {}).outputs[0];
}

/** The sums of the rows x [N, D] that have the same id in ids [N]: [rows, D]. */
export function scatterRows(x: Value, ids: Value, rows: number): Value {
  return x.graph.apply(scattering, [x, ids], { rows }).outputs[0];
}

/** 1 at each id and 0 elsewhere, as the graph's float: the ids' shape, then `depth`. Other ids have no 1. */
export function oneHot(ids: Value, depth: number): Value {
  return ids.graph.apply(encoding, [ids], { depth, dtype: ids.graph.float }).outputs[0];
}

/** Of each row of x [..., V] the element at ids [...]. */
export function pick(x: Value, ids: Value): Value {
  return x.graph.apply(picking, [x, ids], {}).outputs[0];
}

/** x [..., V] with numbers [...] added at places ids [...] of its rows. */
export function addAt(x: Value, ids: Value, numbers: Value): Value {
  return x.graph.apply(addingAt, [x, ids, numbers], {}).outputs[0];
}

function zeros(like: Value, shape: Shape): Value {
  return like.graph.constant(0, shape, like.dtype);
}

function checkPlaces(name: string, x: Value, ids: Value): void {
  expectInteger(name, ids);
  lastDimension(name, x.shape);
  if (!sameShape(ids.shape, x.shape.slice(0, -1))) {
    throw new GraphError(`${name}: ${showShape(ids.shape)} places for the rows of ${showShape(x.shape)}`);
  }
}

/** @throws GraphError for an id that has no row */
export function checkId(name: string, id: number, count: number): void {
  if (!(id >= 0 && id < count)) throw new GraphError(`${name}: id ${id} is not in 0…${count - 1}`);
}
