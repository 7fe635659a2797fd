/**
 * Looking into a forward pass and changing it, for one group of sequences: sites are captured as outputs of the graph,
 * edits and cut edges are fed through inputs, so that a graph once built serves every intervention of its kind.
 *
 * An edit makes x·(1 - mask) + values·mask of a site's value x. An intervention that turns out to have changed
 * nothing is an error: it is never what somebody wanted to measure.
 */
import { UserError } from '../../common/errors.ts';
import type { Graph, Tensor, Value } from '../../graph/index.ts';
import { abs, add, affine, cast, equal, less, multiply, not } from '../../graph/index.ts';
import { reduceMax, reduceSum, reshape, select, subtract, transpose } from '../../graph/index.ts';
import { windowOf } from '../config/config.ts';
import type { ModelConfig } from '../config/config.ts';
import type { CutKind, EdgeCut, Hooks, Sameness, View } from './hooks.ts';
import type { Group } from '../forward/layout.ts';
import { MASKED, sees } from '../forward/masks.ts';
import { sizeOf } from '../../graph/types/tensor.ts';
import {
  changeNames,
  checkEdges,
  checkEdit,
  expectDistinct,
  ownPositions,
  shapeOfReplaced,
} from './checks.ts';
import type { EdgeEdit, Interventions } from './edits.ts';
import { siteNamed, sites } from './sites.ts';
import type { Site } from './sites.ts';

interface PlannedCut {
  readonly layer: number;
  readonly how: CutKind;
  readonly keys: boolean;
  readonly values: boolean;
  readonly valuesMask: boolean;
  readonly of: { readonly from: number; readonly count: number };
}

/** What of the interventions decides the graph; the rest is fed. Two with the same plan share a graph. */
export interface Plan {
  readonly capture: readonly string[];
  readonly edits: readonly string[];
  readonly edges: readonly PlannedCut[];
}

/**
 * @throws UserError for a site or layer that does not exist, two edits of one site, arrays of another size, numbers
 * that are not finite, or edges cut by replacing neither keys nor values
 */
export function planOf(
  config: ModelConfig,
  group: Group,
  { capture = [], edits = [], edges = [] }: Interventions,
): Plan {
  const all = sites(config, group);
  for (const name of capture) siteNamed(all, name);
  for (const edit of edits) checkEdit(siteNamed(all, edit.site), edit);
  for (const edge of edges) checkEdges(config, group, all, edge);
  expectDistinct(
    'edits of',
    edits.map(({ site }) => site),
  );
  expectDistinct(
    'cuts in layer',
    edges.map(({ layer }) => String(layer)),
  );
  return {
    capture: [...new Set(capture)].sort(),
    edits: edits.map(({ site }) => site).sort(),
    edges: edges
      .map(({ layer, how, keys, values, valuesMask, of = ownPositions(group) }) => ({
        layer,
        how,
        keys: keys !== undefined,
        values: values !== undefined,
        valuesMask: valuesMask !== undefined,
        of,
      }))
      .sort((a, b) => a.layer - b.layer),
  };
}

/** The hooks that build a plan into a graph. */
export class PlannedHooks implements Hooks {
  private readonly graph: Graph;
  private readonly plan: Plan;
  private readonly sites: readonly Site[];

  constructor(graph: Graph, config: ModelConfig, group: Group, plan: Plan) {
    this.graph = graph;
    this.plan = plan;
    this.sites = sites(config, group);
  }

  touches(site: string): boolean {
    return this.plan.capture.includes(site) || this.plan.edits.includes(site);
  }

  at(name: string, value: Value, view: View): Value {
    if (!this.touches(name)) return value;
    const { shape } = siteNamed(this.sites, name);
    const own = view === 'heads-first' ? transpose(value, [0, 2, 1, 3]) : reshape(value, shape);
    const edited = this.plan.edits.includes(name) ? this.edited(name, own) : own;
    if (this.plan.capture.includes(name)) this.graph.output(captureName(name), edited);
    if (edited === own) return value;
    return view === 'heads-first' ? transpose(edited, [0, 2, 1, 3]) : reshape(edited, value.shape);
  }

  cut(layer: number): EdgeCut | undefined {
    const planned = this.plan.edges.find((edges) => edges.layer === layer);
    if (planned === undefined) return undefined;
    const block = `blocks.${layer}.attn`;
    const { shape } = siteNamed(this.sites, `${block}.hook_pattern`);
    const mask = this.graph.input(edgeName(layer, 'mask'), shape);
    const replacement = (what: 'keys' | 'values', site: string) =>
      transpose(
        this.graph.input(edgeName(layer, what), shapeOfReplaced(this.sites, site, planned.of)),
        [0, 2, 1, 3],
      );
    return {
      what: changeNames.edges(layer),
      mask,
      valuesMask: planned.valuesMask ? this.graph.input(edgeName(layer, 'values mask'), shape) : mask,
      how: planned.how,
      keys: planned.keys ? replacement('keys', `${block}.hook_k`) : undefined,
      values: planned.values ? replacement('values', `${block}.hook_v`) : undefined,
      from: planned.of.from,
    };
  }

  expectChange(what: string, before: Value, after: Value, same: Sameness): void {
    const unequal = same === 'exactly' ? not(equal(before, after)) : isBeyondRounding(before, after);
    const differs = cast(unequal, this.graph.float);
    const axes = before.shape.map((_, axis) => axis).slice(1);
    this.graph.output(changedName(what), reduceSum(differs, axes)); // [batch]
  }

  private edited(name: string, own: Value): Value {
    const mask = this.graph.input(editName(name, 'mask'), own.shape);
    const values = this.graph.input(editName(name, 'values'), own.shape);
    const edited = add(multiply(own, affine(mask, -1, 1)), multiply(values, mask));
    this.expectChange(changeNames.edit(name), own, edited, 'to-rounding');
    return edited;
  }
}

/**
 * Where two values differ by more than 1e-5 of the largest number beside them along the last axis (masked scores not
 * counted): float32 keeps seven digits, and sums in another order lose some.
 */
function isBeyondRounding(before: Value, after: Value): Value {
  const size = abs(before);
  const scale = reduceMax(select(less(size, -MASKED / 10), size, 0), [-1], true);
  return less(affine(scale, 1e-5, 0), abs(subtract(after, before)));
}

/** What the inputs of a plan are fed. */
export function interventionFeeds(
  config: ModelConfig,
  group: Group,
  { edits = [], edges = [] }: Interventions,
): Record<string, Tensor> {
  const all = sites(config, group);
  const tensor = (site: string, numbers: number | Float32Array): Tensor => {
    const { shape } = siteNamed(all, site);
    const data = typeof numbers === 'number' ? new Float32Array(sizeOf(shape)).fill(numbers) : numbers;
    return { dtype: 'float32', shape, data };
  };
  const feeds: Record<string, Tensor> = {};
  for (const { site, values, mask } of edits) {
    feeds[editName(site, 'mask')] = tensor(site, mask ?? 1);
    feeds[editName(site, 'values')] = tensor(site, values);
  }
  for (const { layer, mask, keys, values, valuesMask, of = ownPositions(group) } of edges) {
    const block = `blocks.${layer}.attn`;
    feeds[edgeName(layer, 'mask')] = tensor(`${block}.hook_pattern`, mask);
    if (valuesMask !== undefined)
      feeds[edgeName(layer, 'values mask')] = tensor(`${block}.hook_pattern`, valuesMask);
    const replaced = (site: string, data: Float32Array): Tensor => ({
      dtype: 'float32',
      shape: shapeOfReplaced(all, site, of),
      data,
    });
    if (keys !== undefined) feeds[edgeName(layer, 'keys')] = replaced(`${block}.hook_k`, keys);
    if (values !== undefined) feeds[edgeName(layer, 'values')] = replaced(`${block}.hook_v`, values);
  }
  return feeds;
}

/** The captured sites among a run's outputs. */
export function capturedOf(plan: Plan, outputs: Readonly<Record<string, Tensor>>): Map<string, Tensor> {
  return new Map(plan.capture.map((name) => [name, outputs[captureName(name)]]));
}

/**
 * @throws UserError for an edit or cut that left every number as it was, in any of the samples that it names: what
 * was put in equals what was there, or the edge is one that is not there: the causal mask or a window cuts it
 */
export function checkChanges(
  config: ModelConfig,
  group: Group,
  interventions: Interventions,
  outputs: Readonly<Record<string, Tensor>>,
): void {
  const { mustChange = 'each' } = interventions;
  if (mustChange === 'none') return;
  const all = expectedChanges(config, group, interventions);
  const meantIn = new Map(all.map(({ mask }) => [mask, samplesMeant(mask, group.batch)]));
  for (let sample = 0; sample < group.batch; sample++) {
    const meant = all.filter(({ mask }) => meantIn.get(mask)![sample]);
    const idle = meant.filter(({ what, missing }) =>
      mustChange === 'exist'
        ? missing(sample) !== undefined
        : !(Number(outputs[changedName(what)].data[sample]) > 0),
    );
    const [first] = idle;
    if (first === undefined || (mustChange === 'exist' && idle.length < meant.length)) continue;
    const where = group.batch > 1 ? ` in sample ${sample}` : '';
    throw new UserError(`${first.what} changed nothing${where}: ${first.missing(sample) ?? SAME_AS_BEFORE}`);
  }
}

/** Something that has to change by an intervention, where its mask says. */
interface ExpectedChange {
  readonly what: string;
  readonly mask: Float32Array | undefined;
  /** Why a sample has nothing there that could change; undefined where it has. */
  readonly missing: (sample: number) => string | undefined;
}

function expectedChanges(
  config: ModelConfig,
  group: Group,
  { edits = [], edges = [] }: Interventions,
): ExpectedChange[] {
  const ofEdits = edits.map(({ site, mask }): ExpectedChange => {
    return { what: changeNames.edit(site), mask, missing: () => undefined };
  });
  const ofEdges = edges.flatMap(({ layer, mask, how, keys, values, valuesMask = mask }) => {
    const what = changeNames.edges(layer);
    const change = (part: string, named: Float32Array): ExpectedChange => ({
      what: `${what}${part}`,
      mask: named,
      missing: (sample) => whyNoEdge(config, group, { layer, mask: named }, sample),
    });
    return [
      ...(how === 'replace' ? [] : [change('', mask)]),
      ...(keys === undefined ? [] : [change(' (keys)', mask)]),
      ...(values === undefined ? [] : [change(' (values)', valuesMask)]),
    ];
  });
  return [...ofEdits, ...ofEdges];
}

const SAME_AS_BEFORE = 'what was put in is what was there already, to rounding';

/** Of a sample whose named edges are all none, because no query sees those keys: the reason. */
function whyNoEdge(
  config: ModelConfig,
  { batch, rows, length, past = 0 }: Group,
  { layer, mask }: Pick<EdgeEdit, 'layer' | 'mask'>,
  sample: number,
): string | undefined {
  const window = windowOf(config, layer);
  const queries = layer === config.layers - 1 ? rows : length;
  const own = mask.subarray((sample * mask.length) / batch, ((sample + 1) * mask.length) / batch);
  const keys = past + length;
  let isNamed = false;
  for (let i = 0; i < own.length; i++) {
    if (own[i] === 0) continue;
    if (sees(keys - queries + (Math.floor(i / keys) % queries), i % keys, window)) return undefined;
    isNamed = true;
  }
  if (!isNamed) return 'the mask names no edge';
  const tooFar =
    window === undefined ? '' : `, or before the latest ${window} that it sees (the layer's window)`;
  return `no query sees those keys: they come after it${tooFar}`;
}

type EdgeInput = 'mask' | 'values mask' | 'keys' | 'values';

const captureName = (site: string) => `site ${site}`;
const editName = (site: string, what: 'mask' | 'values') => `edit ${site} ${what}`;
const edgeName = (layer: number, what: EdgeInput) => `edges ${layer} ${what}`;
const changedName = (what: string) => `changed by ${what}`;

/** Whether an intervention is to do something, by sample: where its mask names something; in all where it names nothing at all. */
function samplesMeant(mask: Float32Array | undefined, batch: number): boolean[] {
  if (mask === undefined) return new Array<boolean>(batch).fill(true);
  const size = mask.length / batch;
  const named = Array.from({ length: batch }, (_, sample) => {
    for (let i = sample * size; i < (sample + 1) * size; i++) if (mask[i] !== 0) return true;
    return false;
  });
  return named.includes(true) ? named : named.map(() => true);
}
