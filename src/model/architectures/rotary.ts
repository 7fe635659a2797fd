/** What architectures with RoPE say of it. */
import type { ModelConfig, Rope } from '../config/config.ts';

/** Why there is no such model without RoPE, with the way out; [] where it has RoPE. */
export function notRope({ architecture, positionEncoding: { kind } }: ModelConfig): string[] {
  if (kind === 'rope') return [];
  return [`${architecture} has RoPE, not '${kind}' positions: take the architecture gpt2 for those`];
}

/** The model's RoPE. @throws TypeError for a configuration that `checkConfig` has not accepted */
export function ropeWritten({ positionEncoding, architecture }: ModelConfig): Rope {
  if (positionEncoding.kind !== 'rope')
    throw new TypeError(`a ${architecture} without RoPE: not checked by checkConfig`);
  return positionEncoding;
}
