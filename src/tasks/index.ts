/** What is asked: every task as a pure sampler and an oracle. */
import { UserError } from '../common/errors.ts';
import { unknownName } from '../common/nearest.ts';
import { copyingTasks } from './copying.ts';
import { flipFlop } from './flip-flop.ts';
import { retrievalTasks } from './retrieval.ts';
import type { Task } from './task.ts';

export type * from './task.ts';
export { copyingDirection } from './copying.ts';
export { drawInstance, type Draw } from './draw.ts';
export { decidingPosition, type DecidingPosition } from './evidence.ts';
export { drawWithBothNeighbours, retrievalRule } from './retrieval.ts';
export { checkPlacing, partOfDraw, placeAt, sourceParts } from './place.ts';
export {
  type Alphabet,
  alphabetName,
  alphabetNamed,
  alphabets,
  defaultAlphabet,
  isDefaultAlphabet,
} from './alphabets.ts';
export { tellingTaskOptions } from './telling-options.ts';
export { checkAlphabet, checkUsed, WHERE } from './check-options.ts';
export { type AuthorsRecord, authorsDataSets, authorsRecords } from './authors/data-sets.ts';

/** Every task, in the order in which the paper lists them. */
export const tasks: readonly Task[] = [...retrievalTasks, ...copyingTasks, flipFlop];

/** The task of that name; a UserError that suggests the nearest when there is none. */
export function taskNamed(name: string): Task {
  const task = tasks.find((candidate) => candidate.name === name);
  if (task === undefined) {
    throw new UserError(
      unknownName(
        'task',
        name,
        tasks.map((known) => known.name),
      ),
    );
  }
  return task;
}
