/**
 * Rotary positions (Su et al. 2021) in the half-split layout that Hugging Face uses: number i of a head is paired with
 * number i + d/2, and the pair is turned by its frequency (`rope-frequencies.ts`) times the position.
 */
import type { Graph, Value } from '../../graph/index.ts';
import {
  add,
  cast,
  expand,
  gather,
  less,
  matmul,
  multiply,
  reduceMax,
  reshape,
  select,
} from '../../graph/index.ts';
import { slice } from '../../graph/index.ts';
import { headSize, turnedSize } from '../config/config.ts';
import type { ModelConfig, Rope } from '../config/config.ts';
import type { Pass } from './pass.ts';
import { amplitude, frequencies } from './rope-frequencies.ts';

/** The cosines and sines of one group's tokens. */
export interface Rotation {
  /** [batch, 1, positions, d] each; 1 and 0 at numbers that do not turn. */
  readonly cosines: Value;
  readonly sines: Value;
  /** [d, d]: x·halfTurn is x with each pair turned by 90°: (a, b) → (-b, a). */
  readonly halfTurn: Value;
}

/** How queries and keys of a group turn in layers with this RoPE; `first` is the place of the group's first token. */
export function rotationOfGroup(pass: Pass, rope: Rope, group: number, first: number): Rotation | undefined {
  const { graph, config, layout } = pass;
  const reach = layout.reach ?? config.positions;
  if (pass.positions === undefined) return undefined;
  const { batch, length } = layout.groups[group];
  const size = headSize(config);
  const turned = turnedSize(config, rope);
  const count = batch * length;
  const positions =
    pass.positions.shape[0] === count ? pass.positions : slice(pass.positions, 0, first, first + count); // [batch·length]
  const ofTokens = (table: Float32Array) =>
    reshape(gather(graph.constant(table, [reach, size]), positions), [batch, 1, length, size]);
  const { cosines, sines } = tables(config, rope, reach, false);
  const short = {
    cosines: ofTokens(cosines),
    sines: ofTokens(sines),
    halfTurn: halfTurn(graph, size, turned),
  };
  if (rope.scaling?.kind !== 'longrope' || rope.scaling.originalPositions >= reach) return short;
  const long = tables(config, rope, reach, true);
  const isLong = expand(
    reshape(isLongSequence(pass, positions, batch, rope.scaling.originalPositions), [batch, 1, 1, 1]),
    short.cosines.shape,
  );
  return {
    cosines: select(isLong, ofTokens(long.cosines), short.cosines),
    sines: select(isLong, ofTokens(long.sines), short.sines),
    halfTurn: short.halfTurn,
  };
}

/** Whether each sequence has more than `border` tokens, counted by the largest of its positions: bool [batch]. */
function isLongSequence({ past }: Pass, positions: Value, batch: number, border: number): Value {
  if (past?.isLong !== undefined) return less(0, cast(past.isLong, positions.graph.float));
  const length = positions.shape[0] / batch;
  const last = reduceMax(cast(reshape(positions, [batch, length]), positions.graph.float), [1]); // [batch]
  return less(border - 1, last);
}

/** Queries or keys of one group, turned: [batch, heads, positions, d], where cosines and sines are [batch, 1, positions, d]. */
export function rotate(x: Value, { cosines, sines, halfTurn }: Rotation): Value {
  return add(multiply(x, cosines), multiply(matmul(x, halfTurn), sines));
}

/** The rotation of the last `rows` positions: [batch, 1, rows, d] each. */
export function rotationOfLast(rotation: Rotation, rows: number): Rotation {
  const length = rotation.cosines.shape[2];
  if (rows === length) return rotation;
  const part = (x: Value) => slice(x, 2, length - rows, length);
  return { ...rotation, cosines: part(rotation.cosines), sines: part(rotation.sines) };
}

/** [reach, d] each, both halves of what turns alike. In float32 steps, as transformers computes the angles. */
function tables(config: ModelConfig, rope: Rope, reach: number, isLong: boolean) {
  const size = headSize(config);
  const turned = turnedSize(config, rope);
  const cosines = new Float32Array(reach * size).fill(1);
  const sines = new Float32Array(reach * size);
  const scale = amplitude(rope);
  for (const [pair, frequency] of frequencies(rope, turned, isLong).entries()) {
    for (let position = 0; position < reach; position++) {
      const angle = Math.fround(position * frequency);
      for (const place of [position * size + pair, position * size + pair + turned / 2]) {
        cosines[place] = scale * Math.cos(angle);
        sines[place] = scale * Math.sin(angle);
      }
    }
  }
  return { cosines, sines };
}

/** As a matrix, so that turning is one small product instead of two slices, a negation and a concatenation. */
function halfTurn(graph: Graph, size: number, turned: number): Value {
  const matrix = new Float32Array(size * size);
  for (let i = 0; i < turned / 2; i++) {
    matrix[(i + turned / 2) * size + i] = -1;
    matrix[i * size + i + turned / 2] = 1;
  }
  return graph.constant(matrix, [size, size]);
}
