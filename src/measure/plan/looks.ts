/**
 * Asking more of the same samples after having seen the answers is a test that is looked at several times: the interval for
 * a number of samples that was fixed beforehand errs more often than it says. A folder's runs tell which lengths were
 * asked with several numbers of samples.
 */
import type { Run } from '../store/rows.ts';

/** What a run says of the samples that it asked for: `lengths` is null for a search. */
export type Look = Pick<Run, 'lengths' | 'n'>;

/**
 * Lengths that these runs, which asked a task in the same way, looked at with several numbers of samples. After a search
 * every length counts as one: it may have been asked, and the answers decided how often.
 */
export function lookedAgain(runs: readonly Look[]): LookedAgain {
  const searched = runs.some(({ lengths }) => lengths === null);
  const numbers = new Map<number, Set<number>>();
  for (const { lengths, n } of runs) {
    for (const length of lengths ?? []) numbers.set(length, (numbers.get(length) ?? new Set()).add(n));
  }
  const again = new Set([...numbers].filter(([, of]) => searched || of.size > 1).map(([length]) => length));
  return { any: again.size > 0, at: (length) => again.has(length) };
}

/** Every length counts as looked at again: the answers decided how many samples there are, and nobody knows of which. */
export const EVERY_LENGTH: LookedAgain = { any: true, at: () => true };

export interface LookedAgain {
  /** Whether there is any such length. */
  readonly any: boolean;
  at(length: number): boolean;
}
