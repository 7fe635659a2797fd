/** What a recording brought out, in the shape of every measurement, with what only recordings have. */
import { byLengthGroup } from '../../score/tables/length-groups.ts';
import { Cell } from '../../score/tables/tally.ts';
import type { CellRow } from '../../score/tables/rows.ts';
import { AGAIN_CONFIDENCE } from '../../score/tables/summary.ts';
import type { Gathered } from '../gather/gathered.ts';
import { gatheredResult, NOTHING_SPENT } from '../result.ts';
import type { MeasurementResult } from '../result.ts';
import type { FileReport, MeasuredRecording, Scoring } from './recording.node.ts';

export interface RecordedResult extends MeasurementResult {
  readonly recording: {
    readonly scoring: Scoring;
    /** All answers to a task together, of length 0: a row for each task. */
    readonly all: readonly CellRow[];
    /** What is known of each file beside the tables. */
    readonly files: readonly FileReport[];
    readonly ofNoTask: MeasuredRecording['ofNoTask'];
    readonly mixed: MeasuredRecording['mixed'];
    /** Neighbouring lengths that the terminal's table shows together, where there are very many. Nothing else goes by them. */
    readonly groups: readonly { readonly task: string; readonly from: number; readonly to: number }[];
  };
}

export function recordedResult(
  { gathered, files, ofNoTask, mixed }: MeasuredRecording,
  scoring: Scoring = 'ours',
  folder: string | null = null,
): RecordedResult {
  const { answers, failed } = gathered.totals();
  const run = {
    folder,
    ...{ reused: 0, answered: answers - failed, failed, retries: 0, moved: 0 },
    spent: NOTHING_SPENT,
  };
  return {
    ...gatheredResult(gathered, { ending: { kind: 'done' }, run }),
    recording: {
      scoring,
      all: [...gathered.asked.keys()].map((task) => allOf(task, gathered)),
      ...{ files, ofNoTask, mixed },
      groups: byLengthGroup(gathered.cells(), gathered.thresholdOf)
        .filter(({ from, to }) => from < to)
        .map(({ from, to, cell }) => ({ task: cell.task, from, to })),
    },
  };
}

function allOf(task: string, gathered: Gathered): CellRow {
  const own = gathered.cells().filter((cell) => cell.task === task);
  return togetherRow(Cell.together(task, 0, own), gathered);
}

/** The row of lengths that are counted together: where the answers decided how many samples, its interval holds whenever one stops. */
export function togetherRow(cell: Cell, { lengths }: Gathered): CellRow {
  return cell.row(lengths.isSequential(cell.task) ? { confidence: AGAIN_CONFIDENCE, sequential: true } : {});
}
