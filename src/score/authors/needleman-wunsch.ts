/**
 * The alignment of the paper's authors (`realistic/evaluation/eval_utils.py`), to the letter: match +1, mismatch 0,
 * gap -1; the border begins at 0, -0, -1, -2, … so that one leading gap is free; ties prefer an insertion (a token
 * of the hypothesis without partner), then a deletion, then the diagonal.
 */

export type Operation = 'match' | 'substitute' | 'delete' | 'insert';

/** A maximal run of one operation. `end` is the place behind its last reference token. */
export interface Group {
  readonly operation: Operation;
  readonly size: number;
  readonly end: number;
}

export interface AuthorsAlignment {
  readonly score: number;
  readonly groups: readonly Group[];
}

/** A reference and a hypothesis whose table would have more cells than this are refused: it is kept whole. */
export const MAX_CELLS = 100_000_000;

const DIAGONAL = 0;
const DELETE = 1;
const INSERT = 2;

export function alignAsAuthors(
  reference: readonly string[],
  hypothesis: readonly string[],
): AuthorsAlignment {
  const [n, m] = [reference.length, hypothesis.length];
  const pointers = new Uint8Array(n * m);
  // scores of the row above and of this one; index j + 1 is column j, index 0 the border
  let above = Int32Array.from({ length: m + 1 }, (_, j) => (j === 0 ? 0 : -(j - 1)));
  for (let i = 0; i < n; i++) {
    const row = new Int32Array(m + 1);
    row[0] = -i;
    for (let j = 0; j < m; j++) {
      let best = above[j] + (reference[i] === hypothesis[j] ? 1 : 0);
      let pointer = DIAGONAL;
      if (above[j + 1] - 1 >= best) [best, pointer] = [above[j + 1] - 1, DELETE];
      if (row[j] - 1 >= best) [best, pointer] = [row[j] - 1, INSERT];
      row[j + 1] = best;
      pointers[i * m + j] = pointer;
    }
    above = row;
  }
  return { score: above[m], groups: grouped(operations(reference, hypothesis, pointers)) };
}

/** Traces back from the end; what is left over at the border becomes leading deletions or insertions. */
function operations(
  reference: readonly string[],
  hypothesis: readonly string[],
  pointers: Uint8Array,
): Operation[] {
  const backwards: Operation[] = [];
  let [i, j] = [reference.length - 1, hypothesis.length - 1];
  while (i >= 0 && j >= 0) {
    const pointer = pointers[i * hypothesis.length + j];
    if (pointer === DIAGONAL) backwards.push(reference[i] === hypothesis[j] ? 'match' : 'substitute');
    else backwards.push(pointer === DELETE ? 'delete' : 'insert');
    if (pointer !== INSERT) i--;
    if (pointer !== DELETE) j--;
  }
  for (; i >= 0; i--) backwards.push('delete');
  for (; j >= 0; j--) backwards.push('insert');
  return backwards.reverse();
}

function grouped(list: readonly Operation[]): Group[] {
  const groups: Group[] = [];
  let end = 0;
  for (let at = 0; at < list.length;) {
    let size = 0;
    while (list[at + size] === list[at]) size++;
    if (list[at] !== 'insert') end += size;
    groups.push({ operation: list[at], size, end });
    at += size;
  }
  return groups;
}
