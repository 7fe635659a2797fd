/** adapter_config.json, as versions of `peft` since 0.1 write it. */
import { z } from 'zod';
import { UserError } from '../../../common/errors.ts';
import { parseJsonObject, readFields } from '../huggingface/fields.ts';

/** What an adapter's configuration says that its tensors do not. */
export interface AdapterConfig {
  readonly rank: number;
  readonly alpha: number;
  readonly rankStabilised: boolean;
  /** Whether a module, by its whole name, is one that the configuration names; null: the tensors say which. */
  readonly names: ((module: string) => boolean) | null;
  /** The fields that `names` goes by, for messages. */
  readonly namedBy: string;
  /** The model that it says it was made for. */
  readonly base: string | null;
}

/** What is read, for those who have something else. */
const SUPPORTED =
  "LoRA adapters of a model's layers as peft writes them, without DoRA, biases or further modules";

/** @throws UserError in one line for what is not supported, by the field's name, and for what is damaged */
export function readAdapterConfig(text: string, where: string): AdapterConfig {
  const json = parseJsonObject(text, where);
  const fail = (what: string) => new UserError(`${where}: ${what}; read are ${SUPPORTED}`);
  if (json.peft_type === undefined)
    throw fail(isMlx(json) ? "an adapter in MLX's format" : 'no peft_type, so it is no adapter of peft');
  if (json.peft_type !== 'LORA') throw fail(`peft_type ${shown(json.peft_type)}`);
  for (const [name, isNeutral] of Object.entries(neutral))
    if (!isNeutral(json[name])) throw fail(`${name} ${shown(json[name])}`);
  const { init_lora_weights: start } = json;
  if (typeof start === 'string' && !KEEPS_BASE.includes(start))
    throw fail(
      `init_lora_weights ${shown(start)} changes the base model, too (peft's path_initial_model_for_weight_conversion saves an adapter that does not)`,
    );
  const fields = readFields(schema, json, where);
  return {
    rank: fields.r,
    alpha: fields.lora_alpha,
    rankStabilised: fields.use_rslora ?? false,
    names: namedBy(fields),
    namedBy: namingFields(fields),
    base: fields.base_model_name_or_path ?? null,
  };
}

const isMlx = (json: Readonly<Record<string, unknown>>): boolean =>
  'lora_parameters' in json || 'fine_tune_type' in json;

/** Ways to begin that leave the base model as it is. */
const KEEPS_BASE = ['gaussian', 'eva', 'orthogonal'];

const none = (value: unknown): boolean => value === undefined || value === null || value === false;
const empty = (value: unknown): boolean =>
  none(value) || (typeof value === 'object' && value !== null && Object.keys(value).length === 0);

/** Fields with which an adapter computes something else: only values that change nothing. */
const neutral: Readonly<Record<string, (value: unknown) => boolean>> = {
  bias: (value) => none(value) || value === 'none',
  lora_bias: none,
  use_dora: none,
  use_qalora: none,
  use_bdlora: none,
  modules_to_save: empty,
  rank_pattern: empty,
  alpha_pattern: empty,
  target_parameters: empty,
  trainable_token_indices: empty,
  layer_replication: empty,
  alora_invocation_tokens: empty,
  arrow_config: none,
};

const names = z.union([z.string(), z.array(z.string())]).nullish();
const schema = z.object({
  r: z.int('expected a whole number').min(1),
  lora_alpha: z.number('expected a number'),
  use_rslora: z.boolean().nullish(),
  target_modules: names,
  exclude_modules: names,
  layers_to_transform: z.union([z.int(), z.array(z.int())]).nullish(),
  layers_pattern: names,
  base_model_name_or_path: z.string().nullish(),
});

/** `layers.3.`, whatever the architecture calls its layers: the first number in a module's name. */
const LAYER = /\.(\d+)\./;

/** As peft matches names. A regular expression is Python's, and is not run: the tensors say what it matched. */
function namedBy({
  target_modules: targets,
  exclude_modules: excluded = null,
  layers_to_transform: layers = null,
}: z.infer<typeof schema>): AdapterConfig['names'] {
  if (!Array.isArray(targets) || typeof excluded === 'string') return null;
  const chosen = layers === null ? [] : [layers].flat();
  return (module) => {
    if (targets.includes(module)) return true;
    const isIn = (some: readonly string[]) =>
      some.some((name) => module === name || module.endsWith(`.${name}`));
    const layer = Number(LAYER.exec(module)?.[1]);
    return isIn(targets) && !isIn(excluded ?? []) && (chosen.length === 0 || chosen.includes(layer));
  };
}

/** The fields that say together which modules are changed, for messages: `target_modules with layers_to_transform`. */
function namingFields(fields: z.infer<typeof schema>): string {
  const others = (['exclude_modules', 'layers_to_transform'] as const).filter(
    (name) => (fields[name] ?? null) !== null,
  );
  return others.length === 0 ? 'target_modules' : `target_modules with ${others.join(' and ')}`;
}

function shown(value: unknown): string {
  return (JSON.stringify(value) ?? 'nothing').slice(0, 100);
}
