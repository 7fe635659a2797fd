/**
 * The same computation on one part of a batch after the other.
 *
 * Why: element-wise operations on a whole batch wait for memory; on a part that fits into the processor's cache they
 * are several times faster, and a training step as a whole a third (docs/graph.md). In ONNX it is one Loop, so the
 * model does not grow with the number of parts, and each part's memory is used again for the next.
 */
import { add } from '../operations/arithmetic.ts';
import { backpropagate, dependents } from '../passes/gradients.ts';
import { computeValues, numbersOf } from '../passes/values.ts';
import type { Lowering, OnnxType } from '../types/lowering.ts';
import type { Numbers, Operation, OperationNode, Value } from '../types/node.ts';
import { GraphError, isEmpty, isFloat, showShape, sizeOf } from '../types/tensor.ts';
import type { Shape } from '../types/tensor.ts';

/** What the body of `overParts` gives back. */
export interface PartResults {
  /** Added up over the parts: losses, weight gradients. Floats. */
  readonly sums?: readonly Value[];
  /** Put together along the first axis: what there is of every row of the batch. */
  readonly rows?: readonly Value[];
}

type Body = {
  parts: number;
  /** What stands for the piece of each batched input. */
  parameters: readonly Value[];
  sums: readonly Value[];
  rows: readonly Value[];
};

/** Inputs: the batched values, one for each parameter, then all else that the body uses. */
const loop: Operation<Body> = {
  name: 'overParts',
  infer: (_inputs, { parts, sums, rows }) => [
    ...sums,
    ...rows.map(({ dtype, shape }) => ({ dtype, shape: shape.with(0, parts * shape[0]) })),
  ],
  gradient,
  lower,
  body: ({ attributes: { parts, parameters, sums, rows } }) => ({
    parts,
    pieces: parameters,
    results: [...sums, ...rows],
  }),
  evaluate,
};

export const parts = { overParts: loop };

/**
 * Cuts each of `batched` into `parts` equal pieces along the first axis, calls `body` once to learn what is to be
 * done with a piece of each, and returns the results over all pieces. The body may use any other value of the graph.
 * What does not depend on the pieces is computed once.
 *
 * For training, take the derivatives inside, so that a part's forward and backward pass follow each other:
 * @example
 * const { sums: [loss, ...slopes] } = overParts(8, [ids, targets], (ids, targets) => {
 *   const loss = lossOf(ids, targets);
 *   return { sums: [loss, ...gradients(loss, weights)] };
 * });
 */
export function overParts(
  parts: number,
  batched: readonly Value[],
  body: (...pieces: Value[]) => PartResults,
): { sums: Value[]; rows: Value[] } {
  checkParts(parts, batched);
  if (parts === 1) {
    const { sums = [], rows = [] } = body(...batched);
    return { sums: [...sums], rows: [...rows] };
  }
  const [{ graph }] = batched;
  const parameters = batched.map(({ dtype, shape }) =>
    graph.parameter({ dtype, shape: shape.with(0, shape[0] / parts) }),
  );
  const { sums = [], rows = [] } = body(...parameters);
  return buildLoop(batched, { parts, parameters, sums, rows });
}

function checkParts(parts: number, batched: readonly Value[]): void {
  if (!Number.isInteger(parts) || parts < 1) throw new GraphError(`overParts: ${parts} parts`);
  if (batched.length === 0) throw new GraphError('overParts: nothing to take parts of');
  for (const { shape } of batched) {
    if (shape.length === 0 || shape[0] % parts !== 0) {
      throw new GraphError(
        `overParts: ${showShape(shape)} cannot be cut into ${parts} equal parts along axis 0`,
      );
    }
  }
}

function buildLoop(batched: readonly Value[], body: Body): { sums: Value[]; rows: Value[] } {
  const { sums, rows, parameters } = body;
  for (const { shape } of rows) {
    if (shape.length === 0) throw new GraphError('overParts: a scalar among the rows: add it up instead');
  }
  for (const { dtype, shape } of sums) {
    if (!isFloat(dtype)) throw new GraphError(`overParts: ${dtype} ${showShape(shape)} among the sums`);
  }
  const inside = dependents([...sums, ...rows], new Set(parameters));
  const outputs = [...sums, ...rows];
  const needed = [...inside].flatMap(({ node }) => (node.kind === 'operation' ? node.inputs : []));
  const captured = [...new Set([...needed, ...outputs])].filter((value) => !inside.has(value));
  const { graph } = batched[0];
  const made = graph.apply(loop, [...batched, ...captured], body).outputs;
  return { sums: made.slice(0, sums.length), rows: made.slice(sums.length) };
}

/** The values that are computed for every part, in order. */
function insideOf({ parameters, sums, rows }: Body): Value[] {
  const inside = dependents([...sums, ...rows], new Set(parameters));
  return [...inside].sort((a, b) => a.id - b.id);
}

/** Again a loop, whose body is the derivative of this one's: by pieces put together, by other values added up. */
function gradient(
  { inputs, attributes }: OperationNode<Body>,
  upstream: readonly (Value | undefined)[],
): (Value | undefined)[] {
  const { parts, parameters, sums, rows } = attributes;
  const { graph } = inputs[0];
  const seeds = new Map<Value, Value>();
  const seed = (result: Value, slope: Value) => {
    const other = seeds.get(result);
    seeds.set(result, other === undefined ? slope : add(other, slope));
  };
  const batched = inputs.slice(0, parameters.length);
  const pieces = [...parameters];
  [...sums, ...rows].forEach((result, i) => {
    const slope = upstream[i];
    if (slope === undefined) return;
    if (i < sums.length) return seed(result, slope);
    const piece = graph.parameter(result);
    batched.push(slope);
    pieces.push(piece);
    seed(result, piece);
  });
  const sources = [...parameters, ...inputs.slice(parameters.length)];
  const slopes = backpropagate(seeds, sources, new Set(sources));
  const isPiece = (i: number) => i < parameters.length;
  const made = buildLoop(batched, {
    parts,
    parameters: pieces,
    sums: slopes.flatMap((slope, i) => (slope === undefined || isPiece(i) ? [] : [slope])),
    rows: slopes.flatMap((slope, i) => (slope === undefined || !isPiece(i) ? [] : [slope])),
  });
  return slopes.map((slope, i) => slope && (isPiece(i) ? made.rows : made.sums).shift());
}

function lower({ inputs, outputs, attributes }: OperationNode<Body>, emitter: Lowering): string[] {
  const { parts, parameters, sums, rows } = attributes;
  const values = insideOf(attributes);
  const body = emitter.forBody(new Set(values));
  const [iteration, condition] = [body.freshName(), body.freshName()];
  parameters.forEach((parameter, i) => {
    if (!body.isUsed(parameter)) return;
    const stacked = emitter.reshape(emitter.name(inputs[i]), [parts, ...parameter.shape]);
    body.setName(parameter, body.node('Gather', [stacked, iteration], { axis: 0 }));
  });
  body.lower(values);

  const results = [...sums, ...rows];
  const isAlone = (value: Value) => results.indexOf(value) === results.lastIndexOf(value);
  const totals = sums.map((value) => {
    const before = body.freshName();
    const term = body.name(value);
    const after = isAlone(value) ? body.accumulate(before, term) : body.node('Add', [before, term]);
    return { before, after, dtype: value.dtype, shape: value.shape };
  });
  const stacks = rows.map((value) => {
    const name = body.name(value);
    const own = isAlone(value) && body.isUsed(value) && value.node.kind === 'operation' && !isEmpty(value);
    return { name: own ? name : body.node('Identity', [name]), dtype: value.dtype, shape: value.shape };
  });
  const goOn = { name: body.node('Identity', [condition]), dtype: 'bool', shape: [] } as const;
  const inputTypes: OnnxType[] = [
    { name: iteration, dtype: 'int64', shape: [] },
    { name: condition, dtype: 'bool', shape: [] },
    ...totals.map(({ before, ...type }) => ({ ...type, name: before })),
  ];
  const outputTypes: OnnxType[] = [
    goOn,
    ...totals.map(({ after, ...type }) => ({ ...type, name: after })),
    ...stacks,
  ];
  const starts = sums.map(({ dtype, shape }) => emitter.zeros(dtype, shape));
  const made = emitter.nodeWithOutputs(
    results.length,
    'Loop',
    [emitter.constant('int64', [], [parts]), emitter.constant('bool', [], [1]), ...starts],
    { body: { graph: { nodes: body.nodes, inputs: inputTypes, outputs: outputTypes } } },
  );
  return made.map((name, i) => (i < sums.length ? name : emitter.reshape(name, outputs[i].shape)));
}

function evaluate(inputs: readonly Numbers[], node: OperationNode<Body>): Float64Array[] {
  const { parts, parameters, sums, rows } = node.attributes;
  const values = insideOf(node.attributes);
  const results = node.outputs.map(({ shape }) => new Float64Array(sizeOf(shape)));
  for (let part = 0; part < parts; part++) {
    const computed = new Map<Value, Numbers>();
    inputs.forEach((numbers, i) => {
      if (i < parameters.length) computed.set(parameters[i], pieceOf(numbers, part, parameters[i].shape));
      else computed.set(node.inputs[i], numbers);
    });
    computeValues(values, computed);
    [...sums, ...rows].forEach((value, i) => {
      const { data } = numbersOf(computed, value);
      if (i >= sums.length) results[i].set(data, part * data.length);
      else data.forEach((number, k) => (results[i][k] += number));
    });
  }
  return results;
}

function pieceOf({ data }: Numbers, part: number, shape: Shape): Numbers {
  const size = sizeOf(shape);
  return { shape, data: data.subarray(part * size, (part + 1) * size) };
}
