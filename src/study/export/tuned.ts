/** Tables of what was fine-tuned: one row a model, one a cell before or after, and one a gap between two tasks at one length. */
import type { TableRow } from '../../common/table/table.ts';
import { learnedInRange } from '../../fix/finetuned/gaps.ts';
import type { Gap, GapAtLength, TunedCell, TunedModel } from '../../fix/finetuned/rows.ts';
import { exactInterval } from '../../score/statistics/index.ts';
import type { StudyTuned, TunedRow } from '../rows.ts';
import { tunedIn } from '../tuned.ts';
import { itemTable } from './table.ts';
import type { Table, Types } from './table.ts';

/** All that a model has but its cells, which have a table of their own. A new field is asked for here. */
const MODEL: Types<
  | Exclude<keyof TunedModel, 'task' | 'seed' | 'lengths' | 'cells'>
  | Exclude<keyof TunedRow, 'kind' | 'before' | 'model' | 'lengths'>
  | 'shortest'
  | 'longest'
  | 'inRange'
  | 'rightInRange'
  | 'learned'
> = {
  method: 'text',
  shortest: 'whole',
  longest: 'whole',
  n: 'whole',
  steps: 'whole',
  seconds: 'number',
  parameters: 'whole',
  inRange: 'whole',
  rightInRange: 'whole',
  learned: 'truth',
  perplexityBefore: 'number',
  perplexity: 'number',
  folder: 'text',
};
const CELL: Types<'when' | 'accuracy' | 'low' | 'high' | Exclude<keyof TunedCell, 'task'>> = {
  when: 'text',
  format: 'text',
  sources: 'text',
  length: 'whole',
  multiple: 'number',
  n: 'whole',
  right: 'whole',
  accuracy: 'number',
  low: 'number',
  high: 'number',
};
const GAP: Types<'model' | 'when' | Exclude<keyof Gap, 'before' | 'lengths'> | keyof GapAtLength> = {
  model: 'text',
  first: 'text',
  second: 'text',
  sources: 'text',
  verdict: 'text',
  reason: 'text',
  when: 'text',
  length: 'whole',
  multiple: 'number',
  seeds: 'whole',
  difference: 'number',
  low: 'number',
  high: 'number',
};

export const tunedTables: readonly Table[] = [
  table('finetuned', 'one model that was fine-tuned', MODEL, (row) => [modelRow(row)]),
  table('finetuned-cells', 'one length, before or after fine-tuning', CELL, ({ before, model }) => [
    ...before.map((cell) => cellRow('before', cell)),
    ...model.cells.map((cell) => cellRow('after', cell)),
  ]),
  {
    name: 'gaps',
    title: 'the difference of two fine-tuned tasks at one length',
    columns: Object.entries(GAP).map(([name, type]) => ({ name, type })),
    rows: (reader) => tunedIn(reader.study().items).flatMap(gapRows),
  },
];

function modelRow({ method, lengths, n, perplexityBefore, model }: TunedRow): TableRow {
  const { cells, ...facts } = model;
  const { n: inRange, right: rightInRange, learned } = learnedInRange({ cells });
  const range = { shortest: lengths.min, longest: lengths.max, inRange, rightInRange, learned };
  return { ...facts, method, n, perplexityBefore, ...range };
}

function cellRow(when: 'before' | 'after', cell: TunedCell): TableRow {
  const { n, right } = cell;
  const { low, high } = exactInterval(right, n);
  return { ...cell, when, accuracy: n === 0 ? null : right / n, low, high };
}

function gapRows({ target, gaps }: StudyTuned): TableRow[] {
  return gaps.flatMap(({ before, lengths, ...gap }) => [
    ...(before === null ? [] : [{ model: target, ...gap, when: 'before', multiple: 1, ...before }]),
    ...lengths.map((at) => ({ model: target, ...gap, when: 'after', ...at })),
  ]);
}

function table(
  name: string,
  title: string,
  types: Types<string>,
  rowsOf: (row: TunedRow) => readonly TableRow[],
): Table {
  return itemTable(name, title, types, (item) =>
    item.kind === 'finetune' ? item.rows.flatMap((row) => (row.kind === 'tuned' ? rowsOf(row) : [])) : [],
  );
}
