/**
 * Rotary positions (Su et al. 2021) in the half-split layout that Hugging Face uses: number i of a head is paired with
 * number i + d/2, and the pair is turned by its frequency (`rope-frequencies.ts`) times the position.
 */
import type { Graph, Value } from '../../graph/index.ts';
import { add, gather, matmul, multiply, reshape, slice } from '../../graph/index.ts';
import { headSize } from '../config/config.ts';
import type { ModelConfig } from '../config/config.ts';
import type { Pass } from './pass.ts';
import { amplitude, frequencies } from './rope-frequencies.ts';
import type { Rope } from './rope-frequencies.ts';

/** The cosines and sines of a pass, before they are dealt out to groups. */
export interface Rotation {
  /** [N, d] each. */
  readonly cosines: Value;
  readonly sines: Value;
  /** [d, d]: x·halfTurn is x with each pair turned by 90°: (a, b) → (-b, a). */
  readonly halfTurn: Value;
}

/** One rotation for all layers and heads, or undefined for a model without RoPE. */
export function rotationOf(pass: Pass): Rotation | undefined {
  const { graph, config, positions } = pass;
  if (config.positionEncoding.kind !== 'rope' || positions === undefined) return undefined;
  const size = headSize(config);
  const shape = [config.positions, size];
  const { cosines, sines } = tables(config, config.positionEncoding);
  return {
    cosines: gather(graph.constant(cosines, shape), positions), // [N, d]
    sines: gather(graph.constant(sines, shape), positions), // [N, d]
    halfTurn: halfTurn(graph, size),
  };
}

/** Queries or keys of one group, turned: [batch, heads, positions, d], where cosines and sines are [batch, 1, positions, d]. */
export function rotate(x: Value, { cosines, sines, halfTurn }: Rotation): Value {
  return add(multiply(x, cosines), multiply(matmul(x, halfTurn), sines));
}

/** The rotation of a group's tokens, `first` being the place of its first one: [batch, 1, length, d] each. */
export function rotationOfGroup(rotation: Rotation, first: number, batch: number, length: number): Rotation {
  const part = (x: Value) => {
    const size = x.shape[1];
    const own = x.shape[0] === batch * length ? x : slice(x, 0, first, first + batch * length); // [batch·length, d]
    return reshape(own, [batch, 1, length, size]);
  };
  return { ...rotation, cosines: part(rotation.cosines), sines: part(rotation.sines) };
}

/** The same for the last `rows` positions: [batch, 1, rows, d] each. */
export function rotationOfLast(rotation: Rotation, rows: number): Rotation {
  const length = rotation.cosines.shape[2];
  if (rows === length) return rotation;
  const part = (x: Value) => slice(x, 2, length - rows, length);
  return { ...rotation, cosines: part(rotation.cosines), sines: part(rotation.sines) };
}

/** [positions, d] each, both halves of a row alike. In float32 steps, as transformers computes the angles. */
function tables(config: ModelConfig, encoding: Rope) {
  const size = headSize(config);
  const cosines = new Float32Array(config.positions * size);
  const sines = new Float32Array(config.positions * size);
  const scale = amplitude(encoding);
  for (const [pair, frequency] of frequencies(encoding, size).entries()) {
    for (let position = 0; position < config.positions; position++) {
      const angle = Math.fround(position * frequency);
      for (const place of [position * size + pair, position * size + pair + size / 2]) {
        cosines[place] = scale * Math.cos(angle);
        sines[place] = scale * Math.sin(angle);
      }
    }
  }
  return { cosines, sines };
}

/** As a matrix, so that turning is one small product instead of two slices, a negation and a concatenation. */
function halfTurn(graph: Graph, size: number): Value {
  const matrix = new Float32Array(size * size);
  for (let i = 0; i < size / 2; i++) {
    matrix[(i + size / 2) * size + i] = -1;
    matrix[i * size + i + size / 2] = 1;
  }
  return graph.constant(matrix, [size, size]);
}
