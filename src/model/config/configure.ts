/** Makes and checks model configurations: every impossible combination is named at once, with the way out. */
import { z } from 'zod';
import { UserError } from '../../common/errors.ts';
import { unknownName } from '../../common/nearest.ts';
import { architectures } from '../architectures/table.ts';
import { ARCHITECTURE_NAMES, BIASES, headSize, turnedSize } from './config.ts';
import type { ModelConfig, ModelOptions, Rope } from './config.ts';

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

const slowAngles = {
  originalPositions: count(limits.positions),
  slowTurns: z.number().positive().max(1e6),
  fastTurns: z.number().positive().max(1e6),
} as const;
const amplitude = z.number().positive().max(1e3);
const divisors = z.array(z.number().positive().max(1e6)).max(limits.width);

const ropeScalingSchema = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('llama3'), ...slowAngles }),
  z.strictObject({ kind: z.literal('yarn'), ...slowAngles, amplitude, wholePairs: z.boolean() }),
  z.strictObject({
    kind: z.literal('longrope'),
    originalPositions: count(limits.positions),
    short: divisors,
    long: divisors,
    amplitude,
  }),
  z.strictObject({ kind: z.literal('dynamic') }),
]);

const ropeSchema = z.strictObject({
  kind: z.literal('rope'),
  theta: z.number().positive().max(1e12),
  factor: z.number().positive().max(1e6),
  scaling: ropeScalingSchema.optional(),
  turned: count(limits.width).optional(),
});

const positionEncodingSchema = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('learned') }),
  z.strictObject({ kind: z.literal('none') }),
  ropeSchema,
]);

const layerList = z
  .array(
    z
      .number()
      .int()
      .min(0)
      .max(limits.layers - 1),
  )
  .max(limits.layers);

const attentionSchema = z.strictObject({
  scale: z.number().positive().max(1e3).optional(),
  cap: z.number().positive().max(1e6).optional(),
  window: z.strictObject({ keys: count(limits.positions), layers: layerList }).optional(),
  windowRope: ropeSchema.optional(),
  unturnedLayers: layerList.optional(),
});

const configSchema: z.ZodType<ModelConfig> = z.strictObject({
  architecture: z.enum(ARCHITECTURE_NAMES),
  vocabulary: count(limits.vocabulary),
  layers: count(limits.layers),
  heads: count(limits.heads),
  keyValueHeads: count(limits.heads),
  width: count(limits.width),
  headSize: count(limits.width).optional(),
  mlpWidth: count(limits.mlpWidth),
  positions: count(limits.positions),
  positionEncoding: positionEncodingSchema,
  epsilon: z.number().positive().max(1),
  activation: z.enum(['gelu-tanh', 'gelu-erf', 'silu']),
  tiedEmbeddings: z.boolean(),
  parallel: z.boolean().optional(),
  attention: attentionSchema.optional(),
  biases: z.array(z.enum(BIASES)).optional(),
  logitCap: z.number().positive().max(1e6).optional(),
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
  const { width, heads, keyValueHeads, positionEncoding, attention } = config;
  const problems: string[] = [];
  const isWhole = config.headSize !== undefined || width % heads === 0;
  if (!isWhole) {
    problems.push(
      `${heads} heads do not divide the width ${width}: take a width of ${nextMultiple(width, heads)}, or ${divisorNear(width, heads)} heads`,
    );
  }
  if (heads % keyValueHeads !== 0) {
    problems.push(
      `${keyValueHeads} key/value heads do not divide ${heads} heads: take ${divisorNear(heads, keyValueHeads)}`,
    );
  }
  const ropes = [positionEncoding, attention?.windowRope].filter((rope) => rope?.kind === 'rope');
  if (isWhole) problems.push(...new Set(ropes.flatMap((rope) => ropeProblems(config, rope))));
  if (ropes.length === 0 && attention?.unturnedLayers !== undefined) {
    problems.push('layers without RoPE in a model that has none: leave unturnedLayers out');
  }
  if (
    attention?.windowRope !== undefined &&
    (positionEncoding.kind !== 'rope' || attention.window === undefined)
  ) {
    problems.push('a RoPE for layers with a window needs RoPE and a window: leave windowRope out');
  }
  for (const layers of [attention?.window?.layers, attention?.unturnedLayers]) {
    if (layers?.some((layer, i) => layer >= config.layers || (i > 0 && layer <= layers[i - 1]))) {
      problems.push(
        `the layers ${layers.join(', ')}: expected some of 0 to ${config.layers - 1}, in order, each once`,
      );
    }
  }
  return problems;
}

function ropeProblems(config: ModelConfig, rope: Rope): string[] {
  const { width, heads, positions } = config;
  const size = headSize(config);
  const turned = turnedSize(config, rope);
  const problems: string[] = [];
  if (turned > size)
    problems.push(`RoPE turns ${turned} numbers, but a head has ${size}: take at most ${size}`);
  if (turned % 2 !== 0) {
    const wayOut =
      rope.turned === undefined && config.headSize === undefined
        ? `a head has ${turned}: take a width of ${nextMultiple(width, 2 * heads)}`
        : `${turned} are to turn: take ${turned + 1}`;
    problems.push(`RoPE turns pairs of numbers, but ${wayOut}`);
  }
  if (positions * size > ROPE_TABLE_CAP) {
    problems.push(
      `${positions} positions of ${size} numbers are more than ${ROPE_TABLE_CAP}: take at most ${Math.floor(ROPE_TABLE_CAP / size)} positions`,
    );
  }
  return [...problems, ...scalingProblems(rope, turned)];
}

function scalingProblems({ theta, scaling }: Rope, turned: number): string[] {
  if (scaling === undefined || scaling.kind === 'dynamic') return [];
  if (scaling.kind === 'longrope') {
    const { short, long } = scaling;
    if (short.length === turned / 2 && long.length === turned / 2) return [];
    return [
      `longrope scaling has ${short.length} short and ${long.length} long factors: ${turned} numbers turn in pairs, so ${turned / 2} of each were expected`,
    ];
  }
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
