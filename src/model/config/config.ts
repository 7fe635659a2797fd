/**
 * What determines a model's shape: one type for every architecture. Names are the field's; what Hugging Face calls
 * them stands with each architecture (`architectures/`), and nowhere else. `configure.ts` makes and checks them.
 */

/** How a model knows where a token stands. */
export type PositionEncoding =
  /** A learned vector per absolute position, added to the token's embedding (APE). */
  | { readonly kind: 'learned' }
  /** None: only the causal mask tells positions apart (NoPE). */
  | { readonly kind: 'none' }
  /** Rotary: queries and keys are turned by angles position / factor · theta^(-2i / head size). */
  | {
      readonly kind: 'rope';
      readonly theta: number;
      readonly factor: number;
      /** Which angles are divided by the factor; all of them where nothing is said (linear scaling). */
      readonly scaling?: RopeScaling;
      /** How many of a head's numbers turn, the first ones; all of them unless given (NeoX, Phi: a part). */
      readonly turned?: number;
    };

/**
 * Scalings that divide the slow angles only: those that turn fewer than `slowTurns` times over `originalPositions`, the
 * length that the model was first trained on. Those that turn more than `fastTurns` times stay; between, some of both.
 */
export type RopeScaling = {
  readonly originalPositions: number;
  readonly slowTurns: number;
  readonly fastTurns: number;
} & (
  | { readonly kind: 'llama3' }
  | {
      readonly kind: 'yarn';
      /** Queries and keys are multiplied with it. */
      readonly amplitude: number;
      /** Whether the two bounds are rounded outwards to whole pairs. */
      readonly wholePairs: boolean;
    }
);

/** The decoders that are computed here (`architectures/`). */
export type ArchitectureName = 'gpt2' | 'llama';

/** Rotary positions, as `PositionEncoding` has them. */
export type Rope = Extract<PositionEncoding, { kind: 'rope' }>;

/** Where attention differs from softmax(q·kᵀ/√d + causal mask)·v. All of it is absent in GPT-2 and Llama. */
export interface AttentionVariant {
  /** What q·kᵀ is multiplied with, where that is not 1/√(head size). */
  readonly scale?: number;
  /** Scores s are cap·tanh(s / cap), before the mask (Gemma 2). */
  readonly cap?: number;
  /** Whether queries and keys are normalized (RMSNorm) head by head, before they are turned (Qwen 3, Gemma 3). */
  readonly queryKeyNorm?: boolean;
  /** Layers whose queries see `keys` keys only, the latest ones, their own included. */
  readonly window?: { readonly keys: number; readonly layers: readonly number[] };
  /** RoPE of the layers with a window, where it is another than that of the rest (Gemma 3). */
  readonly windowRope?: Rope;
  /** Layers without RoPE, in a model that has it (SmolLM 3). */
  readonly unturnedLayers?: readonly number[];
}

/** Which matrices have a bias beside them, in architectures that leave the choice. */
export type Bias = 'query-key-value' | 'attention-output' | 'mlp';

/** All sizes and choices of a decoder: `modelConfig` makes one, `checkConfig` checks one from elsewhere. */
export interface ModelConfig {
  readonly architecture: ArchitectureName;
  /** Number of tokens, the special ones included. */
  readonly vocabulary: number;
  readonly layers: number;
  /** Query heads. */
  readonly heads: number;
  /** Heads of keys and values: as many as `heads`, or fewer (grouped-query attention). */
  readonly keyValueHeads: number;
  /** Width of the residual stream; `width / heads` is the size of a head unless `headSize` says otherwise. */
  readonly width: number;
  readonly headSize?: number;
  /** Width of the MLP's hidden layer. */
  readonly mlpWidth: number;
  /** The longest sequence: position ids run from 0 to positions - 1. */
  readonly positions: number;
  readonly positionEncoding: PositionEncoding;
  /** What the norms add to the variance. */
  readonly epsilon: number;
  readonly activation: Activation;
  /** Whether the unembedding is the token embedding. */
  readonly tiedEmbeddings: boolean;
  readonly attention?: AttentionVariant;
  readonly biases?: readonly Bias[];
  /** Token embeddings are multiplied with it (Gemma: √width). */
  readonly embeddingScale?: number;
  /** Logits x are cap·tanh(x / cap) (Gemma 2). */
  readonly logitCap?: number;
}

/** GELU by the tanh formula, GELU by erf, or SiLU (of a gate: SwiGLU). */
export type Activation = 'gelu-tanh' | 'gelu-erf' | 'silu';

/** What must be said about a model; the rest has the architecture's defaults. */
export type ModelOptions = Pick<
  ModelConfig,
  'architecture' | 'vocabulary' | 'layers' | 'heads' | 'width' | 'positions'
> &
  Partial<ModelConfig>;

/** The size of one attention head: width / heads, unless the configuration says another. */
export function headSize(config: Pick<ModelConfig, 'width' | 'heads' | 'headSize'>): number {
  return config.headSize ?? config.width / config.heads;
}
