/** Holm's correction (1979), for exactly the p-values that a table shows. */

/** The p-values in the same order, each corrected for all of them; null stays null. */
export function holm(values: readonly (number | null)[]): (number | null)[] {
  const tested = values.flatMap((p, place) => (p === null ? [] : [{ p, place }]));
  const corrected: (number | null)[] = values.map(() => null);
  let least = 0;
  tested
    .toSorted((a, b) => a.p - b.p)
    .forEach(({ p, place }, rank) => {
      least = Math.max(least, Math.min(1, p * (tested.length - rank)));
      corrected[place] = least;
    });
  return corrected;
}
