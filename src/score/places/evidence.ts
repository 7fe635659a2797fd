/** Where the evidence of a sample lies: what the tables of places and the rows of single samples say. */
import { decidingPosition, placeAt } from '../../tasks/index.ts';
import type { Instance } from '../../tasks/task.ts';

/** Null throughout where nothing is looked up (copies): there the place of the first error counts, see `copies.ts`. */
export interface EvidencePlace {
  /** The share of the source before the middle of the symbol that decides, 0 to 1. */
  readonly place: number | null;
  /** Symbols from the one that decides to the query, which follows the source: 1 for the last symbol of the source. */
  readonly distance: number | null;
  /** How often what is looked for occurs: the query, rows with the key, writes of a flip-flop. */
  readonly occurrences: number | null;
}

/**
 * Of a look-up, a table's look-up, or a flip-flop: where the occurrence lies that decides (the last write of a flip-flop).
 * `operation`: the task's name; of a task of the user's own, that of the task whose rule it is.
 */
export function evidenceOf(operation: string, sample: Pick<Instance, 'source' | 'positions'>): EvidencePlace {
  const deciding = decidingPosition(operation, sample);
  if (deciding === null) return { place: null, distance: null, occurrences: null };
  const { length } = sample.source;
  return {
    place: placeAt(deciding.position, length),
    distance: length - deciding.position,
    occurrences: deciding.occurrences,
  };
}
