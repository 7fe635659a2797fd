/**
 * Looking into a forward pass and changing it, for one group of sequences: sites are captured as outputs of the graph,
 * edits and cut edges are fed through inputs, so that a graph once built serves every intervention of its kind.
 *
 * An edit makes x·(1 - mask) + values·mask of a site's value x. An intervention that turns out to have changed
 * nothing is an error: it is never what somebody wanted to measure.
 */
import { UserError } from '../../common/errors.ts';
import { unknownName } from '../../common/nearest.ts';
import type { Graph, Tensor, Value } from '../../graph/index.ts';
import { abs, add, affine, cast, equal, less, multiply, not } from '../../graph/index.ts';
import { reduceMax, reduceSum, reshape, select, subtract, transpose } from '../../graph/index.ts';
import { windowOf } from '../config/config.ts';
import type { ModelConfig } from '../config/config.ts';
import { CUT_KINDS } from './hooks.ts';
import type { CutKind, EdgeCut, Hooks, Sameness, View } from './hooks.ts';
import type { Group } from '../forward/layout.ts';
import { MASKED, sees } from '../forward/masks.ts';
import { sizeOf } from '../../graph/types/tensor.ts';
import { siteNamed, sites } from './sites.ts';
import type { Site } from './sites.ts';

/** Other values for a site. */
export interface Edit {
  readonly site: string;
  /** One number for all, or numbers in the site's shape. */
  readonly values: number | Float32Array;
  /** 1 where the values go, 0 where the site keeps its own (`siteMask` makes one); everywhere unless given. */
  readonly mask?: Float32Array;
}

/** Attention edges of one layer to be cut. */
export interface EdgeEdit {
  readonly layer: number;
  /** 1 for edges that are cut, else 0, in the shape of the layer's `attn.hook_pattern`: [sample, head, query, key]. */
  readonly mask: Float32Array;
  /**
   * `remove`: the query's attention goes to its other keys. `zero`: the others keep theirs. `replace`: scores are
   * (1 - M)∘QKᵀ + M∘QK′ᵀ and the output is ((1 - M)∘A)V + (M∘A)V′.
   */
  readonly how: CutKind;
  /** K′ as keys are compared with queries, in the shape of `attn.hook_k`: `attn.hook_rot_k` where the layer has RoPE. */
  readonly keys?: Float32Array;
  /** V′, in the shape of `attn.hook_v`. */
  readonly values?: Float32Array;
  /** Where values are replaced, if not where keys are: in the mask's shape. */
  readonly valuesMask?: Float32Array;
  /**
   * Where K′ and V′ are of other positions than the sequences' own: the first of them, counted from the beginning of what
   * the sequences go on from, and how many they are.
   */
  readonly of?: { readonly from: number; readonly count: number };
}

/** What is looked at and changed in a run. */
export interface Interventions {
  /** Sites whose values (after edits) come out. */
  readonly capture?: readonly string[];
  /** At most one for a site. */
  readonly edits?: readonly Edit[];
  /** At most one for a layer. */
  readonly edges?: readonly EdgeEdit[];
  /**
   * What has to change something in every sample: each intervention (the default), or none (all heads in turn, some of which
   * do nothing). `exist`: none, but of the edges that a sample names in all layers at least one has to be there, not cut
   * already by causality or a window.
   */
  readonly mustChange?: 'each' | 'exist' | 'none';
}

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
  for (let sample = 0; sample < group.batch; sample++) {
    const meant = all.filter(({ mask }) => isMeant(mask, sample, group.batch));
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
  if (own.every((number) => number === 0)) return 'the mask names no edge';
  const keys = past + length;
  const isEdge = own.some((number, i) => {
    const query = keys - queries + (Math.floor(i / keys) % queries);
    return number !== 0 && sees(query, i % keys, window);
  });
  if (isEdge) return undefined;
  const tooFar =
    window === undefined ? '' : `, or before the latest ${window} that it sees (the layer's window)`;
  return `no query sees those keys: they come after it${tooFar}`;
}

type EdgeInput = 'mask' | 'values mask' | 'keys' | 'values';

/** The sequences' own positions, after what they go on from. */
function ownPositions({ past = 0, length }: Group): { from: number; count: number } {
  return { from: past, count: length };
}

/** The shape of a layer's keys or values at `count` positions: [sample, position, head, width]. */
function shapeOfReplaced(all: readonly Site[], site: string, { count }: { count: number }): number[] {
  const [batch, , ...rest] = siteNamed(all, site).shape;
  return [batch, count, ...rest];
}

const captureName = (site: string) => `site ${site}`;
const editName = (site: string, what: 'mask' | 'values') => `edit ${site} ${what}`;
const edgeName = (layer: number, what: EdgeInput) => `edges ${layer} ${what}`;
const changedName = (what: string) => `changed by ${what}`;
const changeNames = {
  edit: (site: string) => `the edit of ${site}`,
  edges: (layer: number) => `the cut of edges in layer ${layer}`,
};

/** Whether an intervention is to do something in this sample at all. */
function isMeant(mask: Float32Array | undefined, sample: number, batch: number): boolean {
  if (mask === undefined) return true;
  const size = mask.length / batch;
  const everywhereZero = mask.every((number) => number === 0);
  return everywhereZero || mask.subarray(sample * size, (sample + 1) * size).some((number) => number !== 0);
}

function checkEdit(site: Site, { values, mask }: Edit): void {
  const what = changeNames.edit(site.name);
  checkNumbers(`${what}: values`, typeof values === 'number' ? Float32Array.of(values) : values, undefined);
  if (typeof values !== 'number') checkNumbers(`${what}: values`, values, site.shape);
  if (mask !== undefined) checkNumbers(`${what}: mask`, mask, site.shape);
}

function checkEdges(config: ModelConfig, group: Group, all: readonly Site[], edges: EdgeEdit): void {
  const { layer, how, keys, values, of = ownPositions(group) } = edges;
  const what = changeNames.edges(layer);
  if (!CUT_KINDS.includes(how)) throw new UserError(`${what}: ${unknownName('cut', how, CUT_KINDS)}`);
  if (!Number.isInteger(layer) || layer < 0 || layer >= config.layers) {
    throw new UserError(`${what}: the model has layers 0 to ${config.layers - 1}`);
  }
  const block = `blocks.${layer}.attn`;
  checkEdgeMask(what, edges, siteNamed(all, `${block}.hook_pattern`).shape, windowOf(config, layer));
  if (how === 'replace' && keys === undefined && values === undefined) {
    throw new UserError(`${what}: 'replace' needs the keys or the values to put in their place`);
  }
  if (how !== 'replace' && (keys !== undefined || values !== undefined)) {
    throw new UserError(`${what}: '${how}' takes no keys or values; 'replace' does`);
  }
  const total = (group.past ?? 0) + group.length;
  if (
    ![of.from, of.count].every(Number.isInteger) ||
    of.from < 0 ||
    of.count < 1 ||
    of.from + of.count > total
  ) {
    throw new UserError(
      `${what}: positions ${of.from} to ${of.from + of.count - 1} are not in 0 to ${total - 1}`,
    );
  }
  if (keys !== undefined) checkNumbers(`${what}: keys`, keys, shapeOfReplaced(all, `${block}.hook_k`, of));
  if (values !== undefined)
    checkNumbers(`${what}: values`, values, shapeOfReplaced(all, `${block}.hook_v`, of));
  if (edges.valuesMask !== undefined) {
    if (values === undefined) throw new UserError(`${what}: a mask of values, and no values to put there`);
    checkEdgeMask(
      what,
      { mask: edges.valuesMask, how, layer },
      siteNamed(all, `${block}.hook_pattern`).shape,
      undefined,
    );
  }
  if (how !== 'replace') return;
  for (const mask of [edges.mask, edges.valuesMask ?? edges.mask]) {
    const stray = mask.findIndex((cut, i) => cut !== 0 && !isWithin(i % total, of));
    if (stray < 0) continue;
    throw new UserError(
      `${what}: the mask names the key at ${stray % total}, of which nothing is given to put in its place`,
    );
  }
}

function isWithin(position: number, { from, count }: { from: number; count: number }): boolean {
  return position >= from && position < from + count;
}

/** `shape` is [sample, head, query, key], queries being those of the last positions. */
function checkEdgeMask(
  what: string,
  { mask, how }: EdgeEdit,
  shape: readonly number[],
  window: number | undefined,
): void {
  checkNumbers(`${what}: mask`, mask, shape);
  if (!mask.every((number) => number === 0 || number === 1)) {
    throw new UserError(`${what}: mask: an edge is cut (1) or not (0)`);
  }
  if (how !== 'remove') return;
  const [, , queries, keys] = shape;
  for (let row = 0; row < mask.length / keys; row++) {
    const position = keys - queries + (row % queries);
    if (
      mask.subarray(row * keys, (row + 1) * keys).some((cut, key) => cut === 0 && sees(position, key, window))
    )
      continue;
    throw new UserError(
      `${what}: position ${position} would be left without any key; leave one, or cut by setting weights to zero`,
    );
  }
}

function checkNumbers(what: string, numbers: Float32Array, shape: readonly number[] | undefined): void {
  if (shape !== undefined && numbers.length !== sizeOf(shape)) {
    throw new UserError(`${what}: ${numbers.length} numbers, the site is [${shape.join(', ')}]`);
  }
  if (!numbers.every(Number.isFinite)) throw new UserError(`${what}: not all finite`);
}

function expectDistinct(what: string, names: readonly string[]): void {
  const twice = names.find((name, i) => names.indexOf(name) !== i);
  if (twice !== undefined) throw new UserError(`two ${what} ${twice}: put them into one`);
}
