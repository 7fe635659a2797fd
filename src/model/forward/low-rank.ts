/**
 * What a low-rank adapter adds to a module (LoRA, Hu et al. 2021): scale · B·A·x, two small products beside the frozen one.
 * Neither B·A nor its gradient, both as large as the module's matrix, is ever computed.
 */
import type { Value } from '../../graph/index.ts';
import { add, matmul } from '../../graph/index.ts';

/** Of one module: A [r, in], B [out, r]. */
export interface LowRank {
  readonly a: Value;
  readonly b: Value;
  readonly scale: number;
}

/** What is added to the module's output: [·, in] → [·, out]. */
export function lowRankProduct(x: Value, { a, b, scale }: LowRank): Value {
  const inner = matmul(x, a, { transposeB: true, scale }); // [·, r]
  return matmul(inner, b, { transposeB: true });
}

/** The module's matrix with what is added to it, [out, in]: for those who need it as one. */
export function withLowRank(matrix: Value, adapter: LowRank | undefined): Value {
  return adapter === undefined ? matrix : add(matrix, matmul(adapter.b, adapter.a, { scale: adapter.scale }));
}
