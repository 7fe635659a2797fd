/** What was sent for a run and what servers said that it took: every request counts, also those that no row tells of. */
import type { Tokens } from '../../respond/endpoint/pace/budget.ts';
import type { Output } from '../../score/output.ts';
import type { Run } from './rows.ts';

/** Requests: of the probe, a pilot and the questions, those that were sent again included. Tokens as the server counts them. */
export interface Taken {
  readonly requests: number;
  readonly promptTokens: number;
  readonly completionTokens: number;
  /** The most that requests have taken whose reply never came, or did not say: a budget counts it. Absent: nothing. */
  readonly unsaid?: Tokens;
}

export const NOTHING_TAKEN: Taken = { requests: 0, promptTokens: 0, completionTokens: 0 };

/** What a row's question took: nothing where it has what came back in another way. */
export function takenBy({ attempts, promptTokens, completionTokens }: Output): Taken {
  if (attempts === 0) return NOTHING_TAKEN;
  return { requests: attempts, promptTokens: promptTokens ?? 0, completionTokens: completionTokens ?? 0 };
}

export function plus(one: Taken, other: Taken): Taken {
  return sumOf(one, other, 1);
}

export function minus(one: Taken, other: Taken): Taken {
  return sumOf(one, other, -1);
}

function sumOf(one: Taken, other: Taken, times: number): Taken {
  const tokens = (a: Tokens, b: Tokens): Tokens => ({
    promptTokens: a.promptTokens + times * b.promptTokens,
    completionTokens: a.completionTokens + times * b.completionTokens,
  });
  const unsaid = tokens(one.unsaid ?? NOTHING_TAKEN, other.unsaid ?? NOTHING_TAKEN);
  return {
    requests: one.requests + times * other.requests,
    ...tokens(one, other),
    ...(unsaid.promptTokens === 0 && unsaid.completionTokens === 0 ? {} : { unsaid }),
  };
}

/** Sums of the rows whose numbers are at least `from` and below `before`; those of pilots only with `pilots`. */
export type RowSums = (from: number, before: number, pilots: boolean) => Taken;

/**
 * What the rows of a run tell that it took. Where rows were forgotten, the numbers of later ones begin anew: a number is of the last run
 * that may have it.
 */
export function takenByRowsOf(runs: readonly Run[], i: number, sums: RowSums, pilots = false): Taken {
  const before = Math.min(Infinity, ...runs.slice(i + 1).map(({ firstRow }) => firstRow));
  return sums(i === 0 ? 0 : runs[i].firstRow, before, pilots);
}

/**
 * What each run took. One that was killed noted only what it took before its first question, and older lengthwise noted
 * nothing: of these the rows tell the rest, until the next run notes it.
 */
export function takenByRuns(runs: readonly Run[], sums: RowSums): readonly Taken[] {
  return runs.map(
    (run, i) =>
      takenInAll(run) ??
      plus(run.taken ?? NOTHING_TAKEN, takenByRowsOf(runs, i, sums, run.taken === undefined)),
  );
}

/** What a run noted, or was noted of it, that it took in all; undefined where rows have to tell. */
function takenInAll({ taken, takenInAll: noted, ended }: Run): Taken | undefined {
  return noted ?? (ended === null ? undefined : taken);
}

/** The runs with what each took, before rows of theirs are replaced or forgotten; null where that was noted of all of them. */
export function withTaken(runs: readonly Run[], sums: RowSums): readonly Run[] | null {
  if (runs.every((run) => takenInAll(run) !== undefined)) return null;
  return takenByRuns(runs, sums).map((taken, i) =>
    takenInAll(runs[i]) === undefined ? { ...runs[i], takenInAll: taken } : runs[i],
  );
}
