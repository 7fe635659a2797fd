/**
 * RoPE as config.json has it. transformers 4 has theta beside `rope_scaling`, which it calls `type` or `rope_type`;
 * transformers 5 has both in `rope_parameters`, and prefers `rope_scaling` to it where that is not null.
 */
import { z } from 'zod';
import type { Json } from '../../../common/json.ts';
import type { RopeScaling } from '../../config/config.ts';
import type { Rope } from '../../forward/rope-frequencies.ts';

const ropeType = z.enum(['default', 'linear', 'llama3', 'yarn']);

/** What each scaling can't do without. The rest has transformers' defaults. */
const needed = {
  default: [],
  linear: ['factor'],
  llama3: ['factor', 'low_freq_factor', 'high_freq_factor'],
  yarn: ['factor'],
} as const;

const ropeJson = z
  .object({
    rope_type: ropeType.optional(),
    type: ropeType.optional(),
    rope_theta: z.number().nullish(),
    partial_rotary_factor: z.literal(1).nullish(),
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
  })
  .superRefine((rope, context) => {
    const type = rope.rope_type ?? rope.type ?? 'default';
    const missing = needed[type].filter((field) => typeof rope[field] !== 'number');
    if (missing.length === 0) return;
    context.addIssue({ code: 'custom', message: `'${type}' scaling needs a ${missing.join(', a ')}` });
  });

/** The fields of config.json that say how positions turn; part of an architecture's schema. */
export const ropeFields = {
  rope_theta: z.number().nullish(),
  rope_scaling: ropeJson.nullish(),
  rope_parameters: ropeJson.nullish(),
  original_max_position_embeddings: z.number().nullish(),
} as const;

interface RopeJson {
  readonly max_position_embeddings: number;
  readonly rope_theta?: number | null;
  readonly rope_scaling?: z.output<typeof ropeJson> | null;
  readonly rope_parameters?: z.output<typeof ropeJson> | null;
  readonly original_max_position_embeddings?: number | null;
}

/** What the fields say; not yet checked for impossible numbers. */
export function readRope(fields: RopeJson): Rope {
  const rope = fields.rope_scaling ?? fields.rope_parameters ?? {};
  const theta = rope.rope_theta ?? fields.rope_theta ?? 10_000;
  const factor = rope.factor ?? 1;
  const originalPositions =
    fields.original_max_position_embeddings ??
    rope.original_max_position_embeddings ??
    fields.max_position_embeddings;
  switch (rope.rope_type ?? rope.type ?? 'default') {
    case 'default':
      return { kind: 'rope', theta, factor: 1 };
    case 'linear':
      return { kind: 'rope', theta, factor };
    case 'llama3': {
      const [slowTurns, fastTurns] = [rope.low_freq_factor!, rope.high_freq_factor!];
      return {
        kind: 'rope',
        theta,
        factor,
        scaling: { kind: 'llama3', slowTurns, fastTurns, originalPositions },
      };
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
      return { kind: 'rope', theta, factor, scaling };
    }
  }
}

/** The same fields, as both versions of transformers read them. */
export function writeRope({ theta, factor, scaling }: Rope): Readonly<Record<string, Json>> {
  const written = writeScaling(factor, scaling);
  return {
    rope_theta: theta,
    rope_scaling: written.rope_type === 'default' ? null : written,
    rope_parameters: { ...written, rope_theta: theta },
  };
}

function writeScaling(factor: number, scaling: RopeScaling | undefined): Record<string, Json> {
  if (scaling === undefined) {
    return factor === 1 ? { rope_type: 'default' } : { rope_type: 'linear', type: 'linear', factor };
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
