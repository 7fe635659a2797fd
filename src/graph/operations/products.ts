/** Matrix products. */
import { reshape, transpose } from './layout.ts';
import { broadcastShape, expectFloat, sameDType } from './operands.ts';
import { reduceSum, sumTo } from './reduction.ts';
import type { Lowering } from '../types/lowering.ts';
import type { Numbers, Operation, OperationNode, Value } from '../types/node.ts';
import { GraphError, broadcastPlaces, showShape, sizeOf } from '../types/tensor.ts';
import type { Shape } from '../types/tensor.ts';

type Flags = { transposeA: boolean; transposeB: boolean; scale: number };

const matrixProduct: Operation<Flags> = {
  name: 'matmul',
  infer([a, b], flags) {
    expectFloat('matmul', a);
    const dtype = sameDType('matmul', a, b);
    const { batch, rows, columns } = dimensions(a.shape, b.shape, flags);
    return [{ dtype, shape: [...batch, rows, columns] }];
  },
  gradient(node, [g]) {
    if (g === undefined) return [];
    const [a, b] = node.inputs;
    const { transposeA, transposeB, scale } = node.attributes;
    const ofA = transposeA
      ? matmul(b, g, { transposeA: transposeB, transposeB: true, scale })
      : matmul(g, b, { transposeB: !transposeB, scale });
    return [sumTo(ofA, a.shape), gradientOfRight(node, g)];
  },
  lower: lowerProduct,
  evaluate([a, b], { attributes, outputs: [{ shape }] }) {
    return [multiplyNumbers(a, b, attributes, shape)];
  },
};

/** The derivative by the right factor; where that has no batch, one product over all rows instead of a sum. */
function gradientOfRight({ inputs: [a, b], attributes }: OperationNode<Flags>, g: Value): Value {
  const { transposeA, transposeB, scale } = attributes;
  const flatten = b.shape.length === 2 && a.shape.length > 2 && !transposeA;
  const left = flatten ? rowsOf(a) : a;
  const upstream = flatten ? rowsOf(g) : g;
  const ofB = transposeB
    ? matmul(upstream, left, { transposeA: true, transposeB: transposeA, scale })
    : matmul(left, upstream, { transposeA: !transposeA, scale });
  return sumTo(ofB, b.shape);
}

/** x·W + b */
const linearMap: Operation = {
  name: 'linear',
  infer([x, weight, bias]) {
    expectFloat('linear', x);
    const fits =
      x.shape.length === 2 &&
      weight.shape.length === 2 &&
      bias.shape.length === 1 &&
      x.shape[1] === weight.shape[0] &&
      weight.shape[1] === bias.shape[0];
    if (!fits) {
      throw new GraphError(
        `linear: ${showShape(x.shape)} × ${showShape(weight.shape)} + ${showShape(bias.shape)}: expected [N, I] × [I, O] + [O]`,
      );
    }
    sameDType('linear', x, bias);
    return [{ dtype: sameDType('linear', x, weight), shape: [x.shape[0], weight.shape[1]] }];
  },
  gradient({ inputs: [x, weight] }, [g]) {
    if (g === undefined) return [];
    return [matmul(g, weight, { transposeB: true }), matmul(x, g, { transposeA: true }), reduceSum(g, [0])];
  },
  lower: ({ inputs }, emitter) => [
    emitter.node(
      'Gemm',
      inputs.map((input) => emitter.name(input)),
    ),
  ],
  evaluate([x, weight, bias], { outputs: [{ shape }] }) {
    const plain = { transposeA: false, transposeB: false, scale: 1 };
    const product = multiplyNumbers(x, weight, plain, shape);
    return [product.map((number, i) => number + bias.data[i % shape[1]])];
  },
};

export const products = { matmul: matrixProduct, linear: linearMap };

/**
 * scale · A·B over the last two dimensions; the others are a batch, broadcast as NumPy does.
 * With `transposeA` the first is [..., K, M] instead of [..., M, K], with `transposeB` the second [..., N, K].
 * A factor that is itself a transpose of the last two axes is read transposed, without a copy.
 */
export function matmul(
  a: Value,
  b: Value,
  options: { transposeA?: boolean; transposeB?: boolean; scale?: number } = {},
): Value {
  const left = withoutTranspose(a);
  const right = withoutTranspose(b);
  const flags = {
    transposeA: (options.transposeA ?? false) !== left.transposed,
    transposeB: (options.transposeB ?? false) !== right.transposed,
    scale: options.scale ?? 1,
  };
  return a.graph.apply(matrixProduct, [left.value, right.value], flags).outputs[0];
}

/** x·weight + bias with x [..., I], weight [I, O] and bias [O]: a Gemm over all rows of x. Result [..., O]. */
export function linear(x: Value, weight: Value, bias?: Value): Value {
  if (bias === undefined) return matmul(x, weight);
  const rows = x.shape.length > 2 ? rowsOf(x) : x;
  const [result] = x.graph.apply(linearMap, [rows, weight, bias], {}).outputs;
  return reshape(result, [...x.shape.slice(0, -1), weight.shape[1]]);
}

/** [..., D] as [N, D] */
export function rowsOf(x: Value): Value {
  return reshape(x, [sizeOf(x.shape.slice(0, -1)), x.shape[x.shape.length - 1]]);
}

function withoutTranspose(value: Value): { value: Value; transposed: boolean } {
  if (value.node.kind === 'operation' && value.node.operation.name === 'transpose') {
    const [source] = value.node.inputs;
    const swapped = source.shape.map((_, i) => i);
    swapped.push(...swapped.splice(-2).reverse());
    if (transpose(source, swapped) === value) return { value: source, transposed: true };
  }
  return { value, transposed: false };
}

function dimensions(a: Shape, b: Shape, { transposeA, transposeB }: Flags) {
  if (a.length < 2 || b.length < 2) {
    throw new GraphError(`matmul: ${showShape(a)} × ${showShape(b)}: both need at least two dimensions`);
  }
  const [rows, inner] = orient(a, transposeA);
  const [innerB, columns] = orient(b, transposeB);
  if (inner !== innerB) {
    const marks = [transposeA ? 'ᵀ' : '', transposeB ? 'ᵀ' : ''];
    throw new GraphError(
      `matmul: ${showShape(a)}${marks[0]} × ${showShape(b)}${marks[1]}: inner dimensions ${inner} and ${innerB} differ`,
    );
  }
  const whole = `${showShape(a)} × ${showShape(b)}`;
  return { batch: broadcastShape('matmul', a.slice(0, -2), b.slice(0, -2), whole), rows, inner, columns };
}

function orient(shape: Shape, transposed: boolean): [number, number] {
  const [first, second] = shape.slice(-2);
  return transposed ? [second, first] : [first, second];
}

/** A factor of ONNX's products is a float32 whatever they multiply: doubles are multiplied by it afterwards. */
function lowerProduct(
  { inputs: [a, b], attributes }: OperationNode<Flags>,
  emitter: Lowering,
): readonly string[] {
  const { scale } = attributes;
  const names = [emitter.name(a), emitter.name(b)];
  const isPlain = a.shape.length === 2 && b.shape.length === 2;
  if (a.dtype !== 'float64' || scale === 1) return [lowerFactors(names, attributes, isPlain, emitter)];
  const product = lowerFactors(names, { ...attributes, scale: 1 }, isPlain, emitter);
  return [emitter.node('Mul', [product, emitter.constant(a.dtype, [], [scale])])];
}

/** Gemm for plain matrices, FusedMatMul for batches with flags, MatMul for those without. */
function lowerFactors(names: readonly string[], flags: Flags, isPlain: boolean, emitter: Lowering): string {
  const { transposeA, transposeB, scale } = flags;
  const attributes = { transA: Number(transposeA), transB: Number(transposeB), alpha: { float: scale } };
  if (isPlain) return emitter.node('Gemm', names, attributes);
  if (!transposeA && !transposeB && scale === 1) return emitter.node('MatMul', names);
  return emitter.node('FusedMatMul', names, attributes, 'com.microsoft');
}

function multiplyNumbers(a: Numbers, b: Numbers, flags: Flags, shape: Shape): Float64Array {
  const { batch, rows, inner, columns } = dimensions(a.shape, b.shape, flags);
  const matricesA = broadcastPlaces(a.shape.slice(0, -2), batch);
  const matricesB = broadcastPlaces(b.shape.slice(0, -2), batch);
  const [rowA, innerA] = flags.transposeA ? [1, rows] : [inner, 1];
  const [innerB, columnB] = flags.transposeB ? [1, inner] : [columns, 1];
  const result = new Float64Array(sizeOf(shape));
  let place = 0;
  for (let m = 0; m < matricesA.length; m++) {
    const startA = matricesA[m] * rows * inner;
    const startB = matricesB[m] * inner * columns;
    for (let i = 0; i < rows; i++) {
      for (let j = 0; j < columns; j++) {
        let sum = 0;
        for (let k = 0; k < inner; k++) {
          sum += a.data[startA + i * rowA + k * innerA] * b.data[startB + k * innerB + j * columnB];
        }
        result[place++] = flags.scale * sum;
      }
    }
  }
  return result;
}
