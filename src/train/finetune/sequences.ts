/**
 * The batch of a step: contexts with their questions, as tokens. It depends on the step's number alone, and so does the room
 * that it is given, since numbers come out a little different in another one.
 */
import { rng } from '../../common/random.ts';
import type { Rng } from '../../common/random.ts';
import { branched, branchLength } from '../../model/answers/branches.ts';
import type { BranchedGroup, BranchedSequence } from '../../model/answers/branches.ts';
import { ropeBorder } from '../../model/config/config.ts';
import type { ModelConfig } from '../../model/index.ts';
import { isOffset } from '../batch/batch.ts';
import { drawLengths, lengthGroups } from '../batch/lengths.ts';
import { longestAt } from '../spec/schedule.ts';
import { otherQueries } from './queries.ts';
import type { FinetuneSetting } from './setting.ts';

export interface Batch {
  /** In the order of the groups. */
  readonly sequences: readonly BranchedSequence[];
  /** Position id of each sequence's first token. */
  readonly offsets: readonly number[];
  /** Tokens read, padding not counted. */
  readonly tokens: number;
}

/**
 * The contexts of a step.
 * @param usual its room (`usualRoom`): a context of which more can be asked than there is room for is asked as much
 */
export function batchAt(setting: FinetuneSetting, step: number, usual: readonly BranchedGroup[]): Batch {
  const { spec, base } = setting;
  const stream = rng('fine-tune', spec.task, spec.seed, step);
  const longest = longestAt(spec, step);
  const counts = usual.flatMap(({ batch, count }) => new Array<number>(batch).fill(count));
  const sequences = drawLengths(spec.batch, spec.lengths.min, longest, stream).map((length, i) =>
    drawContext(setting, length, counts[i], stream),
  );
  const offsets = sequences.map((sequence) =>
    isOffset(spec, stream) ? stream.below(base.config.positions - extentOf(sequence) + 1) : 0,
  );
  return { sequences, offsets, tokens: sequences.reduce((sum, sequence) => sum + tokensOf(sequence), 0) };
}

/** One context with up to so many questions about it, each with its answer. */
export function drawContext(
  { spec, task, base, write, shown }: FinetuneSetting,
  length: number,
  queries: number,
  stream: Rng,
): BranchedSequence {
  const first = task.sample(length, stream, spec.taskOptions);
  const others = queries > 1 ? otherQueries(task, first, spec.taskOptions) : [];
  const chosen = stream.distinct(others.length, Math.min(others.length, queries - 1)).map((i) => others[i]);
  const demonstrations = shown(first, stream.uint32());
  return turningAlike(
    base.config,
    branched([first, ...chosen].map((sample) => write(sample, demonstrations))),
  );
}

/** The questions that turn as the first one does (LongRoPE: a longer text turns all its positions otherwise). */
function turningAlike(config: ModelConfig, { trunk, branches }: BranchedSequence): BranchedSequence {
  const isLong = (branch: BranchedSequence['branches'][number]) =>
    trunk.length + branchLength(branch) > ropeBorder(config);
  return { trunk, branches: branches.filter((branch) => isLong(branch) === isLong(branches[0])) };
}

/** Tokens of a context and the longest of its questions. */
function extentOf({ trunk, branches }: BranchedSequence): number {
  return trunk.length + Math.max(...branches.map(branchLength));
}

function tokensOf({ trunk, branches }: BranchedSequence): number {
  return branches.reduce((sum, branch) => sum + branchLength(branch), trunk.length);
}

/**
 * Groups of contexts of similar length: more of them waste less padding, but attention runs group by group. (Steps of SmolLM2-135M
 * on lengths 5-20 take as long with 1 as with 8: what counts there are the matrices. Longer sources gain.)
 */
const GROUPS = 4;

/**
 * The room of all batches whose longest length is `longest`: what contexts of these lengths usually take in tokens. (A symbol
 * may be several tokens, so that only samples can tell.)
 */
export function usualRoom(setting: FinetuneSetting, longest: number): BranchedGroup[] {
  const { spec } = setting;
  const stream = rng('room', spec.task, longest);
  let from = spec.lengths.min;
  return lengthGroups(spec.batch, from, longest, GROUPS).map((group) => {
    const lengths = Array.from({ length: PROBES }, (_, i) =>
      i % 2 === 0 ? group.longest : from + (((i - 1) / 2) % (group.longest - from + 1)),
    );
    const probes = lengths.map((length) => drawContext(setting, length, spec.queries, stream));
    from = group.longest;
    return roomFor(group.batch, probes);
  });
}

const PROBES = 32;

/** The room that a batch gets: the usual one, or more where it needs more. */
export function roomOf(usual: readonly BranchedGroup[], { sequences }: Batch): BranchedGroup[] {
  let next = 0;
  return usual.map((group) => {
    const own = roomFor(group.batch, sequences.slice(next, (next += group.batch)));
    const larger = (key: 'trunk' | 'length') =>
      own[key] <= group[key] ? group[key] : ROUNDED * Math.ceil(own[key] / ROUNDED);
    return { ...group, trunk: larger('trunk'), length: larger('length') };
  });
}

/** Rooms that are larger than usual are of few sizes: each has a session of its own. */
const ROUNDED = 4;

/** The least room for contexts. */
export function roomFor(batch: number, sequences: readonly BranchedSequence[]): BranchedGroup {
  return {
    batch,
    trunk: Math.max(...sequences.map(({ trunk }) => trunk.length)),
    count: Math.max(...sequences.map(({ branches }) => branches.length)),
    length: Math.max(...sequences.flatMap(({ branches }) => branches.map(branchLength))),
  };
}
