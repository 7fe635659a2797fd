/** What a recording brought out, in the shape of every measurement, with what only recordings have. */
import { byLengthGroup } from '../../score/tables/length-groups.ts';
import type { LengthGroup } from '../../score/tables/length-groups.ts';
import { Cell } from '../../score/tables/tally.ts';
import { summarize } from '../../score/tables/summary.ts';
import type { Summary } from '../../score/tables/summary.ts';
import type { CellRow } from '../../score/tables/rows.ts';
import { gatheredResult } from '../result.ts';
import type { MeasurementResult } from '../result.ts';
import type { FileReport, MeasuredRecording, Scoring } from './recording.node.ts';

export interface RecordedResult extends MeasurementResult {
  readonly recording: {
    readonly scoring: Scoring;
    /** All answers to a task together, of length 0: a row for each task. */
    readonly all: readonly CellRow[];
    /** What is known of each file beside the tables. */
    readonly files: readonly FileReport[];
    /** Neighbouring lengths that were counted together for the horizon, where there are very many of them. */
    readonly groups: readonly { readonly task: string; readonly from: number; readonly to: number }[];
  };
}

export function recordedResult(
  { gathered, files }: MeasuredRecording,
  scoring: Scoring = 'ours',
  folder: string | null = null,
): RecordedResult {
  const summary = gathered.summary();
  const { grouped, groups } = groupedSummary(gathered.cells(), gathered.threshold);
  const { answers, failed } = gathered.totals();
  const run = {
    folder,
    ...{ reused: 0, answered: answers - failed, failed: 0, retries: 0, moved: 0 },
    spent: { requests: 0, tokens: 0, money: null },
  };
  const result = gatheredResult(
    gathered,
    { ending: { kind: 'done' }, run },
    {
      ...summary,
      horizons: grouped.horizons,
    },
  );
  return {
    ...result,
    recording: {
      scoring,
      all: [...gathered.asked.keys()].map((task) => allOf(task, gathered.cells())),
      files,
      groups: groups
        .filter(({ from, to }) => from < to)
        .map(({ from, to, cell }) => ({ task: cell.task, from, to })),
    },
  };
}

function allOf(task: string, cells: readonly Cell[]): CellRow {
  const own = cells.filter((cell) => cell.task === task);
  return Cell.together(task, 0, own).row();
}

/** The tables with neighbouring lengths together where there are very many of them. */
export function groupedSummary(
  cells: readonly Cell[],
  threshold: number,
): { readonly grouped: Summary; readonly groups: readonly LengthGroup[] } {
  const groups = byLengthGroup(cells, threshold);
  return {
    groups,
    grouped: summarize(
      groups.map(({ cell }) => cell),
      { threshold },
    ),
  };
}
