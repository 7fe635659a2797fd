/** How much better each model does one task than another that differs from it in one thing only. */
import { correctedRows } from '../../../score/statistics/correction.ts';
import { fewSeedsText, lostText, nearOf, nearText } from '../../../score/tables/near.ts';
import { percentDifference } from '../../../score/tables/percent.ts';
import type { AsymmetryRow } from '../../../score/tables/rows.ts';
import type { Counted } from '../cell-columns.ts';
import { html } from '../html.ts';
import type { Content } from '../html.ts';
import type { ModelView } from '../ink.ts';
import { differenceCells, differenceColumns, differencesPanel, isTested, overall } from './differences.ts';
import type { Line } from './differences.ts';
import type { Figure } from '../figure.ts';

/** A model with its differences between tasks. */
export interface AsymmetriesOf {
  readonly model: ModelView;
  readonly asymmetries: readonly AsymmetryRow[];
  /** Its cells of a task, to tell differences from two cells that both guess, or are both right. */
  readonly cellsOf: (task: string) => readonly Counted[];
  /** How many trainings the answers are of; null for a model that was not trained here. */
  readonly seeds: number | null;
}

/** Lengths were chosen by the answers: tests are those that hold whenever a search stops. */
interface Settings {
  readonly searched: boolean;
}

type Row = AsymmetryRow & { readonly of: AsymmetriesOf };

export function asymmetryFigure(models: readonly AsymmetriesOf[], { searched }: Settings): Figure | null {
  const rows = correctedRows(
    models.flatMap((of) => of.asymmetries.map((row): Row => ({ ...withoutWeakP(row, of), of }))),
  );
  if (rows.length === 0) return null;
  const named = ({ of }: Row): string => (models.length === 1 ? '' : ` · ${of.model.name}`);
  const lines = overall(rows, (row) => `${row.first} ${row.second} ${row.of.model.name}`).map((row): Line => {
    const reading = readingOf(row, row.of);
    return {
      ...row,
      label: `${row.first} − ${row.second} (${row.contrast.replace(' - ', ' minus ')})${named(row)}: ${reading}`,
      brief: `${row.first} − ${row.second}${named(row)}: ${reading}`,
      ink: row.of.model.ink,
    };
  });
  return {
    name: 'asymmetries',
    title: 'How much better the first of each pair is done',
    caption: caption(models, rows, searched),
    panels: [differencesPanel('Differences between tasks', lines)],
    table: {
      caption: 'Differences between tasks',
      columns: [{ label: 'tasks' }, { label: 'model' }, ...differenceColumns(rows)],
      rows: rows.map((row): Content[] => [
        `${row.first} − ${row.second}`,
        row.of.model.name,
        ...differenceCells(row, rows, readingOf(row, row.of)),
      ]),
    },
  };
}

function caption(models: readonly AsymmetriesOf[], rows: readonly Row[], searched: boolean): Content {
  const single = models.some(({ seeds }) => seeds === 1);
  const several = models.some(({ seeds }) => seeds !== null && seeds > 1);
  return html`Accuracy on the first task minus accuracy on the second, over all lengths that both were asked
  at, with 95 % intervals. Pairs are answers about the same source.
  ${
    rows.some(isTested) &&
    `They are tested by ${several ? 'the exact sign-flip test over seeds, or McNemar’s exact test where there are none' : 'McNemar’s exact test'}, and p is corrected (Holm) for the rows of the table below.`
  }
  ${
    single &&
    'The intervals of a model trained here with one seed speak of that trained model, not of the architecture.'
  }
  ${
    several &&
    'Of a model trained with several seeds, each seed is one observation: a few seeds cannot show which task is done better.'
  }
  ${searched && 'Where lengths were chosen by the answers, intervals and tests are those that hold whenever a search stops.'}`;
}

/** A p over samples of one model that was trained here says nothing of others: only one over seeds does. */
function withoutWeakP(row: AsymmetryRow, { seeds }: AsymmetriesOf): AsymmetryRow {
  return seeds !== null && row.seeds === undefined ? { ...row, p: null } : row;
}

/** What the difference shows, in a few words: which is better, or why none could be seen. */
export function readingOf(row: AsymmetryRow, of: Pick<AsymmetriesOf, 'cellsOf'>): string {
  return `${shownBy(row, of)}${seedsText(row)}${lostText(row)}`;
}

/** `; seeds: +90 %, −70 %, +30 %`: what each seed shows, where there are several. */
function seedsText({ seeds = [] }: AsymmetryRow): string {
  if (seeds.length === 0) return '';
  return `; seeds: ${seeds.map(({ difference }) => percentDifference(difference)).join(', ')}`;
}

function shownBy(row: AsymmetryRow, { cellsOf }: Pick<AsymmetriesOf, 'cellsOf'>): string {
  if (row.near) return nearText(row.near);
  if (row.low > 0) return `${row.first} is better`;
  if (row.high < 0) return `${row.second} is better`;
  const at = (task: string): Counted[] =>
    cellsOf(task).filter(({ length, n }) => n > 0 && (row.length === null || length === row.length));
  const lengths = new Set(at(row.second).map(({ length }) => length));
  const both = [...at(row.first).filter(({ length }) => lengths.has(length)), ...at(row.second)];
  const near = nearOf(both);
  return near === null ? (fewSeedsText(row) ?? 'not told apart') : nearText(near);
}
