/**
 * How fast each pair of numbers in a head turns, by each of RoPE's scalings: plain and linear (Chen et al. 2023), Llama
 * 3's and YaRN's (Peng et al. 2023, §3.2). In float32 steps, as transformers computes them (`modeling_rope_utils`).
 */
import type { PositionEncoding, RopeScaling } from '../config/config.ts';

export type Rope = Extract<PositionEncoding, { kind: 'rope' }>;

const TURN = 2 * Math.PI;

/** Radians a position of the pairs of a head of `size` numbers, the fastest first: [size / 2]. */
export function frequencies({ theta, factor, scaling }: Rope, size: number): number[] {
  const plain = Array.from({ length: size / 2 }, (_, pair) => {
    const exponent = Math.fround((2 * pair) / size);
    return Math.fround(1 / Math.fround(theta ** exponent));
  });
  const divided = plain.map((frequency) => Math.fround(frequency / factor));
  if (scaling === undefined) return divided;
  const kept = scaling.kind === 'llama3' ? keptByLlama3(scaling, plain) : keptByYarn(scaling, theta, size);
  return plain.map((frequency, pair) =>
    Math.fround(
      Math.fround((1 - kept[pair]) * divided[pair]) + Math.fround(Math.fround(kept[pair]) * frequency),
    ),
  );
}

/** What the cosines and sines are multiplied with: YaRN's softmax temperature, 1 elsewhere. */
export function amplitude({ scaling }: Rope): number {
  return scaling?.kind === 'yarn' ? scaling.amplitude : 1;
}

/** What share of a pair's frequency is kept, by how often it turns over the original positions. */
function keptByLlama3(scaling: Extract<RopeScaling, { kind: 'llama3' }>, plain: readonly number[]): number[] {
  const { slowTurns, fastTurns, originalPositions } = scaling;
  return plain.map((frequency) => {
    const turns = (originalPositions * frequency) / TURN;
    return clamp((turns - slowTurns) / (fastTurns - slowTurns), 0, 1);
  });
}

/** The same, linear in the pair's place between the one that turns `fastTurns` times and the one with `slowTurns`. */
function keptByYarn(scaling: Extract<RopeScaling, { kind: 'yarn' }>, theta: number, size: number): number[] {
  const { slowTurns, fastTurns, originalPositions, wholePairs } = scaling;
  const placeOf = (turns: number) =>
    (size * Math.log(originalPositions / (turns * TURN))) / (2 * Math.log(theta));
  const [first, last] = [placeOf(fastTurns), placeOf(slowTurns)];
  const low = Math.max(wholePairs ? Math.floor(first) : first, 0);
  const high = Math.min(wholePairs ? Math.ceil(last) : last, size - 1);
  const width = low === high ? 0.001 : high - low;
  return Array.from({ length: size / 2 }, (_, pair) => 1 - clamp((pair - low) / width, 0, 1));
}

function clamp(x: number, low: number, high: number): number {
  return Math.min(Math.max(x, low), high);
}
