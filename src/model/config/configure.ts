/** Makes and checks model configurations: every impossible combination is named at once, with the way out. */
import { z } from 'zod';
import { UserError } from '../../common/errors.ts';
import { unknownName } from '../../common/nearest.ts';
import { architectures } from '../architectures/table.ts';
import type { ModelConfig, ModelOptions } from './config.ts';
import type { Rope } from '../forward/rope-frequencies.ts';

/**
 * Caps on what a configuration from outside may ask for, so that a damaged number ends in a line and not in an
 * allocation. Each is well above every published decoder.
 */
const limits = {
  layers: 1_000,
  heads: 1_024,
  width: 1 << 17,
  mlpWidth: 1 << 20,
  vocabulary: 1 << 22,
  positions: 1 << 24,
} as const;

/** Numbers in the table of RoPE's cosines, a quarter of a gigabyte: a million positions of 64 numbers. */
const ROPE_TABLE_CAP = 1 << 26;

const count = (limit: number) => z.number().int().min(1).max(limit);

const ropeScaling = {
  originalPositions: count(limits.positions),
  slowTurns: z.number().positive().max(1e6),
  fastTurns: z.number().positive().max(1e6),
} as const;

const ropeScalingSchema = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('llama3'), ...ropeScaling }),
  z.strictObject({
    kind: z.literal('yarn'),
    ...ropeScaling,
    amplitude: z.number().positive().max(1e3),
    wholePairs: z.boolean(),
  }),
]);

const positionEncodingSchema = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('learned') }),
  z.strictObject({ kind: z.literal('none') }),
  z.strictObject({
    kind: z.literal('rope'),
    theta: z.number().positive().max(1e12),
    factor: z.number().positive().max(1e6),
    scaling: ropeScalingSchema.optional(),
  }),
]);

const configSchema: z.ZodType<ModelConfig> = z.strictObject({
  architecture: z.enum(['gpt2', 'llama']),
  vocabulary: count(limits.vocabulary),
  layers: count(limits.layers),
  heads: count(limits.heads),
  keyValueHeads: count(limits.heads),
  width: count(limits.width),
  mlpWidth: count(limits.mlpWidth),
  positions: count(limits.positions),
  positionEncoding: positionEncodingSchema,
  epsilon: z.number().positive().max(1),
  activation: z.enum(['gelu-tanh', 'gelu-erf', 'silu']),
  tiedEmbeddings: z.boolean(),
});

/**
 * A whole configuration from what must be said and the architecture's defaults.
 * @throws UserError that names every impossible combination at once, each with the way out.
 * @example modelConfig({ architecture: 'gpt2', vocabulary: 30, layers: 2, heads: 4, width: 64, positions: 200 })
 */
export function modelConfig(options: ModelOptions): ModelConfig {
  const { architecture } = options;
  if (!Object.hasOwn(architectures, architecture)) {
    throw new UserError(unknownName('architecture', architecture, Object.keys(architectures)));
  }
  const said = Object.entries(options).filter(([, value]) => value !== undefined);
  return checkConfig({ ...architectures[architecture].defaults(options), ...Object.fromEntries(said) });
}

/**
 * The configuration in `value`, wherever that comes from.
 * @param where what to call it in the error, for instance a file's path
 * @throws UserError with every fault in one line
 */
export function checkConfig(value: unknown, where = 'model configuration'): ModelConfig {
  const parsed = configSchema.safeParse(value);
  if (!parsed.success) {
    const faults = parsed.error.issues.map(({ path, message }) => `${path.join('.') || 'value'}: ${message}`);
    throw new UserError(`${where}: ${faults.join('; ')}`);
  }
  const problems = [
    ...sharedProblems(parsed.data),
    ...architectures[parsed.data.architecture].problems(parsed.data),
  ];
  if (problems.length > 0) throw new UserError(`${where}: ${problems.join('; ')}`);
  return parsed.data;
}

function sharedProblems(config: ModelConfig): string[] {
  const { width, heads, keyValueHeads, positionEncoding, positions } = config;
  const problems: string[] = [];
  if (width % heads !== 0) {
    problems.push(
      `${heads} heads do not divide the width ${width}: take a width of ${nextMultiple(width, heads)}, or ${divisorNear(width, heads)} heads`,
    );
  }
  if (heads % keyValueHeads !== 0) {
    problems.push(
      `${keyValueHeads} key/value heads do not divide ${heads} heads: take ${divisorNear(heads, keyValueHeads)}`,
    );
  }
  if (positionEncoding.kind === 'rope' && width % heads === 0 && (width / heads) % 2 !== 0) {
    problems.push(
      `RoPE turns pairs of numbers, but a head has ${width / heads}: take a width of ${nextMultiple(width, 2 * heads)}`,
    );
  }
  if (positionEncoding.kind === 'rope' && (positions * width) / heads > ROPE_TABLE_CAP) {
    problems.push(
      `${positions} positions of ${width / heads} numbers are more than ${ROPE_TABLE_CAP}: take at most ${Math.floor((ROPE_TABLE_CAP * heads) / width)} positions`,
    );
  }
  if (positionEncoding.kind === 'rope') problems.push(...scalingProblems(positionEncoding));
  return problems;
}

function scalingProblems({ theta, scaling }: Rope): string[] {
  if (scaling === undefined) return [];
  const { kind, slowTurns, fastTurns } = scaling;
  const problems: string[] = [];
  if (slowTurns >= fastTurns) {
    problems.push(
      `${kind} scaling leaves what turns more than ${fastTurns} times and divides what turns less than ${slowTurns}: the first must be the larger`,
    );
  }
  if (kind === 'yarn' && theta <= 1) problems.push(`yarn scaling needs a theta above 1, not ${theta}`);
  return problems;
}

function nextMultiple(value: number, of: number): number {
  return Math.ceil(value / of) * of;
}

/** The largest divisor of `value` that is at most `wanted`. */
function divisorNear(value: number, wanted: number): number {
  let divisor = Math.min(value, wanted);
  while (value % divisor !== 0) divisor--;
  return divisor;
}
