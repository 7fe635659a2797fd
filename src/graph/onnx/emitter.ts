/** Collects the ONNX nodes of a graph while its operations are lowered one after the other. */
import type { Value } from '../graph.ts';
import type { DType, Shape, TypedArray } from '../tensor.ts';
import { sizeOf, toTypedArray } from '../tensor.ts';
import { onnxType } from './types.ts';

/** Whole numbers are ints, `{ float }` a float, text a string, lists are ints. */
export type OnnxAttribute = number | string | readonly number[] | { readonly float: number };

/** Where an operation is defined: ONNX itself, or ONNX Runtime's own contribution. */
export type OnnxDomain = '' | 'com.microsoft';

export interface OnnxNode {
  readonly type: string;
  readonly domain: OnnxDomain;
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  readonly attributes: Readonly<Record<string, OnnxAttribute>>;
}

export interface OnnxInitializer {
  readonly name: string;
  readonly dtype: DType;
  readonly shape: Shape;
  readonly data: TypedArray;
}

export class Emitter {
  nodes: OnnxNode[] = [];
  readonly initializers: OnnxInitializer[] = [];
  private readonly names = new Map<Value, string>();
  private readonly constants = new Map<string, string>();
  private next = 0;
  private readonly used: ReadonlySet<Value>;

  /** @param used the values that the graph's outputs depend on */
  constructor(used: ReadonlySet<Value>) {
    this.used = used;
  }

  /** Whether any output of the graph depends on the value. */
  isUsed(value: Value): boolean {
    return this.used.has(value);
  }

  /** The ONNX name of a value that has been lowered already. */
  name(value: Value): string {
    const name = this.names.get(value);
    if (name === undefined) throw new Error(`value ${value.id} was used before it was lowered`);
    return name;
  }

  setName(value: Value, name: string): void {
    this.names.set(value, name);
  }

  /** Adds a node with one output. Absent optional inputs are ''. */
  node(
    type: string,
    inputs: readonly string[],
    attributes: Readonly<Record<string, OnnxAttribute>> = {},
    domain: OnnxDomain = '',
  ): string {
    return this.nodeWithOutputs(1, type, inputs, attributes, domain)[0];
  }

  nodeWithOutputs(
    count: number,
    type: string,
    inputs: readonly string[],
    attributes: Readonly<Record<string, OnnxAttribute>> = {},
    domain: OnnxDomain = '',
  ): string[] {
    const outputs = Array.from({ length: count }, () => this.freshName());
    this.nodes.push({ type, domain, inputs, outputs, attributes });
    return outputs;
  }

  /** A constant of the lowering's own, such as a Reshape's target; equal ones are one. */
  constant(dtype: DType, shape: Shape, numbers: readonly number[] | number): string {
    const list = typeof numbers === 'number' ? new Array<number>(sizeOf(shape)).fill(numbers) : numbers;
    const key = `${dtype}|${shape.join()}|${typeof numbers === 'number' ? `${numbers}…` : list.join()}`;
    const known = this.constants.get(key);
    if (known !== undefined) return known;
    const name = this.initializer(dtype, shape, toTypedArray(dtype, list));
    this.constants.set(key, name);
    return name;
  }

  initializer(dtype: DType, shape: Shape, data: TypedArray): string {
    const name = this.freshName();
    this.initializers.push({ name, dtype, shape, data });
    return name;
  }

  reshape(name: string, shape: Shape): string {
    return this.node('Reshape', [name, this.constant('int64', [shape.length], shape)]);
  }

  cast(name: string, to: DType): string {
    return this.node('Cast', [name], { to: onnxType(to) });
  }

  /** 1 at each id, 0 elsewhere, along a new last axis. */
  oneHot(ids: string, idType: DType, depth: number, to: DType): string {
    const values = this.constant('float32', [2], [0, 1]);
    const hot = this.node('OneHot', [ids, this.constant(idType, [1], [depth]), values]);
    return to === 'float32' ? hot : this.cast(hot, to);
  }

  /** Gives the graph's outputs the names that they have outside. */
  nameOutputs(outputs: readonly (readonly [outside: string, inside: string])[]): void {
    const renamed = new Map<string, string>();
    const made = new Set(this.nodes.flatMap((node) => node.outputs));
    const copies: OnnxNode[] = [];
    for (const [outside, inside] of outputs) {
      // An input, a constant and a value with two names need a node that copies them.
      if (made.has(inside) && !renamed.has(inside)) renamed.set(inside, outside);
      else
        copies.push({ type: 'Identity', domain: '', inputs: [inside], outputs: [outside], attributes: {} });
    }
    const rename = (name: string) => renamed.get(name) ?? name;
    this.nodes = [...this.nodes, ...copies].map((node) => ({
      ...node,
      inputs: node.inputs.map(rename),
      outputs: node.outputs.map(rename),
    }));
  }

  /** `%` cannot start the names that users give, see `toOnnx`. */
  private freshName(): string {
    return `%${this.next++}`;
  }
}
