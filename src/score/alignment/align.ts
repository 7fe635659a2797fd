/**
 * Order-aware alignment of two sequences: the fewest insertions, deletions and substitutions that turn one into the
 * other (Levenshtein 1966), with memory linear in their lengths (Hirschberg 1975, CACM 18:341-343). What both begin
 * and end with is set aside first, so that an almost perfect copy of any length costs next to nothing.
 */
import { distanceRow, numbered } from './distance.ts';

/** A piece of an alignment: `a` runs from a0 to a1, `b` from b0 to b1 (ends excluded). */
export interface Piece {
  readonly kind: 'match' | 'substitute' | 'delete' | 'insert';
  readonly a0: number;
  readonly a1: number;
  readonly b0: number;
  readonly b1: number;
}

export interface Alignment {
  /** Maximal runs of one kind, in order; together they cover both sequences. */
  readonly pieces: readonly Piece[];
  readonly matches: number;
  readonly substitutions: number;
  /** Elements of the reference that are missing. */
  readonly deletions: number;
  /** Elements that the reference doesn't have. */
  readonly insertions: number;
}

/** Tables of at most this many cells (a byte each) are kept whole; larger ones are halved by Hirschberg's method. */
const WHOLE_TABLE = 1 << 20;

/**
 * The most cells that are looked at, for what both begin and end with set aside: seconds of work. Beyond them the rests
 * are told apart by length alone, so that a text that runs on for ever costs no more than one that ends.
 */
const MOST_CELLS = 2 ** 30;

const MATCH = 0;
const SUBSTITUTE = 1;
const DELETE = 2;
const INSERT = 3;
const KINDS = ['match', 'substitute', 'delete', 'insert'] as const;

/** Aligns a reference with what came. Time is the product of what is left after common ends are set aside. */
export function align(reference: readonly string[], hypothesis: readonly string[]): Alignment {
  const [a, b] = numbered(reference, hypothesis);
  const steps: number[] = [];
  alignRange(a, 0, a.length, b, 0, b.length, steps);
  return summary(steps);
}

/** Appends the steps that align a[a0, a1) with b[b0, b1). */
function alignRange(
  a: Int32Array,
  a0: number,
  a1: number,
  b: Int32Array,
  b0: number,
  b1: number,
  steps: number[],
): void {
  while (a0 < a1 && b0 < b1 && a[a0] === b[b0]) {
    steps.push(MATCH);
    a0++;
    b0++;
  }
  let tail = 0;
  while (a0 < a1 - tail && b0 < b1 - tail && a[a1 - 1 - tail] === b[b1 - 1 - tail]) tail++;
  const [aEnd, bEnd] = compared(a0, a1 - tail, b0, b1 - tail);
  alignCore(a, a0, aEnd, b, b0, bEnd, steps);
  alignRests(a1 - tail - aEnd, b1 - tail - bEnd, steps);
  for (let i = 0; i < tail; i++) steps.push(MATCH);
}

/** Where comparing ends, in both. */
function compared(a0: number, a1: number, b0: number, b1: number): [number, number] {
  const [n, m] = [a1 - a0, b1 - b0];
  if (n * m <= MOST_CELLS) return [a1, b1];
  const side = Math.floor(Math.sqrt(MOST_CELLS));
  if (n <= side) return [a1, b0 + Math.floor(MOST_CELLS / n)];
  if (m <= side) return [a0 + Math.floor(MOST_CELLS / m), b1];
  return [a0 + side, b0 + side];
}

function alignRests(missing: number, more: number, steps: number[]): void {
  const shared = Math.min(missing, more);
  for (let i = 0; i < shared; i++) steps.push(SUBSTITUTE);
  for (let i = shared; i < missing; i++) steps.push(DELETE);
  for (let i = shared; i < more; i++) steps.push(INSERT);
}

function alignCore(
  a: Int32Array,
  a0: number,
  a1: number,
  b: Int32Array,
  b0: number,
  b1: number,
  steps: number[],
): void {
  const [n, m] = [a1 - a0, b1 - b0];
  if (n === 0) for (let i = 0; i < m; i++) steps.push(INSERT);
  else if (m === 0) for (let i = 0; i < n; i++) steps.push(DELETE);
  else if (n === 1 || (n + 1) * (m + 1) <= WHOLE_TABLE) alignWhole(a, a0, a1, b, b0, b1, steps);
  else {
    const middle = a0 + (n >> 1);
    const [left, right, whole] = [a.subarray(a0, middle), a.subarray(middle, a1), b.subarray(b0, b1)];
    const before = distanceRow(left, whole);
    const after = distanceRow(right.toReversed(), whole.toReversed());
    let cut = 0;
    for (let j = 1; j <= m; j++) if (before[j] + after[m - j] < before[cut] + after[m - cut]) cut = j;
    alignRange(a, a0, middle, b, b0, b0 + cut, steps);
    alignRange(a, middle, a1, b, b0 + cut, b1, steps);
  }
}

/** The whole table, one byte a cell for where the best way came from. */
function alignWhole(
  a: Int32Array,
  a0: number,
  a1: number,
  b: Int32Array,
  b0: number,
  b1: number,
  steps: number[],
): void {
  const [n, m] = [a1 - a0, b1 - b0];
  const width = m + 1;
  const from = new Uint8Array((n + 1) * width);
  const row = Int32Array.from({ length: width }, (_, j) => j);
  for (let j = 1; j <= m; j++) from[j] = INSERT;
  for (let i = 1; i <= n; i++) {
    let diagonal = row[0];
    row[0] = i;
    from[i * width] = DELETE;
    for (let j = 1; j <= m; j++) {
      const same = a[a0 + i - 1] === b[b0 + j - 1];
      let best = diagonal + (same ? 0 : 1);
      let step = same ? MATCH : SUBSTITUTE;
      if (row[j] + 1 < best) [best, step] = [row[j] + 1, DELETE];
      if (row[j - 1] + 1 < best) [best, step] = [row[j - 1] + 1, INSERT];
      diagonal = row[j];
      row[j] = best;
      from[i * width + j] = step;
    }
  }
  const backwards: number[] = [];
  for (let i = n, j = m; i > 0 || j > 0;) {
    const step = from[i * width + j];
    backwards.push(step);
    if (step !== INSERT) i--;
    if (step !== DELETE) j--;
  }
  for (let i = backwards.length - 1; i >= 0; i--) steps.push(backwards[i]);
}

function summary(steps: readonly number[]): Alignment {
  const counts = [0, 0, 0, 0];
  const pieces: Piece[] = [];
  let [i, j] = [0, 0];
  for (let at = 0; at < steps.length;) {
    const step = steps[at];
    let end = at;
    while (end < steps.length && steps[end] === step) end++;
    const size = end - at;
    counts[step] += size;
    const [a1, b1] = [step === INSERT ? i : i + size, step === DELETE ? j : j + size];
    pieces.push({ kind: KINDS[step], a0: i, a1, b0: j, b1 });
    [i, j, at] = [a1, b1, end];
  }
  return {
    pieces,
    matches: counts[MATCH],
    substitutions: counts[SUBSTITUTE],
    deletions: counts[DELETE],
    insertions: counts[INSERT],
  };
}
