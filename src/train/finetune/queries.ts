/** What else can be asked about a source. */
import { decidingPosition, placeAt } from '../../tasks/index.ts';
import type { Instance, Task, TaskOptions } from '../../tasks/index.ts';

/**
 * All other look-ups about an instance's source that `task.sample` could have drawn with these options, in the order in which
 * their queries first stand in the source. None for tasks that have no query.
 */
export function otherQueries(task: Task, { source, query }: Instance, options: TaskOptions = {}): Instance[] {
  if (query === null) return [];
  return [...new Set(source)].flatMap((other) => {
    if (other === query) return [];
    const found = task.answer(source, other);
    if ('refusal' in found) return [];
    const instance = { task: task.name, length: source.length, source, query: other, ...found };
    return isDrawn(task, instance, options) ? [instance] : [];
  });
}

/** Whether an instance that the oracle accepts is one that the sampler draws with these options. */
function isDrawn(task: Task, instance: Instance, options: TaskOptions): boolean {
  const { length, positions } = instance;
  const { where = 'anywhere', place } = options;
  const areApart = positions.every((position, i) => i === 0 || position - positions[i - 1] > 1);
  if (!areApart) return false;
  if (where === 'first-half' && positions.at(-1)! >= Math.floor(length / 2)) return false;
  if (where === 'last-half' && positions[0] < Math.ceil(length / 2)) return false;
  if (place !== undefined && place !== 'stratified') {
    const share = placeAt(decidingPosition(task.name, instance)!.position, length);
    if (share < place.from || share >= place.to) return false;
  }
  if (task.unique) return true;
  const { min, max } = occurrencesDrawn(length, options);
  return positions.length >= min && positions.length <= max;
}

/** How often a query occurs in samples of a length: from 2 to a quarter of it, unless the options say otherwise. */
function occurrencesDrawn(length: number, { occurrences }: TaskOptions): { min: number; max: number } {
  if (typeof occurrences === 'number') return { min: occurrences, max: occurrences };
  return occurrences ?? { min: 2, max: Math.max(2, Math.floor(length / 4)) };
}
