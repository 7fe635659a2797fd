/**
 * How the paper's authors score a copy (`realistic/evaluation/eval_copy.py`): as released, and corrected. What is odd
 * about the released one has a name in `quirks.ts`.
 */
import { align } from '../alignment/align.ts';
import { alignAsAuthors, MAX_CELLS } from './needleman-wunsch.ts';

export interface CopyScores {
  readonly overall: number;
  readonly deterministic: number;
  readonly nonDeterministic: number;
}

export interface AuthorsCopyScore {
  /** exact: the gold answer is a substring of the output. mismatch: the output is too short to be compared. */
  readonly outcome: 'exact' | 'mismatch' | 'compared';
  readonly scores: CopyScores;
  /** Present for what was compared. */
  readonly detail?: CopyDetail;
}

export interface CopyDetail {
  readonly score: number;
  readonly groups: readonly string[];
  readonly deterministicTypes: number;
  readonly nonDeterministicTypes: number;
  readonly deterministicEdits: number;
  readonly nonDeterministicEdits: number;
}

/** An output must have more than this share of the gold answer's characters to be compared at all. */
const LEAST_LENGTH = 0.75;

/** As released. `tokenize` stands for the model's tokenizer, which recorded outputs do not come with. */
export function authorsCopyScore(
  gold: string,
  output: string,
  tokenize: (text: string) => readonly string[],
): AuthorsCopyScore {
  if (output.includes(gold)) return { outcome: 'exact', scores: allThree(1) };
  const ratio = Array.from(output).length / Array.from(gold).length;
  if (!(ratio > LEAST_LENGTH)) return { outcome: 'mismatch', scores: allThree(0) };
  const [reference, hypothesis] = [tokenize(gold), tokenize(output)];
  // An endless output is compared as far as its table can be kept.
  const room = Math.floor(MAX_CELLS / Math.max(1, reference.length));
  return { outcome: 'compared', ...authorsTokenScore(reference, hypothesis.slice(0, room)) };
}

/** The third step of the released scoring alone: tokens against tokens. */
export function authorsTokenScore(
  reference: readonly string[],
  hypothesis: readonly string[],
): { readonly scores: CopyScores; readonly detail: CopyDetail } {
  const { score, groups } = alignAsAuthors(reference, hypothesis);
  const types = tokenTypes(reference);
  let [deterministicEdits, nonDeterministicEdits] = [0, 0];
  for (let g = 1; g < groups.length; g++) {
    if (groups[g - 1].operation !== 'match' || groups[g].operation === 'match') continue;
    const lastMatched = reference[groups[g - 1].end - 1];
    if (types.deterministic.has(lastMatched)) deterministicEdits++;
    else nonDeterministicEdits++;
  }
  const count = types.deterministic.size;
  return {
    scores: {
      overall: 1 - (deterministicEdits + nonDeterministicEdits) / reference.length,
      deterministic: 1 - share(deterministicEdits, count),
      nonDeterministic: 1 - share(nonDeterministicEdits, count), // the released code divides by this count
    },
    detail: {
      score,
      groups: groups.map(({ operation, size }) => `${operation}${size}`),
      deterministicTypes: count,
      nonDeterministicTypes: types.nonDeterministic.size,
      deterministicEdits,
      nonDeterministicEdits,
    },
  };
}

/**
 * Corrected: every record is compared, every run of edits counts wherever it stands (before the first match too, where
 * it is classed with the non-deterministic ones: nothing determines how an answer begins), and each class is divided
 * by its own number of types. A class without types scores 1 when it has no edits, 0 otherwise.
 */
export function correctedCopyScore(reference: readonly string[], hypothesis: readonly string[]): CopyScores {
  const { pieces } = align(reference, hypothesis);
  const types = tokenTypes(reference);
  let [deterministicEdits, nonDeterministicEdits] = [0, 0];
  for (const piece of pieces) {
    if (piece.kind === 'match') continue;
    const before = piece.a0 === 0 ? undefined : reference[piece.a0 - 1];
    if (before !== undefined && types.deterministic.has(before)) deterministicEdits++;
    else nonDeterministicEdits++;
  }
  const edits = deterministicEdits + nonDeterministicEdits;
  return {
    overall: Math.max(0, 1 - share(edits, reference.length)),
    deterministic: Math.max(0, 1 - share(deterministicEdits, types.deterministic.size)),
    nonDeterministic: Math.max(0, 1 - share(nonDeterministicEdits, types.nonDeterministic.size)),
  };
}

/** The types of tokens with exactly one kind of successor, and with several; a type seen only at the end is in neither. */
export function tokenTypes(reference: readonly string[]): {
  readonly deterministic: ReadonlySet<string>;
  readonly nonDeterministic: ReadonlySet<string>;
} {
  const successors = new Map<string, Set<string>>();
  for (let i = 0; i + 1 < reference.length; i++) {
    const known = successors.get(reference[i]);
    if (known === undefined) successors.set(reference[i], new Set([reference[i + 1]]));
    else known.add(reference[i + 1]);
  }
  const withSuccessors = [...successors];
  return {
    deterministic: new Set(withSuccessors.filter(([, next]) => next.size === 1).map(([token]) => token)),
    nonDeterministic: new Set(withSuccessors.filter(([, next]) => next.size > 1).map(([token]) => token)),
  };
}

function allThree(value: number): CopyScores {
  return { overall: value, deterministic: value, nonDeterministic: value };
}

function share(part: number, whole: number): number {
  return part === 0 ? 0 : whole === 0 ? 1 : part / whole;
}
