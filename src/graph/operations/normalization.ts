/** Layer and root-mean-square normalization along the last axis. */
import { add, multiply, subtract } from './arithmetic.ts';
import { affine } from './functions.ts';
import { expectFloat, lastDimension, sameDType } from './operands.ts';
import { reduceMean, sumTo } from './reduction.ts';
import type { Lowering } from '../types/lowering.ts';
import type { Numbers, Operation, Value } from '../types/node.ts';
import { GraphError, sameShape, showShape } from '../types/tensor.ts';
import type { DType } from '../types/tensor.ts';

type Epsilon = { epsilon: number };

/** Outputs: the result, and of each row its mean and the inverse of its deviation (both [..., 1]). */
const layerNormalization: Operation<Epsilon> = {
  name: 'layerNorm',
  infer([x, scale, bias]) {
    checkScale('layerNorm', x, scale);
    checkScale('layerNorm', x, bias);
    const perRow = { dtype: x.dtype, shape: x.shape.with(-1, 1) };
    return [{ dtype: x.dtype, shape: x.shape }, perRow, perRow];
  },
  gradient({ inputs: [x, scale, bias], outputs: [, mean, inverse] }, [g, byMean, byInverse]) {
    const normalized = multiply(subtract(x, mean), inverse);
    const size = lastDimension('layerNorm', x.shape);
    let ofX: Value | undefined;
    if (g !== undefined) {
      const scaled = multiply(g, scale);
      const centred = subtract(scaled, reduceMean(scaled, [-1], true));
      const along = reduceMean(multiply(scaled, normalized), [-1], true);
      ofX = multiply(subtract(centred, multiply(normalized, along)), inverse);
    }
    // The mean and the inverse deviation have derivatives of their own only in second derivatives.
    if (byMean !== undefined) ofX = plus(ofX, affine(byMean, 1 / size, 0));
    if (byInverse !== undefined) {
      const slope = affine(multiply(byInverse, multiply(inverse, inverse)), -1 / size, 0);
      ofX = plus(ofX, multiply(normalized, slope));
    }
    return [ofX, g && sumTo(multiply(g, normalized), scale.shape), g && sumTo(g, bias.shape)];
  },
  lower({ inputs, attributes: { epsilon } }, emitter) {
    const names = inputs.map((input) => emitter.name(input));
    if (inputs[0].dtype === 'float64') return lowerLayerNormOfDoubles(names, epsilon, emitter);
    return emitter.nodeWithOutputs(3, 'LayerNormalization', names, { axis: -1, epsilon: { float: epsilon } });
  },
  evaluate([x, scale, bias], { attributes: { epsilon } }) {
    const size = lastDimension('layerNorm', x.shape);
    const means = rows(x).map((row) => sum(row) / size);
    const inverses = rows(x).map((row, i) => {
      const variance = sum(row.map((number) => (number - means[i]) ** 2)) / size;
      return 1 / Math.sqrt(variance + epsilon);
    });
    const result = x.data.map((number, k) => {
      const row = Math.floor(k / size);
      return (number - means[row]) * inverses[row] * scale.data[k % size] + bias.data[k % size];
    });
    return [result, Float64Array.from(means), Float64Array.from(inverses)];
  },
};

/** LayerNormalization gives mean and inverse deviation as float32, whatever it is fed. */
function lowerLayerNormOfDoubles([x, scale, bias]: string[], epsilon: number, emitter: Lowering): string[] {
  const mean = emitter.node('ReduceMean', [x, emitter.constant('int64', [1], [-1])], { keepdims: 1 });
  const centred = emitter.node('Sub', [x, mean]);
  const inverse = lowerInverseRootMeanSquare(centred, 'float64', epsilon, emitter);
  const normalized = emitter.node('Mul', [centred, inverse]);
  return [emitter.node('Add', [emitter.node('Mul', [normalized, scale]), bias]), mean, inverse];
}

function lowerInverseRootMeanSquare(x: string, dtype: DType, epsilon: number, emitter: Lowering): string {
  const axes = emitter.constant('int64', [1], [-1]);
  const squares = emitter.node('ReduceMean', [emitter.node('Mul', [x, x]), axes], { keepdims: 1 });
  const shifted = emitter.node('Add', [squares, emitter.constant(dtype, [], epsilon)]);
  return emitter.node('Reciprocal', [emitter.node('Sqrt', [shifted])]);
}

/** Outputs: the result, and of each row the inverse of its root mean square ([..., 1]). */
const rootMeanSquare: Operation<Epsilon> = {
  name: 'rmsNorm',
  infer([x, scale]) {
    checkScale('rmsNorm', x, scale);
    return [
      { dtype: x.dtype, shape: x.shape },
      { dtype: x.dtype, shape: x.shape.with(-1, 1) },
    ];
  },
  gradient({ inputs: [x, scale], outputs: [, inverse] }, [g, byInverse]) {
    const normalized = multiply(x, inverse);
    let ofX: Value | undefined;
    if (g !== undefined) {
      const scaled = multiply(g, scale);
      const along = reduceMean(multiply(scaled, normalized), [-1], true);
      ofX = multiply(subtract(scaled, multiply(normalized, along)), inverse);
    }
    if (byInverse !== undefined) {
      const size = lastDimension('rmsNorm', x.shape);
      const slope = affine(multiply(byInverse, multiply(inverse, inverse)), -1 / size, 0);
      ofX = plus(ofX, multiply(normalized, slope));
    }
    return [ofX, g && sumTo(multiply(g, normalized), scale.shape)];
  },
  lower({ inputs: [x, scale], outputs: [, perRow], attributes: { epsilon } }, emitter) {
    // RMSNormalization has its epsilon in float32, whatever it is fed.
    if (!emitter.isUsed(perRow) && x.dtype !== 'float64') {
      const names = [emitter.name(x), emitter.name(scale)];
      return [emitter.node('RMSNormalization', names, { axis: -1, epsilon: { float: epsilon } })];
    }
    const name = emitter.name(x);
    const inverse = lowerInverseRootMeanSquare(name, x.dtype, epsilon, emitter);
    const normalized = emitter.node('Mul', [name, inverse]);
    return [emitter.node('Mul', [normalized, emitter.name(scale)]), inverse];
  },
  evaluate([x, scale], { attributes: { epsilon } }) {
    const size = lastDimension('rmsNorm', x.shape);
    const inverses = rows(x).map(
      (row) => 1 / Math.sqrt(sum(row.map((number) => number * number)) / size + epsilon),
    );
    const result = x.data.map((number, k) => number * inverses[Math.floor(k / size)] * scale.data[k % size]);
    return [result, Float64Array.from(inverses)];
  },
};

export const normalizations = { layerNorm: layerNormalization, rmsNorm: rootMeanSquare };

/** (x − mean) / √(variance + epsilon) · scale + bias along the last axis [D]; scale and bias are [D]. */
export function layerNorm(x: Value, scale: Value, bias: Value, epsilon: number): Value {
  return x.graph.apply(layerNormalization, [x, scale, bias], { epsilon }).outputs[0];
}

/** x / √(mean of squares + epsilon) · scale along the last axis [D]; scale is [D] (arXiv 1910.07467). */
export function rmsNorm(x: Value, scale: Value, epsilon: number): Value {
  return x.graph.apply(rootMeanSquare, [x, scale], { epsilon }).outputs[0];
}

function checkScale(name: string, x: Value, scale: Value): void {
  expectFloat(name, x);
  sameDType(name, x, scale);
  if (lastDimension(name, x.shape) === 0) {
    throw new GraphError(`${name}: the last dimension of ${showShape(x.shape)} is empty`);
  }
  if (!sameShape(scale.shape, [lastDimension(name, x.shape)])) {
    throw new GraphError(
      `${name}: ${showShape(x.shape)} with ${showShape(scale.shape)}: the last dimensions differ`,
    );
  }
}

function plus(a: Value | undefined, b: Value): Value {
  return a === undefined ? b : add(a, b);
}

function rows(x: Numbers): Float64Array[] {
  const size = x.shape[x.shape.length - 1];
  return Array.from({ length: x.data.length / Math.max(1, size) }, (_, i) =>
    x.data.subarray(i * size, (i + 1) * size),
  );
}

function sum(numbers: Float64Array): number {
  return numbers.reduce((total, number) => total + number, 0);
}
