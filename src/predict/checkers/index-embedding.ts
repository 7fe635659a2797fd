/**
 * Out, for copies of sources whose symbols may repeat: the 2^n sources of length n over two symbols have 2^n different
 * answers, since the answer is the source, forward or backward. After `<sep>` a program must go on differently for each,
 * and a program with K counters, D bits of look-back and period P can be in at most (n+1)^K · 2^D · P situations there,
 * which is less for all large n, whatever K, D and P are.
 */
import { definitionOf } from './definitions.ts';
import type { About, EvidenceOf } from './format.ts';
import { must, withinCap } from './refusal.ts';

/** Sources whose strings are counted: 2 to the power of more has more digits than anybody reads. */
const MAX_LENGTH = 1_000;

/** Refuses unless that is so of the task, and the numbers in the evidence are right (for D = 0 and P = 1). */
export function checkIndexEmbedding(
  about: Extract<About, { kind: 'task' }>,
  { zero, one, direction, excluded }: EvidenceOf<'index-embedding'>,
): void {
  const definition = definitionOf(about);
  must(
    definition.kind === 'copying' && !definition.distinct,
    'only where symbols may repeat does every string have to be remembered',
  );
  must(definition.direction === direction, `the source is not copied ${direction}`);
  must(zero !== one, 'the two symbols are one');
  must(excluded.length > 0, 'no number of counters is excluded');
  for (const { length, counters } of excluded) {
    withinCap(length, MAX_LENGTH, 'symbols of a source');
    const [base, power, all] = [BigInt(length + 1), BigInt(counters), 2n ** BigInt(length)];
    // Before the power is taken, which would have more digits than memory holds.
    must(counters <= length, `at length ${length}, no more than ${length} counters can be too few`);
    must(
      base ** power < all && base ** (power + 1n) >= all,
      `at length ${length}, ${counters} is not the most counters that are too few`,
    );
  }
}
