/**
 * Whoever decides how many samples of a length to ask after answers have come can be lucky: the interval for a number of samples
 * that was fixed beforehand then errs more often than it says. A folder's runs tell at which lengths that may be so.
 */
import type { Run } from '../store/rows.ts';

/** What a run says of the samples that it asked for: `lengths` is null for a search. */
export type Look = Pick<Run, 'lengths' | 'n'>;

/** At which lengths of a task the number of samples was decided after answers had come. */
export interface Looks {
  /** Whether there may be any such length. */
  readonly any: boolean;
  /** @param chosen whether a search has chosen the length */
  at(length: number, chosen: boolean): boolean;
}

/**
 * Looks of these runs, which asked a task in the same way, in their order. A length that was given with one number of samples was
 * looked at again if a search chose it, too, or if it was given only after a search, whose answers may have led to it. One that was
 * given before a search that did not choose it keeps the number that was fixed beforehand. What a search alone chose is the
 * search's own matter.
 */
export function looksOf(runs: readonly Look[]): Looks {
  const numbers = new Map<number, Set<number>>();
  const afterSearch = new Set<number>();
  let searched = false;
  for (const { lengths, n } of runs) {
    searched ||= lengths === null;
    for (const length of lengths ?? []) {
      if (searched && !numbers.has(length)) afterSearch.add(length);
      numbers.set(length, (numbers.get(length) ?? new Set()).add(n));
    }
  }
  return {
    any: searched || [...numbers.values()].some(({ size }) => size > 1),
    at: (length, chosen) => {
      const given = numbers.get(length);
      if (given === undefined) return searched && !chosen; // of a search that nobody can repeat
      return given.size > 1 || chosen || afterSearch.has(length);
    },
  };
}

/** Every length counts as looked at again: the answers decided how many samples there are, and nobody knows of which. */
export const EVERY_LENGTH: Looks = { any: true, at: () => true };
