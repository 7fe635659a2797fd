/**
 * How much better each model and each respondent of a study does one task than another that differs from it in one
 * thing only: right − left, first − last, forward − backward. Of a model that was trained with several seeds, each seed is
 * one observation.
 */
import { canonicalJson } from '../common/json.ts';
import { correctedRows } from '../score/statistics/index.ts';
import { asymmetriesOfSeeds, contrasts, type Contrast } from '../score/tables/contrasts.ts';
import type { SeedCells } from '../score/tables/differences.ts';
import type { AsymmetryRow, CellRow, InstanceRow } from '../score/tables/rows.ts';
import { countedInstance } from '../score/tables/counted-instance.ts';
import { Tally } from '../score/tables/tally.ts';
import type { AskItem, MeasureItem, StudyAsymmetry, StudyItem } from './rows.ts';

type Measured = MeasureItem | AskItem;

/** What was asked of one model under one of the study's names for tasks; an item for each seed. */
interface Entry {
  readonly name: string;
  readonly task: string;
  /** How its sources are drawn. */
  readonly options: Readonly<Record<string, unknown>>;
  readonly items: readonly Measured[];
}

/** `instances` gives what was asked and answered in an item. */
export function asymmetriesIn(
  items: readonly StudyItem[],
  instances: (item: Measured) => Iterable<InstanceRow>,
): StudyAsymmetry[] {
  const measured = items.filter(
    (item): item is Measured => (item.kind === 'measure' || item.kind === 'ask') && item.rows.length > 0,
  );
  const models = [...new Set(measured.map(({ model }) => model ?? ''))];
  return models.flatMap((model) => {
    const entries = entriesOf(measured.filter((item) => item.model === model));
    const rows = pairsOf(entries).flatMap((pair) => differences(pair, instances));
    return correctedRows(rows).map((row) => ({ ...row, model }));
  });
}

interface Pair extends Contrast {
  readonly entries: readonly [Entry, Entry];
}

/** Entries whose tasks make a contrast and whose sources are drawn in the same way. */
function pairsOf(entries: readonly Entry[]): Pair[] {
  return contrasts.flatMap((contrast) =>
    entries
      .filter(({ task }) => task === contrast.first)
      .flatMap((first) =>
        entries
          .filter(({ task, options }) => task === contrast.second && alike(first.options, options))
          .map((second): Pair => ({ ...contrast, entries: [first, second] })),
      ),
  );
}

/** Options that only one of the two tasks has a use for make the contrast, and no difference. */
function alike(a: Entry['options'], b: Entry['options']): boolean {
  const shared = Object.keys(a).filter((key) => key !== 'pool' || key in b);
  const others = Object.keys(b).filter((key) => key !== 'pool' || key in a);
  return [...new Set([...shared, ...others])].every(
    (key) => canonicalJson([a[key]]) === canonicalJson([b[key]]),
  );
}

function differences(
  { contrast, first, second, entries }: Pair,
  instances: (item: Measured) => Iterable<InstanceRow>,
): AsymmetryRow[] {
  const names = { [first]: entries[0], [second]: entries[1] };
  const items = entries.flatMap((entry) => entry.items);
  const seeds = [...new Set(items.map(({ seed }) => seed))];
  const models = seeds.map((seed): SeedCells => {
    const tally = new Tally();
    for (const [task, entry] of Object.entries(names)) {
      for (const item of entry.items.filter((each) => each.seed === seed)) {
        for (const row of instances(item)) tally.add(countedInstance(row, task));
      }
    }
    return { seed, cells: tally.all() };
  });
  const kept = new Map(
    models.flatMap(({ seed, cells }) =>
      cells.map((cell) => [cell, keptRow(names[cell.task], seed, cell.length)] as const),
    ),
  );
  return asymmetriesOfSeeds(models, {
    sequential: (task) => names[task]?.items.some(isSearch) ?? false,
    rowOf: (cell) => kept.get(cell) ?? cell.row(),
  })
    .filter((row) => row.contrast === contrast && row.first === first)
    .map((row) => ({ ...row, first: entries[0].name, second: entries[1].name }));
}

/** The row that the item has of a length: it knows what guessing gives, and how wide its interval is after a search. */
function keptRow(entry: Entry, seed: number | null, length: number): CellRow | undefined {
  const rows = entry.items.filter((item) => item.seed === seed).flatMap((item) => [...item.rows]);
  return rows.find((row): row is CellRow => row.kind === 'cell' && row.length === length);
}

/** Whether the answers chose the lengths. */
function isSearch(item: Measured): boolean {
  return item.spec.lengths === null;
}

function entriesOf(items: readonly Measured[]): Entry[] {
  const names = [...new Set(items.map(({ task }) => task))];
  return names.map((name) => {
    const own = items.filter((item) => item.task === name);
    return { name, ...drawnBy(own[0]), items: own };
  });
}

function drawnBy(item: Measured): Pick<Entry, 'task' | 'options'> {
  if (item.kind === 'measure') return { task: item.spec.task, options: { ...item.spec.taskOptions } };
  const [{ task, options, own, material }] = item.spec.tasks;
  // A task of one's own may be called as one of ours is.
  return { task: own === undefined ? task : '', options: { ...options, ...(material && { material }) } };
}
