/** What interventions are refused for before anything is computed. Masks and values have millions of numbers: plain loops. */
import { UserError } from '../../common/errors.ts';
import { unknownName } from '../../common/nearest.ts';
import { windowOf } from '../config/config.ts';
import type { ModelConfig } from '../config/config.ts';
import { CUT_KINDS } from './hooks.ts';
import type { Group } from '../forward/layout.ts';
import { sees } from '../forward/masks.ts';
import { sizeOf } from '../../graph/types/tensor.ts';
import type { Edit, EdgeEdit } from './edits.ts';
import { siteNamed } from './sites.ts';
import type { Site } from './sites.ts';

export const changeNames = {
  edit: (site: string) => `the edit of ${site}`,
  edges: (layer: number) => `the cut of edges in layer ${layer}`,
};

/** The sequences' own positions, after what they go on from. */
export function ownPositions({ past = 0, length }: Group): { from: number; count: number } {
  return { from: past, count: length };
}

/** The shape of a layer's keys or values at `count` positions: [sample, position, head, width]. */
export function shapeOfReplaced(all: readonly Site[], site: string, { count }: { count: number }): number[] {
  const [batch, , ...rest] = siteNamed(all, site).shape;
  return [batch, count, ...rest];
}

export function checkEdit(site: Site, { values, mask }: Edit): void {
  const what = changeNames.edit(site.name);
  checkNumbers(`${what}: values`, typeof values === 'number' ? Float32Array.of(values) : values, undefined);
  if (typeof values !== 'number') checkNumbers(`${what}: values`, values, site.shape);
  if (mask !== undefined) checkNumbers(`${what}: mask`, mask, site.shape);
}

export function checkEdges(config: ModelConfig, group: Group, all: readonly Site[], edges: EdgeEdit): void {
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
  for (const mask of new Set([edges.mask, edges.valuesMask ?? edges.mask])) {
    const stray = strayKey(mask, total, of);
    if (stray === undefined) continue;
    throw new UserError(
      `${what}: the mask names the key at ${stray}, of which nothing is given to put in its place`,
    );
  }
}

/** The first key that rows of a mask name outside some positions. */
function strayKey(
  mask: Float32Array,
  keys: number,
  { from, count }: { readonly from: number; readonly count: number },
): number | undefined {
  for (let row = 0; row < mask.length; row += keys) {
    for (let key = 0; key < keys; key++) {
      if (key === from) key += count; // those that are given
      if (key < keys && mask[row + key] !== 0) return key;
    }
  }
  return undefined;
}

/** `shape` is [sample, head, query, key], queries being those of the last positions. */
function checkEdgeMask(
  what: string,
  { mask, how }: EdgeEdit,
  shape: readonly number[],
  window: number | undefined,
): void {
  checkNumbers(`${what}: mask`, mask, shape);
  for (let i = 0; i < mask.length; i++) {
    if (mask[i] !== 0 && mask[i] !== 1) throw new UserError(`${what}: mask: an edge is cut (1) or not (0)`);
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
  for (let i = 0; i < numbers.length; i++) {
    if (!Number.isFinite(numbers[i])) throw new UserError(`${what}: not all finite`);
  }
}

export function expectDistinct(what: string, names: readonly string[]): void {
  const twice = names.find((name, i) => names.indexOf(name) !== i);
  if (twice !== undefined) throw new UserError(`two ${what} ${twice}: put them into one`);
}
