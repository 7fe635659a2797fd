/** What a graph consists of: values, the nodes that they come from, and what an operation is. */
import type { Lowering } from './lowering.ts';
import type { OperationName } from './names.ts';
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
  lower(node: OperationNode<A>, onnx: Lowering): readonly string[];
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
  readonly graph: GraphBuilder;
  readonly dtype: DType;
  readonly shape: Shape;
  /** What it comes from. */
  readonly node: Node;
}

/** The graph that values belong to, as far as it takes further ones. */
export interface GraphBuilder {
  readonly float: 'float32' | 'float64';
  /** A tensor that is fed at every run. */
  input(name: string, shape: Shape, dtype?: DType): Value;
  /** A tensor that is part of the graph. */
  constant(data: number | readonly number[] | TypedArray, shape?: Shape, dtype?: DType): Value;
  /** A placeholder inside `overParts`. */
  parameter(type: TensorType): Value;
  /** The node of an operation: the one that exists already where it is the same. */
  apply<A extends Attributes>(
    operation: Operation<A>,
    inputs: readonly Value[],
    attributes: A,
  ): OperationNode;
  /** The node of an operation if it has been built already. */
  find<A extends Attributes>(
    operation: Operation<A>,
    inputs: readonly Value[],
    attributes: A,
  ): OperationNode | undefined;
}
