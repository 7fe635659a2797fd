/**
 * Scores of heads on the task itself, each with its null: where a head looks from the places that go on from a symbol of the
 * source. A score nominates a head; only an ablation says whether anything depends on it.
 */
import type { Rng } from '../../common/random.ts';
import type { Shot, ShotSet } from '../shots/shot.ts';
import type { TaskAttention } from './attention.ts';
import { Matches } from './matches.ts';
import type { Chosen, Others } from './matches.ts';
import { againstDraws, byLayer, nullMaximumOf, PERMUTATIONS, previousTokenScore } from './nulls.ts';
import type { ScoreOfHead } from './nulls.ts';
import { retrievalOfHeads } from './retrieval.ts';
import type { Retrieval } from './retrieval.ts';

/** What is scored; `docs/explain.md` has the definitions. */
export const headScores = [
  'induction',
  'inductionWithinSource',
  'sameSymbol',
  'antiInduction',
  'firstOccurrence',
  'lastOccurrence',
  'previousToken',
  'sink',
  'retrieval',
  'copying',
] as const;
export type HeadScore = (typeof headScores)[number];

export interface HeadsOfTask {
  /** [layer][head], by score; a score that the task has not is absent. (`copying` is not of attention: `copying.ts`.) */
  readonly scores: Readonly<Partial<Record<HeadScore, readonly (readonly ScoreOfHead[])[]>>>;
  /** The 95 % point of the largest head under permuted matches; null where sources are too short to permute any. */
  readonly nullMaximum: number | null;
  /** Of how many answer tokens, and the same of the retrieval score. */
  readonly retrieval: Pick<Retrieval, 'n' | 'nullMaximum'> | null;
  /** [layer][head]: attention to the symbols so far behind or ahead, from −10 to 10; null where none stands there. */
  readonly lags: readonly (readonly (readonly (number | null)[])[])[];
}

/** A sink takes this share (Gu et al. 2410.10781). */
const LEAST_SINK = 0.3;
/** How far a lag profile reaches either way. */
export const LAGS = 10;

/** Which symbol of the source (S: the position after the last) a score counts at a row that goes on from `at`; null: the row doesn't count. */
type Target = (at: number, same: readonly number[], symbols: number) => number | null;

type MatchScore = Exclude<HeadScore, 'previousToken' | 'sink' | 'retrieval' | 'copying'>;

const targets: Readonly<Record<MatchScore, Target>> = {
  induction: (at) => at + 1,
  inductionWithinSource: (at, _, symbols) => (at + 1 < symbols ? at + 1 : null),
  sameSymbol: (at) => at,
  antiInduction: (at) => (at > 0 ? at - 1 : null),
  firstOccurrence: (_, same) => (same.length > 1 ? same[0] + 1 : null),
  lastOccurrence: (_, same) => (same.length > 1 ? same[same.length - 1] + 1 : null),
};

/**
 * The rows at which a head can be seen to follow the source: for copies those that go on from a symbol, but for the last
 * (as in the paper, §6.1); for look-ups the one that has the query.
 */
export function scoredRows({ rows, source }: Shot): number[] {
  const copies = rows[0].at === null;
  return rows.flatMap(({ at }, j) => (at !== null && (!copies || j <= source.length - 2) ? [j] : []));
}

export function scoresOfHeads(
  set: ShotSet,
  attention: TaskAttention,
  rng: Rng,
  permutations = PERMUTATIONS,
): HeadsOfTask {
  const heads = attention.previous[0].length;
  const symbols = set.shots[0].source.length;
  const matches = new Matches(attention, { rows: set.shots[0].rows.length, keys: symbols + 1 });
  const others = othersOf(set);
  const nulls = matches.meansOverOthers(others);
  const draws = matches.permuted(others, rng, permutations);
  const nullMaximum = nullMaximumOf(draws);
  const scores: Partial<Record<HeadScore, ScoreOfHead[][]>> = {};
  for (const [name, target] of Object.entries(targets) as [MatchScore, Target][]) {
    const values = matches.means(chosenBy(set, target));
    if (values === null) continue;
    scores[name] = byLayer(againstDraws(values, nulls, draws, nullMaximum), heads);
  }
  scores.previousToken = attention.previous.map((values, layer) =>
    Array.from(values, (value, h) => previousTokenScore(value, attention.besidePrevious[layer][h])),
  );
  scores.sink = attention.sink.map((values) =>
    Array.from(values, (value) => ({ value, null: null, p: null, marked: value >= LEAST_SINK })),
  );
  const retrieval = retrievalOfHeads(set, attention, rng, permutations);
  return {
    scores: { ...scores, ...(retrieval && { retrieval: retrieval.scores }) },
    nullMaximum,
    retrieval: retrieval && { n: retrieval.n, nullMaximum: retrieval.nullMaximum },
    lags: byLayer(lagsOf(set, matches, heads * attention.targets.length), heads),
  };
}

/** By sample and row the key that a score counts, at rows that are scored. */
function chosenBy({ shots }: ShotSet, target: Target): Chosen {
  const scored = new Set(scoredRows(shots[0]));
  return shots.map(({ rows, source }) =>
    rows.map(({ at, same }, j) => (scored.has(j) ? target(at!, same, source.length) : null)),
  );
}

/** The symbols that are neither a match nor the one after it. */
function othersOf({ shots }: ShotSet): Others {
  const scored = new Set(scoredRows(shots[0]));
  return shots.map(({ rows, source }) =>
    rows.map(({ at, same }, j) => {
      if (!scored.has(j)) return [];
      const near = new Set([...same, at!].flatMap((match) => [match, match + 1]));
      return source.map((_, key) => key).filter((key) => !near.has(key));
    }),
  );
}

/** Of every head through all layers its profile: means over the rows at which a symbol of the source stands there. */
function lagsOf(set: ShotSet, matches: Matches, heads: number): (number | null)[][] {
  const profile = Array.from({ length: 2 * LAGS + 1 }, (_, i) =>
    matches.means(
      chosenBy(set, (at, _same, symbols) => {
        const key = at + i - LAGS;
        return key >= 0 && key < symbols ? key : null;
      }),
    ),
  );
  return Array.from({ length: heads }, (_, h) => profile.map((values) => values && values[h]));
}
