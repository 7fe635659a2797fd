/**
 * The paper's edge experiment (arXiv 2505.21785, §6.1), in two passes. The first reads everything without what heads carry
 * from one position to the next: its keys K′ and values V′ know nothing of the symbol before. In the second the places where
 * the answer goes on from a symbol see K′ at the next symbol (which an induction head matches), or V′ at the same symbol
 * (from which an anti-induction head takes the one before it); everything else is as it is.
 *
 * What the paper leaves open is decided here: attention is not renormalised in the first pass, K′ and V′ are constants of
 * it, the first answer token of a copy is left alone, and so are copies of the symbol in demonstrations.
 */
import { UserError } from '../../common/errors.ts';
import type { Rng } from '../../common/random.ts';
import { prefixLength } from '../../model/index.ts';
import type { EdgeEdit, LocalModel, Prefix, Segment } from '../../model/index.ts';
import { behaviourOf, lossesOf, standardError } from '../behaviour/behaviour.ts';
import type { Behaviour } from '../behaviour/behaviour.ts';
import type { Batch, Passes, Scores } from '../passes/passes.ts';
import { concatenated, joined } from '../passes/passes.ts';
import type { Shot } from '../shots/shot.ts';

/** What is done to the edges of a condition. */
export interface EdgeCondition {
  readonly name: string;
  /** The keys (tail positions) of each sample's target rows at which K′ is seen; nothing is done without it. */
  readonly keys?: TargetPositions;
  /** Those at which V′ is taken. */
  readonly values?: TargetPositions;
  /** Where K′ and V′ come from. */
  readonly donor: 'no-previous-token' | 'itself' | 'other-sample';
  /** The layers in which edges are cut; all unless given. */
  readonly layers?: readonly number[];
}

/** Of each sample, by target row, the tail position that the row's edge goes to; null for no edge. */
export type TargetPositions = (shot: Shot, sample: number) => readonly (number | null)[];

export interface EdgeResult {
  readonly condition: string;
  readonly behaviour: Behaviour;
  /** The cross-entropy of each sample less that of the sample as it is: its mean, and the standard error of that. */
  readonly change: { readonly crossEntropy: number; readonly error: number | null };
}

/** Rows of a sample that go on from a symbol of its source, which are all but the first of a copy. */
export function targetRows({ rows }: Shot): number[] {
  return rows.flatMap(({ at }, j) => (at === null ? [] : [j]));
}

/** The position after the symbol that each target row goes on from: where an induction head looks. */
export const nextPositions: TargetPositions = (shot) =>
  targetRows(shot).map((j) => shot.source[shot.rows[j].at!] + 1);

/** The position of that symbol itself: where an anti-induction head looks. */
export const samePositions: TargetPositions = (shot) =>
  targetRows(shot).map((j) => shot.source[shot.rows[j].at!]);

/** Positions of other symbols of the source, one for each target row, drawn once for all conditions. */
export function otherPositions(shots: readonly Shot[], rng: Rng): TargetPositions {
  const drawn = shots.map((shot) =>
    targetRows(shot).map((j) => {
      const { at, same } = shot.rows[j];
      const beside = (matches: readonly number[]) =>
        shot.source.filter((_, i) => !matches.some((match) => i === match || i === match + 1));
      const apart = beside([at!, ...same]); // where a symbol repeats, its other occurrences are matches, too
      const others = apart.length > 0 ? apart : beside([at!]);
      if (others.length === 0) {
        throw new UserError(
          'a source of two symbols leaves no other edge to cut as a control: take longer ones',
        );
      }
      return others[rng.below(others.length)];
    }),
  );
  return (_, sample) => drawn[sample];
}

const fromOthers: readonly EdgeCondition[] = [
  { name: 'other-sample-keys', keys: nextPositions, donor: 'other-sample' },
  { name: 'other-sample-values', values: samePositions, donor: 'other-sample' },
];

/** The conditions of the experiment: the two cuts, both, and what a critic asks for beside them. */
export function edgeConditions(shots: readonly Shot[], rng: Rng): EdgeCondition[] {
  const others = otherPositions(shots, rng);
  const cut = (name: string, keys?: TargetPositions, values?: TargetPositions): EdgeCondition => ({
    name,
    keys,
    values,
    donor: 'no-previous-token',
  });
  return [
    cut('induction', nextPositions),
    cut('anti-induction', undefined, samePositions),
    cut('both', nextPositions, samePositions),
    cut('control-keys', others),
    cut('control-values', undefined, others),
    { name: 'identity', keys: nextPositions, values: samePositions, donor: 'itself' },
    ...(shots.length > 1 ? fromOthers : []),
  ];
}

/**
 * Runs conditions; the first result is `base`, the samples as they are.
 * @throws UserError for a cut that changes nothing, with the reason (an edge outside a layer's window)
 */
export async function edgeExperiment(
  passes: Passes,
  conditions: readonly EdgeCondition[],
  onProgress: (share: number) => void = () => undefined,
): Promise<EdgeResult[]> {
  const { set } = passes;
  const clean = (await passes.clean()).scores;
  const losses = lossesOf(set, clean);
  const results: EdgeResult[] = [
    { condition: 'base', behaviour: behaviourOf(set, clean), change: { crossEntropy: 0, error: null } },
  ];
  const parts = conditions.map((): Scores[] => []);
  let done = 0;
  for (const batch of passes.batches) {
    const second = await SecondPass.prepare(
      passes,
      batch,
      conditions.some(({ donor }) => donor === 'other-sample'),
    );
    for (const [c, condition] of conditions.entries()) {
      parts[c].push(await second.run(condition));
      onProgress(++done / (conditions.length * passes.batches.length));
    }
  }
  for (const [c, { name }] of conditions.entries()) {
    const scores = withFirstRows(passes, clean, joined(parts[c]));
    const changes = lossesOf(set, scores).map((loss, s) => loss - losses[s]);
    results.push({
      condition: name,
      behaviour: behaviourOf(set, scores),
      change: {
        crossEntropy: changes.reduce((sum, x) => sum + x, 0) / changes.length,
        error: standardError(changes),
      },
    });
  }
  return results;
}

type Donors = Readonly<Partial<Record<EdgeCondition['donor'], Segment>>>;

/** The second pass of a batch: only the target positions are read again. */
class SecondPass {
  private readonly passes: Passes;
  private readonly batch: Batch;
  /** Demonstrations and the samples up to the first target, as they are. */
  private readonly before: Prefix;
  /** What is put in the place of keys and values, by where it comes from: the samples up to the first target. */
  private readonly donors: Donors;

  private constructor(passes: Passes, batch: Batch, before: Prefix, donors: Donors) {
    this.passes = passes;
    this.batch = batch;
    this.before = before;
    this.donors = donors;
  }

  static async prepare(passes: Passes, batch: Batch, withOthers: boolean): Promise<SecondPass> {
    const { model, set } = passes;
    const demonstrations = passes.prefixOf(batch);
    const heads = batch.shots.map(upToTargets);
    const before = await model.begin(heads, { after: demonstrations });
    const next = batch.shots.map((_, s) => set.shots[(batch.start + s + 1) % set.shots.length]);
    const others = withOthers && (await model.begin(next.map(upToTargets), { after: demonstrations }));
    const cut = await withoutPrevious(model, heads, await cutDemonstrations(passes, batch));
    const last = (prefix: Prefix) => prefix[prefix.length - 1];
    return new SecondPass(passes, batch, before, {
      'no-previous-token': last(cut),
      itself: last(before),
      ...(others && { 'other-sample': last(others) }),
    });
  }

  /** The scores of the target rows. */
  async run(condition: EdgeCondition): Promise<Scores> {
    const { passes, batch, before } = this;
    const tails = batch.shots.map((shot) => shot.tail.slice(firstTarget(shot)));
    const from = Math.min(...(condition.layers ?? [0]));
    const candidates = batch.shots.flatMap((shot) => targetRows(shot).map(() => passes.set.tokens));
    const {
      normalizers,
      best,
      candidates: logits,
    } = await passes.model.score(tails, {
      after: before,
      edges: this.edges(condition, tails[0].length),
      candidates,
      // In some layers a window may reach the edges of some samples only.
      mustChange: condition.layers === undefined ? 'exist' : 'none',
      ...(from > 0 && { from: { layer: from, stream: await this.streamBefore(from) } }),
    });
    return { normalizers, best, logits };
  }

  /** The stream of the target rows before a layer, as it is: nothing below it changes. */
  private async streamBefore(layer: number): Promise<Float32Array> {
    const { passes, batch } = this;
    const whole = passes.part((await passes.clean()).streams[layer], batch);
    const size = whole.length / batch.shots.length;
    const skipped = (size / passes.positions) * firstTarget(batch.shots[0]);
    return concatenated(batch.shots.map((_, s) => whole.subarray(s * size + skipped, (s + 1) * size)));
  }

  private edges({ keys, values, donor, layers }: EdgeCondition, queries: number): EdgeEdit[] {
    const { passes } = this;
    const { heads } = passes.config;
    const segment = this.donors[donor]!;
    const of = { from: passes.past, count: segment.length };
    const total = of.from + of.count + queries;
    const masks = {
      keys: this.mask(keys, queries, total, heads),
      values: this.mask(values, queries, total, heads),
    };
    const all = layers ?? passes.config.layers;
    const chosen = typeof all === 'number' ? Array.from({ length: all }, (_, layer) => layer) : all;
    return chosen.map((layer) => {
      const shape = [segment.count, passes.config.keyValueHeads, segment.length];
      return {
        layer,
        how: 'replace',
        of,
        mask: (masks.keys ?? masks.values)!,
        ...(masks.keys && { keys: positionsFirst(segment.layers[layer].keys, shape) }),
        ...(masks.values && {
          values: positionsFirst(segment.layers[layer].values, shape),
          ...(masks.keys && { valuesMask: masks.values }),
        }),
      };
    });
  }

  /** 1 for each target's edge, in every head: [sample, head, query, key]. */
  private mask(
    positions: TargetPositions | undefined,
    queries: number,
    total: number,
    heads: number,
  ): Float32Array | undefined {
    if (positions === undefined) return undefined;
    const { shots, start } = this.batch;
    const mask = new Float32Array(shots.length * heads * queries * total);
    shots.forEach((shot, s) => {
      positions(shot, start + s).forEach((key, query) => {
        if (key === null) return;
        for (let head = 0; head < heads; head++) {
          mask[((s * heads + head) * queries + query) * total + this.passes.past + key] = 1;
        }
      });
    });
    return mask;
  }
}

/** The tail position of the first row that goes on from a symbol. */
function firstTarget(shot: Shot): number {
  return shot.first + targetRows(shot)[0];
}

/** A sample up to its first target row: what stands there has keys and values that can be replaced. */
function upToTargets(shot: Shot): readonly number[] {
  return shot.tail.slice(0, firstTarget(shot));
}

/** Demonstrations read without the token before: one set after the other, since cuts of all layers take much memory. */
async function cutDemonstrations(passes: Passes, batch: Batch): Promise<Prefix> {
  if (passes.past === 0) return [];
  const sets: Segment[] = [];
  for (const set of passes.distinctPrefixes(batch))
    sets.push(...(await withoutPrevious(passes.model, [set], [])));
  return [sideBySide(sets)];
}

/** Segments of one length as one of all their sequences. */
function sideBySide(segments: readonly Segment[]): Segment {
  const [{ length, layers }] = segments;
  const joint = (layer: number, what: 'keys' | 'values') =>
    concatenated(segments.map((segment) => segment.layers[layer][what]));
  return {
    count: segments.reduce((sum, { count }) => sum + count, 0),
    length,
    layers: layers.map((_, layer) => ({ keys: joint(layer, 'keys'), values: joint(layer, 'values') })),
  };
}

/** Reads sequences with every position's attention to the one before without its weight; the others keep theirs. */
function withoutPrevious(
  model: LocalModel,
  sequences: readonly (readonly number[])[],
  after: Prefix,
): Promise<Prefix> {
  const { heads, layers } = model.config;
  const [{ length }] = sequences;
  const keys = prefixLength(after) + length;
  if (keys === 1) return model.begin(sequences); // nothing stands before
  const maskOf = (queries: number) => {
    const mask = new Float32Array(sequences.length * heads * queries * keys);
    for (let row = 0; row < sequences.length * heads * queries; row++) {
      const position = keys - queries + (row % queries);
      if (position > 0) mask[row * keys + position - 1] = 1;
    }
    return mask;
  };
  const whole = maskOf(length);
  const last = maskOf(1); // a beginning has one query in its last layer
  const edges = Array.from({ length: layers }, (_, layer) => ({
    layer,
    mask: layer === layers - 1 ? last : whole,
    how: 'zero' as const,
  }));
  return model.begin(sequences, { after, edges, mustChange: 'none' }); // whether it matters shows in the second pass
}

/** Keys or values as they are kept, [sample, head, position, d], as edits have them: [sample, position, head, d]. */
function positionsFirst(numbers: Float32Array, [count, heads, positions]: readonly number[]): Float32Array {
  const size = numbers.length / (count * heads * positions);
  const result = new Float32Array(numbers.length);
  for (let s = 0; s < count; s++) {
    for (let h = 0; h < heads; h++) {
      for (let p = 0; p < positions; p++) {
        const from = ((s * heads + h) * positions + p) * size;
        result.set(numbers.subarray(from, from + size), ((s * positions + p) * heads + h) * size);
      }
    }
  }
  return result;
}

/** The scores of all rows: of those before the first target the clean ones. */
function withFirstRows({ set }: Passes, clean: Scores, targets: Scores): Scores {
  const [shot] = set.shots;
  const rows = shot.rows.length;
  const own = targetRows(shot).length;
  const width = set.tokens.length;
  const isTarget = (row: number) => row % rows >= rows - own;
  const place = (row: number) => Math.floor(row / rows) * own + (row % rows) - (rows - own);
  const count = set.shots.length * rows;
  const logits = new Float32Array(count * width);
  for (let row = 0; row < count; row++) {
    const from = isTarget(row)
      ? targets.logits.subarray(place(row) * width)
      : clean.logits.subarray(row * width);
    logits.set(from.subarray(0, width), row * width);
  }
  const of = <T>(row: number, ours: ArrayLike<T>, theirs: ArrayLike<T>) =>
    isTarget(row) ? theirs[place(row)] : ours[row];
  return {
    normalizers: Float32Array.from({ length: count }, (_, row) =>
      of(row, clean.normalizers!, targets.normalizers!),
    ),
    best: Array.from({ length: count }, (_, row) => of(row, clean.best!, targets.best!)),
    logits,
  };
}
