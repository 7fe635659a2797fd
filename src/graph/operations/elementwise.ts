/** How operations that work element by element are made: shape, ONNX node and evaluation follow from one function. */
import { broadcastShape, sameDType } from './operands.ts';
import { sumTo } from './reduction.ts';
import type { OperationName } from '../types/names.ts';
import type { Attributes, Operation, OperationNode, Value } from '../types/node.ts';
import { GraphError, broadcastPlaces, isInteger, showShape } from '../types/tensor.ts';
import type { DType } from '../types/tensor.ts';

interface BinaryOptions {
  name: OperationName;
  /** The type of the one ONNX node, or how to make several. */
  onnx: string | Operation['lower'];
  /** bool for comparisons; else that of the operands. */
  result?: 'bool';
  /** What the operands have to be. */
  takes: 'numbers' | 'bools';
  /** @param dtype that of the operands. Of whole numbers, the whole part of what it gives is taken. */
  compute: (a: number, b: number, dtype: DType) => number;
  /** The loss's derivatives by a and b from `g`, that by `y`; they are summed to the operands' shapes afterwards. */
  gradient: (g: Value, a: Value, b: Value, y: Value) => readonly [Value | undefined, Value | undefined];
}

/** An operation on two tensors that are broadcast to each other. */
export function binary(options: BinaryOptions): Operation {
  const { name, onnx, result, takes, compute, gradient } = options;
  return {
    name,
    infer([a, b]) {
      const dtype = sameDType(name, a, b);
      if ((dtype === 'bool') !== (takes === 'bools')) {
        throw new GraphError(
          `${name}: ${dtype} ${showShape(a.shape)} and ${dtype} ${showShape(b.shape)}: ${takes} were expected`,
        );
      }
      return [{ dtype: result ?? dtype, shape: broadcastShape(name, a.shape, b.shape) }];
    },
    gradient({ inputs: [a, b], outputs: [y] }, [g]) {
      const [ofA, ofB] = g === undefined ? [] : gradient(g, a, b, y);
      return [ofA && sumTo(ofA, a.shape), ofB && sumTo(ofB, b.shape)];
    },
    lower:
      typeof onnx === 'string'
        ? ({ inputs: [a, b] }, emitter) => [emitter.node(onnx, [emitter.name(a), emitter.name(b)])]
        : onnx,
    evaluate([a, b], node) {
      const { shape } = node.outputs[0];
      const [{ dtype }] = node.inputs;
      const whole = isInteger(dtype) ? Math.trunc : (number: number) => number;
      const placesA = broadcastPlaces(a.shape, shape);
      const placesB = broadcastPlaces(b.shape, shape);
      return [
        Float64Array.from(placesA, (place, i) => whole(compute(a.data[place], b.data[placesB[i]], dtype))),
      ];
    },
  };
}

interface UnaryOptions<A extends Attributes> {
  name: OperationName;
  /** The type of the one ONNX node, or how to make several. */
  onnx: string | Operation<A>['lower'];
  infer: (name: string, x: Value) => void;
  compute: (x: number, attributes: A) => number;
  /** The loss's derivative by x from `g`, that by `y`. */
  gradient: (g: Value, x: Value, y: Value, attributes: A) => Value | undefined;
}

/** An operation on each element of one tensor. */
export function unary<A extends Attributes = Attributes>(options: UnaryOptions<A>): Operation<A> {
  const { name, onnx, infer, compute, gradient } = options;
  return {
    name,
    infer([x]) {
      infer(name, x);
      return [{ dtype: x.dtype, shape: x.shape }];
    },
    gradient: ({ inputs: [x], outputs: [y], attributes }, [g]) => [g && gradient(g, x, y, attributes)],
    lower:
      typeof onnx === 'string'
        ? (node: OperationNode<A>, emitter) => [emitter.node(onnx, [emitter.name(node.inputs[0])])]
        : onnx,
    evaluate: ([x], node) => [x.data.map((number) => compute(number, node.attributes))],
  };
}

/** The rule of an operation whose result does not depend smoothly on anything: comparisons, arg max. */
export function noGradient(): readonly undefined[] {
  return [];
}
