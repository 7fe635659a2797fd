/** Outputs with their prompt in them, which the filter `echo` could not take off. */
import { holdsPrompt } from '../../score/reading/filters/echo.ts';
import type { ScoredRow } from './scoring.ts';

/** Whether an output has its prompt in it, not as it was sent and at its beginning, and is not right. */
export function isWithPrompt({
  prompt,
  source,
  answer,
  output: { text },
  score: { outcome, changed },
}: ScoredRow): boolean {
  if (prompt === '' || text === null || outcome === 'right' || changed.includes('echo')) return false;
  return holdsPrompt(text, prompt, [answer.join(''), source.join('')]);
}

export class GivenBack {
  /** Such outputs; and those of them that have the right answer in them, which the prompt may have. */
  count = 0;
  retrieved = 0;

  add(row: ScoredRow): void {
    if (!isWithPrompt(row)) return;
    this.count += 1;
    this.retrieved += Number(row.score.retrieved);
  }
}
