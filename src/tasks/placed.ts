/** Drawing where the evidence lies, for the tasks that look something up. */
import { UserError } from '../common/errors.ts';
import type { Rng } from '../common/random.ts';
import { checkLength, checkOptions, given } from './check-options.ts';
import { countOf, NARROWEST, partsWith, positionsWithin } from './place.ts';
import type { Positions } from './place.ts';
import type { SourcePart, Task, TaskOptions } from './task.ts';

/** Where the evidence of a task's instances can lie at all. */
export interface EvidencePlaces {
  readonly name: string;
  readonly at: (length: number) => Positions;
  /** The shortest length that has an instance at all. */
  readonly shortest: number;
  /** The part of the source outside which there is none at any length. */
  readonly within: SourcePart;
  /** How many positions of that part are no evidence, at its two ends together and at any length, at most. */
  readonly lost: number;
}

/** Throws UserError unless there are instances of that length, wherever their evidence lies; for that, see `drawEvidence`. */
export function checkPlacedLength(task: Task, length: number, options: TaskOptions): void {
  if (options.place !== undefined) checkOptions(task, options);
  checkLength(task, length, { ...options, place: undefined });
}

/** A position of the evidence in the part that the options ask for, each equally likely. Throws UserError where it has none. */
export function drawEvidence(places: EvidencePlaces, length: number, options: TaskOptions, rng: Rng): number {
  const all = places.at(length);
  const { place } = options;
  const part = place === 'stratified' ? rng.choice(partsWith(all, length)) : place;
  const possible = part === undefined ? all : positionsWithin(all, part, length);
  const count = countOf(possible);
  if (count === 0) throw new UserError(nowhere(places, length, options));
  return possible.first + rng.below(count) * possible.step;
}

/**
 * The shortest length from which on every length has evidence where the options ask for it.
 * @throws UserError where no length is sure to
 */
export function shortestPlaced(places: EvidencePlaces, options: TaskOptions): number {
  const { place } = options;
  if (place === undefined || place === 'stratified') return places.shortest;
  const found = shortestIn(places, place);
  if (found === null) throw new UserError(`${places.name} has no instance${given(options)} at any length`);
  return found;
}

function nowhere(places: EvidencePlaces, length: number, options: TaskOptions): string {
  const shortest = shortestPlaced(places, options);
  return `${places.name} has no instance of length ${length}${given(options)}; every length from ${shortest} on has one`;
}

/** Null where no length is sure to have evidence in that part. */
function shortestIn({ at, shortest, within, lost }: EvidencePlaces, part: SourcePart): number | null {
  const width = Math.min(part.to, within.to) - Math.max(part.from, within.from);
  if (width < NARROWEST) return null;
  const holds = (length: number): boolean => countOf(positionsWithin(at(length), part, length)) > 0;
  // That wide, a part has width · length positions or more, rounded down. One step of those that are left is enough.
  let length = Math.max(shortest, Math.ceil((lost + at(shortest).step) / width) + 1);
  while (length > shortest && holds(length - 1)) length -= 1;
  return length;
}
