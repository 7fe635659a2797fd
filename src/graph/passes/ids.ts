/**
 * Ids that a lookup has no row for: ONNX Runtime counts negative ones from the end and calls the others an error of a
 * node that nobody has named. Those that are fed are found before it sees them: exactly those that some lookup gets,
 * whether it stands in a part of `overParts` or what is fed is cut up before. Those that the graph computes are left to
 * the graph itself (`uncheckedLookups`).
 */
import { dependents } from './gradients.ts';
import type { OperationName } from '../types/names.ts';
import type { Numbers, OperationNode, Value } from '../types/node.ts';
import { GraphError, isInteger, sizeOf, toFloat64 } from '../types/tensor.ts';
import type { Tensor } from '../types/tensor.ts';

/** A lookup of an input's numbers. */
interface Lookup {
  readonly operation: OperationName;
  /** How many rows there are. */
  readonly count: number;
  /** Which of the input's numbers it gets; null: all. */
  readonly places: Int32Array | null;
}

/** The lookups of each input whose numbers are ids, by name. */
export type IdInputs = ReadonlyMap<string, readonly Lookup[]>;

/** Operations that change where numbers stand and not what they are. */
const MOVING: readonly OperationName[] = [
  'reshape',
  'transpose',
  'slice',
  'concatenate',
  'expand',
  'stopGradient',
];

/** Stands for a number that no input has fed. */
const FOREIGN = -1;

/** The inputs that are ids, or that ids are put together from, among the values that a graph's outputs need. */
export function idInputs(values: readonly Value[]): IdInputs {
  const found = new Map<string, Lookup[]>();
  for (const { lookup, ids, around } of lookupsAmong(values, new Map())) {
    for (const [name, shape] of inputsMovedTo(ids, around)) {
      const places = placesIn(ids, name, around);
      const distinct = new Set(places.filter((place) => place !== FOREIGN));
      const all = distinct.size === sizeOf(shape);
      const lookups = found.get(name) ?? [];
      lookups.push({ ...lookup, places: all ? null : Int32Array.from(distinct) });
      found.set(name, lookups);
    }
  }
  return new Map([...found].map(([name, lookups]) => [name, strictest(lookups)]));
}

/** @throws GraphError that names the operation, the input and the id */
export function checkIds(inputs: IdInputs, feeds: Readonly<Record<string, Tensor>>): void {
  for (const [name, lookups] of inputs) {
    const { data } = feeds[name];
    for (const { operation, count, places } of lookups) {
      const size = places?.length ?? data.length;
      for (let i = 0; i < size; i++) {
        const place = places === null ? i : places[i];
        if (data[place] >= 0 && data[place] < count) continue;
        throw new GraphError(
          `${operation}: id ${data[place]}, number ${place} of the input '${name}', is not in 0…${count - 1}`,
        );
      }
    }
  }
}

/** The lookups that may get ids which neither the check of what is fed has seen nor the graph as it was built. */
export function uncheckedLookups(values: readonly Value[]): Set<OperationNode> {
  const found = new Set<OperationNode>();
  for (const { node, lookup, ids, around } of lookupsAmong(values, new Map())) {
    for (const source of reachableMoving(ids, around)) {
      if (!isKnownBelow(source, lookup.count)) found.add(node);
    }
  }
  return found;
}

/** Whether the numbers of a value are ids below `count`, as far as they are its own and not moved from elsewhere. */
function isKnownBelow({ node }: Value, count: number): boolean {
  if (node.kind === 'input') return true; // checked as it is fed
  if (node.kind === 'constant') return toFloat64(node.data).every((id) => id >= 0 && id < count);
  if (node.kind === 'parameter') return true; // it is a piece of what stands around it
  const { operation, inputs, attributes } = node;
  if (operation.name === 'argMax') return inputs[0].shape[attributes.axis as number] <= count;
  return moves(node);
}

/** Of lookups that get all of an input, only the one with the fewest rows is left. */
function strictest(lookups: readonly Lookup[]): Lookup[] {
  const whole = lookups.filter(({ places }) => places === null);
  const partial = lookups.filter(({ places }) => places !== null);
  if (whole.length === 0) return partial;
  const fewest = whole.reduce((least, one) => (one.count < least.count ? one : least));
  return [fewest, ...partial.filter(({ count }) => count < fewest.count)];
}

/** What a piece inside a loop is cut from, by which loop, and into how many. */
interface Piece {
  readonly from: Value;
  readonly loop: OperationNode;
  readonly parts: number;
}

type Around = ReadonlyMap<Value, Piece>;

interface FoundLookup {
  readonly node: OperationNode;
  readonly lookup: Pick<Lookup, 'operation' | 'count'>;
  readonly ids: Value;
  readonly around: Around;
}

function* lookupsAmong(values: readonly Value[], around: Around): Generator<FoundLookup> {
  for (const node of new Set(values.map((value) => value.node))) {
    if (node.kind !== 'operation') continue;
    if (node.operation.ids !== undefined) {
      const { input, count } = node.operation.ids(node);
      yield { node, lookup: { operation: node.operation.name, count }, ids: node.inputs[input], around };
    }
    const body = node.operation.body?.(node);
    if (body === undefined) continue;
    const inner = new Map(around);
    body.pieces.forEach((piece, i) =>
      inner.set(piece, { from: node.inputs[i], loop: node, parts: body.parts }),
    );
    const inside = [...dependents(body.results, new Set(body.pieces))];
    yield* lookupsAmong(inside, inner);
  }
}

/** The inputs that numbers of a value may come from, with their shapes. */
function inputsMovedTo(value: Value, around: Around): Map<string, readonly number[]> {
  const found = new Map<string, readonly number[]>();
  for (const { node, shape } of reachableMoving(value, around))
    if (node.kind === 'input') found.set(node.name, shape);
  return found;
}

function* reachableMoving(value: Value, around: Around): Generator<Value> {
  yield value;
  const piece = around.get(value);
  if (piece !== undefined) yield* reachableMoving(piece.from, around);
  else if (value.node.kind === 'operation' && moves(value.node)) {
    for (const input of value.node.inputs) yield* reachableMoving(input, around);
  }
}

/** For every number of a value, in every part of the loops around it, its place in the input, or FOREIGN. */
function placesIn(value: Value, name: string, around: Around): number[] {
  const loops = new Map<OperationNode, number>();
  for (const one of reachableMoving(value, around)) {
    const piece = around.get(one);
    if (piece !== undefined) loops.set(piece.loop, piece.parts);
  }
  let turns: ReadonlyMap<OperationNode, number>[] = [new Map()];
  for (const [loop, parts] of loops) {
    turns = turns.flatMap((turn) =>
      Array.from({ length: parts }, (_, part) => new Map(turn).set(loop, part)),
    );
  }
  return turns.flatMap((turn) => [...traced(value, name, around, turn).data]);
}

/** @param turn which part each loop is at */
function traced(
  value: Value,
  name: string,
  around: Around,
  turn: ReadonlyMap<OperationNode, number>,
): Numbers {
  const { node, shape } = value;
  const size = sizeOf(shape);
  const piece = around.get(value);
  if (piece !== undefined) {
    const { data } = traced(piece.from, name, around, turn);
    const start = (turn.get(piece.loop) ?? 0) * size;
    return { shape, data: data.subarray(start, start + size) };
  }
  if (node.kind === 'input' && node.name === name) {
    return { shape, data: Float64Array.from({ length: size }, (_, place) => place) };
  }
  if (node.kind !== 'operation' || !moves(node)) return { shape, data: new Float64Array(size).fill(FOREIGN) };
  const inputs = node.inputs.map((input) => traced(input, name, around, turn));
  return { shape, data: node.operation.evaluate(inputs, node)[node.outputs.indexOf(value)] };
}

function moves({ operation, inputs: [x], outputs: [y] }: OperationNode): boolean {
  if (operation.name === 'cast') return isInteger(x.dtype) && isInteger(y.dtype);
  return MOVING.includes(operation.name);
}
