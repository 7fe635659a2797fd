/**
 * The graph of a pass whose weights are fed: sessions of many passes then share them, and each is made in a tenth of a
 * second, whatever the model's size.
 */
import type { Value } from '../../graph/index.ts';
import { add, argMax, concatenate, exp, gradients, Graph, log, multiply, pick } from '../../graph/index.ts';
import { negate, reduceMax, reduceSum, reshape, subtract } from '../../graph/index.ts';
import type { ModelConfig } from '../config/config.ts';
import { finalStream, unembedded } from '../forward/forward.ts';
import { weightInputs } from '../forward/parameters.ts';
import type { Group } from '../forward/layout.ts';
import { PlannedHooks } from '../sites/interventions.ts';
import type { Plan } from '../sites/interventions.ts';
import type { Hooks, View } from '../sites/hooks.ts';
import { siteNamed, sites } from '../sites/sites.ts';
import { transpose } from '../../graph/index.ts';
import { pastInputs } from './prefix.ts';
import type { Segment } from './prefix.ts';

/** What is read off the logits. */
export type Reading =
  | { readonly kind: 'logits' }
  /** Nothing yet: the stream from which logits come, to be read piece by piece (`scoresGraph`). */
  | { readonly kind: 'stream' }
  /** Of each row the logits of some tokens, the same for all: the rest is not computed. */
  | { readonly kind: 'tokens'; readonly count: number }
  /** Derivatives of a sum over rows by sites, where `count` tokens are all that can be said. */
  | {
      readonly kind: 'derivatives';
      readonly of: Metric;
      readonly by: readonly string[];
      readonly count: number;
    };

/**
 * What is summed over rows, each with its weight: the logit of one token less that of another; the log-probability of the
 * one; or that of a set, where each logit's sign says whether that token is in it (binary cross-entropy).
 */
export type Metric = 'logit-difference' | 'log-probability' | 'set-log-probability';

/** What decides the graph of a pass. */
export interface PassKind {
  readonly group: Group;
  readonly plan: Plan;
  readonly reading: Reading;
  /** What the sequences go on from. */
  readonly segments: readonly Pick<Segment, 'count' | 'length'>[];
  /** The first layer that is computed: before it the stream is fed. */
  readonly from: number;
  /** Whether keys and values come out. */
  readonly keep: boolean;
}

/** The graph of a pass. Its inputs are fed by `LocalModel`. */
export function passGraph(config: ModelConfig, kind: PassKind): Graph {
  const { group, plan, reading, segments, from, keep } = kind;
  const graph = new Graph();
  const weights = weightInputs(graph, config);
  const layout = { groups: [group], reach: Math.min(config.positions, (group.past ?? 0) + group.length) };
  const planned = new PlannedHooks(graph, config, group, plan);
  const watched =
    reading.kind === 'derivatives' ? new WatchedHooks(planned, config, group, reading.by) : planned;
  const stream = finalStream(graph, config, weights, layout, {
    hooks: watched,
    past: segments.length === 0 ? undefined : pastInputs(graph, config, group, segments),
    ...(keep && {
      keep: (layer: number, keys: Value, values: Value) => {
        graph.output(keptName(layer, 'keys'), keys);
        graph.output(keptName(layer, 'values'), values);
      },
    }),
    ...(from > 0 && {
      from: { layer: from, stream: graph.input('stream', [group.batch * group.length, config.width]) },
    }),
  }); // [M, D]
  if (reading.kind === 'stream') {
    graph.output('final stream', stream);
    return graph;
  }
  const only = reading.kind === 'logits' ? undefined : graph.input('only', [reading.count], 'int32');
  const logits = unembedded(config, weights, stream, only); // [M, V] or [M, count]
  if (reading.kind === 'derivatives') readDerivatives(graph, logits, reading.of, watched as WatchedHooks);
  else graph.output('logits', logits);
  return graph;
}

/**
 * From final streams, [M, D], to normalizers, best tokens and their logits, [M], and the logits of candidates, [M, C]; and log Σ exp over
 * the tokens of which `counted`, [1, V], says 1, [M].
 */
export function scoresGraph(
  config: ModelConfig,
  rows: number,
  { candidates, counts }: { readonly candidates: number; readonly counts: boolean },
): Graph {
  const graph = new Graph();
  const stream = graph.input('final stream', [rows, config.width]);
  const logits = unembedded(config, weightInputs(graph, config), stream);
  readScores(graph, logits, candidates);
  if (counts) readCounted(graph, logits);
  return graph;
}

export const keptName = (layer: number, what: 'keys' | 'values'): string => `kept ${layer} ${what}`;
export const derivativeName = (site: string): string => `derivative by ${site}`;

function readScores(graph: Graph, logits: Value, candidates: number): void {
  const [rows] = logits.shape;
  const largest = reduceMax(logits, [1], true); // [M, 1]
  graph.output('normalizers', normalizers(logits, largest)); // [M]
  graph.output('best', argMax(logits, 1)); // [M]
  graph.output('largest', reshape(largest, [rows])); // [M]
  if (candidates === 0) return;
  const picked = Array.from({ length: candidates }, (_, c) =>
    reshape(pick(logits, graph.input(`candidate ${c}`, [rows], 'int32')), [rows, 1]),
  );
  graph.output('candidates', concatenate(picked, 1)); // [M, C]
}

/** Tokens that are not counted stand far below all others. */
function readCounted(graph: Graph, logits: Value): void {
  const counted = graph.input('counted', [1, logits.shape[1]]);
  const others = multiply(subtract(counted, graph.constant(1, [1, 1])), graph.constant(FAR_BELOW, [1, 1]));
  graph.output('counted sums', normalizers(add(logits, others))); // [M]
}

/** Of a logit; e to the power of its negative is 0 in 32-bit floats. */
const FAR_BELOW = 1e4;

/** log Σ exp of each row: [M, V] → [M]. */
function normalizers(logits: Value, largest = reduceMax(logits, [1], true)): Value {
  const sum = reduceSum(exp(subtract(logits, largest)), [1]); // [M]
  return add(log(sum), reshape(largest, [logits.shape[0]]));
}

/** Feeds `row weights`, [M], and what `rowsOf` needs. The values at the sites come out beside. */
function readDerivatives(graph: Graph, logits: Value, of: Metric, hooks: WatchedHooks): void {
  const [rows] = logits.shape;
  const total = reduceSum(multiply(rowsOf(graph, logits, of), graph.input('row weights', [rows])), [0]);
  graph.output('metric', total);
  const watched = [...hooks.watched];
  const derivatives = gradients(
    total,
    watched.map(([, { value }]) => value),
  );
  watched.forEach(([site, { shown }], i) => graph.output(derivativeName(site), shown(derivatives[i])));
}

/** The metric of each row, [M]. Feeds `plus` and `minus` (places among the tokens), [M] each, or `signs`, [M, count]. */
function rowsOf(graph: Graph, logits: Value, of: Metric): Value {
  const [rows] = logits.shape;
  if (of === 'set-log-probability') {
    const signs = graph.input('signs', logits.shape);
    const size = logits.shape[0] * logits.shape[1];
    const against = reshape(negate(multiply(logits, signs)), [size, 1]);
    const losses = normalizers(concatenate([against, graph.constant(0, [size, 1])], 1)); // log(1 + exp(-sign·logit)), [M·count]
    return negate(reduceSum(reshape(losses, logits.shape), [1]));
  }
  const plus = pick(logits, graph.input('plus', [rows], 'int32'));
  const rest =
    of === 'log-probability' ? normalizers(logits) : pick(logits, graph.input('minus', [rows], 'int32'));
  return add(plus, negate(rest));
}

/** Keeps hold of the values at some sites as they stand in the graph, by which is differentiated. */
class WatchedHooks implements Hooks {
  readonly watched = new Map<string, { readonly value: Value; readonly shown: (x: Value) => Value }>();
  private readonly inner: Hooks;
  private readonly config: ModelConfig;
  private readonly group: Group;
  private readonly names: readonly string[];

  constructor(inner: Hooks, config: ModelConfig, group: Group, names: readonly string[]) {
    this.inner = inner;
    this.config = config;
    this.group = group;
    this.names = names;
  }

  touches(site: string): boolean {
    return this.names.includes(site) || this.inner.touches(site);
  }

  at(site: string, given: Value, view: View): Value {
    const value = this.inner.at(site, given, view);
    if (this.names.includes(site)) {
      const { shape } = siteNamed(sites(this.config, this.group), site);
      const shown = (x: Value) => (view === 'heads-first' ? transpose(x, [0, 2, 1, 3]) : reshape(x, shape));
      this.watched.set(site, { value, shown });
    }
    return value;
  }

  cut(layer: number) {
    return this.inner.cut(layer);
  }

  expectChange(...given: Parameters<Hooks['expectChange']>): void {
    this.inner.expectChange(...given);
  }
}
