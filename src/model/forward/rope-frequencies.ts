/**
 * How fast each pair of numbers in a head turns, by each of RoPE's scalings: plain and linear (Chen et al. 2023), Llama
 * 3's, YaRN's (Peng et al. 2023, §3.2) and LongRoPE's (Ding et al. 2024). In float32 steps, as transformers computes them (`modeling_rope_utils`).
 */
import type { LongRope, Rope, SlowAngles } from '../config/config.ts';

const TURN = 2 * Math.PI;

/**
 * Radians a position of the pairs among `turned` numbers of a head, the fastest first: [turned / 2].
 * @param isLong of a sequence that is longer than LongRoPE's original positions
 */
export function frequencies({ theta, factor, scaling }: Rope, turned: number, isLong = false): number[] {
  const powers = Array.from({ length: turned / 2 }, (_, pair) =>
    Math.fround(theta ** Math.fround((2 * pair) / turned)),
  );
  const plain = powers.map((power) => Math.fround(1 / power));
  if (scaling?.kind === 'dynamic') return plain;
  if (scaling?.kind === 'longrope') return dividedByLongRope(scaling, powers, isLong);
  const divided = plain.map((frequency) => Math.fround(frequency / factor));
  if (scaling === undefined) return divided;
  const kept = scaling.kind === 'llama3' ? keptByLlama3(scaling, plain) : keptByYarn(scaling, theta, turned);
  return plain.map((frequency, pair) =>
    Math.fround(
      Math.fround((1 - kept[pair]) * divided[pair]) + Math.fround(Math.fround(kept[pair]) * frequency),
    ),
  );
}

/** What the cosines and sines are multiplied with: YaRN's and LongRoPE's softmax temperature, 1 elsewhere. */
export function amplitude({ scaling }: Rope): number {
  return scaling?.kind === 'yarn' || scaling?.kind === 'longrope' ? scaling.amplitude : 1;
}

function dividedByLongRope({ short, long }: LongRope, powers: readonly number[], isLong: boolean): number[] {
  const divisors = isLong ? long : short;
  return powers.map((power, pair) => Math.fround(1 / Math.fround(Math.fround(divisors[pair]) * power)));
}

/** What share of a pair's frequency is kept, by how often it turns over the original positions. */
function keptByLlama3(scaling: Extract<SlowAngles, { kind: 'llama3' }>, plain: readonly number[]): number[] {
  const { slowTurns, fastTurns, originalPositions } = scaling;
  return plain.map((frequency) => {
    const turns = (originalPositions * frequency) / TURN;
    return clamp((turns - slowTurns) / (fastTurns - slowTurns), 0, 1);
  });
}

/** The same, linear in the pair's place between the one that turns `fastTurns` times and the one with `slowTurns`. */
function keptByYarn(scaling: Extract<SlowAngles, { kind: 'yarn' }>, theta: number, size: number): number[] {
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
