/**
 * The named places in a model where an activation can be looked at or edited: TransformerLens's names and shapes,
 * which users know. Two things differ from there: a masked score is -1e9, not -infinity; and where a layout has logits
 * at the last `rows` positions only, the last layer's sites from the queries on have only these.
 */
import { UserError } from '../../common/errors.ts';
import { hintFor } from '../../common/nearest.ts';
import { architectures } from '../architectures/table.ts';
import type { NormName } from '../architectures/architecture.ts';
import { headSize, ropeOf } from '../config/config.ts';
import type { ModelConfig } from '../config/config.ts';
import type { Group } from '../forward/layout.ts';

/** What an axis of a site counts: `query` and `key` are positions, `width` the numbers of one vector. */
export type Axis = 'sample' | 'position' | 'head' | 'query' | 'key' | 'width';

/** A place where an activation can be captured or edited. */
export interface Site {
  /** For instance `blocks.0.attn.hook_pattern`. */
  readonly name: string;
  /** What its axes are. */
  readonly axes: readonly Axis[];
  readonly shape: readonly number[];
}

/** What of a group decides the shapes of its sites. */
type SitesGroup = Pick<Group, 'batch' | 'length' | 'rows' | 'past'>;

/** All sites of a model, in the order in which a pass over one group of sequences comes by. */
export function sites(config: ModelConfig, group: SitesGroup): Site[] {
  const { batch, length, rows, past } = group;
  const { layers, width, positionEncoding } = config;
  const stream = (name: string, positions: number): Site => ({
    name,
    axes: ['sample', 'position', 'width'],
    shape: [batch, positions, width],
  });
  const list = [stream('hook_embed', length)];
  if (positionEncoding.kind === 'learned') list.push(stream('hook_pos_embed', length));
  for (let layer = 0; layer < layers; layer++) {
    const queries = layer === layers - 1 ? rows : length;
    list.push(...blockSites(config, layer, { batch, length, rows: queries, past }));
  }
  list.push(...normSites('ln_final', batch, rows, width));
  return list;
}

/** @throws UserError that suggests the nearest site */
export function siteNamed(all: readonly Site[], name: string): Site {
  const found = all.find((site) => site.name === name);
  if (found !== undefined) return found;
  const hint = hintFor(
    name,
    all.map((site) => site.name),
  );
  throw new UserError(`unknown site '${name}'${hint} (the model has ${all.length}; sites() lists them)`);
}

/** Which elements of a site are meant: of each axis the indices, or all where none are named. */
export type Selection = Partial<Record<Axis, readonly number[]>>;

/**
 * 1 at the selected elements of a site and 0 elsewhere, in the site's shape.
 * @throws UserError for an axis that the site has not, or an index beyond it
 * @example siteMask(site, { head: [3], query: [9], key: [4, 5] })
 */
export function siteMask(site: Site, selection: Selection): Float32Array {
  for (const [axis, indices] of Object.entries(selection)) {
    const place = site.axes.findIndex((own) => own === axis);
    if (place < 0) throw new UserError(`${site.name} has no axis '${axis}' (it has ${site.axes.join(', ')})`);
    const beyond = indices.find(
      (index) => !Number.isInteger(index) || index < 0 || index >= site.shape[place],
    );
    if (beyond !== undefined) {
      throw new UserError(`${site.name}: ${axis} ${beyond} is not in 0 to ${site.shape[place] - 1}`);
    }
  }
  let mask = Float32Array.of(1);
  site.shape.forEach((size, place) => {
    const indices = selection[site.axes[place]];
    const chosen = Array.from(
      { length: size },
      (_, index) => indices === undefined || indices.includes(index),
    );
    mask = Float32Array.from({ length: mask.length * size }, (_, i) =>
      chosen[i % size] ? mask[Math.floor(i / size)] : 0,
    );
  });
  return mask;
}

function blockSites(
  config: ModelConfig,
  layer: number,
  { batch, length, rows, past = 0 }: SitesGroup,
): Site[] {
  const { width, mlpWidth, heads, keyValueHeads } = config;
  const { norms, gated } = architectures[config.architecture];
  const block = `blocks.${layer}`;
  const stream = (name: string, positions: number, size = width): Site => ({
    name: `${block}.${name}`,
    axes: ['sample', 'position', 'width'],
    shape: [batch, positions, size],
  });
  const byHead = (name: string, positions: number, count: number, size = headSize(config)): Site => ({
    name: `${block}.attn.${name}`,
    axes: ['sample', 'position', 'head', 'width'],
    shape: [batch, positions, count, size],
  });
  const byEdge = (name: string): Site => ({
    name: `${block}.attn.${name}`,
    axes: ['sample', 'head', 'query', 'key'],
    shape: [batch, heads, rows, past + length],
  });
  const norm = (name: NormName, positions: number) =>
    norms.includes(name) ? normSites(`${block}.${name}`, batch, positions, width) : [];
  const turns = ropeOf(config, layer) !== undefined;
  return [
    stream('hook_resid_pre', length),
    ...norm('ln1', length),
    byHead('hook_q', rows, heads),
    byHead('hook_k', length, keyValueHeads),
    byHead('hook_v', length, keyValueHeads),
    ...(turns ? [byHead('hook_rot_q', rows, heads), byHead('hook_rot_k', length, keyValueHeads)] : []),
    byEdge('hook_attn_scores'),
    byEdge('hook_pattern'),
    byHead('hook_z', rows, heads),
    byHead('hook_result', rows, heads, width),
    ...norm('ln1_post', rows),
    stream('hook_attn_out', rows),
    ...(config.parallel === true ? [] : [stream('hook_resid_mid', rows)]),
    ...norm('ln2', rows),
    stream('mlp.hook_pre', rows, mlpWidth),
    ...(gated ? [stream('mlp.hook_pre_linear', rows, mlpWidth)] : []),
    stream('mlp.hook_post', rows, mlpWidth),
    ...norm('ln2_post', rows),
    stream('hook_mlp_out', rows),
    stream('hook_resid_post', rows),
  ];
}

function normSites(norm: string, batch: number, positions: number, width: number): Site[] {
  const axes: Axis[] = ['sample', 'position', 'width'];
  return [
    { name: `${norm}.hook_scale`, axes, shape: [batch, positions, 1] },
    { name: `${norm}.hook_normalized`, axes, shape: [batch, positions, width] },
  ];
}
