/** Correction of p-values where many cells are compared at once. */

/**
 * The adjusted p-values of Holm (1979, Scand. J. Statist. 6:65-70), in the order given: rejecting those at or below
 * alpha keeps the chance of even one false rejection at alpha, whatever the dependence.
 */
export function holm(pValues: readonly number[]): number[] {
  const order = pValues.map((_, i) => i).sort((i, j) => pValues[i] - pValues[j]);
  const adjusted = new Array<number>(pValues.length);
  let largest = 0;
  order.forEach((index, rank) => {
    largest = Math.max(largest, Math.min(1, (pValues.length - rank) * pValues[index]));
    adjusted[index] = largest;
  });
  return adjusted;
}

/** A row with a p-value, or with none. */
export interface TestedRow {
  readonly p: number | null;
  /** Why no difference could be seen, where that is so: there was nothing to test. */
  readonly near?: string | null;
}

/**
 * The rows with Holm's correction for exactly these rows: hand in those that are shown together, all of them and no
 * others. Rows without a p-value have none afterwards, and do not count as tests. Rows in which no difference could be
 * seen (`near`) are shown without one, but count: they are left out because of their numbers, and of twenty such rows the
 * one that happens to stand out would be a test alone.
 */
export function correctedRows<Row extends TestedRow>(
  rows: readonly Row[],
): (Row & { readonly pAdjusted: number | null })[] {
  const tested = rows.filter(({ p }) => p !== null);
  const adjusted = holm(tested.map(({ p }) => p ?? 1));
  return rows.map((row) => ({
    ...row,
    pAdjusted: row.p === null || row.near ? null : adjusted[tested.indexOf(row)],
  }));
}
