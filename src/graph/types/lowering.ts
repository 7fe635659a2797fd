/** What an operation needs to become nodes of ONNX, whoever collects them. */
import type { OperationNode, Value } from './node.ts';
import type { DType, Shape, TensorType } from './tensor.ts';

/** Whole numbers are ints, `{ float }` a float, text a string, lists are ints; `{ graph }` is a loop's body. */
export type OnnxAttribute =
  number | string | readonly number[] | { readonly float: number } | { readonly graph: OnnxBody };

/** What a loop does: its nodes, and which names go in and out. */
export interface OnnxBody {
  readonly nodes: readonly OnnxNode[];
  readonly inputs: readonly OnnxType[];
  readonly outputs: readonly OnnxType[];
}

export interface OnnxType extends TensorType {
  readonly name: string;
}

/** Where an operation is defined: ONNX itself, or ONNX Runtime's own contribution. */
export type OnnxDomain = '' | 'com.microsoft';

export interface OnnxNode {
  readonly type: string;
  readonly domain: OnnxDomain;
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  readonly attributes: Readonly<Record<string, OnnxAttribute>>;
}

/** Takes the nodes of one graph, or of one loop's body, in the order in which they are computed. */
export interface Lowering {
  /** Whether one thread alone will run the model. */
  readonly singleThreaded: boolean;
  /** Whether any result depends on the value. */
  isUsed(value: Value): boolean;
  /** The ONNX name of a value that has been lowered already, here or around this loop. */
  name(value: Value): string;
  /**
   * The name of what a lookup takes its ids from. Those that the graph computes are guarded: without a row, ONNX Runtime
   * refuses them, also negative ones, which it would count from the end.
   */
  ids(lookup: OperationNode): string;
  /** Adds a node with one output. Absent optional inputs are ''. */
  node(
    type: string,
    inputs: readonly string[],
    attributes?: Readonly<Record<string, OnnxAttribute>>,
    domain?: OnnxDomain,
  ): string;
  nodeWithOutputs(
    count: number,
    type: string,
    inputs: readonly string[],
    attributes?: Readonly<Record<string, OnnxAttribute>>,
    domain?: OnnxDomain,
  ): string[];
  /** A constant of the lowering's own, such as a Reshape's target; equal ones are one. */
  constant(dtype: DType, shape: Shape, numbers: readonly number[] | number): string;
  reshape(name: string, shape: Shape): string;
  /** Zeros, made when they are needed rather than kept in the model. */
  zeros(dtype: DType, shape: Shape): string;
  cast(name: string, to: DType): string;
  /** 1 at each id, 0 elsewhere, along a new last axis. */
  oneHot(ids: string, type: TensorType, depth: number, to: DType): string;
  /** The same for the body of a loop that stands here. @param used the values that are computed in it */
  forBody(used: ReadonlySet<Value>): BodyLowering;
}

/** Takes the nodes of a loop's body. */
export interface BodyLowering extends Lowering {
  readonly nodes: readonly OnnxNode[];
  freshName(): string;
  setName(value: Value, name: string): void;
  /** Lowers values, which stand in an order in which each comes after what it depends on. */
  lower(values: readonly Value[]): void;
  /** `total` + `term`; as part of the matrix product that makes the term, where nothing else uses it. */
  accumulate(total: string, term: string): string;
}
