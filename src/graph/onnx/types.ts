/** ONNX's numbers for element types (onnx.proto3, TensorProto.DataType). */
import type { DType } from '../types/tensor.ts';

const TYPES = { float32: 1, float64: 11, int32: 6, int64: 7, bool: 9 } as const;

export function onnxType(dtype: DType): number {
  return TYPES[dtype];
}
