/** Explanations as they stand on the page: tasks that differ in one thing only, beside each other. */
import type { Explanation } from '../../explain/rows.ts';
import { contrasts } from '../../score/tables/contrast-pairs.ts';

/** Which difference makes a pair where a task is in several: first beside last, then right beside left, then forward beside backward. */
const KINDS = ['first - last', 'right - left', 'forward - backward'];

/** One explanation each, or the two of a contrast at the same length, in the order of the first. */
export function groupsOf(all: readonly Explanation[]): Explanation[][] {
  const partner = new Map<Explanation, Explanation>();
  for (const kind of KINDS) {
    for (const { first, second } of contrasts.filter(({ contrast }) => contrast === kind)) {
      for (const one of all.filter(({ task }) => task === first)) {
        const other = all.find(({ task, length }) => task === second && length === one.length);
        if (other === undefined || partner.has(one) || partner.has(other)) continue;
        partner.set(one, other).set(other, one);
      }
    }
  }
  const groups: Explanation[][] = [];
  const placed = new Set<Explanation>();
  for (const one of all) {
    if (placed.has(one)) continue;
    const other = partner.get(one);
    const group = other === undefined ? [one] : [one, other];
    for (const each of group) placed.add(each);
    groups.push(group);
  }
  return groups;
}
