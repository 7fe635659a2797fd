/**
 * RoPE as config.json has it. transformers 4 has theta beside `rope_scaling`, which it calls `type` or `rope_type`;
 * transformers 5 has both in `rope_parameters`, and prefers `rope_scaling` to it where that is not null.
 */
import { z } from 'zod';
import { UserError } from '../../../common/errors.ts';
import type { Json } from '../../../common/json.ts';
import type { Rope, RopeScaling } from '../../config/config.ts';

const ropeType = z.enum(['default', 'linear', 'dynamic', 'llama3', 'yarn', 'longrope', 'su']);

/** What each scaling can't do without. The rest has transformers' defaults. */
const needed = {
  default: [],
  linear: ['factor'],
  dynamic: ['factor'],
  llama3: ['factor', 'low_freq_factor', 'high_freq_factor'],
  yarn: ['factor'],
  longrope: ['short_factor', 'long_factor'],
} as const;

/** One way to turn. Strict: a field that is not known here may change how positions turn. */
export const ropeJson = z
  .strictObject({
    rope_type: ropeType.optional(),
    type: ropeType.optional(),
    rope_theta: z.number().nullish(),
    partial_rotary_factor: z.number().positive().max(1).nullish(),
    factor: z.number().nullish(),
    original_max_position_embeddings: z.number().nullish(),
    low_freq_factor: z.number().nullish(),
    high_freq_factor: z.number().nullish(),
    beta_fast: z.number().nullish(),
    beta_slow: z.number().nullish(),
    attention_factor: z.number().nullish(),
    mscale: z.number().nullish(),
    mscale_all_dim: z.number().nullish(),
    truncate: z.boolean().nullish(),
    short_factor: z.array(z.number()).nullish(),
    long_factor: z.array(z.number()).nullish(),
    finetuned: z.boolean().nullish(), // says how the model came about
  })
  .superRefine((rope, context) => {
    const type = typeOf(rope);
    const missing = needed[type].filter((field) => rope[field] === undefined || rope[field] === null);
    if (missing.length === 0) return;
    context.addIssue({ code: 'custom', message: `'${type}' scaling needs a ${missing.join(', a ')}` });
  });

type OneRope = z.output<typeof ropeJson>;

/** Phi 3 called LongRoPE 'su' at first. */
function typeOf({ rope_type: type, type: old, short_factor: short }: Partial<OneRope>) {
  const said = type ?? old ?? 'default';
  // Phi 3 also called it 'yarn', which has no factors of its own.
  return said === 'su' || (said === 'yarn' && Array.isArray(short)) ? 'longrope' : said;
}

/** The fields of config.json that say how positions turn; part of an architecture's schema. */
export const ropeFields = {
  rope_theta: z.number().nullish(),
  rope_scaling: ropeJson.nullish(),
  rope_parameters: ropeJson.nullish(),
  original_max_position_embeddings: z.number().nullish(),
} as const;

/** Those fields, and which numbers of a head turn at all. */
export interface RopeFields {
  readonly max_position_embeddings: number;
  readonly rope_theta?: number | null;
  readonly rope_scaling?: OneRope | null;
  readonly rope_parameters?: OneRope | null;
  readonly original_max_position_embeddings?: number | null;
  /** The share of a head that turns, where the architecture has such; all of it must turn where nothing is said. */
  readonly partial_rotary_factor?: number | null;
}

/**
 * What the fields say; not yet checked for impossible numbers.
 * @param size of a head
 * @throws UserError for a share of a head where the architecture turns all of it, and for factors that contradict
 */
export function readRope(fields: RopeFields, size: number, where: string): Rope {
  const rope: OneRope = fields.rope_scaling ?? fields.rope_parameters ?? {};
  const theta = rope.rope_theta ?? fields.rope_theta ?? 10_000;
  const share = rope.partial_rotary_factor ?? fields.partial_rotary_factor ?? 1;
  if (fields.partial_rotary_factor === undefined && share !== 1) {
    throw new UserError(
      `${where}: partial_rotary_factor: this architecture turns whole heads, not ${share} of each`,
    );
  }
  const turned = Math.trunc(size * share);
  return {
    kind: 'rope',
    theta,
    ...readScaling(rope, fields, where),
    ...(turned !== size && { turned }),
  };
}

function readScaling(rope: OneRope, fields: RopeFields, where: string): Pick<Rope, 'factor' | 'scaling'> {
  const factor = rope.factor ?? 1;
  const originalPositions =
    fields.original_max_position_embeddings ??
    rope.original_max_position_embeddings ??
    fields.max_position_embeddings;
  switch (typeOf(rope)) {
    case 'default':
      return { factor: 1 };
    case 'linear':
      return { factor };
    case 'dynamic':
      return { factor, scaling: { kind: 'dynamic' } };
    case 'llama3': {
      const [slowTurns, fastTurns] = [rope.low_freq_factor!, rope.high_freq_factor!];
      return { factor, scaling: { kind: 'llama3', slowTurns, fastTurns, originalPositions } };
    }
    case 'yarn': {
      const scaling: RopeScaling = {
        kind: 'yarn',
        // 0 counts as not given, as in transformers.
        slowTurns: rope.beta_slow || 1,
        fastTurns: rope.beta_fast || 32,
        originalPositions,
        amplitude: rope.attention_factor ?? yarnAmplitude(factor, rope.mscale, rope.mscale_all_dim),
        wholePairs: rope.truncate ?? true,
      };
      return { factor, scaling };
    }
    case 'longrope': {
      const growth = fields.max_position_embeddings / originalPositions;
      if (rope.attention_factor === undefined && typeof rope.factor === 'number' && rope.factor !== growth) {
        throw new UserError(
          `${where}: longrope scaling by a factor of ${rope.factor}, but max_position_embeddings is ${growth} times original_max_position_embeddings: versions of transformers differ on which one counts; say attention_factor`,
        );
      }
      const amplitude = rope.attention_factor ?? longRopeAmplitude(growth, originalPositions);
      const [short, long] = [rope.short_factor!, rope.long_factor!];
      return { factor: 1, scaling: { kind: 'longrope', originalPositions, short, long, amplitude } };
    }
  }
}

/**
 * The same fields, as both versions of transformers read them.
 * @param size of a head
 * @param positions the model's longest sequence
 */
export function writeRope(rope: Rope, size: number, positions: number): Readonly<Record<string, Json>> {
  const { theta, turned = size } = rope;
  const written = writeScaling(rope, positions);
  const share: Record<string, Json> = turned === size ? {} : { partial_rotary_factor: shareOf(turned, size) };
  return {
    rope_theta: theta,
    rope_scaling: written.rope_type === 'default' ? null : written,
    rope_parameters: { ...written, rope_theta: theta, ...share },
  };
}

/** One of several ways to turn, as transformers 5 has them by kind of layer. */
export function writeOneRope(rope: Rope, positions: number): Record<string, Json> {
  return { ...writeScaling(rope, positions), rope_theta: rope.theta };
}

/** The share of a head that turns, so that the product with its size is rounded down to what turns. */
export function shareOf(turned: number, size: number): number {
  const share = turned / size;
  return Math.trunc(size * share) === turned ? share : (turned + 0.5) / size;
}

function writeScaling({ factor, scaling }: Rope, positions: number): Record<string, Json> {
  if (scaling === undefined) {
    return factor === 1 ? { rope_type: 'default' } : { rope_type: 'linear', type: 'linear', factor };
  }
  if (scaling.kind === 'dynamic') return { rope_type: 'dynamic', type: 'dynamic', factor };
  if (scaling.kind === 'longrope') {
    return {
      rope_type: 'longrope',
      type: 'longrope',
      factor: positions / scaling.originalPositions,
      original_max_position_embeddings: scaling.originalPositions,
      attention_factor: scaling.amplitude,
      short_factor: [...scaling.short],
      long_factor: [...scaling.long],
    };
  }
  const shared = {
    rope_type: scaling.kind,
    factor,
    original_max_position_embeddings: scaling.originalPositions,
  };
  if (scaling.kind === 'llama3') {
    return { ...shared, low_freq_factor: scaling.slowTurns, high_freq_factor: scaling.fastTurns };
  }
  return {
    ...shared,
    beta_fast: scaling.fastTurns,
    beta_slow: scaling.slowTurns,
    attention_factor: scaling.amplitude,
    truncate: scaling.wholePairs,
  };
}

/** YaRN §3.4, where nothing is said: 0.1 ln(factor) + 1, or the ratio of two such with weights of their own. */
function yarnAmplitude(factor: number, over?: number | null, under?: number | null): number {
  const of = (weight: number) => (factor <= 1 ? 1 : 0.1 * weight * Math.log(factor) + 1);
  return over && under ? of(over) / of(under) : of(1);
}

/** LongRoPE's, where nothing is said: √(1 + ln(growth) / ln(original positions)). */
function longRopeAmplitude(growth: number, originalPositions: number): number {
  return growth <= 1 ? 1 : Math.sqrt(1 + Math.log(growth) / Math.log(originalPositions));
}
