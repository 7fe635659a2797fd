/**
 * Decoders of Llama's kind: RMSNorm before each part, a gated MLP, rotary positions, grouped-query attention. What they
 * differ in is data, a `GatedKind` each; the list of them is `gated-kinds.ts`. Matrices are stored [out, in].
 */
import type { Value } from '../../graph/index.ts';
import { affine, gather, multiply, slice, tanh } from '../../graph/index.ts';
import { headSize } from '../config/config.ts';
import type { Activation, ArchitectureName, Bias, ModelConfig } from '../config/config.ts';
import { rmsNormAt, rmsNormOfHeads } from '../forward/norms.ts';
import type { StoredScale } from '../forward/norms.ts';
import type { Parameter } from '../forward/parameters.ts';
import type { Pass } from '../forward/pass.ts';
import type { Architecture, NormName } from './architecture.ts';
import { biasProblems, unheardOf } from './choices.ts';
import type { Choice } from './choices.ts';
import { gatedFormat } from './gated-files.ts';
import type { GatedFile } from './gated-files.ts';
import { notRope } from './rotary.ts';
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

/** What one decoder of this kind has that others have not. */
export interface GatedKind {
  readonly name: ArchitectureName;
  readonly title: string;
  readonly activation: Activation;
  /** Each norm's name in a layer, in the order in which a pass comes by. */
  readonly norms: Readonly<Partial<Record<NormName, string>>>;
  readonly storedScale: StoredScale;
  /** Whether queries and keys are normalized head by head. */
  readonly normalizesHeads: boolean;
  /** Whether q, k and v are one matrix on disk, and gate and up as well. */
  readonly fused: boolean;
  /** Whether token embeddings are multiplied with √width. */
  readonly scalesEmbeddings: boolean;
  /** Biases that it always has, and sets that it may have. */
  readonly biases: { readonly always: readonly Bias[]; readonly sets: readonly (readonly Bias[])[] };
  /** What its configurations may say, sizes and biases aside. */
  readonly choices: readonly Choice[];
  /** Whether a window must be in all layers. */
  readonly windowEverywhere: boolean;
  readonly theta: number;
  readonly tiedEmbeddings: boolean;
  readonly file: GatedFile;
}

const names = {
  tokens: 'model.embed_tokens.weight',
  finalNorm: 'model.norm',
  unembedding: 'lm_head',
  layer: (layer: number) => `model.layers.${layer}`,
} as const;

/** The decoder that a kind describes. */
export function gatedDecoder(kind: GatedKind): Architecture {
  const has = (config: ModelConfig, bias: Bias) =>
    kind.biases.always.includes(bias) || config.biases?.includes(bias) === true;
  const norm = (pass: Pass, site: string, at: string, x: Value) =>
    rmsNormAt(pass, site, at, x, kind.storedScale);

  return {
    title: kind.title,
    norms: Object.keys(kind.norms) as NormName[],
    gated: true,

    defaults: ({ heads, width }) => ({
      keyValueHeads: heads,
      // A gated MLP has three matrices where a plain one has two: 8/3 of the width costs what 4 times the width costs there.
      mlpWidth: 8 * Math.ceil(width / 3),
      positionEncoding: { kind: 'rope', theta: kind.theta, factor: 1 },
      epsilon: 1e-6,
      activation: kind.activation,
      tiedEmbeddings: kind.tiedEmbeddings,
    }),

    problems: (config) => problemsOf(kind, config),

    parameters(config) {
      const { vocabulary, width, layers, tiedEmbeddings } = config;
      const list: Parameter[] = affineParameters('model.embed_tokens', vocabulary, width, false);
      for (let layer = 0; layer < layers; layer++) list.push(...layerParameters(kind, config, layer, has));
      list.push(normParameter(kind, names.finalNorm, width));
      if (!tiedEmbeddings) list.push(...affineParameters(names.unembedding, vocabulary, width, false));
      return list;
    },

    embed({ config, weights, hooks, tokens }) {
      const embedded = gather(weights(names.tokens), tokens); // [N, D]
      const scaled = kind.scalesEmbeddings ? affine(embedded, Math.sqrt(config.width), 0) : embedded;
      return hooks.at('hook_embed', scaled, 'flat'); // [N, D]
    },

    layerNorm: (pass, layer, which, x) =>
      norm(pass, `blocks.${layer}.${which}`, `${names.layer(layer)}.${kind.norms[which]!}`, x),

    project(pass, layer, x, queryRows) {
      const at = `${names.layer(layer)}.self_attn`;
      const hasBias = has(pass.config, 'query-key-value');
      if (kind.fused)
        return projectFused(pass.config, x, queryRows, affineAt(pass, `${at}.qkv_proj`, hasBias));
      const [q, k, v] = ['q_proj', 'k_proj', 'v_proj'].map((name) =>
        affineAt(pass, `${at}.${name}`, hasBias),
      );
      return projectApart(x, queryRows, q, k, v);
    },

    ...(kind.normalizesHeads && {
      normalizeHeads(pass: Pass, layer: number, which: 'queries' | 'keys', x: Value) {
        const at = `${names.layer(layer)}.self_attn.${which === 'queries' ? 'q_norm' : 'k_norm'}`;
        return rmsNormOfHeads(pass, at, x, kind.storedScale);
      },
    }),

    attentionOutput: (pass, layer, z) =>
      times(z, affineAt(pass, outputAt(layer), has(pass.config, 'attention-output'))),
    outputByHead: (pass, layer) => byHead(pass, outputAt(layer), has(pass.config, 'attention-output')),

    mlp(pass, layer, x) {
      const { hooks, config } = pass;
      const at = `${names.layer(layer)}.mlp`;
      const site = `blocks.${layer}.mlp`;
      const hasBias = has(config, 'mlp');
      const [gate, up] = gateAndUp(kind, pass, at, x, hasBias); // [M, F] each
      const seen = hooks.at(`${site}.hook_pre`, gate, 'flat');
      const linear = hooks.at(`${site}.hook_pre_linear`, up, 'flat');
      const after = hooks.at(
        `${site}.hook_post`,
        multiply(activate(config.activation, seen), linear),
        'flat',
      );
      return times(after, affineAt(pass, `${at}.down_proj`, hasBias)); // [M, D]
    },

    finalNorm: (pass, x) => norm(pass, 'ln_final', names.finalNorm, x),

    unembed({ config, weights }, x) {
      const matrix = weights(config.tiedEmbeddings ? names.tokens : `${names.unembedding}.weight`); // [V, D]
      const logits = times(x, { matrix }); // [M, V]
      const { logitCap: cap } = config;
      return cap === undefined ? logits : affine(tanh(affine(logits, 1 / cap, 0)), cap, 0);
    },

    huggingFace: {
      prefix: 'model.',
      tokens: names.tokens,
      unembedding: `${names.unembedding}.weight`,
      ignored: /\.rotary_emb\.inv_freq$/,
      zeros: () => [],
      ...gatedFormat(kind),
    },
  };
}

function problemsOf(kind: GatedKind, config: ModelConfig): string[] {
  const { activation, attention } = config;
  const problems = [
    ...unheardOf(config, ['headSize', 'biases', ...kind.choices]),
    ...biasProblems(config, kind.biases.sets),
  ];
  problems.push(...notRope(config));
  if (activation !== kind.activation) {
    problems.push(`${kind.name} has a gated MLP: take the activation ${kind.activation}, not ${activation}`);
  }
  if (
    kind.windowEverywhere &&
    attention?.window !== undefined &&
    attention.window.layers.length < config.layers
  ) {
    problems.push(`${kind.name} has its window in every layer: name all of 0 to ${config.layers - 1}`);
  }
  return problems;
}

function layerParameters(
  kind: GatedKind,
  config: ModelConfig,
  layer: number,
  has: (config: ModelConfig, bias: Bias) => boolean,
): Parameter[] {
  const { width, mlpWidth, heads, keyValueHeads } = config;
  const size = headSize(config);
  const at = names.layer(layer);
  const [projected, output, mlp] = (['query-key-value', 'attention-output', 'mlp'] as const).map((bias) =>
    has(config, bias),
  );
  const rows: readonly (readonly [string, number])[] = kind.fused
    ? [['qkv_proj', (heads + 2 * keyValueHeads) * size]]
    : [
        ['q_proj', heads * size],
        ['k_proj', keyValueHeads * size],
        ['v_proj', keyValueHeads * size],
      ];
  const headNorms = kind.normalizesHeads ? ['q_norm', 'k_norm'] : [];
  const hidden: readonly (readonly [string, number])[] = kind.fused
    ? [['gate_up_proj', 2 * mlpWidth]]
    : [
        ['gate_proj', mlpWidth],
        ['up_proj', mlpWidth],
      ];
  // Norms stand where a pass comes by them: the first before attention, the others between attention and MLP.
  const [first, ...others] = Object.values(kind.norms);
  return [
    normParameter(kind, `${at}.${first}`, width),
    ...rows.flatMap(([name, count]) => affineParameters(`${at}.self_attn.${name}`, count, width, projected)),
    ...headNorms.map((name) => normParameter(kind, `${at}.self_attn.${name}`, size)),
    ...affineParameters(`${at}.self_attn.o_proj`, width, heads * size, output),
    ...others.map((name) => normParameter(kind, `${at}.${name}`, width)),
    ...hidden.flatMap(([name, count]) => affineParameters(`${at}.mlp.${name}`, count, width, mlp)),
    ...affineParameters(`${at}.mlp.down_proj`, width, mlpWidth, mlp),
  ];
}

function normParameter({ storedScale }: GatedKind, at: string, width: number): Parameter {
  return vector(`${at}.weight`, width, storedScale === 'weight' ? 'ones' : 'zeros');
}

function outputAt(layer: number): string {
  return `${names.layer(layer)}.self_attn.o_proj`;
}

function gateAndUp({ fused }: GatedKind, pass: Pass, at: string, x: Value, hasBias: boolean): [Value, Value] {
  const { mlpWidth } = pass.config;
  if (!fused) {
    return [
      times(x, affineAt(pass, `${at}.gate_proj`, hasBias)),
      times(x, affineAt(pass, `${at}.up_proj`, hasBias)),
    ];
  }
  const both = times(x, affineAt(pass, `${at}.gate_up_proj`, hasBias)); // [M, 2F]
  return [slice(both, 1, 0, mlpWidth), slice(both, 1, mlpWidth, 2 * mlpWidth)];
}
