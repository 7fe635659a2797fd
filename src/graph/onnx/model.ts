/**
 * A graph as an ONNX model (https://onnx.ai, onnx.proto3): what the outputs depend on and nothing else, so that
 * inputs which nothing uses don't occur in it.
 */
import { Emitter } from './emitter.ts';
import type { OnnxInitializer } from './emitter.ts';
import { uncheckedLookups } from '../passes/ids.ts';
import { ProtobufMessage } from './protobuf.ts';
import { onnxType } from './types.ts';
import type { OnnxAttribute, OnnxBody, OnnxNode, OnnxType } from '../types/lowering.ts';
import type { Value } from '../types/node.ts';
import { GraphError } from '../types/tensor.ts';
import type { TypedArray } from '../types/tensor.ts';
import { reachable } from '../types/walk.ts';

const IR_VERSION = 11;
/** The first with RMSNormalization. */
const OPSET = 23;
/** AttributeProto.AttributeType */
const ATTRIBUTE = { float: 1, integer: 2, text: 3, graph: 5, integers: 7 } as const;
/** A protocol buffer message cannot be larger. */
const LARGEST_MODEL_BYTES = 2 ** 31 - 1;

/** A graph, as far as it matters here: its results by name. */
interface WithOutputs {
  readonly outputs: ReadonlyMap<string, Value>;
}

export interface OnnxOptions {
  /** How many will run it. For one, faster operations are chosen that are wrong with more. */
  readonly threads?: number;
  /** Inputs that are constants of the model, each in a file beside it, of its raw bytes and of this name. */
  readonly outside?: ReadonlyMap<string, string>;
}

/**
 * The bytes of an ONNX file.
 * @throws GraphError when there are no outputs, or constants of 2 GB and more that don't lie outside
 */
export function toOnnx(graph: WithOutputs, options: OnnxOptions = {}): Uint8Array {
  const { threads, outside = new Map<string, string>() } = options;
  const values = reachable(graph.outputs.values());
  const emitter = lower(graph, values, threads === 1);
  const inputs = values.flatMap(({ node, dtype, shape }) =>
    node.kind === 'input' ? [{ name: node.name, dtype, shape }] : [],
  );
  const message = new ProtobufMessage();
  for (const node of emitter.nodes) message.message(1, nodeMessage(node));
  message.text(2, 'lengthwise');
  for (const initializer of emitter.initializers) message.message(5, tensorMessage(initializer));
  for (const input of inputs) {
    const file = outside.get(input.name);
    if (file === undefined) message.message(11, valueInfo(input));
    else message.message(5, outsideMessage(input, file));
  }
  for (const [name, { dtype, shape }] of graph.outputs)
    message.message(12, valueInfo({ name, dtype, shape }));
  const model = new ProtobufMessage()
    .integer(1, IR_VERSION)
    .text(2, 'lengthwise')
    .message(7, message)
    .message(8, new ProtobufMessage().text(1, '').integer(2, OPSET))
    .message(8, new ProtobufMessage().text(1, 'com.microsoft').integer(2, 1));
  if (model.byteLength > LARGEST_MODEL_BYTES) {
    throw new GraphError(
      `toOnnx: the constants make a model of ${model.byteLength} bytes; the format ends at 2 GB`,
    );
  }
  return model.finish();
}

/** All nodes lowered, with the outputs under their own names. */
function lower(graph: WithOutputs, values: readonly Value[], singleThreaded: boolean): Emitter {
  if (graph.outputs.size === 0) throw new GraphError('toOnnx: the graph has no outputs');
  const emitter = new Emitter(new Set(values), { singleThreaded, unchecked: uncheckedLookups(values) });
  emitter.lower(values);
  emitter.nameOutputs([...graph.outputs].map(([name, value]) => [name, emitter.name(value)]));
  return emitter;
}

function nodeMessage({ type, domain, inputs, outputs, attributes }: OnnxNode): ProtobufMessage {
  const message = new ProtobufMessage();
  for (const name of inputs) message.text(1, name);
  for (const name of outputs) message.text(2, name);
  message.text(4, type);
  for (const [name, value] of Object.entries(attributes)) message.message(5, attributeMessage(name, value));
  return domain === '' ? message : message.text(7, domain);
}

function attributeMessage(name: string, value: OnnxAttribute): ProtobufMessage {
  const message = new ProtobufMessage().text(1, name);
  if (typeof value === 'number') return message.integer(3, value).integer(20, ATTRIBUTE.integer);
  if (typeof value === 'string') return message.text(4, value).integer(20, ATTRIBUTE.text);
  if ('graph' in value) return message.message(6, bodyMessage(value.graph)).integer(20, ATTRIBUTE.graph);
  if ('float' in value) return message.float(2, value.float).integer(20, ATTRIBUTE.float);
  for (const number of value) message.integer(8, number);
  return message.integer(20, ATTRIBUTE.integers);
}

/** GraphProto of a loop's body; its constants stand in the graph around it. */
function bodyMessage({ nodes, inputs, outputs }: OnnxBody): ProtobufMessage {
  const message = new ProtobufMessage();
  for (const node of nodes) message.message(1, nodeMessage(node));
  message.text(2, 'body');
  for (const input of inputs) message.message(11, valueInfo(input));
  for (const output of outputs) message.message(12, valueInfo(output));
  return message;
}

function tensorMessage({ name, dtype, shape, data }: OnnxInitializer): ProtobufMessage {
  const message = new ProtobufMessage().integers(1, shape).integer(2, onnxType(dtype)).text(8, name);
  return message.bytes(9, littleEndianBytes(data));
}

/** TensorProto { …, external_data: [{ key, value }], data_location: EXTERNAL } */
function outsideMessage({ name, dtype, shape }: OnnxType, file: string): ProtobufMessage {
  return new ProtobufMessage()
    .integers(1, shape)
    .integer(2, onnxType(dtype))
    .text(8, name)
    .message(13, new ProtobufMessage().text(1, 'location').text(2, file))
    .integer(14, 1);
}

function littleEndianBytes(data: TypedArray): Uint8Array {
  return new Uint8Array(data.buffer, data.byteOffset, data.byteLength); // every machine that Node and browsers run on
}

/** ValueInfoProto { name, type: { tensor_type: { elem_type, shape: { dim: [{ dim_value }] } } } } */
function valueInfo({ name, dtype, shape }: OnnxType): ProtobufMessage {
  const dimensions = new ProtobufMessage();
  for (const size of shape) dimensions.message(1, new ProtobufMessage().integer(1, size));
  const tensor = new ProtobufMessage().integer(1, onnxType(dtype)).message(2, dimensions);
  return new ProtobufMessage().text(1, name).message(2, new ProtobufMessage().message(1, tensor));
}
