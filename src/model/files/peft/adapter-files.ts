/**
 * Adapters as `peft` writes them: adapter_config.json and adapter_model.safetensors. Python's `PeftModel.from_pretrained` opens
 * the folder as it is, and vLLM serves it: only modules of layers, no biases, no further tensors.
 */
import { adaptedModules, adapterParameters, checkAdapter, nonFiniteOf } from '../../adapters/adapter.ts';
import type { Adapter } from '../../adapters/adapter.ts';
import type { ModelConfig } from '../../config/config.ts';
import { UserError } from '../../../common/errors.ts';
import { writeSafetensors } from '../safetensors.ts';

/** Before the name of each module: the model in peft's wrapper. */
export const PEFT_PREFIX = 'base_model.model.';

/**
 * The files of an adapter's folder, by name. The tensors are byte for byte as `peft` writes them. The configuration has, in
 * peft's order, the fields that all its versions since 0.9 know (versions before 0.14 refuse a field that they don't know).
 * @param base what `base_model_name_or_path` says: where Python finds the model
 * @throws UserError for an adapter that is not the model's, and for numbers that are not finite
 */
export function adapterFiles(
  config: ModelConfig,
  adapter: Adapter,
  base: string,
): Record<string, string | Uint8Array> {
  checkAdapter(config, adapter);
  const damaged = nonFiniteOf(adapter);
  if (damaged !== undefined) throw new UserError(`adapter: '${damaged}' has numbers that are not finite`);
  const tensors = adapterParameters(config, adapter).map(({ name, shape }) => ({
    name: `${PEFT_PREFIX}${name}`,
    shape,
    data: adapter.weights.get(name)!,
  }));
  return {
    'adapter_config.json': configText(config, adapter, base),
    'adapter_model.safetensors': writeSafetensors(tensors),
  };
}

function configText(
  config: ModelConfig,
  { rank, alpha, rankStabilised, targets }: Adapter,
  base: string,
): string {
  const storedTransposed = adaptedModules(config, { targets }).some((module) => module.storedTransposed);
  const fields = {
    alpha_pattern: {},
    base_model_name_or_path: base,
    bias: 'none',
    fan_in_fan_out: storedTransposed,
    inference_mode: true,
    init_lora_weights: true,
    lora_alpha: alpha,
    lora_dropout: 0,
    modules_to_save: null,
    peft_type: 'LORA',
    r: rank,
    rank_pattern: {},
    target_modules: targets,
    task_type: 'CAUSAL_LM',
    use_dora: false,
    use_rslora: rankStabilised,
  };
  return JSON.stringify(fields, null, 2).replace('"lora_dropout": 0,', '"lora_dropout": 0.0,');
}
