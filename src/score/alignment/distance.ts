/**
 * How far apart two sequences are: the fewest insertions, deletions and substitutions (Levenshtein 1966), 32 cells of
 * the table at once (Myers 1999, JACM 46:395-415, in the form of Hyyrö 2003): the differences between neighbouring
 * cells are -1, 0 or 1, and 32 of them, one below the other, are the bits of two words. Memory is linear.
 */

const WORD = 32;

/** The fewest edits that turn one sequence into the other. */
export function distance(first: readonly string[], second: readonly string[]): number {
  const [a, b] = numbered(first, second);
  let start = 0;
  while (start < a.length && start < b.length && a[start] === b[start]) start++;
  let [aEnd, bEnd] = [a.length, b.length];
  while (aEnd > start && bEnd > start && a[aEnd - 1] === b[bEnd - 1]) [aEnd, bEnd] = [aEnd - 1, bEnd - 1];
  const row = distanceRow(a.subarray(start, aEnd), b.subarray(start, bEnd));
  return row[bEnd - start];
}

/** 1 minus the edits by the longer length: 1 for equal sequences, 0 when nothing is in its place. */
export function similarity(first: readonly string[], second: readonly string[]): number {
  const longer = Math.max(first.length, second.length);
  return longer === 0 ? 1 : 1 - distance(first, second) / longer;
}

/** The elements of two sequences as whole numbers from 0 on, equal where the elements are. */
export function numbered(first: readonly string[], second: readonly string[]): [Int32Array, Int32Array] {
  const ids = new Map<string, number>();
  const number = (element: string): number => {
    const known = ids.get(element);
    if (known !== undefined) return known;
    ids.set(element, ids.size);
    return ids.size - 1;
  };
  return [Int32Array.from(first, number), Int32Array.from(second, number)];
}

/**
 * The distances of all of `a` from every beginning of `b`: the last row of the table, b.length + 1 numbers. The
 * elements are those of `numbered`, whole numbers from 0 on.
 */
export function distanceRow(a: Int32Array, b: Int32Array): Int32Array {
  const steps = new Int8Array(b.length).fill(1); // from cell to cell along the row above: 0, 1, 2, … at the top
  const places = new Int32Array(largest(a, b) + 1); // of each element, its places in 32 rows as bits
  for (let from = 0; from < a.length; from += WORD) {
    const rows = a.subarray(from, from + WORD);
    rows.forEach((element, row) => (places[element] |= 1 << row));
    descend(places, b, steps, 1 << (rows.length - 1));
    for (const element of rows) places[element] = 0;
  }
  const row = new Int32Array(b.length + 1);
  row[0] = a.length;
  for (let j = 0; j < b.length; j++) row[j + 1] = row[j] + steps[j];
  return row;
}

/** Replaces the steps along one row by those along the row that `last` stands for, up to 32 rows below. */
function descend(places: Int32Array, b: Int32Array, steps: Int8Array, last: number): void {
  let [down, up] = [-1, 0]; // where the cell below is larger, and smaller, by 1: at the left border all are larger
  for (let j = 0; j < b.length; j++) {
    const step = steps[j];
    const same = places[b[j]];
    const vertical = same | up;
    const matched = step < 0 ? same | 1 : same;
    const horizontal = ((((matched & down) + down) | 0) ^ down) | matched;
    let plus = up | ~(horizontal | down);
    let minus = down & horizontal;
    steps[j] = (plus & last) !== 0 ? 1 : (minus & last) !== 0 ? -1 : 0;
    plus = (plus << 1) | (step > 0 ? 1 : 0);
    minus = (minus << 1) | (step < 0 ? 1 : 0);
    down = minus | ~(vertical | plus);
    up = plus & vertical;
  }
}

function largest(a: Int32Array, b: Int32Array): number {
  let found = 0;
  for (const element of a) if (element > found) found = element;
  for (const element of b) if (element > found) found = element;
  return found;
}
