/** The searches of earlier runs, made again from their rows: they tell which lengths they chose, and how sharply each was tested. */
import { canonicalJson } from '../../common/json.ts';
import type { AskedTask, Run } from '../store/rows.ts';
import type { AskedLengths } from './asked-lengths.ts';
import { searchOf } from './plan.ts';

/**
 * Begins the searches of these runs, which asked a task in the same way. The last of them is the one whose lengths the rows are of;
 * the others say only what they chose. Rows come later.
 */
export function beginSearches(
  lengths: AskedLengths,
  { task, min, max }: Pick<AskedTask, 'task' | 'min' | 'max'>,
  runs: readonly Run[],
): void {
  const searches = new Map<string, ReturnType<typeof searchOf>>();
  for (const run of runs) {
    if (run.lengths !== null) continue;
    const { threshold, maxLength, n, alpha, seed = 1, drawnLengths = 0 } = run;
    const options = { threshold, maxLength, n, seed, drawnLengths };
    const name = canonicalJson({ ...options, alpha });
    searches.delete(name); // one that was resumed is as late as its last run
    searches.set(name, searchOf({ min, max: max ?? Infinity }, options, alpha));
  }
  for (const search of searches.values()) lengths.begin(task, search);
}
