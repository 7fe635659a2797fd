/** What a study brought out, as its commands print it with `--json`: the rows of every model that was measured or asked. */
import type { CellRow, HorizonRow } from '../score/tables/rows.ts';
import type { StudyRows } from './rows.ts';
import { summarize } from './summary.ts';
import type { SummaryRow } from './summary.ts';

export interface StudyResult extends Omit<SummaryRow, 'cells' | 'horizons'> {
  /** One for each seed that was measured; a respondent has no seed: null. */
  readonly horizons: readonly (HorizonRow & { readonly seed: number | null })[];
  /** One for each seed and length: seeds are never counted together. */
  readonly cells: readonly (CellRow & { readonly seed: number | null })[];
}

/** One for each task and model, in the order of the plan. */
export function studyResults(study: StudyRows): StudyResult[] {
  return summarize(study).map((summary) => {
    const rows = study.items.flatMap((item) =>
      (item.kind === 'measure' || item.kind === 'ask') &&
      item.task === summary.task &&
      (item.model ?? '') === summary.model
        ? item.rows.map((row) => ({ ...row, task: item.task, seed: item.seed }))
        : [],
    );
    return {
      ...summary,
      horizons: rows.filter((row) => row.kind === 'horizon'),
      cells: rows.filter((row) => row.kind === 'cell'),
    };
  });
}
