/**
 * Passes over a set of samples: what they begin with is read once, then every intervention reads the samples alone, in as
 * few runs as are good.
 */
import type { Edit, EdgeEdit, Interventions, Metric, Prefix, Segment } from '../../model/index.ts';
import type { LocalModel, ModelConfig } from '../../model/index.ts';
import { checkShots } from '../shots/shot.ts';
import type { Shot, ShotSet } from '../shots/shot.ts';

/** Samples that are read in one run: those from `start` on of the set. */
export interface Batch {
  readonly start: number;
  readonly shots: readonly Shot[];
}

/** What is done in a pass. Edits and cuts are asked for batch by batch, in the shapes of a run of the batch's tails. */
export interface PassOptions {
  readonly edits?: (batch: Batch) => readonly Edit[];
  readonly edges?: (batch: Batch) => readonly EdgeEdit[];
  /** The first layer that changes: what comes before is taken from the clean pass. */
  readonly from?: number;
  /** Whether the whole vocabulary is wanted, or only the logits of the set's symbols (which is much less to compute). */
  readonly vocabulary?: 'whole' | 'symbols';
  /** What has to change something in every sample. */
  readonly mustChange?: Interventions['mustChange'];
}

/** Of n samples with R answer tokens each and C symbols. */
export interface Scores {
  /** log Σ exp over the whole vocabulary, [n·R]; absent where only the symbols were wanted. */
  readonly normalizers?: Float32Array;
  /** The most likely token of the whole vocabulary, [n·R]. */
  readonly best?: readonly number[];
  /** Logits of the set's symbols, [n·R·C]. */
  readonly logits: Float32Array;
}

/** What the samples' own activations are, without any intervention: T positions of the tail, H heads, d head size, D width. */
export interface CleanPass {
  readonly scores: Scores;
  /** By layer: what each head reads, before the output matrix, [n, T, H, d]. */
  readonly z: readonly Float32Array[];
  /** By layer: the stream before it, [n, T, D]. */
  readonly streams: readonly Float32Array[];
}

/** What is differentiated at a row, with what it counts; of tokens, or of a set. */
export interface RowTerm {
  readonly plus?: number;
  readonly minus?: number;
  readonly signs?: readonly number[];
  readonly weight: number;
}

/** Tokens in one run: enough for full speed, little enough for the memory of what is captured. */
const MOST_TOKENS = 4096;
/** The same where derivatives are taken: whatever a layer computes is kept for the way back. */
const MOST_TOKENS_BACK = 256;

export class Passes {
  readonly model: LocalModel;
  readonly set: ShotSet;
  readonly batches: readonly Batch[];
  /** By batch. */
  private readonly prefixes: readonly Prefix[];
  private remembered: Promise<CleanPass> | undefined;

  private constructor(
    model: LocalModel,
    set: ShotSet,
    batches: readonly Batch[],
    prefixes: readonly Prefix[],
  ) {
    this.model = model;
    this.set = set;
    this.batches = batches;
    this.prefixes = prefixes;
  }

  /** Reads what the samples begin with. @throws UserError for samples of different sizes, or beyond the model's positions */
  static async over(model: LocalModel, set: ShotSet): Promise<Passes> {
    checkShots(set);
    const batches = batchesOf(set.shots);
    const prefixes: Prefix[] = [];
    for (const { shots } of batches) prefixes.push(await prefixOf(model, shots));
    return new Passes(model, set, batches, prefixes);
  }

  get config(): ModelConfig {
    return this.model.config;
  }

  /** Tokens before the tails. */
  get past(): number {
    return this.set.shots[0].prefix.length;
  }

  /** Positions of each tail. */
  get positions(): number {
    return this.set.shots[0].tail.length;
  }

  /** Rows of each answer. */
  get rows(): number {
    return this.set.shots[0].rows.length;
  }

  /** What the demonstrations of a batch have left. */
  prefixOf(batch: Batch): Prefix {
    return this.prefixes[this.batches.indexOf(batch)];
  }

  /** The different beginnings of a batch's samples; one of no tokens where there are none. */
  distinctPrefixes({ shots }: Batch): (readonly number[])[] {
    return groupsOf(shots).map(([{ prefix }]) => prefix);
  }

  /**
   * The samples a few at a time, `most` at most in each, all after one beginning: for what takes much memory of each.
   */
  *chunks(
    most: number,
  ): Generator<{ readonly start: number; readonly shots: readonly Shot[]; readonly after: Prefix }> {
    for (const [b, batch] of this.batches.entries()) {
      let { start } = batch;
      for (const [g, group] of groupsOf(batch.shots).entries()) {
        const after = this.prefixes[b].map((segment) => segmentOf(segment, g));
        for (let i = 0; i < group.length; i += most) {
          const shots = group.slice(i, i + most);
          yield { start, shots, after };
          start += shots.length;
        }
      }
    }
  }

  /** The samples as they are, computed once. */
  clean(): Promise<CleanPass> {
    this.remembered ??= this.cleanPass();
    return this.remembered;
  }

  /** The samples with something changed, or as they are. */
  async scores(options: PassOptions = {}): Promise<Scores> {
    const { edits, edges, from = 0, vocabulary = 'symbols', mustChange } = options;
    const streams = from > 0 ? (await this.clean()).streams[from] : undefined;
    const parts: Scores[] = [];
    for (const [b, batch] of this.batches.entries()) {
      const run = {
        after: this.prefixes[b],
        rows: this.rows,
        edits: edits?.(batch),
        edges: edges?.(batch),
        mustChange,
        ...(streams && { from: { layer: from, stream: this.part(streams, batch) } }),
      };
      const tails = batch.shots.map(({ tail }) => tail);
      parts.push(await this.scored(tails, run, vocabulary));
    }
    return joined(parts);
  }

  /** Of numbers by sample, [n, …], those of a batch's samples. */
  part(numbers: Float32Array, { start, shots }: Batch): Float32Array {
    const size = numbers.length / this.set.shots.length;
    return numbers.subarray(start * size, (start + shots.length) * size);
  }

  /**
   * Derivatives of a mean over samples by what every head reads (`z`): by layer, [n, T, H, d].
   * @param row what is differentiated at a sample's answer row: the token that counts and the one that is taken away, or the
   *   signs of a set's tokens, and its weight; null for rows that don't count
   * @param input what is read instead of the samples' own stream before the first layer, [n, T, D]
   */
  async derivatives(
    of: Metric,
    row: (shot: Shot, row: number) => RowTerm | null,
    input?: Float32Array,
  ): Promise<{ metric: number; z: Float32Array[] }> {
    const { layers } = this.config;
    const names = zSites(layers);
    const z = names.map((): Float32Array[] => []);
    const [anyToken] = this.set.tokens;
    let metric = 0;
    const most = Math.max(1, Math.floor(MOST_TOKENS_BACK / this.positions));
    const [firstSite] = streamSites(layers);
    for (const { start, shots, after } of this.chunks(most)) {
      const terms = shots.flatMap((shot) => shot.rows.map((_, j) => row(shot, j)));
      const result = await this.model.derivatives(
        shots.map(({ tail }) => tail),
        {
          after,
          rows: this.rows,
          of,
          tokens: this.set.tokens,
          by: names,
          ...(of === 'set-log-probability'
            ? { signs: terms.flatMap((term) => term!.signs!) }
            : { plus: terms.map((term) => term?.plus ?? anyToken) }),
          ...(of === 'logit-difference' && { minus: terms.map((term) => term?.minus ?? anyToken) }),
          weights: terms.map((term) => term?.weight ?? 0),
          ...(input && {
            edits: [{ site: firstSite, values: this.part(input, { start, shots }) }],
            mustChange: 'none',
          }),
        },
      );
      metric += result.metric;
      names.forEach((name, layer) =>
        z[layer].push(
          this.everywhere(result.derivatives.get(name)!.data as Float32Array, layer, shots.length),
        ),
      );
    }
    return { metric, z: z.map(concatenated) };
  }

  private async cleanPass(): Promise<CleanPass> {
    const { layers } = this.config;
    const names = { z: zSites(layers), streams: streamSites(layers) };
    const parts: Scores[] = [];
    const found = {
      z: names.z.map((): Float32Array[] => []),
      streams: names.streams.map((): Float32Array[] => []),
    };
    for (const [b, { shots }] of this.batches.entries()) {
      const tails = shots.map(({ tail }) => tail);
      const run = { after: this.prefixes[b], rows: this.rows, capture: [...names.z, ...names.streams] };
      const candidates = shots.flatMap(({ rows }) => rows.map(() => this.set.tokens));
      const {
        sites,
        normalizers,
        best,
        candidates: logits,
      } = await this.model.score(tails, { ...run, candidates });
      parts.push({ normalizers, best, logits });
      names.z.forEach((name, layer) =>
        found.z[layer].push(this.everywhere(sites.get(name)!.data as Float32Array, layer, shots.length)),
      );
      names.streams.forEach((name, layer) =>
        found.streams[layer].push(sites.get(name)!.data as Float32Array),
      );
    }
    return { scores: joined(parts), z: found.z.map(concatenated), streams: found.streams.map(concatenated) };
  }

  /**
   * The last layer has queries at the answer's rows only: its numbers in the shape of the others', with zeros at the places
   * before, which nothing reads.
   */
  private everywhere(numbers: Float32Array, layer: number, count: number): Float32Array {
    if (layer < this.config.layers - 1 || this.rows === this.positions) return numbers;
    const own = numbers.length / count;
    const whole = (own / this.rows) * this.positions;
    const result = new Float32Array(count * whole);
    for (let s = 0; s < count; s++) {
      result.set(numbers.subarray(s * own, (s + 1) * own), (s + 1) * whole - own);
    }
    return result;
  }

  private async scored(
    tails: readonly (readonly number[])[],
    run: Parameters<LocalModel['run']>[1],
    vocabulary: 'whole' | 'symbols',
  ): Promise<Scores> {
    const { tokens } = this.set;
    if (vocabulary === 'symbols') return { logits: (await this.model.logitsOf(tokens, tails, run)).logits };
    const candidates = tails.flatMap(() => Array.from({ length: this.rows }, () => tokens));
    const { normalizers, best, candidates: logits } = await this.model.score(tails, { ...run, candidates });
    return { normalizers, best, logits };
  }
}

export const zSites = (layers: number): string[] =>
  Array.from({ length: layers }, (_, layer) => `blocks.${layer}.attn.hook_z`);
const streamSites = (layers: number): string[] =>
  Array.from({ length: layers }, (_, layer) => `blocks.${layer}.hook_resid_pre`);

/** Samples that stand together and begin alike stay together, as many such groups at once as are good. */
function batchesOf(shots: readonly Shot[]): Batch[] {
  const [{ prefix, tail }] = shots;
  const groups = groupsOf(shots);
  const [{ length: size }] = groups;
  const equal = groups.every((group) => group.length === size);
  const together = equal ? Math.max(1, Math.floor(MOST_TOKENS / (prefix.length + size * tail.length))) : 1;
  const most = Math.max(1, Math.floor(MOST_TOKENS / tail.length));
  const batches: Batch[] = [];
  let start = 0;
  for (const own of evenly(groups, together)) {
    for (const part of own.length > 1 ? [own.flat()] : evenly(own[0], most)) {
      batches.push({ start, shots: part });
      start += part.length;
    }
  }
  return batches;
}

/** In as few parts of at most `most` as can be, which differ by one at most: runs of one size share a session. */
function evenly<T>(all: readonly T[], most: number): T[][] {
  const parts = Math.ceil(all.length / most);
  const border = (part: number) => Math.floor((part * all.length) / parts);
  return Array.from({ length: parts }, (_, part) => all.slice(border(part), border(part + 1)));
}

function groupsOf(shots: readonly Shot[]): Shot[][] {
  const groups: Shot[][] = [];
  let last: string | undefined;
  for (const shot of shots) {
    const key = shot.prefix.join();
    if (key !== last) groups.push([]);
    last = key;
    groups[groups.length - 1].push(shot);
  }
  return groups;
}

/** One sequence of a segment. */
function segmentOf({ count, length, layers }: Segment, index: number): Segment {
  const part = (numbers: Float32Array) => {
    const size = numbers.length / count;
    return numbers.subarray(index * size, (index + 1) * size);
  };
  return {
    count: 1,
    length,
    layers: layers.map(({ keys, values }) => ({ keys: part(keys), values: part(values) })),
  };
}

async function prefixOf(model: LocalModel, shots: readonly Shot[]): Promise<Prefix> {
  if (shots[0].prefix.length === 0) return [];
  return model.begin(groupsOf(shots).map(([{ prefix }]) => prefix));
}

export function joined(parts: readonly Scores[]): Scores {
  if (parts.length === 1) return parts[0];
  const logits = concatenated(parts.map((part) => part.logits));
  if (parts[0].normalizers === undefined) return { logits };
  return {
    normalizers: concatenated(parts.map((part) => part.normalizers!)),
    best: parts.flatMap((part) => part.best!),
    logits,
  };
}

export function concatenated(parts: readonly Float32Array[]): Float32Array {
  if (parts.length === 1) return parts[0];
  const whole = new Float32Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}
