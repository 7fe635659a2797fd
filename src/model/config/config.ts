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

/** Other ways to turn than all angles divided by the factor. */
export type RopeScaling = SlowAngles | LongRope | DynamicRope;

/**
 * Scalings that divide the slow angles only: those that turn fewer than `slowTurns` times over `originalPositions`, the
 * length that the model was first trained on. Those that turn more than `fastTurns` times stay; between, some of both.
 */
export type SlowAngles = {
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

/**
 * A divisor for each angle: one list for sequences of up to `originalPositions` tokens, another for longer ones. Which
 * one is said by the whole sequence, so a longer sequence turns all its positions in another way. The factor says nothing.
 */
export interface LongRope {
  readonly kind: 'longrope';
  readonly originalPositions: number;
  /** Half as many as numbers turn, each. */
  readonly short: readonly number[];
  readonly long: readonly number[];
  /** Queries and keys are multiplied with it. */
  readonly amplitude: number;
}

/** Plain up to the model's positions. Beyond them theta would grow with the length by the factor: not computed here. */
export interface DynamicRope {
  readonly kind: 'dynamic';
}

/** The decoders that are computed here (`architectures/`). */
export type ArchitectureName = (typeof ARCHITECTURE_NAMES)[number];
export const ARCHITECTURE_NAMES = [
  'gpt2',
  'llama',
  'mistral',
  'qwen2',
  'qwen3',
  'smollm3',
  'phi3',
  'gemma2',
  'gemma3',
  'gpt-neox',
  'phi',
] as const;

/** Rotary positions, as `PositionEncoding` has them. */
export type Rope = Extract<PositionEncoding, { kind: 'rope' }>;

/** Where attention differs from softmax(q·kᵀ/√d + causal mask)·v. All of it is absent in GPT-2 and Llama. */
export interface AttentionVariant {
  /** What q·kᵀ is multiplied with, where that is not 1/√(head size). */
  readonly scale?: number;
  /** Scores s are cap·tanh(s / cap), before the mask (Gemma 2). */
  readonly cap?: number;
  /** Layers, in ascending order, whose queries see `keys` keys only: the latest ones, their own included. */
  readonly window?: { readonly keys: number; readonly layers: readonly number[] };
  /** RoPE of the layers with a window, where it is another than that of the rest (Gemma 3). */
  readonly windowRope?: Rope;
  /** Layers without RoPE, in ascending order, in a model that has it (SmolLM 3). */
  readonly unturnedLayers?: readonly number[];
}

/** Which matrices have a bias beside them, in architectures that leave the choice. */
export type Bias = (typeof BIASES)[number];
export const BIASES = ['query-key-value', 'attention-output', 'mlp'] as const;

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
  /** Whether the MLP reads what attention reads, instead of what attention has added to (NeoX, Phi). */
  readonly parallel?: boolean;
  readonly attention?: AttentionVariant;
  readonly biases?: readonly Bias[];
  /** Logits x are cap·tanh(x / cap) (Gemma 2). */
  readonly logitCap?: number;
}

/** GELU by the tanh formula, GELU by erf, or SiLU. */
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

/** How many keys a layer's queries see at most; undefined where they see all up to their own. */
export function windowOf({ attention }: ModelConfig, layer: number): number | undefined {
  const window = attention?.window;
  return window?.layers.includes(layer) === true ? window.keys : undefined;
}

/** How a layer's queries and keys turn; undefined where they don't. */
export function ropeOf(config: ModelConfig, layer: number): Rope | undefined {
  const { positionEncoding, attention } = config;
  if (positionEncoding.kind !== 'rope' || attention?.unturnedLayers?.includes(layer) === true)
    return undefined;
  return windowOf(config, layer) === undefined
    ? positionEncoding
    : (attention?.windowRope ?? positionEncoding);
}

/** How many numbers of each head turn. */
export function turnedSize(config: ModelConfig, rope: Rope): number {
  return rope.turned ?? headSize(config);
}

/**
 * The longest sequence that turns by the same angles as all shorter ones; longer ones turn otherwise from their first
 * position on (LongRoPE). Infinity where the length makes no difference.
 */
export function ropeBorder({ positionEncoding }: ModelConfig): number {
  if (positionEncoding.kind !== 'rope' || positionEncoding.scaling?.kind !== 'longrope') return Infinity;
  const { short, long, originalPositions } = positionEncoding.scaling;
  return short.every((divisor, i) => divisor === long[i]) ? Infinity : originalPositions;
}
