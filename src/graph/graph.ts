/**
 * A tensor graph in the making: inputs, constants, and operations on them, each with a type and a static shape
 * that is known as soon as it is built. Nothing is computed here; `evaluate`, `toOnnx` and `createSession` do that.
 *
 * Equal operations on equal inputs are one node (the graph finds them as they are built), so gradients may name
 * again what the forward pass has computed already.
 */
import { checkId } from './operations/lookup.ts';
import { constantNumbers } from './operations/operands.ts';
import type { Attributes, GraphBuilder, Node, Operation, OperationNode, Value } from './types/node.ts';
import { GraphError, showShape, sizeOf, toTypedArray } from './types/tensor.ts';
import type { DType, Shape, TensorType, TypedArray } from './types/tensor.ts';

/** What holds for a whole graph. */
export interface GraphOptions {
  /** The type of float inputs and constants for which none is named. Default float32. */
  readonly float?: 'float32' | 'float64';
}

/** Constants up to this many elements are compared with those that exist already, to be shared. */
const SHARED_CONSTANT_ELEMENTS = 4096;

/** A graph being built: its inputs and outputs by name, constants, and whatever operations make of them. */
export class Graph implements GraphBuilder {
  readonly float: 'float32' | 'float64';
  readonly inputs = new Map<string, Value>();
  readonly outputs = new Map<string, Value>();
  private readonly known = new Map<string, OperationNode | Value>();
  private nextId = 0;
  private doubles = false;

  constructor(options: GraphOptions = {}) {
    this.float = options.float ?? 'float32';
  }

  /** Whether any value is float64. */
  get hasDoubles(): boolean {
    return this.doubles;
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
    checkConstantIds(node);
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
    this.doubles ||= dtype === 'float64';
    return { id: this.nextId++, graph: this, dtype, shape: Object.freeze([...shape]), node };
  }
}

/** Ids that stand in the graph are checked as it is built. */
function checkConstantIds<A extends Attributes>(node: OperationNode<A>): void {
  const lookup = node.operation.ids?.(node);
  if (lookup === undefined) return;
  for (const id of constantNumbers(node.inputs[lookup.input]) ?? []) {
    checkId(node.operation.name, id, lookup.count);
  }
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
