/**
 * What an architecture says of itself: its parameters, its steps of the forward pass, and how Hugging Face writes
 * its configuration. The road that the steps lie on (embed; per layer norm, attention, residual, norm, MLP, residual;
 * norm, unembed) is the same for every decoder here: `forward.ts`. Attention itself, with its mask, its groups of
 * heads and its rotation, is `attention.ts`. Decoders that differ in names and choices only share a builder:
 * `gated.ts` (Llama and its kin), `parallel.ts` (NeoX, Phi).
 */
import type { Json } from '../../common/json.ts';
import type { Value } from '../../graph/index.ts';
import type { ModelConfig, ModelOptions } from '../config/config.ts';
import type { Parameter } from '../forward/parameters.ts';
import type { Pass } from '../forward/pass.ts';

/**
 * Shapes below: N tokens enter a layer and M of them are its queries (all but in the last layer, where only the
 * positions whose logits are wanted are); D width, F MLP width, H query heads, K key/value heads, d head size,
 * V vocabulary.
 */
export interface Architecture {
  /** For people. */
  readonly title: string;
  /** The norms of each layer, in the order in which a pass comes by. */
  readonly norms: readonly NormName[];
  /** Whether the MLP multiplies what it activates with a second projection. */
  readonly gated: boolean;
  /** What a configuration has where nothing is said. */
  defaults(options: ModelOptions): Partial<ModelConfig>;
  /** Why there is no such model, each with the way out; [] where there is. */
  problems(config: ModelConfig): string[];
  parameters(config: ModelConfig): Parameter[];

  /** Token embeddings with whatever is added to them: [N, D]. */
  embed(pass: Pass): Value;
  /** One of the layer's norms: [·, D] → [·, D]. */
  layerNorm(pass: Pass, layer: number, which: NormName, x: Value): Value;
  /**
   * Queries, keys and values from the normalized residual stream, all heads side by side.
   * Where `queryRows` [M, D] is given, queries are made of it alone: returns queries [M, H·d] and keys and values
   * [N, 2·K·d]; else everything in one: [N, (H + 2·K)·d].
   */
  project(pass: Pass, layer: number, x: Value, queryRows?: Value): Projection;
  /** Where queries and keys are normalized head by head, before they are turned: [B, heads, ·, d] → the same. */
  normalizeHeads?(pass: Pass, layer: number, which: 'queries' | 'keys', x: Value): Value;
  /** [M, H·d] → [M, D]. */
  attentionOutput(pass: Pass, layer: number, z: Value): Value;
  /** The same matrix cut by heads, [H, d, D], and the bias [D]: for `hook_result`, each head's own contribution. */
  outputByHead(pass: Pass, layer: number): { readonly matrices: Value; readonly bias?: Value };
  /** [M, D] → [M, D]. */
  mlp(pass: Pass, layer: number, x: Value): Value;
  /** [M, D] → [M, D]. */
  finalNorm(pass: Pass, x: Value): Value;
  /** [M, D] → logits [M, V]. */
  unembed(pass: Pick<Pass, 'config' | 'weights'>, x: Value): Value;

  readonly huggingFace: HuggingFaceFormat;
}

/**
 * Norms by TransformerLens's names: before attention, after it (of what is added to the stream), before the MLP, after
 * it. Without `ln2` the MLP reads what attention reads.
 */
export type NormName = 'ln1' | 'ln1_post' | 'ln2' | 'ln2_post';

export type Projection =
  | { readonly kind: 'together'; readonly queriesKeysValues: Value }
  | { readonly kind: 'apart'; readonly queries: Value; readonly keysValues: Value };

/** How the architecture's configuration and tensors look in a Hugging Face folder. */
export interface HuggingFaceFormat {
  /** `model_type` in config.json, as it is written. */
  readonly modelType: string;
  /** Others that are read: of models with more parts than the decoder. */
  readonly otherModelTypes?: readonly string[];
  /** The only entry of `architectures` in config.json. */
  readonly className: string;
  /** The rest of config.json, without what concerns the tokenizer. */
  write(config: ModelConfig): Readonly<Record<string, Json>>;
  /**
   * The configuration that config.json describes, not yet checked for impossible combinations.
   * @throws UserError for what is missing, malformed, or not supported here
   */
  read(json: Readonly<Record<string, unknown>>, where: string): unknown;
  /** The prefix that old checkpoints leave out of tensor names. */
  readonly prefix: string;
  /** Names that other versions give to the same tensors, and what they are here: replaced in this order. */
  readonly renamed?: readonly (readonly [RegExp, string])[];
  /** Token embedding and unembedding, which are one where embeddings are tied. */
  readonly tokens: string;
  readonly unembedding: string;
  /** Tensors that may be in a file and are no parameters (buffers of old versions). */
  readonly ignored: RegExp;
  /** Tensors that the class wants on disk beyond the parameters; all zero. */
  zeros(config: ModelConfig): { readonly name: string; readonly shape: readonly number[] }[];
}
