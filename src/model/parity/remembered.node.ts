/** What checks of models brought out, so that each model is checked once. */
import { remembered } from '../../common/remembered.node.ts';
import type { ModelConfig } from '../config/config.ts';
import type { Weights } from '../forward/parameters.ts';
import { checkParity } from './parity.ts';
import type { Parity } from './parity.ts';

/** A check, and whether it was made just now. */
export interface CheckedParity extends Parity {
  readonly isFirst: boolean;
}

/**
 * The check of a model whose weights and configuration are in these files: as it came out before with the same files and the
 * same version of lengthwise, else made now.
 * @throws UserError as `checkParity` does
 */
export async function rememberedParity(
  files: readonly string[],
  model: { readonly config: ModelConfig; readonly weights: Weights },
  where: string,
  threads: number,
): Promise<CheckedParity> {
  const { value, isFirst } = await remembered(files, 'checked', isParity, () =>
    checkParity(model, where, threads),
  );
  return { checksum: value.checksum, sites: value.sites, isFirst };
}

function isParity(value: unknown): value is Parity {
  const { checksum, sites } = (value ?? {}) as Partial<Parity>;
  return typeof checksum === 'number' && typeof sites === 'number';
}
