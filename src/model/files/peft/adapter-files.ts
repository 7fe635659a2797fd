/** Adapters as `peft` writes them: adapter_config.json and adapter_model.safetensors. */
import type { Adapter } from '../../adapters/adapter.ts';
import type { ModelConfig } from '../../config/config.ts';

/**
 * The files of an adapter's folder, by name, byte for byte as `peft` writes them but for the numbers.
 * @param base what `base_model_name_or_path` says: where Python finds the model
 * @throws UserError for an adapter that is not the model's
 */
export function adapterFiles(
  config: ModelConfig,
  adapter: Adapter,
  base: string,
): Record<string, string | Uint8Array> {
  throw new Error(`not there yet: ${config.architecture} ${adapter.rank} ${base}`);
}
