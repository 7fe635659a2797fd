/** Collects the ONNX nodes of a graph while its operations are lowered one after the other. */
import { onnxType } from './types.ts';
import type { BodyLowering, OnnxAttribute, OnnxBody, OnnxDomain, OnnxNode } from '../types/lowering.ts';
import type { OperationNode, Value } from '../types/node.ts';
import { isEmpty, toTypedArray, sizeOf } from '../types/tensor.ts';
import type { DType, Shape, TensorType, TypedArray } from '../types/tensor.ts';
import { strayParameter } from '../types/walk.ts';

/** Constants of this many elements that are all one number are not stored: an Expand takes about as much. */
const LEAST_FILLED = 64;

export interface OnnxInitializer {
  readonly name: string;
  readonly dtype: DType;
  readonly shape: Shape;
  readonly data: TypedArray;
}

/** What an emitter and those for its loops' bodies have in common: names and constants are the whole model's. */
interface Shared {
  readonly initializers: OnnxInitializer[];
  readonly constants: Map<string, string>;
  readonly singleThreaded: boolean;
  readonly unchecked: ReadonlySet<OperationNode>;
  names: number;
}

/** What is decided for a whole model. */
interface EmitterOptions {
  /** Whether one thread alone will run it. */
  readonly singleThreaded: boolean;
  /** The lookups whose ids nobody has checked before it runs. */
  readonly unchecked: ReadonlySet<OperationNode>;
}

export class Emitter implements BodyLowering {
  nodes: OnnxNode[] = [];
  private readonly names = new Map<Value, string>();
  private readonly used: ReadonlySet<Value>;
  private readonly outer: Emitter | undefined;
  private readonly shared: Shared;

  /**
   * @param used the values that the results depend on
   * @param where for a loop's body the emitter of the loop
   */
  constructor(used: ReadonlySet<Value>, where: Emitter | EmitterOptions) {
    this.used = used;
    if (where instanceof Emitter) {
      this.outer = where;
      this.shared = where.shared;
    } else {
      this.shared = { ...where, initializers: [], constants: new Map(), names: 0 };
    }
  }

  get singleThreaded(): boolean {
    return this.shared.singleThreaded;
  }

  get initializers(): readonly OnnxInitializer[] {
    return this.shared.initializers;
  }

  forBody(used: ReadonlySet<Value>): Emitter {
    return new Emitter(used, this);
  }

  /** Whether any result depends on the value. */
  isUsed(value: Value): boolean {
    return this.used.has(value);
  }

  /** The ONNX name of a value that has been lowered already, here or around this loop. */
  name(value: Value): string {
    const name = this.names.get(value) ?? this.outer?.name(value);
    if (name === undefined) throw new Error(`value ${value.id} was used before it was lowered`);
    return name;
  }

  /** The ids of a lookup; negative ones that the graph computes become one that ONNX Runtime refuses. */
  ids(lookup: OperationNode): string {
    const where = lookup.operation.ids?.(lookup);
    if (where === undefined) throw new Error(`${lookup.operation.name} takes no ids`);
    const { input, count } = where;
    const ids = lookup.inputs[input];
    const name = this.name(ids);
    if (!this.shared.unchecked.has(lookup)) return name;
    const number = (value: number) => this.constant(ids.dtype, [], [value]);
    return this.node('Where', [this.node('Less', [name, number(0)]), number(count), name]);
  }

  setName(value: Value, name: string): void {
    this.names.set(value, name);
  }

  /**
   * Lowers values, which stand in an order in which each comes after what it depends on. What has no elements is not
   * computed: ONNX Runtime takes such an Expand away, whatever shape it makes.
   */
  lower(values: readonly Value[]): void {
    for (const value of values) {
      const { node, dtype, shape } = value;
      if (this.names.has(value)) continue;
      if (node.kind === 'input') this.setName(value, node.name);
      else if (node.kind === 'constant') this.setName(value, this.stored(dtype, shape, node.data));
      else if (node.kind === 'parameter') throw strayParameter();
      else if (node.outputs.every(isEmpty)) this.setName(value, this.constant(dtype, shape, []));
      else {
        const names = node.operation.lower(node, this);
        names.forEach((name, i) => this.setName(node.outputs[i], name));
      }
    }
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
    const known = this.shared.constants.get(key);
    if (known !== undefined) return known;
    const name = this.initializer(dtype, shape, toTypedArray(dtype, list));
    this.shared.constants.set(key, name);
    return name;
  }

  /** A constant of the graph; one that is the same number throughout is kept as that number. */
  private stored(dtype: DType, shape: Shape, data: TypedArray): string {
    if (data.length < LEAST_FILLED || !data.every((number) => Object.is(number, data[0]))) {
      return this.initializer(dtype, shape, data);
    }
    return this.filled(this.initializer(dtype, [], data.slice(0, 1)), shape);
  }

  initializer(dtype: DType, shape: Shape, data: TypedArray): string {
    const name = this.freshName();
    this.shared.initializers.push({ name, dtype, shape, data });
    return name;
  }

  reshape(name: string, shape: Shape): string {
    const target = this.constant('int64', [shape.length], shape);
    // Else a 0 in the shape means the size that the dimension had before.
    return this.node('Reshape', [name, target], shape.includes(0) ? { allowzero: 1 } : {});
  }

  /** Zeros, made when they are needed rather than kept in the model. */
  zeros(dtype: DType, shape: Shape): string {
    return this.filled(this.constant(dtype, [], [0]), shape);
  }

  /** A scalar in every place of a shape. */
  private filled(scalar: string, shape: Shape): string {
    return shape.length === 0
      ? scalar
      : this.node('Expand', [scalar, this.constant('int64', [shape.length], shape)]);
  }

  cast(name: string, to: DType): string {
    return this.node('Cast', [name], { to: onnxType(to) });
  }

  /** 1 at each id, 0 elsewhere, along a new last axis. Twice as fast as OneHot. */
  oneHot(ids: string, { dtype, shape }: TensorType, depth: number, to: DType): string {
    const places = Array.from({ length: depth }, (_, place) => place);
    const column = this.reshape(ids, [...shape, 1]);
    return this.cast(this.node('Equal', [column, this.constant(dtype, [depth], places)]), to);
  }

  /** `total` + `term`; as part of the matrix product that makes the term, where nothing else uses it. */
  accumulate(total: string, term: string): string {
    const place = this.nodes.findIndex(({ outputs }) => outputs.includes(term));
    const maker = this.nodes[place] as OnnxNode | undefined;
    const needed = this.nodes.some((node) => usesOf(node).includes(term));
    if (maker?.type !== 'Gemm' || maker.inputs.length > 2 || needed) return this.node('Add', [total, term]);
    const output = this.freshName();
    this.nodes.splice(place, 1, { ...maker, inputs: [...maker.inputs, total], outputs: [output] });
    return output;
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
    this.nodes = renamedIn([...this.nodes, ...copies], (name) => renamed.get(name) ?? name);
  }

  /** `%` cannot start the names that users give, see `toOnnx`. */
  freshName(): string {
    return `%${this.shared.names++}`;
  }
}

/** The names that a node uses, those inside a loop's body included. */
function usesOf({ inputs, attributes }: OnnxNode): string[] {
  return [...inputs, ...bodiesOf(attributes).flatMap(({ nodes }) => nodes.flatMap(usesOf))];
}

function bodiesOf(attributes: OnnxNode['attributes']): OnnxBody[] {
  return Object.values(attributes).flatMap((value) =>
    typeof value === 'object' && 'graph' in value ? [value.graph] : [],
  );
}

/** The nodes with other names, also where a loop's body uses what lies around it. */
function renamedIn(nodes: readonly OnnxNode[], rename: (name: string) => string): OnnxNode[] {
  return nodes.map((node) => ({
    ...node,
    inputs: node.inputs.map(rename),
    outputs: node.outputs.map(rename),
    attributes: Object.fromEntries(
      Object.entries(node.attributes).map(([name, value]) => [
        name,
        typeof value === 'object' && 'graph' in value
          ? { graph: { ...value.graph, nodes: renamedIn(value.graph.nodes, rename) } }
          : value,
      ]),
    ),
  }));
}
