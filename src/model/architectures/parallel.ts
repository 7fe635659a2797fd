/**
 * GPT-NeoX (Black et al. 2022; Pythia) and Phi 1 to 2 (Gunasekar et al. 2023): LayerNorm, GELU, biases, RoPE over a
 * part of each head, attention and MLP side by side. NeoX has a norm for each of them, and can also have them one after
 * the other; Phi has one norm for both. Matrices are stored [out, in].
 */
import { z } from 'zod';
import type { Json } from '../../common/json.ts';
import type { Value } from '../../graph/index.ts';
import { add, gather, reshape, transpose } from '../../graph/index.ts';
import { headSize } from '../config/config.ts';
import type { Activation, ArchitectureName, Bias, ModelConfig } from '../config/config.ts';
import { readFields } from '../files/huggingface/fields.ts';
import { influencesBut } from '../files/huggingface/influences.ts';
import { readRope, ropeFields, shareOf, writeRope } from '../files/huggingface/rope.ts';
import { layerNormAt } from '../forward/norms.ts';
import type { Parameter } from '../forward/parameters.ts';
import type { Architecture, HuggingFaceFormat, NormName } from './architecture.ts';
import { biasProblems, unheardOf } from './choices.ts';
import type { Choice } from './choices.ts';
import { notRope, ropeWritten } from './rotary.ts';
import {
  activate,
  affineAt,
  affineParameters,
  byHead,
  projectApart,
  projectFused,
  times,
  vector,
} from './steps.ts';
import type { Affine } from './steps.ts';

/** What one decoder of this kind has that the other has not. */
interface ParallelKind {
  readonly name: ArchitectureName;
  readonly title: string;
  readonly activation: Activation;
  /** Modules: of the model, and in each layer. */
  readonly names: {
    readonly tokens: string;
    readonly layers: string;
    readonly finalNorm: string;
    readonly unembedding: string;
    readonly norms: Readonly<Partial<Record<NormName, string>>>;
    /** Queries, keys and values: one name where they are one matrix, head by head. */
    readonly project: readonly string[];
    readonly output: string;
    readonly mlp: readonly [string, string];
  };
  /** Whether the biases of attention may be left out. */
  readonly biasSets: readonly (readonly Bias[])[];
  /** Whether logits have a bias. */
  readonly biasedLogits: boolean;
  readonly choices: readonly Choice[];
  /** The share of a head that turns where nothing is said. */
  readonly turnedShare: number;
  readonly file: Pick<HuggingFaceFormat, 'modelType' | 'className' | 'prefix' | 'renamed' | 'ignored'> & {
    /** The fields that say theta and the share of a head that turns. */
    readonly theta: 'rope_theta' | 'rotary_emb_base';
    readonly share: 'partial_rotary_factor' | 'rotary_pct';
    /** The class's own defaults, for what is absent. */
    readonly defaults: Readonly<Record<string, unknown>>;
  };
}

export const neox: ParallelKind = {
  name: 'gpt-neox',
  title: 'GPT-NeoX (Pythia): LayerNorm, GELU, RoPE over a part of each head, attention and MLP side by side',
  activation: 'gelu-erf',
  names: {
    tokens: 'gpt_neox.embed_in',
    layers: 'gpt_neox.layers',
    finalNorm: 'gpt_neox.final_layer_norm',
    unembedding: 'embed_out',
    norms: { ln1: 'input_layernorm', ln2: 'post_attention_layernorm' },
    project: ['attention.query_key_value'],
    output: 'attention.dense',
    mlp: ['mlp.dense_h_to_4h', 'mlp.dense_4h_to_h'],
  },
  biasSets: [['query-key-value', 'attention-output']],
  biasedLogits: false,
  choices: ['parallel', 'biases'],
  turnedShare: 0.25,
  file: {
    modelType: 'gpt_neox',
    className: 'GPTNeoXForCausalLM',
    prefix: 'gpt_neox.',
    renamed: [[/^lm_head\./, 'embed_out.']],
    ignored: /\.attention\.(bias|masked_bias|rotary_emb\.inv_freq)$/,
    theta: 'rotary_emb_base',
    share: 'rotary_pct',
    defaults: { hidden_act: 'gelu', rotary_pct: 0.25, use_parallel_residual: true, attention_bias: true },
  },
};

export const phi: ParallelKind = {
  name: 'phi',
  title: 'Phi 1 to 2: one LayerNorm for attention and MLP side by side, GELU, RoPE over a part of each head',
  activation: 'gelu-tanh',
  names: {
    tokens: 'model.embed_tokens',
    layers: 'model.layers',
    finalNorm: 'model.final_layernorm',
    unembedding: 'lm_head',
    norms: { ln1: 'input_layernorm' },
    project: ['self_attn.q_proj', 'self_attn.k_proj', 'self_attn.v_proj'],
    output: 'self_attn.dense',
    mlp: ['mlp.fc1', 'mlp.fc2'],
  },
  biasSets: [],
  biasedLogits: true,
  choices: ['headSize', 'parallel'],
  turnedShare: 0.5,
  file: {
    modelType: 'phi',
    className: 'PhiForCausalLM',
    prefix: 'model.',
    ignored: /\.rotary_emb\.inv_freq$/,
    theta: 'rope_theta',
    share: 'partial_rotary_factor',
    defaults: { hidden_act: 'gelu_new', partial_rotary_factor: 0.5 },
  },
};

/** The decoder that a kind describes. */
export function parallelDecoder(kind: ParallelKind): Architecture {
  const { names } = kind;
  const layerAt = (layer: number) => `${names.layers}.${layer}`;
  const isFused = names.project.length === 1;

  return {
    title: kind.title,
    norms: Object.keys(names.norms) as NormName[],
    gated: false,

    defaults: ({ heads, width, headSize: size = width / heads }) => ({
      keyValueHeads: heads,
      mlpWidth: 4 * width,
      positionEncoding: {
        kind: 'rope',
        theta: 10_000,
        factor: 1,
        turned: 2 * Math.max(1, Math.trunc((size * kind.turnedShare) / 2)),
      },
      epsilon: 1e-5,
      activation: kind.activation,
      tiedEmbeddings: false,
      parallel: true,
      ...(kind.biasSets.length > 0 && { biases: kind.biasSets.flat() }),
    }),

    problems: (config) => problemsOf(kind, isFused, config),

    parameters(config) {
      const { vocabulary, width, mlpWidth, heads, keyValueHeads, layers, tiedEmbeddings } = config;
      const size = headSize(config);
      const rows = isFused
        ? [(heads + 2 * keyValueHeads) * size]
        : [heads * size, keyValueHeads * size, keyValueHeads * size];
      const hasBias = attentionHasBias(kind, config);
      const list: Parameter[] = affineParameters(names.tokens, vocabulary, width, false);
      for (let layer = 0; layer < layers; layer++) {
        const at = layerAt(layer);
        list.push(
          ...Object.values(names.norms).flatMap((name) => normParameters(`${at}.${name}`, width)),
          ...names.project.flatMap((name, i) => affineParameters(`${at}.${name}`, rows[i], width, hasBias)),
          ...affineParameters(`${at}.${names.output}`, width, heads * size, hasBias),
          ...affineParameters(`${at}.${names.mlp[0]}`, mlpWidth, width, true),
          ...affineParameters(`${at}.${names.mlp[1]}`, width, mlpWidth, true),
        );
      }
      list.push(...normParameters(names.finalNorm, width));
      if (!tiedEmbeddings)
        list.push(...affineParameters(names.unembedding, vocabulary, width, kind.biasedLogits));
      else if (kind.biasedLogits) list.push(vector(`${names.unembedding}.bias`, vocabulary, 'zeros'));
      return list;
    },

    embed: ({ weights, hooks, tokens }) =>
      hooks.at('hook_embed', gather(weights(`${names.tokens}.weight`), tokens), 'flat'), // [N, D]

    layerNorm: (pass, layer, which, x) =>
      layerNormAt(pass, `blocks.${layer}.${which}`, `${layerAt(layer)}.${names.norms[which]!}`, x),

    project(pass, layer, x, queryRows) {
      const hasBias = attentionHasBias(kind, pass.config);
      const [first, ...others] = names.project.map((name) =>
        affineAt(pass, `${layerAt(layer)}.${name}`, hasBias),
      );
      if (isFused) return projectFused(pass.config, x, queryRows, kindByKind(pass.config, first));
      return projectApart(x, queryRows, first, others[0], others[1]);
    },

    attentionOutput: (pass, layer, z) =>
      times(z, affineAt(pass, outputAt(layer), attentionHasBias(kind, pass.config))),
    outputByHead: (pass, layer) => byHead(pass, outputAt(layer), attentionHasBias(kind, pass.config)),

    mlp(pass, layer, x) {
      const { hooks, config } = pass;
      const site = `blocks.${layer}.mlp`;
      const [into, out] = names.mlp.map((name) => affineAt(pass, `${layerAt(layer)}.${name}`, true));
      const before = hooks.at(`${site}.hook_pre`, times(x, into), 'flat'); // [M, F]
      const after = hooks.at(`${site}.hook_post`, activate(config.activation, before), 'flat'); // [M, F]
      return times(after, out); // [M, D]
    },

    finalNorm: (pass, x) => layerNormAt(pass, 'ln_final', names.finalNorm, x),

    unembed({ config, weights }, x) {
      const matrix = weights(`${config.tiedEmbeddings ? names.tokens : names.unembedding}.weight`); // [V, D]
      const logits = times(x, { matrix }); // [M, V]
      return kind.biasedLogits ? add(logits, weights(`${names.unembedding}.bias`)) : logits;
    },

    huggingFace: {
      ...kind.file,
      tokens: `${names.tokens}.weight`,
      unembedding: `${names.unembedding}.weight`,
      zeros: () => [],
      read: (json, where) => readParallel(kind, json, where),
      write: (config) => writeParallel(kind, config),
    },
  };

  function outputAt(layer: number): string {
    return `${layerAt(layer)}.${names.output}`;
  }
}

function attentionHasBias({ biasSets }: ParallelKind, config: ModelConfig): boolean {
  return biasSets.length === 0 || config.biases?.includes('attention-output') === true;
}

function problemsOf(kind: ParallelKind, isFused: boolean, config: ModelConfig): string[] {
  const { heads, keyValueHeads, activation, parallel } = config;
  const problems = [
    ...unheardOf(config, kind.choices),
    ...biasProblems(config, kind.biasSets),
    ...notRope(config),
  ];
  if (activation === 'silu') problems.push(`${kind.name} has no SwiGLU: take ${kind.activation}`);
  if (isFused && keyValueHeads !== heads) {
    problems.push(`${kind.name} has a key/value head per head: take ${heads}, or the architecture llama`);
  }
  if (kind.names.norms.ln2 === undefined && parallel !== true) {
    problems.push(`${kind.name} has attention and MLP side by side: parallel must be true`);
  }
  return problems;
}

function normParameters(at: string, width: number): Parameter[] {
  return [vector(`${at}.weight`, width, 'ones'), vector(`${at}.bias`, width, 'zeros')];
}

/** Rows that stand as query, key and value of each head, in the order of all queries, all keys, all values. */
function kindByKind(config: ModelConfig, { matrix, bias, added }: Affine): Affine {
  const { heads } = config;
  const size = headSize(config);
  const sorted = (x: Value) => {
    const rest = x.shape.slice(1); // [D], or none for a bias
    const order = [1, 0, 2, ...rest.map((_, i) => 3 + i)];
    return reshape(transpose(reshape(x, [heads, 3, size, ...rest]), order), x.shape);
  };
  const columns = (x: Value) =>
    reshape(transpose(reshape(x, [x.shape[0], heads, 3, size]), [0, 2, 1, 3]), x.shape);
  return {
    matrix: sorted(matrix),
    ...(bias && { bias: sorted(bias) }),
    ...(added && { added: (x: Value) => columns(added(x)) }),
  };
}

const activationNames = {
  gelu: 'gelu-erf',
  gelu_new: 'gelu-tanh',
  gelu_fast: 'gelu-tanh',
  gelu_pytorch_tanh: 'gelu-tanh',
} as const;

function readParallel(kind: ParallelKind, json: Readonly<Record<string, unknown>>, where: string) {
  const { file, choices } = kind;
  const reads = [
    file.share,
    ...(choices.includes('biases')
      ? (['attention_bias', 'use_parallel_residual'] as const)
      : (['head_dim'] as const)),
  ];
  const schema = z.object({
    vocab_size: z.number(),
    max_position_embeddings: z.number().default(2048),
    hidden_size: z.number(),
    intermediate_size: z.number(),
    num_hidden_layers: z.number(),
    num_attention_heads: z.number(),
    num_key_value_heads: z.number().nullish(),
    head_dim: z.number().nullish(),
    hidden_act: z.enum(['gelu', 'gelu_new', 'gelu_fast', 'gelu_pytorch_tanh']),
    layer_norm_eps: z.number().default(1e-5),
    tie_word_embeddings: z.boolean().default(false),
    use_parallel_residual: z.boolean().nullish(),
    attention_bias: z.boolean().nullish(),
    ...ropeFields,
    rotary_emb_base: z.number().nullish(),
    rotary_pct: z.number().positive().max(1).nullish(),
    partial_rotary_factor: z.number().positive().max(1).nullish(),
    // Of what this one does not read, whatever changes logits.
    ...influencesBut(reads),
  });
  const given = Object.entries(json).filter(([, value]) => value !== undefined);
  const fields = readFields(schema, { ...file.defaults, ...Object.fromEntries(given) }, where);
  const { hidden_size: width, num_attention_heads: heads, head_dim: size } = fields;
  const rope = {
    ...fields,
    rope_theta: fields.rotary_emb_base ?? fields.rope_theta,
    partial_rotary_factor: fields.rotary_pct ?? fields.partial_rotary_factor,
  };
  return {
    architecture: kind.name,
    vocabulary: fields.vocab_size,
    layers: fields.num_hidden_layers,
    heads,
    keyValueHeads: fields.num_key_value_heads ?? heads,
    width,
    ...(typeof size === 'number' && size !== width / heads && { headSize: size }),
    mlpWidth: fields.intermediate_size,
    positions: fields.max_position_embeddings,
    positionEncoding: readRope(rope, size ?? width / heads, where),
    epsilon: fields.layer_norm_eps,
    activation: activationNames[fields.hidden_act],
    tiedEmbeddings: fields.tie_word_embeddings,
    parallel: kind.names.norms.ln2 === undefined || fields.use_parallel_residual === true,
    ...(choices.includes('biases') && { biases: fields.attention_bias === true ? kind.biasSets.flat() : [] }),
  };
}

function writeParallel({ file, choices }: ParallelKind, config: ModelConfig): Record<string, Json> {
  const rope = ropeWritten(config);
  const size = headSize(config);
  return {
    vocab_size: config.vocabulary,
    max_position_embeddings: config.positions,
    hidden_size: config.width,
    intermediate_size: config.mlpWidth,
    num_hidden_layers: config.layers,
    num_attention_heads: config.heads,
    hidden_act: config.activation === 'gelu-erf' ? 'gelu' : 'gelu_new',
    layer_norm_eps: config.epsilon,
    initializer_range: 0.02,
    attention_dropout: 0,
    tie_word_embeddings: config.tiedEmbeddings,
    ...(choices.includes('biases')
      ? {
          hidden_dropout: 0,
          use_parallel_residual: config.parallel === true,
          attention_bias: attentionWritten(config),
        }
      : {
          num_key_value_heads: config.keyValueHeads,
          head_dim: size,
          resid_pdrop: 0,
          embd_pdrop: 0,
          qk_layernorm: false,
        }),
    ...writeRope(rope, size, config.positions),
    [file.theta]: rope.theta,
    [file.share]: shareOf(rope.turned ?? size, size),
  };
}

function attentionWritten({ biases }: ModelConfig): boolean {
  return biases?.includes('attention-output') === true;
}
