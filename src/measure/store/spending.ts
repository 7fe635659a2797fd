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
 * What each run took. One that was killed noted only what it took before its first question, and older lengthwise noted
 * nothing: of these the rows tell the rest.
 */
export function takenByRuns(runs: readonly Run[], sums: RowSums): readonly Taken[] {
  return runs.map(({ taken, ended, firstRow }, i) => {
    if (taken !== undefined && ended !== null) return taken;
    const from = i === 0 && taken === undefined ? 0 : firstRow;
    const before = runs[i + 1]?.firstRow ?? Infinity;
    return plus(taken ?? NOTHING_TAKEN, sums(from, before, taken === undefined));
  });
}
