/** From when on answers that were cut off are told of: one rule, whoever was asked. */
import type { CutCauses } from '../../measure/scoring/cut-answers.ts';
import type { CellRow } from '../../score/tables/rows.ts';

/** They are told of from this share of all on, and from this share at one length on. */
const OFTEN = 0.05;
const OFTEN_AT_A_LENGTH = 0.5;

/** All samples, and that so many of them were cut off that it has to be told; null where they are fewer. */
export function oftenCut(rows: readonly CellRow[]): { readonly n: number } | null {
  const n = rows.reduce((sum, row) => sum + row.n, 0);
  const cut = rows.reduce((sum, row) => sum + (row.truncated ?? 0), 0);
  const isOften = rows.some(
    ({ n: all, truncated = 0 }) => truncated > 1 && truncated >= OFTEN_AT_A_LENGTH * all,
  );
  return cut === 0 || (cut < OFTEN * n && !isOften) ? null : { n };
}

/** Of recorded outputs: a line for each cause, with what whoever records them can do. */
export async function recordedCutOff(
  rows: readonly CellRow[],
  { limit, server, ended, prompt, noRoom }: CutCauses,
): Promise<string[]> {
  const often = oftenCut(rows);
  if (often === null) return [];
  const {
    describeNoRoom,
    describePromptsCut,
    describeRecordedCut,
    describeRecordedEnded,
    describeServerCut,
  } = await import('../../respond/endpoint/request/room-lines.ts');
  const { n } = often;
  return [
    ...(limit === 0 ? [] : [describeRecordedCut(n, limit)]),
    ...(server === null ? [] : [describeServerCut(n, server)]),
    ...(ended === 0 ? [] : [describeRecordedEnded(n, ended)]),
    ...(prompt === 0 ? [] : [describePromptsCut(n, prompt)]),
    ...(noRoom === null ? [] : [describeNoRoom(n, noRoom)]),
  ];
}

/** Of a text model that runs here: its limit has room for every right answer, and none for thoughts. */
export async function textModelCutOff(rows: readonly CellRow[]): Promise<string[]> {
  const often = oftenCut(rows);
  if (often === null) return [];
  const { describeNoEnd } = await import('../../respond/endpoint/request/room-lines.ts');
  const cut = rows.reduce((sum, { truncated = 0 }) => sum + truncated, 0);
  return [describeNoEnd(often.n, Math.round(cut))];
}
