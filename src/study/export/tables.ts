/** The tables that a study's rows make for other programs: their columns, and their rows one at a time. */
import type { Column } from '../../common/table/table.ts';
import { cellColumns, horizonColumns } from '../../measure/export/columns.ts';
import type { Row, StudyItem } from '../rows.ts';
import type { StudyReader } from '../store/index.ts';
import { explanationTables } from './explanations.ts';
import { fixTables } from './fixes.ts';
import { ITEM, WHOSE } from './table.ts';
import type { Table } from './table.ts';
import { tunedTables } from './tuned.ts';

export type { Table } from './table.ts';

export const tables: readonly Table[] = [
  ofRows('cells', 'accuracy of one model at one length', 'cell', cellColumns),
  ofRows('horizons', 'the length up to which one model is reliable', 'horizon', horizonColumns),
  ofRows('samples', 'one sample and what was answered', 'instance', [
    { name: 'length', type: 'whole' },
    { name: 'index', type: 'whole' },
    { name: 'repeat', type: 'whole' },
    { name: 'source', type: 'symbols' },
    { name: 'query', type: 'text' },
    { name: 'answer', type: 'symbols' },
    { name: 'output', type: 'symbols' },
    { name: 'correct', type: 'truth' },
    { name: 'outcome', type: 'text' },
    { name: 'error', type: 'text' },
    { name: 'truncated', type: 'truth' },
  ]),
  ofRows('asked', 'how asking one respondent about one task went', 'asked', [
    { name: 'api', type: 'text' },
    { name: 'prompt', type: 'text' },
    { name: 'requests', type: 'whole' },
    { name: 'promptTokens', type: 'whole' },
    { name: 'completionTokens', type: 'whole' },
    { name: 'money', type: 'number' },
    { name: 'failures', type: 'json' },
    { name: 'budgetSpent', type: 'truth' },
    { name: 'capabilities', type: 'json' },
  ]),
  ofRows('progress', 'a point of a learning curve', 'progress', [
    { name: 'step', type: 'whole' },
    { name: 'steps', type: 'whole' },
    { name: 'loss', type: 'number' },
    { name: 'accuracy', type: 'json' },
    { name: 'tokensPerSecond', type: 'number' },
    { name: 'elapsed', type: 'number' },
  ]),
  ofRows('trained', 'how the training of one model ended', 'trained', [
    { name: 'reason', type: 'text' },
    { name: 'step', type: 'whole' },
    { name: 'accuracy', type: 'number' },
    { name: 'parameters', type: 'whole' },
    { name: 'seconds', type: 'number' },
    { name: 'weights', type: 'text' },
  ]),
  ...tunedTables,
  ...explanationTables,
  ...fixTables,
  {
    name: 'verdicts',
    title: 'what the theory says of a task',
    columns: [
      { name: 'task', type: 'text' },
      { name: 'fragment', type: 'text' },
      { name: 'read', type: 'text' },
      { name: 'verdict', type: 'text' },
      { name: 'status', type: 'text' },
      { name: 'argument', type: 'text' },
      { name: 'certificate', type: 'json' },
      ITEM,
    ],
    *rows(reader) {
      for (const { item, row } of rowsOf(reader, 'verdict')) {
        // Of what is asked to mend a task, the verdict is on the task that is asked instead.
        yield { ...row.prediction, task: item.kind === 'fix' ? row.task : item.task, item: item.hash };
      }
    },
  },
  {
    name: 'items',
    title: 'one piece of work and how it ended',
    columns: [
      { name: 'item', type: 'text' },
      { name: 'kind', type: 'text' },
      ...WHOSE,
      { name: 'state', type: 'text' },
      { name: 'seconds', type: 'number' },
      { name: 'error', type: 'text' },
      { name: 'needs', type: 'json' },
      { name: 'spec', type: 'json' },
    ],
    rows: (reader) => reader.study().items.map((item) => ({ ...item, item: item.hash })),
  },
];

/** The table of all rows of one kind, with whose they are in front. */
function ofRows(
  name: string,
  title: string,
  kind: 'cell' | 'horizon' | 'instance' | 'asked' | 'progress' | 'trained',
  columns: readonly Column[],
): Table {
  return {
    name,
    title,
    columns: [...WHOSE, ...columns, ITEM],
    *rows(reader) {
      for (const { item, row } of rowsOf(reader, kind)) {
        yield { ...row, task: item.task, model: item.model, seed: item.seed, item: item.hash };
      }
    },
  };
}

function* rowsOf<Kind extends Row['kind']>(
  reader: StudyReader,
  kind: Kind,
): Iterable<{ item: StudyItem; row: Extract<Row, { kind: Kind }> }> {
  for (const item of reader.study().items) {
    for (const row of reader.rows(item.hash, kind)) yield { item, row };
  }
}
