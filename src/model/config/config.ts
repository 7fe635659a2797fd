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

/** GPT-2 style (LayerNorm, GELU, learned positions or none) or Llama style (RMSNorm, SwiGLU, RoPE). */
export type ArchitectureName = 'gpt2' | 'llama';

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
  /** Width of the residual stream; `width / heads` is the size of a head. */
  readonly width: number;
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
}

/** GELU by the tanh formula, GELU by erf, or SiLU (of a gate: SwiGLU). */
export type Activation = 'gelu-tanh' | 'gelu-erf' | 'silu';

/** What must be said about a model; the rest has the architecture's defaults. */
export type ModelOptions = Pick<
  ModelConfig,
  'architecture' | 'vocabulary' | 'layers' | 'heads' | 'width' | 'positions'
> &
  Partial<ModelConfig>;

/** The size of one attention head: width / heads. */
export function headSize(config: Pick<ModelConfig, 'width' | 'heads'>): number {
  return config.width / config.heads;
}
