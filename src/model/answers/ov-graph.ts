/**
 * What each head would say of a token if it looked at nothing else: the logits that its value and output matrices make of the
 * token, without any position, any other head, or any bias (Elhage et al. 2021: the OV circuit).
 */
import type { Value } from '../../graph/index.ts';
import {
  add,
  concatenate,
  Graph,
  matmul,
  pad,
  reshape,
  slice,
  subtract,
  transpose,
} from '../../graph/index.ts';
import { architectures } from '../architectures/table.ts';
import type { Architecture } from '../architectures/architecture.ts';
import { headSize } from '../config/config.ts';
import type { ModelConfig } from '../config/config.ts';
import { unembedded } from '../forward/forward.ts';
import { parts } from '../forward/rows.ts';
import type { Pass } from '../forward/pass.ts';
import { noHooks } from '../sites/hooks.ts';
import { weightInputs } from '../forward/parameters.ts';

export const ovName = (layer: number): string => `ov ${layer}`;

/**
 * A graph with the inputs `only`, C tokens, and the weights, and the outputs `ov L`, [H·C, C]: of each head and each token that
 * it reads the logits of all.
 *
 * Layers after the first read a token as the first one's MLP leaves it, since embeddings are made to be read after that (Wang et
 * al. 2211.00593). Norms are computed as they stand, each vector by its own scale, which is positive and so changes no order.
 * What comes of a token less what comes of nothing is without biases.
 */
export function ovGraph(config: ModelConfig, count: number): Graph {
  const graph = new Graph();
  const weights = weightInputs(graph, config);
  const tokens = graph.input('only', [count], 'int32');
  const steps = architectures[config.architecture];
  const layout = { groups: [{ batch: 1, length: count, rows: count }] };
  const pass: Pass = { graph, config, layout, weights, hooks: noHooks, tokens, starts: [undefined] }; // without positions
  const embedded = steps.embed(pass); // [C, D]
  const thought = add(embedded, firstMlp(pass, steps, embedded)); // [C, D]
  for (let layer = 0; layer < config.layers; layer++) {
    const results = resultsOf(pass, steps, layer, layer === 0 ? embedded : thought); // [H·C, D]
    const after = steps.norms.includes('ln1_post')
      ? steps.layerNorm(pass, layer, 'ln1_post', results)
      : results;
    const final = steps.finalNorm(pass, withNothing(after)); // [H·C + 1, D]
    graph.output(ovName(layer), lessNothing(unembedded(config, weights, final, tokens)));
  }
  return graph;
}

/** [C, D] → [C, D]. */
function firstMlp(pass: Pass, steps: Architecture, embedded: Value): Value {
  const normalized = steps.layerNorm(pass, 0, steps.norms.includes('ln2') ? 'ln2' : 'ln1', embedded);
  const thought = steps.mlp(pass, 0, normalized);
  return steps.norms.includes('ln2_post') ? steps.layerNorm(pass, 0, 'ln2_post', thought) : thought;
}

/** What each head of a layer adds to the stream where it reads one of these alone: [C, D] → [H·C, D]. */
function resultsOf(pass: Pass, steps: Architecture, layer: number, stream: Value): Value {
  const { config } = pass;
  const { heads, keyValueHeads, width } = config;
  const size = headSize(config);
  const [count] = stream.shape;
  const normalized = steps.layerNorm(pass, layer, 'ln1', withNothing(stream)); // [C + 1, D]
  const projection = steps.project(pass, layer, normalized, slice(normalized, 0, 0, 1));
  const keysValues = projection.kind === 'apart' ? projection.keysValues : projection.queriesKeysValues;
  const wide = keysValues.shape[1];
  const values = lessNothing(slice(keysValues, 1, wide - keyValueHeads * size, wide)); // [C, K·d]
  const byGroup = transpose(reshape(values, [count, keyValueHeads, size]), [1, 0, 2]); // [K, C, d]
  const groups = parts(byGroup, 0, new Array<number>(keyValueHeads).fill(1));
  const each = heads / keyValueHeads;
  const byHead = concatenate(
    Array.from({ length: heads }, (_, head) => groups[Math.floor(head / each)]),
    0,
  ); // [H, C, d]
  return reshape(matmul(byHead, steps.outputByHead(pass, layer).matrices), [heads * count, width]);
}

/** One row of zeros more. */
const withNothing = (x: Value): Value => pad(x, 0, 0, 1);

/** All rows less the last, without that. */
function lessNothing(x: Value): Value {
  const last = x.shape[0] - 1;
  return subtract(slice(x, 0, 0, last), slice(x, 0, last, last + 1));
}
