/**
 * Samples drawn for an explanation: as `measure` draws them, with demonstrations that several samples share, so that a
 * prompt's beginning is read once. Tasks of one contrast have the same sources and queries.
 */
import { UserError } from '../../common/errors.ts';
import { drawInstance, drawWithBothNeighbours, taskNamed } from '../../tasks/index.ts';
import type { Instance } from '../../tasks/index.ts';
import type { DemonstratedSample } from './demonstrated.ts';

export interface Drawing {
  readonly task: string;
  readonly length: number;
  readonly n: number;
  readonly seed: number;
  readonly alphabet: readonly string[];
  /** Of each sample. Default 10. */
  readonly demonstrations?: number | undefined;
}

/** Sets of demonstrations; samples take turns in as many runs. */
const SETS = 5;
const DEMONSTRATIONS = 10;

/** @throws UserError for a length that the task has not, or a look-up whose query can't have both neighbours */
export function drawnSamples({ task: name, length, n, seed, alphabet }: Drawing): Instance[] {
  return Array.from({ length: n }, (_, index) =>
    drawn(name, length, { seed, index, anywhere: false }, alphabet),
  );
}

/** The samples with demonstrations of the same length, drawn from another stream. */
export function demonstratedSamples(drawing: Drawing): DemonstratedSample[] {
  const { task, length, n, seed, alphabet, demonstrations = DEMONSTRATIONS } = drawing;
  const samples = drawnSamples(drawing);
  const sets = Array.from({ length: SETS }, (_, set) =>
    Array.from({ length: demonstrations }, (_unused, i) =>
      drawn(task, length, { seed, index: n + set * demonstrations + i, anywhere: true }, alphabet),
    ),
  );
  const each = Math.ceil(n / SETS);
  return samples.map((sample, i) => ({ sample, demonstrations: sets[Math.floor(i / each)] }));
}

/** A look-up's query has both neighbours, so that right and left can be compared in every sample. */
function drawn(
  name: string,
  length: number,
  { seed, index, anywhere }: { seed: number; index: number; anywhere: boolean },
  alphabet: readonly string[],
): Instance {
  const task = taskNamed(name);
  const draw = { length, seed, index };
  if (task.family !== 'retrieval') return drawInstance(task, { ...draw, anywhere }, { alphabet });
  const sample = drawWithBothNeighbours(name, draw, { alphabet, place: { from: 0, to: 1 } });
  if (sample === null) {
    throw new UserError(`${name} at length ${length}: no symbol has both neighbours; take a larger length`);
  }
  return sample;
}
