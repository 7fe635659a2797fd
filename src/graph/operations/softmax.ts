/** Softmax along the last axis, and the losses made of it. */
import { multiply, subtract } from './arithmetic.ts';
import { exp, negate } from './functions.ts';
import { reshape } from './layout.ts';
import { addAt, checkId } from './lookup.ts';
import { expectFloat, expectInteger, lastDimension } from './operands.ts';
import { reduceSum } from './reduction.ts';
import type { Lowering } from '../types/lowering.ts';
import type { Numbers, Operation, Value } from '../types/node.ts';
import { GraphError, sameShape, showShape } from '../types/tensor.ts';

const normalizedExponential: Operation = {
  name: 'softmax',
  infer([x]) {
    expectFloat('softmax', x);
    lastDimension('softmax', x.shape);
    return [{ dtype: x.dtype, shape: x.shape }];
  },
  gradient({ outputs: [y] }, [g]) {
    if (g === undefined) return [];
    const weighted = reduceSum(multiply(g, y), [-1], true);
    return [multiply(y, subtract(g, weighted))];
  },
  lower: ({ inputs: [x] }, emitter) => [emitter.node('Softmax', [emitter.name(x)], { axis: -1 })],
  evaluate: ([x]) => [logSoftmaxNumbers(x).map(Math.exp)],
};

const logNormalizedExponential: Operation = {
  name: 'logSoftmax',
  infer([x]) {
    expectFloat('logSoftmax', x);
    lastDimension('logSoftmax', x.shape);
    return [{ dtype: x.dtype, shape: x.shape }];
  },
  gradient({ outputs: [y] }, [g]) {
    return [g && subtract(g, multiply(exp(y), reduceSum(g, [-1], true)))];
  },
  lower: ({ inputs: [x] }, emitter) => [lowerLogSoftmax(x, emitter)],
  evaluate: ([x]) => [logSoftmaxNumbers(x)],
};

/** [N, V] logits and [N] targets → [N]: −log softmax(logits) at the target. */
const surprise: Operation = {
  name: 'negativeLogLikelihood',
  infer([logits, targets]) {
    expectFloat('crossEntropy', logits);
    expectInteger('crossEntropy', targets);
    if (logits.shape.length !== 2 || !sameShape(targets.shape, [logits.shape[0]])) {
      throw new GraphError(
        `crossEntropy: ${showShape(logits.shape)} logits and ${showShape(targets.shape)} targets: expected [N, V] and [N]`,
      );
    }
    return [{ dtype: logits.dtype, shape: targets.shape }];
  },
  // (softmax − one-hot)·g, with the one-hot part added in place.
  gradient({ inputs: [logits, targets] }, [g]) {
    if (g === undefined) return [];
    const column = reshape(g, [...targets.shape, 1]);
    return [addAt(multiply(softmax(logits), column), targets, negate(g))];
  },
  lower(node, emitter) {
    const [logits, targets] = node.inputs;
    const logs = lowerLogSoftmax(logits, emitter);
    const places = emitter.reshape(emitter.ids(node), [...targets.shape, 1]);
    const picked = emitter.node('GatherElements', [logs, places], { axis: 1 });
    return [emitter.node('Neg', [emitter.reshape(picked, targets.shape)])];
  },
  ids: ({ inputs: [logits] }) => ({ input: 1, count: logits.shape[1] }),
  evaluate([logits, targets]) {
    const width = logits.shape[1];
    for (const target of targets.data) checkId('crossEntropy', target, width);
    const logs = logSoftmaxNumbers(logits);
    return [targets.data.map((target, i) => -logs[i * width + target])];
  },
};

export const softmaxes = {
  softmax: normalizedExponential,
  logSoftmax: logNormalizedExponential,
  negativeLogLikelihood: surprise,
};

/** eˣ divided by its sum along the last axis. */
export function softmax(x: Value): Value {
  return x.graph.apply(normalizedExponential, [x], {}).outputs[0];
}

/** The logarithm of `softmax`, without its underflow. */
export function logSoftmax(x: Value): Value {
  return x.graph.apply(logNormalizedExponential, [x], {}).outputs[0];
}

/** −log softmax(logits)[target] of each row: logits [N, V], targets [N] (int32 or int64) → [N], in nats. */
export function negativeLogLikelihood(logits: Value, targets: Value): Value {
  return logits.graph.apply(surprise, [logits, targets], {}).outputs[0];
}

/**
 * The sum over rows of weight · −log softmax(logits)[target], in nats, a scalar: divide it as the mean needs.
 * logits [N, V], targets [N] (int32 or int64), weights [N] (all 1 when absent).
 */
export function crossEntropy(logits: Value, targets: Value, weights?: Value): Value {
  const losses = negativeLogLikelihood(logits, targets);
  return reduceSum(weights === undefined ? losses : multiply(losses, weights), [0]);
}

/** In float64, ONNX Runtime's LogSoftmax makes finite numbers of a row with NaN or ∞ in it: there, what it stands for. */
function lowerLogSoftmax(x: Value, emitter: Lowering): string {
  const name = emitter.name(x);
  if (x.dtype !== 'float64') return emitter.node('LogSoftmax', [name], { axis: -1 });
  const last = emitter.constant('int64', [1], [-1]);
  const highest = emitter.node('ReduceMax', [name, last], { keepdims: 1 });
  const below = emitter.node('Sub', [name, highest]);
  const total = emitter.node('ReduceSum', [emitter.node('Exp', [below]), last], { keepdims: 1 });
  return emitter.node('Sub', [below, emitter.node('Log', [total])]);
}

function logSoftmaxNumbers(x: Numbers): Float64Array {
  const width = lastDimension('softmax', x.shape);
  const result = new Float64Array(x.data.length);
  for (let start = 0; start < x.data.length; start += width) {
    const row = x.data.subarray(start, start + width);
    const highest = row.reduce((a, b) => Math.max(a, b), -Infinity);
    const total = row.reduce((sum, number) => sum + Math.exp(number - highest), 0);
    // In two steps: beside a large maximum, the logarithm would be lost.
    row.forEach((number, i) => (result[start + i] = number - highest - Math.log(total)));
  }
  return result;
}
