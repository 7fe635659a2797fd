/**
 * The forward pass of a decoder as a graph: the road that every architecture takes, in named steps. What the steps do
 * is each architecture's own (`architectures/`); attention is `attention.ts`; which positions are computed at all is
 * said by the layout (`layout.ts`).
 */
import type { Graph, Value } from '../../graph/index.ts';
import { add, gather, matmul, reduceSum, reshape, transpose } from '../../graph/index.ts';
import type { Architecture } from '../architectures/architecture.ts';
import { architectures } from '../architectures/table.ts';
import { attention, attentionGroups } from './attention.ts';
import type { AttentionGroup } from './attention.ts';
import { headSize } from '../config/config.ts';
import type { ModelConfig } from '../config/config.ts';
import { noHooks } from '../sites/hooks.ts';
import type { Hooks } from '../sites/hooks.ts';
import { forwardInputs } from './layout.ts';
import type { ForwardInputs, Layout } from './layout.ts';
import type { Pass, Past } from './pass.ts';
import { lastRows } from './rows.ts';

/** What a forward pass is tied to; everything has a default. */
export interface ForwardOptions {
  /** Where tokens and positions come from; unless given, `forwardInputs` declares them as inputs of the graph. */
  readonly inputs?: ForwardInputs;
  /** What an adapter adds to each module (`adapters/adapter.ts`). */
  readonly adapter?: Pass['adapter'];
  /** Who looks at the sites. Only for layouts of one group. */
  readonly hooks?: Hooks;
  /** What stands before the tokens of this pass (`continuation.ts`). */
  readonly past?: Past;
  /** Told of each layer's keys and values (`pass.ts`). */
  readonly keep?: Pass['keep'];
  /** The stream before a layer, [N, D]: what comes before that layer is not computed. */
  readonly from?: { readonly layer: number; readonly stream: Value };
}

/**
 * Builds the forward pass into `graph`.
 * @param weights gives each parameter in its shape in `parameters(config)`: an input while training, else a constant
 * @returns logits [M, V], M = Σ batch·rows: group after group, sequence after sequence, the last `rows` positions
 * @throws UserError for a layout that the model has no positions for
 */
export function forward(
  graph: Graph,
  config: ModelConfig,
  weights: (name: string) => Value,
  layout: Layout,
  options: ForwardOptions = {},
): Value {
  return unembedded(config, weights, finalStream(graph, config, weights, layout, options)); // [M, V]
}

/** Logits of a final stream: [M, D] → [M, V], or [M, C] of the tokens `only`, [C]. */
export function unembedded(
  config: ModelConfig,
  weights: (name: string) => Value,
  stream: Value,
  only?: Value,
): Value {
  const rows = (name: string) => (only === undefined ? weights(name) : gather(weights(name), only));
  return architectures[config.architecture].unembed({ config, weights: rows }, stream);
}

/** The forward pass up to the logits: the stream after the last norm, [M, D]. */
export function finalStream(
  graph: Graph,
  config: ModelConfig,
  weights: (name: string) => Value,
  layout: Layout,
  options: ForwardOptions = {},
): Value {
  const inputs = options.inputs ?? forwardInputs(graph, config, layout);
  const pass: Pass = {
    graph,
    config,
    layout,
    weights,
    adapter: options.adapter,
    hooks: options.hooks ?? noHooks,
    past: options.past,
    keep: options.keep,
    ...inputs,
  };
  const steps = architectures[config.architecture];
  const groups = attentionGroups(pass);
  let stream = options.from?.stream ?? steps.embed(pass); // [N, D]
  for (let layer = options.from?.layer ?? 0; layer < config.layers; layer++) {
    stream = block(pass, steps, layer, stream, groups(layer)); // [N, D], after the last [M, D]
  }
  return steps.finalNorm(pass, stream);
}

/** One layer: [N, D] → [M, D], M the number of its query positions. */
function block(
  pass: Pass,
  steps: Architecture,
  layer: number,
  stream: Value,
  groups: readonly AttentionGroup[],
): Value {
  const { hooks, config } = pass;
  const site = `blocks.${layer}`;
  const isParallel = config.parallel === true;
  const after = (which: 'ln1_post' | 'ln2_post', x: Value) =>
    steps.norms.includes(which) ? steps.layerNorm(pass, layer, which, x) : x;
  const before = hooks.at(`${site}.hook_resid_pre`, stream, 'flat'); // [N, D]
  const normalized = steps.layerNorm(pass, layer, 'ln1', before); // [N, D]
  const everywhere = groups.every(({ rows, length }) => rows === length);
  const wanted = everywhere ? before : lastRows(before, groups); // [M, D]
  const wantedNormalized = everywhere ? normalized : lastRows(normalized, groups); // [M, D]
  const projection = steps.project(pass, layer, normalized, everywhere ? undefined : wantedNormalized);
  const z = attention(pass, steps, layer, projection, groups); // [M, H·d]
  const output = after('ln1_post', attentionOutput(pass, steps, layer, z)); // [M, D]
  const attended = hooks.at(`${site}.hook_attn_out`, output, 'flat'); // [M, D]
  const sum = add(wanted, attended); // [M, D]
  // Side by side with attention, the MLP reads the stream before it: nothing reads the sum between them.
  const between = isParallel ? sum : hooks.at(`${site}.hook_resid_mid`, sum, 'flat'); // [M, D]
  const input = steps.norms.includes('ln2')
    ? steps.layerNorm(pass, layer, 'ln2', isParallel ? wanted : between)
    : wantedNormalized; // [M, D]
  const thought = hooks.at(`${site}.hook_mlp_out`, after('ln2_post', steps.mlp(pass, layer, input)), 'flat'); // [M, D]
  return hooks.at(`${site}.hook_resid_post`, add(between, thought), 'flat'); // [M, D]
}

/** [M, H·d] → [M, D]; head by head only if somebody looks at the heads' own contributions. */
function attentionOutput(pass: Pass, steps: Architecture, layer: number, z: Value): Value {
  const { config, layout, hooks } = pass;
  const site = `blocks.${layer}.attn.hook_result`;
  if (!hooks.touches(site)) return steps.attentionOutput(pass, layer, z);
  const { heads, width } = config;
  const { matrices, bias } = steps.outputByHead(pass, layer); // [H, d, D], [D]
  const { batch } = layout.groups[0];
  const positions = z.shape[0] / batch;
  const byHead = transpose(reshape(z, [batch, positions, heads, headSize(config)]), [0, 2, 1, 3]); // [B, H, R, d]
  const results = hooks.at(site, matmul(byHead, matrices), 'heads-first'); // [B, H, R, D]
  const sum = reshape(reduceSum(results, [1]), [batch * positions, width]); // [B·R, D]
  return bias === undefined ? sum : add(sum, bias);
}
