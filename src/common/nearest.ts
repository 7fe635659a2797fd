/** Suggestions for names that were almost right. */

/** Letters of the name times letters of the candidates that are compared for one suggestion: some milliseconds' work. */
const MAX_COMPARED = 1_000_000;

/**
 * The candidate nearest to `name` by edit distance, or undefined when none is near enough to be meant. Long names are
 * compared with as many candidates as the cap allows, from the first on.
 */
export function nearest(name: string, candidates: Iterable<string>): string | undefined {
  let left = MAX_COMPARED;
  const wanted = name.toLowerCase();
  let best: string | undefined;
  let bestDistance = Math.max(1, Math.floor(name.length / 2)) + 1;
  for (const candidate of candidates) {
    if (Math.abs(name.length - candidate.length) >= bestDistance) continue;
    left -= name.length * candidate.length;
    if (left < 0) break;
    const distance = editDistance(wanted, candidate.toLowerCase(), bestDistance);
    if (distance < bestDistance) {
      best = candidate;
      bestDistance = distance;
    }
  }
  return best;
}

/** `, did you mean 'UR'?`, to go on a message about a name; nothing where none is near. */
export function hintFor(name: string, candidates: Iterable<string>): string {
  const guess = nearest(name, candidates);
  return guess === undefined ? '' : `, did you mean '${guess}'?`;
}

/** `unknown task 'URR', did you mean 'UR'? (known: UL, UR, …)` */
export function unknownName(kind: string, name: string, candidates: readonly string[]): string {
  const text = String(name); // without types, anything can be given
  return `unknown ${kind} '${text}'${hintFor(text, candidates)} (known: ${candidates.join(', ')})`;
}

/** Levenshtein distance with transpositions of neighbours, or `limit` when it is at least that. */
function editDistance(a: string, b: string, limit: number): number {
  let beforeLast: number[] = [];
  let last = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    for (let j = 1; j <= b.length; j++) {
      const same = a[i - 1] === b[j - 1] ? 0 : 1;
      row[j] = Math.min(last[j] + 1, row[j - 1] + 1, last[j - 1] + same);
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]) {
        row[j] = Math.min(row[j], beforeLast[j - 2] + 1);
      }
    }
    beforeLast = last;
    last = row;
  }
  return Math.min(limit, last[b.length]);
}
