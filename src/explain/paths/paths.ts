/**
 * The direct path from one head to a later one: how much of what the later one does hangs on what the earlier one writes for
 * it to read. Exact, in two passes. In the first the sender's output is ablated, and everything between the two is kept as it
 * was, so that only the residual stream carries the change to the receiver. In the second the receiver alone, and nothing
 * else, sees the keys, values or queries that came of it.
 */
import type { EdgeEdit, Edit } from '../../model/index.ts';
import { headName } from '../ablation/ablate.ts';
import type { Ablation, Head } from '../ablation/ablate.ts';
import type { Ranking } from '../ablation/ranking.ts';
import { LEAST_MARKED } from '../heads/nulls.ts';
import type { HeadScore, HeadsOfTask } from '../heads/scores.ts';
import { amongSymbols } from '../behaviour/behaviour.ts';
import type { SymbolBehaviour } from '../behaviour/behaviour.ts';
import type { Batch, Passes } from '../passes/passes.ts';
import { zSites } from '../passes/passes.ts';

/** What of the receiver reads what the sender writes. */
export type PathEnd = 'keys' | 'values' | 'queries';
export const pathEnds: readonly PathEnd[] = ['keys', 'values', 'queries'];

export interface PathResult {
  readonly from: Head;
  readonly to: Head;
  readonly via: PathEnd;
  readonly behaviour: SymbolBehaviour;
}

/** @throws RangeError where the receiver is not in a later layer than the sender */
export async function alongPath(ablation: Ablation, from: Head, to: Head): Promise<PathResult[]> {
  const { passes } = ablation;
  if (to.layer <= from.layer) throw new RangeError(`layer ${to.layer} reads nothing of layer ${from.layer}`);
  const parts = new Map<Batch, Received>();
  for (const batch of passes.batches) parts.set(batch, await received(ablation, batch, from, to));
  const results: PathResult[] = [];
  for (const via of pathEnds) {
    const scores = await passes.scores({
      from: to.layer,
      mustChange: 'none', // a head that writes nothing for the other to read
      ...(via === 'queries'
        ? { edits: (batch) => [queriesEdit(passes, batch, to, parts.get(batch)!)] }
        : { edges: (batch) => [edgesEdit(passes, batch, to, via, parts.get(batch)!)] }),
    });
    results.push({ from, to, via, behaviour: amongSymbols(passes.set, scores) });
  }
  return results;
}

/** A direct path from a head to a later one: how the samples fare where the later one alone sees what came of the other's ablation. */
export interface ExplainedPath {
  readonly from: string;
  readonly to: string;
  readonly via: PathEnd;
  readonly accuracy: number;
  readonly crossEntropy: number;
  readonly rightMinusLeft: number | null;
}

/** Heads at either end, at most. */
const ENDS = 4;

/**
 * The paths from heads that look at the token before to heads that follow the source, those of the largest estimated effects
 * at either end. A head need not stand out for looking at the token before: many do, and whether it is read is what is asked.
 */
export async function pathsOf(
  { ablation, order }: Ranking,
  { scores }: HeadsOfTask,
  onShare: (share: number) => void,
): Promise<ExplainedPath[]> {
  const marked = (names: readonly HeadScore[]) =>
    order
      .filter(({ layer, head }) => names.some((name) => scores[name]?.[layer][head].marked))
      .slice(0, ENDS);
  const senders = order
    .filter(({ layer, head }) => (scores.previousToken?.[layer][head].value ?? 0) >= LEAST_MARKED)
    .slice(0, ENDS);
  const receivers = marked(['inductionWithinSource', 'sameSymbol', 'antiInduction']);
  const pairs = senders.flatMap((from) =>
    receivers.filter(({ layer }) => layer > from.layer).map((to) => ({ from, to })),
  );
  const results: ExplainedPath[] = [];
  for (const [i, { from, to }] of pairs.entries()) {
    for (const { via, behaviour } of await alongPath(ablation, from, to)) {
      const { accuracy, crossEntropy, rightMinusLeft } = behaviour;
      results.push({ from: headName(from), to: headName(to), via, accuracy, crossEntropy, rightMinusLeft });
    }
    onShare((i + 1) / pairs.length);
  }
  onShare(1);
  return results;
}

/** What the receiver's layer has after the first pass: keys as compared and values [B, T, K, d], queries [B, T or R, H, d]. */
interface Received {
  readonly keys: Float32Array;
  readonly values: Float32Array;
  readonly queries: Float32Array;
}

async function received(ablation: Ablation, batch: Batch, from: Head, to: Head): Promise<Received> {
  const { passes } = ablation;
  const { model } = passes;
  const clean = await passes.clean();
  const tails = batch.shots.map(({ tail }) => tail);
  const after = passes.prefixOf(batch);
  const between = Array.from({ length: to.layer - from.layer }, (_, i) => from.layer + i);
  const mlps = between.map((layer) => `blocks.${layer}.hook_mlp_out`);
  const stream = { layer: from.layer, stream: passes.part(clean.streams[from.layer], batch) };
  const start = { rows: passes.rows, ...(from.layer > 0 && { from: stream }) };
  const [symbol] = passes.set.tokens;
  const { sites } = await model.logitsOf([symbol], tails, { after, ...start, capture: mlps });
  const names = zSites(passes.config.layers);
  const edits: Edit[] = [
    ...(ablation.options([from]).edits?.(batch) ?? []),
    ...between.slice(1).map((layer) => ({ site: names[layer], values: passes.part(clean.z[layer], batch) })),
    ...mlps.map((site) => ({ site, values: Float32Array.from(sites.get(site)!.data as Float32Array) })),
  ];
  const at = `blocks.${to.layer}.attn`;
  const turned = `${at}.hook_rot_k`;
  const keys = model.sites(1, 1).some(({ name }) => name === turned) ? turned : `${at}.hook_k`;
  const capture = [keys, `${at}.hook_v`, `${at}.hook_q`];
  const first = await model.logitsOf([symbol], tails, {
    after,
    ...start,
    edits,
    capture,
    mustChange: 'none',
  });
  const of = (site: string) => first.sites.get(site)!.data as Float32Array;
  return { keys: of(keys), values: of(`${at}.hook_v`), queries: of(`${at}.hook_q`) };
}

/** The receiver sees other keys, or takes other values, at every position of the samples. */
function edgesEdit(
  passes: Passes,
  { shots }: Batch,
  to: Head,
  via: 'keys' | 'values',
  found: Received,
): EdgeEdit {
  const { config, positions, past, rows } = passes;
  const queries = to.layer === config.layers - 1 ? rows : positions;
  const total = past + positions;
  const mask = new Float32Array(shots.length * config.heads * queries * total);
  for (let s = 0; s < shots.length; s++) {
    for (let query = 0; query < queries; query++) {
      const row = ((s * config.heads + to.head) * queries + query) * total;
      mask.fill(1, row + past, row + past + positions - queries + query + 1);
    }
  }
  return { layer: to.layer, how: 'replace', mask, [via]: found[via] };
}

function queriesEdit(passes: Passes, { shots }: Batch, to: Head, { queries }: Received): Edit {
  const { heads } = passes.config;
  const size =
    queries.length /
    (shots.length * (to.layer === passes.config.layers - 1 ? passes.rows : passes.positions) * heads);
  const mask = Float32Array.from(queries, (_, i) => (Math.floor(i / size) % heads === to.head ? 1 : 0));
  return { site: `blocks.${to.layer}.attn.hook_q`, values: queries, mask };
}
