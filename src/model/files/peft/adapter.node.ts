/** An adapter in a folder, as `peft` or `lengthwise finetune` wrote it. What is read is hostile until it is checked. */
import type { Adapter } from '../../adapters/adapter.ts';
import type { ModelConfig } from '../../config/config.ts';

/** @throws UserError in one line for a folder that is no adapter, a damaged one, one of another model or of a kind that is not read */
export function readAdapter(folder: string, config: ModelConfig): Promise<Adapter> {
  throw new Error(`not there yet: ${folder} ${config.architecture}`);
}
