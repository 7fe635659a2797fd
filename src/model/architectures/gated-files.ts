/** config.json of the decoders in `gated-kinds.ts`: the fields that all have, and those that some have. */
import { z } from 'zod';
import { UserError } from '../../common/errors.ts';
import type { Json } from '../../common/json.ts';
import { headSize } from '../config/config.ts';
import type { AttentionVariant, Bias, ModelConfig, Rope } from '../config/config.ts';
import type { HuggingFaceFormat } from './architecture.ts';
import type { GatedKind } from './gated.ts';
import { ropeWritten } from './rotary.ts';
import { readFields } from '../files/huggingface/fields.ts';
import { influencesBut } from '../files/huggingface/influences.ts';
import type { Influence } from '../files/huggingface/influences.ts';
import { readRope, ropeFields, ropeJson, writeOneRope, writeRope } from '../files/huggingface/rope.ts';

/** Fields that only some of these decoders have, and what may stand in them. */
const choiceFields = {
  head_dim: z.number().nullish(),
  attention_bias: z.boolean().nullish(),
  mlp_bias: z.boolean().nullish(),
  sliding_window: z.number().nullish(),
  use_sliding_window: z.boolean().nullish(),
  layer_types: z.array(z.enum(['full_attention', 'sliding_attention'])).nullish(),
  no_rope_layers: z.array(z.union([z.literal(0), z.literal(1), z.boolean()])).nullish(),
  partial_rotary_factor: z.number().positive().max(1).nullish(),
  query_pre_attn_scalar: z.number().nullish(),
  attn_logit_softcapping: z.number().nullish(),
  final_logit_softcapping: z.number().nullish(),
  rope_local_base_freq: z.number().nullish(),
} as const satisfies Partial<Record<Influence, z.ZodType>>;

type ChoiceField = keyof typeof choiceFields;

/** How one kind's configuration and tensors look in a Hugging Face folder. */
export interface GatedFile extends Partial<
  Pick<HuggingFaceFormat, 'otherModelTypes' | 'renamed' | 'ignored'>
> {
  readonly modelType: string;
  readonly className: string;
  /** Of the fields that some have, those that this one reads. In all others stands nothing, or what changes nothing. */
  readonly reads: readonly ChoiceField[];
  /** The class's own defaults, for what is absent. */
  readonly defaults: Readonly<Record<string, unknown>>;
  /** What the configuration has beyond sizes, biases and a RoPE for all layers. */
  variant?(fields: GatedFields, where: string): Partial<ModelConfig>;
  /** The fields for that. */
  written?(config: ModelConfig): Record<string, Json>;
}

/** Where the activation is said, and by which name. */
const activations = {
  silu: ['hidden_act', 'silu'],
  'gelu-tanh': ['hidden_activation', 'gelu_pytorch_tanh'],
  'gelu-erf': ['hidden_act', 'gelu'],
} as const;

const shared = z.object({
  vocab_size: z.number(),
  max_position_embeddings: z.number(),
  hidden_size: z.number(),
  intermediate_size: z.number(),
  num_hidden_layers: z.number().int().min(0).max(10_000),
  num_attention_heads: z.number(),
  num_key_value_heads: z.number().nullish(),
  rms_norm_eps: z.number(),
  tie_word_embeddings: z.boolean(),
  max_window_layers: z.number().nullish(),
  sliding_window_pattern: z.number().int().positive().nullish(),
  no_rope_layer_interval: z.number().int().positive().nullish(),
  ...ropeFields,
});

/** The fields of a config.json of this kind, and of those that some have the ones that it reads. */
export type GatedFields = z.output<typeof shared> & {
  readonly [field in ChoiceField]?: z.output<(typeof choiceFields)[field]>;
};

/** The part of `HuggingFaceFormat` that a kind's description settles. */
export function gatedFormat(
  kind: GatedKind,
): Pick<HuggingFaceFormat, 'modelType' | 'className' | 'read' | 'write'> {
  const { file, name } = kind;
  return {
    ...file,
    read(json, where) {
      const fields = readGatedFields(kind, decoderIn(json), where);
      const variant = file.variant?.(fields, where) ?? {};
      return {
        ...sizesOf(kind, fields),
        positionEncoding: variant.positionEncoding ?? readRope(fields, sizeOfHead(fields), where),
        ...biasesFrom(fields),
        ...variant,
        architecture: name,
      };
    },
    write: (config) => ({
      ...sharedFields(kind, config),
      ...writeRope(ropeWritten(config), headSize(config), config.positions),
      ...file.written?.(config),
    }),
  };
}

/** A model of text and images has the decoder's fields under `text_config`. */
function decoderIn(json: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  const { text_config: text, tie_word_embeddings: tied } = json;
  if (typeof text !== 'object' || text === null) return json;
  return { ...(tied !== undefined && { tie_word_embeddings: tied }), ...text };
}

/** @throws UserError with every fault in one line */
function readGatedFields(
  { file, activation }: GatedKind,
  json: Readonly<Record<string, unknown>>,
  where: string,
): GatedFields {
  const own = file.reads.map((field) => [field, choiceFields[field]] as const);
  const [activationField, value] = activations[activation];
  const schema = shared.extend({
    ...influencesBut(file.reads),
    ...Object.fromEntries(own),
    [activationField]: z.literal(value),
    // By kind of layer in Gemma 3, which reads them itself.
    ...(file.reads.includes('rope_local_base_freq') && { rope_parameters: ropesByLayer.nullish() }),
  });
  const given = Object.entries(json).filter(([, field]) => field !== undefined);
  return readFields(schema, { ...file.defaults, ...Object.fromEntries(given) }, where) as GatedFields;
}

function sizesOf({ activation }: GatedKind, fields: GatedFields) {
  const { hidden_size: width, num_attention_heads: heads, head_dim: size } = fields;
  return {
    vocabulary: fields.vocab_size,
    layers: fields.num_hidden_layers,
    heads,
    keyValueHeads: fields.num_key_value_heads ?? heads,
    width,
    ...(typeof size === 'number' && size !== width / heads && { headSize: size }),
    mlpWidth: fields.intermediate_size,
    positions: fields.max_position_embeddings,
    epsilon: fields.rms_norm_eps,
    activation,
    tiedEmbeddings: fields.tie_word_embeddings,
  };
}

/** The size of a head that the fields say. */
function sizeOfHead({ head_dim: size, hidden_size: width, num_attention_heads: heads }: GatedFields): number {
  return size ?? width / heads;
}

/** `biases`, where there are any. */
function biasesFrom({ attention_bias: attention, mlp_bias: mlp }: GatedFields): { biases?: readonly Bias[] } {
  const biases: Bias[] = [];
  if (attention === true) biases.push('query-key-value', 'attention-output');
  if (mlp === true) biases.push('mlp');
  return biases.length === 0 ? {} : { biases };
}

/** `attention`, where it differs from Llama's in anything. */
export function attentionOf(variant: AttentionVariant): { attention?: AttentionVariant } {
  const said = Object.entries(variant).filter(([, value]) => value !== undefined);
  return said.length === 0 ? {} : { attention: Object.fromEntries(said) };
}

/**
 * The window, and the layers that have it.
 * @param usual whether a layer has it where `layer_types` does not say
 * @throws UserError for layers with a window where none is given, and for another number of layers
 */
export function windowFrom(
  { layer_types: types, sliding_window: keys, num_hidden_layers: count }: GatedFields,
  usual: (layer: number) => boolean,
  where: string,
): AttentionVariant['window'] {
  if (Array.isArray(types) && types.length !== count) {
    throw new UserError(`${where}: layer_types: ${types.length} entries for ${count} layers`);
  }
  const layers = Array.from({ length: count }, (_, layer) => layer).filter((layer) =>
    Array.isArray(types) ? types[layer] === 'sliding_attention' : usual(layer),
  );
  if (layers.length === 0) return undefined;
  if (typeof keys !== 'number') {
    throw new UserError(`${where}: layer_types: layers with sliding_attention, but no sliding_window`);
  }
  return { keys, layers };
}

/** `layer_types` of a configuration. */
export function layerTypes({ layers, attention }: ModelConfig): Json {
  return Array.from({ length: layers }, (_, layer) =>
    attention?.window?.layers.includes(layer) === true ? 'sliding_attention' : 'full_attention',
  );
}

function sharedFields({ activation }: GatedKind, config: ModelConfig): Record<string, Json> {
  const [field, value] = activations[activation];
  return {
    vocab_size: config.vocabulary,
    max_position_embeddings: config.positions,
    hidden_size: config.width,
    intermediate_size: config.mlpWidth,
    num_hidden_layers: config.layers,
    num_attention_heads: config.heads,
    num_key_value_heads: config.keyValueHeads,
    head_dim: headSize(config),
    [field]: value,
    rms_norm_eps: config.epsilon,
    initializer_range: 0.02,
    attention_bias: config.biases?.includes('attention-output') === true,
    attention_dropout: 0,
    mlp_bias: config.biases?.includes('mlp') === true,
    tie_word_embeddings: config.tiedEmbeddings,
  };
}

/** Ways to turn by kind of layer, as transformers 5 has them in Gemma 3. */
export const ropesByLayer = z.strictObject({
  full_attention: ropeJson.nullish(),
  sliding_attention: ropeJson.nullish(),
});

/** Both of Gemma 3's, whichever version of transformers wrote them: of all layers but those with a window, and of those. */
export function ropesFrom(fields: GatedFields, where: string): { global: Rope; local: Rope } {
  const both = (fields.rope_parameters ?? {}) as z.output<typeof ropesByLayer>;
  const read = (own: z.output<typeof ropeJson> | null | undefined, theta: number | null | undefined) =>
    readRope(
      { max_position_embeddings: fields.max_position_embeddings, rope_theta: theta, rope_parameters: own },
      sizeOfHead(fields),
      where,
    );
  return {
    global: read({ ...both.full_attention, ...fields.rope_scaling }, fields.rope_theta),
    local: read(both.sliding_attention, fields.rope_local_base_freq),
  };
}

/** Both of Gemma 3's, as both versions of transformers read them. */
export function writeRopes(config: ModelConfig): Readonly<Record<string, Json>> {
  const global = ropeWritten(config);
  const local = config.attention?.windowRope ?? global;
  const { rope_theta: theta, ...scaling } = writeOneRope(global, config.positions);
  return {
    rope_theta: theta,
    rope_local_base_freq: local.theta,
    rope_scaling: scaling.rope_type === 'default' ? null : scaling,
    rope_parameters: {
      full_attention: writeOneRope(global, config.positions),
      sliding_attention: writeOneRope(local, config.positions),
    },
  };
}
