/** How large a model may be that generates answers: its graph holds the weights. */
import { UserError } from '../../common/errors.ts';
import type { ModelConfig } from '../config/config.ts';
import { parameterCount } from '../forward/parameters.ts';

const MB = 1_000_000;
/** An ONNX graph, weights included, is one protobuf message, and those end at 2 GB. */
export const WEIGHTS_CAP = 2_000 * MB;

/** Whatever the file has, a model computes in float32. */
const BYTES = 4;

/** @throws UserError for a model whose weights are too large, before they are read */
export function checkSize(config: ModelConfig, where: string): void {
  const parameters = parameterCount(config);
  if (BYTES * parameters <= WEIGHTS_CAP) return;
  const megabytes = (bytes: number): string => Math.ceil(bytes / MB).toLocaleString('en-US');
  throw new UserError(
    `${where}: ${parameters.toLocaleString('en-US')} parameters take ${megabytes(BYTES * parameters)} MB in float32; at most ${megabytes(WEIGHTS_CAP)} MB are computed here`,
  );
}
