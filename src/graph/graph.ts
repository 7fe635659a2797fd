/**
 * A tensor graph in the making: inputs, constants, and operations on them, each with a type and a static shape
 * that is known as soon as it is built. Nothing is computed here; `evaluate`, `toOnnx` and `createSession` do that.
 *
 * Equal operations on equal inputs are one node (the graph finds them as they are built), so gradients may name
 * again what the forward pass has computed already.
 */
import type { Emitter } from './onnx/emitter.ts';
import type { OperationName } from './operations/table.ts';
import { GraphError, sameShape, showShape, sizeOf, toTypedArray } from './tensor.ts';
import type { DType, Shape, TensorType, TypedArray } from './tensor.ts';

/** What one operation's parameters may be: things that can be compared, so that equal operations are found. */
export type Attributes = Readonly<
  Record<string, number | boolean | string | readonly number[] | readonly Value[]>
>;

/**
 * All that is to be known of one kind of operation, together in one place: `operations/table.ts` lists them.
 * An operation has one or more inputs and outputs.
 */
export interface Operation<A extends Attributes = Attributes> {
  readonly name: OperationName;
  /** Types and shapes of the outputs. @throws GraphError that names the operation and the shapes */
  infer(inputs: readonly Value[], attributes: A): readonly TensorType[];
  /**
   * Reverse mode: given the loss's derivatives by the outputs (undefined where the loss does not depend on one),
   * its derivatives by the inputs (undefined where there are none, as for integers).
   */
  gradient(node: OperationNode<A>, upstream: readonly (Value | undefined)[]): readonly (Value | undefined)[];
  /** Adds ONNX nodes, and says what the outputs are called there; trailing ones that nothing uses may be left out. */
  lower(node: OperationNode<A>, onnx: Emitter): readonly string[];
  /** For operations that look things up by whole numbers: which input those are, and how many things there are. */
  ids?(node: OperationNode<A>): { readonly input: number; readonly count: number };
  /** For operations that repeat others: how often, what stands for a piece of each of the first inputs, and what they make. */
  body?(node: OperationNode<A>): {
    readonly parts: number;
    readonly pieces: readonly Value[];
    readonly results: readonly Value[];
  };
  /** The outputs' numbers from the inputs', in float64, by the plainest code that is right. */
  evaluate(inputs: readonly Numbers[], node: OperationNode<A>): readonly Float64Array[];
}

/** An array in the reference evaluator, whatever its type in the graph. */
export interface Numbers {
  readonly shape: Shape;
  readonly data: Float64Array;
}

export interface InputNode {
  readonly kind: 'input';
  readonly name: string;
}

export interface ConstantNode {
  readonly kind: 'constant';
  readonly data: TypedArray;
}

/** What stands for the piece at hand inside `overParts`. */
export interface ParameterNode {
  readonly kind: 'parameter';
}

export interface OperationNode<A extends Attributes = Attributes> {
  readonly kind: 'operation';
  readonly operation: Operation<A>;
  readonly inputs: readonly Value[];
  readonly attributes: A;
  readonly outputs: readonly Value[];
}

export type Node = InputNode | ConstantNode | ParameterNode | OperationNode;

/** A tensor in a graph. `id` grows in the order of building: an operation's inputs have smaller ones. */
export interface Value {
  readonly id: number;
  readonly graph: Graph;
  readonly dtype: DType;
  readonly shape: Shape;
  /** What it comes from. */
  readonly node: Node;
}

/** What holds for a whole graph. */
export interface GraphOptions {
  /** The type of float inputs and constants for which none is named. Default float32. */
  readonly float?: 'float32' | 'float64';
}

/** Constants up to this many elements are compared with those that exist already, to be shared. */
const SHARED_CONSTANT_ELEMENTS = 4096;

/** A graph being built: its inputs and outputs by name, constants, and whatever operations make of them. */
export class Graph {
  readonly float: 'float32' | 'float64';
  readonly inputs = new Map<string, Value>();
  readonly outputs = new Map<string, Value>();
  private readonly known = new Map<string, OperationNode | Value>();
  private nextId = 0;

  constructor(options: GraphOptions = {}) {
    this.float = options.float ?? 'float32';
  }

  /** A tensor that is fed at every run. Its type is the graph's float unless named. */
  input(name: string, shape: Shape, dtype: DType = this.float): Value {
    this.checkName('input', name);
    checkShape(`input '${name}'`, shape);
    const value = this.createValue({ dtype, shape }, { kind: 'input', name });
    this.inputs.set(name, value);
    return value;
  }

  /**
   * A tensor that is part of the graph (an initializer in ONNX). The data is not copied: don't change it later.
   * `shape` defaults to that of the data: a scalar for a number, one dimension for a list.
   * A single number with a larger shape fills it.
   */
  constant(
    data: number | readonly number[] | TypedArray,
    shape: Shape = typeof data === 'number' ? [] : [data.length],
    dtype: DType = defaultType(data, this.float),
  ): Value {
    checkShape('constant', shape);
    const size = sizeOf(shape);
    const numbers = typeof data === 'number' ? new Array<number>(size).fill(data) : data;
    if (numbers.length !== size) {
      throw new GraphError(
        `constant: ${numbers.length} numbers for the shape ${showShape(shape)}, which has ${size}`,
      );
    }
    const array = toTypedArray(dtype, numbers);
    const create = () => this.createValue({ dtype, shape }, { kind: 'constant', data: array });
    if (size > SHARED_CONSTANT_ELEMENTS) return create();
    const key = `${dtype}${showShape(shape)}${Array.from(array as ArrayLike<number>, keyOfNumber).join()}`;
    const found = this.known.get(key);
    if (found !== undefined && 'id' in found) return found;
    const value = create();
    this.known.set(key, value);
    return value;
  }

  /** A placeholder inside `overParts`, which alone makes and binds them. */
  parameter({ dtype, shape }: TensorType): Value {
    checkShape('overParts', shape);
    return this.createValue({ dtype, shape }, { kind: 'parameter' });
  }

  /** Names a value as a result of the graph. One value may have several names. */
  output(name: string, value: Value): void {
    if (value.graph !== this) throw new GraphError(`output '${name}': the value belongs to another graph`);
    this.checkName('output', name);
    this.outputs.set(name, value);
  }

  /**
   * The node of an operation: the one that exists already where it is the same. For operations' own use; whoever
   * builds a graph calls `add`, `matmul` and so on.
   */
  apply<A extends Attributes>(
    operation: Operation<A>,
    inputs: readonly Value[],
    attributes: A,
  ): OperationNode {
    for (const input of inputs) {
      if (input.graph !== this) throw new GraphError(`${operation.name}: the values belong to two graphs`);
    }
    const found = this.find(operation, inputs, attributes);
    if (found !== undefined) return found;
    const outputs: Value[] = [];
    const node: OperationNode<A> = { kind: 'operation', operation, inputs, attributes, outputs };
    for (const type of operation.infer(inputs, attributes)) {
      checkShape(operation.name, type.shape);
      outputs.push(this.createValue(type, node));
    }
    this.known.set(keyOfOperation(operation, inputs, attributes), node);
    return node;
  }

  /** The node of an operation if it has been built already. */
  find<A extends Attributes>(
    operation: Operation<A>,
    inputs: readonly Value[],
    attributes: A,
  ): OperationNode | undefined {
    const found = this.known.get(keyOfOperation(operation, inputs, attributes));
    return found !== undefined && 'operation' in found ? found : undefined;
  }

  /** Inputs and outputs share one space of names in ONNX. */
  private checkName(what: string, name: string): void {
    const refuse = (why: string) => new GraphError(`${what} '${name}': ${why}`);
    if (name === '') throw refuse('the name is empty');
    if (name.startsWith('%')) throw refuse("names that begin with % are the graph's own");
    if (this.inputs.has(name)) throw refuse('an input has that name');
    if (this.outputs.has(name)) throw refuse('an output has that name');
  }

  private createValue(type: TensorType, node: Node): Value {
    const { dtype, shape } = type;
    return { id: this.nextId++, graph: this, dtype, shape: Object.freeze([...shape]), node };
  }
}

/** Whether two values have the same type and shape. */
export function sameType(a: TensorType, b: TensorType): boolean {
  return a.dtype === b.dtype && sameShape(a.shape, b.shape);
}

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

function keyOfOperation(operation: Operation, inputs: readonly Value[], attributes: Attributes): string {
  return `${operation.name}(${inputs.map((value) => value.id).join()})${JSON.stringify(attributes, keyOfAttribute)}`;
}

/** A value among an operation's attributes is written as its id; numbers that JSON has no word for, by their names. */
function keyOfAttribute(_key: string, attribute: Attributes[string] | Value): unknown {
  if (typeof attribute === 'number') return `=${keyOfNumber(attribute)}`;
  return typeof attribute === 'object' && 'node' in attribute ? `#${attribute.id}` : attribute;
}

function keyOfNumber(number: number | bigint): string {
  return Object.is(number, -0) ? '-0' : String(number);
}

function defaultType(data: number | readonly number[] | TypedArray, float: DType): DType {
  if (data instanceof BigInt64Array) return 'int64';
  if (data instanceof Int32Array) return 'int32';
  if (data instanceof Uint8Array) return 'bool';
  return float;
}

function checkShape(what: string, shape: Shape): void {
  if (!shape.every((dimension) => Number.isInteger(dimension) && dimension >= 0)) {
    throw new GraphError(`${what}: the shape ${showShape(shape)} is not made of whole numbers from 0 on`);
  }
}
