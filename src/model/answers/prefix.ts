/**
 * What sequences begin with, read once: keys and values of every layer, with which other passes go on. Beginnings stand in
 * segments, one after the other: demonstrations that many sequences share, then a source of each one's own. A segment may
 * have been read with edges cut; what goes on from it sees what it left.
 */
import type { Graph, Tensor, Value } from '../../graph/index.ts';
import { headSize } from '../config/config.ts';
import type { ModelConfig } from '../config/config.ts';
import { maskAfter } from '../forward/masks.ts';
import type { Group } from '../forward/layout.ts';
import type { Past } from '../forward/pass.ts';

/** Keys and values of one layer, [B, K, L, d] each: keys as they are compared with queries (normalized, turned). */
export interface KeysValues {
  readonly keys: Float32Array;
  readonly values: Float32Array;
}

/** Tokens that a model has read. */
export interface Segment {
  /** How many sequences, of one length: what goes on from them has as many after each. */
  readonly count: number;
  /** Tokens of each. */
  readonly length: number;
  readonly layers: readonly KeysValues[];
}

/** One segment after the other. */
export type Prefix = readonly Segment[];

/** How many tokens a prefix has. */
export function prefixLength(prefix: Prefix): number {
  return prefix.reduce((sum, { length }) => sum + length, 0);
}

/** The inputs of a pass of a group that goes on from segments of such sizes. */
export function pastInputs(
  graph: Graph,
  config: ModelConfig,
  { length, past = 0 }: Group,
  segments: readonly Pick<Segment, 'count' | 'length'>[],
): Past {
  const input = (place: number, layer: number, what: keyof KeysValues): Value =>
    graph.input(segmentName(place, layer, what), segmentShape(config, segments[place]));
  return {
    layers: (layer) =>
      segments.map((_, place) => ({
        keys: input(place, layer, 'keys'),
        values: input(place, layer, 'values'),
      })),
    mask: (window, rows) => maskAfter(graph, past, length, rows, window),
  };
}

/** What those inputs are fed, from layer `from` on. */
export function prefixFeeds(config: ModelConfig, prefix: Prefix, from: number): Record<string, Tensor> {
  const feeds: Record<string, Tensor> = {};
  prefix.forEach((segment, place) => {
    const shape = segmentShape(config, segment);
    for (let layer = from; layer < config.layers; layer++) {
      for (const what of ['keys', 'values'] as const) {
        const data = segment.layers[layer][what];
        feeds[segmentName(place, layer, what)] = { dtype: 'float32', shape, data };
      }
    }
  });
  return feeds;
}

function segmentShape(config: ModelConfig, { count, length }: Pick<Segment, 'count' | 'length'>): number[] {
  return [count, config.keyValueHeads, length, headSize(config)];
}

const segmentName = (place: number, layer: number, what: keyof KeysValues) =>
  `segment ${place} ${what} ${layer}`;
