/** Respondents beside each other: names that tell them apart, differences, and what makes them hard to compare. */
import path from 'node:path';
import { differencesOf } from '../../score/tables/differences.ts';
import type { DifferenceRow, SeedCells } from '../../score/tables/differences.ts';
import type { CellRow, ComparisonRow } from '../../score/tables/rows.ts';
import type { MeasureReportInput } from '../store/rows.ts';
import { correctedRows, FEWEST_SEEDS } from '../../score/statistics/index.ts';
import type { Cell } from '../../score/tables/tally.ts';
import { promptSpread } from '../../score/tables/prompt-spread.ts';
import type { Gathered } from './gathered.ts';
import {
  groupedNotes,
  NOT_ASKED,
  notesOn,
  OTHER_WORDS,
  promptHash,
  thresholdNotes,
  titleOf,
} from './notes.ts';
import type { Noted } from './notes.ts';

/** Everything about some respondents, each later one compared with the first. All horizons are at one threshold. */
export function compared(
  name: string,
  all: readonly Gathered[],
  threshold = all[0].threshold,
  labels: readonly string[] = labelsOf(all),
): MeasureReportInput {
  const others = all.slice(1).map((gathered, i) => ({ gathered, label: labels[i + 1] }));
  const tasks = tasksOf(all[0]);
  const rows = others.flatMap(({ gathered, label }) =>
    comparisonsOf(labels[0], all[0], label, gathered, tasks),
  );
  return {
    name,
    respondents: all.map((gathered, i) => gathered.rows(labels[i], threshold)),
    comparisons: correctedRows(rows),
    notes: [
      ...thresholdNotes(
        all.map((gathered, i) => notedOf(gathered, labels[i])),
        threshold,
      ),
      ...groupedNotes(others, ({ gathered }, label) => notesOnPair(labels[0], all[0], label, gathered)),
    ],
  };
}

/** The respondents of one folder. Where only their prompts differ, they are named by these, and what the prompt decides is told. */
export function reported(all: readonly Gathered[]): MeasureReportInput {
  const names = all.map((gathered) => promptNamesOf(gathered).join(', '));
  if (all.length < 2 || new Set(names).size < all.length) return compared(titleOf(labelsOf(all)), all);
  const input = compared(partsOf(all[0])[0], all, all[0].threshold, names);
  const ways = input.respondents.map(({ rows, asked }) => ({
    rows,
    prompts: Object.fromEntries(asked.map(({ task, prompt }) => [task, prompt.name])),
  }));
  return {
    ...input,
    comparisons: correctedRows(promptComparisons(all, names)),
    spread: promptSpread(ways),
    notes: [
      'One model was asked with several prompts: a difference between rows is the prompt’s, not the model’s.',
      ...input.notes.filter((note) => !note.includes(OTHER_WORDS) && !note.startsWith(NOT_ASKED)),
    ],
  };
}

/** Each prompt compared with the first that its tasks were asked with: look-ups and copies have prompts of their own. */
function promptComparisons(all: readonly Gathered[], names: readonly string[]): ComparisonRow[] {
  const firstWith = (task: string): number => all.findIndex((gathered) => tasksOf(gathered).includes(task));
  return all.flatMap((gathered, i) => {
    const firsts = new Set(tasksOf(gathered).map(firstWith));
    return [...firsts]
      .filter((first) => first < i)
      .flatMap((first) => {
        const tasks = tasksOf(gathered).filter((task) => firstWith(task) === first);
        return comparisonsOf(names[first], all[first], names[i], gathered, tasks);
      });
  });
}

function tasksOf(gathered: Gathered): string[] {
  return [...new Set(gathered.cells().map(({ task }) => task))];
}

/** The model's name, and as much of the prompt, the day and the folder as is needed to tell all apart. */
export function labelsOf(all: readonly Gathered[]): string[] {
  return labelsFrom(all.map(partsOf));
}

/** What a study calls it; '' outside studies. */
function nameInStudy({ runs }: Gathered['facts']): string {
  const name = runs.at(-1)?.options.respondent;
  return typeof name === 'string' ? name : '';
}

/** What a label can be made of, of folders as of files of results; '' where a part is not known. */
export type LabelParts = readonly [
  model: string,
  prompt: string,
  day: string,
  fileName: string,
  file: string,
  nameInStudy?: string,
];

export function partsOf({ facts, asked }: Gathered): LabelParts {
  return [
    nameOf(facts),
    promptPart(promptNamesOf({ asked })),
    facts.started.slice(0, 10),
    path.basename(facts.folder ?? ''),
    facts.folder ?? '',
    nameInStudy(facts),
  ];
}

function promptNamesOf({ asked }: Pick<Gathered, 'asked'>): string[] {
  return [...new Set([...asked.values()].map(({ prompt }) => prompt.name))];
}

/** `prompt pair`; `prompts pair and input-output`, where tasks were asked with different ones. */
export function promptPart(names: readonly string[]): string {
  if (names.length === 0) return '';
  return `${names.length === 1 ? 'prompt' : 'prompts'} ${titleOf(names)}`;
}

/** The model's name as it was asked for, or that of its folder; of outputs that somebody recorded, that they are. */
function nameOf({ respondent: { model, kind }, runs }: Gathered['facts']): string {
  if (typeof model === 'string') return model;
  if (kind !== 'model') return typeof kind === 'string' ? kind : 'model';
  const target = runs.at(-1)?.options.target;
  return typeof target === 'string' ? path.basename(target) : 'model';
}

/**
 * The model's names, and parts that tell respondents of one name apart: each later part is added where those before are the
 * same. A part that is the same in all, or is not known, is left out.
 */
export function labelsFrom(all: readonly LabelParts[]): string[] {
  let labels = all.map(([model]) => model);
  const telling = all.map(([, prompt, day, fileName, file, nameInStudy = '']) => [
    ...[prompt, nameInStudy, day, fileName, file],
  ]);
  for (const part of telling[0]?.keys() ?? []) {
    const alike = labels.map((label) => telling.filter((_, i) => labels[i] === label));
    labels = labels.map((label, i) => {
      const tells = new Set(alike[i].map((each) => each[part])).size > 1;
      return tells && telling[i][part] !== '' ? `${label} · ${telling[i][part]}` : label;
    });
  }
  return labels.map((label, i) => {
    const before = labels.slice(0, i).filter((other) => other === label).length;
    return before === 0 ? label : `${label} (${before + 1})`;
  });
}

function comparisonsOf(
  first: string,
  a: Gathered,
  second: string,
  b: Gathered,
  tasks: readonly string[],
): ComparisonRow[] {
  const rows = new Map([...rowsByCell(a), ...rowsByCell(b)]);
  const rowOf = (cell: Cell): CellRow => rows.get(cell) ?? cell.row();
  return tasks.flatMap((task) =>
    taskDifferences(a, b, task, rowOf).map((row): ComparisonRow => {
      const at = (gathered: Gathered): Cell[] =>
        cellsAt(gathered, task, row.length, sharedLengths(a, b, task));
      return {
        ...{ kind: 'comparison', first, second, task, pAdjusted: null },
        answers: [total(at(a)), total(at(b))],
        ...row,
      };
    }),
  );
}

/** The later respondent's accuracy minus the first one's: it is its difference that is shown. */
function taskDifferences(
  a: Gathered,
  b: Gathered,
  task: string,
  rowOf?: (cell: Cell) => CellRow,
): DifferenceRow[] {
  const of = (gathered: Gathered): SeedCells[] =>
    gathered.models().map(({ seed, cells }) => ({ seed, cells: cells.filter((cell) => cell.task === task) }));
  const sequential = [a, b].some(({ lengths }) => lengths.isSequential(task));
  return differencesOf(of(b), of(a), { sequential, rowOf });
}

/** The rows of its tables: after a search they have other intervals than the cells alone would. */
function rowsByCell(gathered: Gathered): [Cell, CellRow][] {
  const { rows } = gathered.summary();
  return gathered.cells().flatMap((cell) => {
    const row = rows.find(({ task, length }) => task === cell.task && length === cell.length);
    return row === undefined ? [] : [[cell, row]];
  });
}

function sharedLengths(a: Gathered, b: Gathered, task: string): number[] {
  const others = new Set(answeredCells(b, task).map(({ length }) => length));
  return answeredCells(a, task).flatMap(({ length }) => (others.has(length) ? [length] : []));
}

function cellsAt(gathered: Gathered, task: string, length: number | null, shared: readonly number[]): Cell[] {
  return answeredCells(gathered, task).filter((cell) =>
    length === null ? shared.includes(cell.length) : cell.length === length,
  );
}

function answeredCells(gathered: Gathered, task: string): Cell[] {
  return gathered.cells().filter((cell) => cell.task === task && cell.counts.n > 0);
}

function total(cells: readonly Cell[]): number {
  return cells.reduce((sum, { counts }) => sum + counts.n, 0);
}

/** How two respondents were not asked the same, samples and seeds included. */
function notesOnPair(first: string, a: Gathered, second: string, b: Gathered): string[] {
  const [one, two] = [notedOf(a, first), notedOf(b, second)];
  const others = new Set(two.cells.map(({ task }) => task));
  const shared = [...new Set(one.cells.map(({ task }) => task))].filter((task) => others.has(task));
  return [
    ...notesOn(one, two),
    ...sourcesNote(shared, first, a, second, b),
    ...seedsNote(first, a, second, b),
  ];
}

/** What notes go by of a respondent whose samples are at hand. */
export function notedOf(gathered: Gathered, label: string): Noted {
  const { threshold, lengths, asked } = gathered;
  return {
    ...{ label, threshold, searched: lengths.searched },
    cells: gathered
      .cells()
      .filter(({ counts }) => counts.n > 0)
      .map(({ task, length }) => ({
        ...{ task, length },
        ...(lengths.search(task) === undefined && lengths.isLookedAgain(task, length)
          ? { lookedAgain: true }
          : {}),
      })),
    prompts: new Map(
      [...asked.values()].map((one) => [one.task, { name: one.prompt.name, sha256: promptHash(one) }]),
    ),
  };
}

/** Where instances are not the same, comparisons are unpaired. */
function sourcesNote(shared: readonly string[], first: string, a: Gathered, second: string, b: Gathered) {
  const unpaired = shared.filter((task) => taskDifferences(a, b, task).some(({ paired }) => !paired));
  if (unpaired.length === 0) return [];
  return [
    `${first} and ${second} were asked about different instances of ${unpaired.join(', ')} (another seed, or other sources): these comparisons are not paired, and less sharp than they could be.`,
  ];
}

/** Where models were trained with several seeds, what a difference speaks of. */
function seedsNote(first: string, a: Gathered, second: string, b: Gathered): string[] {
  const said = (
    [
      [first, a],
      [second, b],
    ] as const
  ).flatMap(([label, gathered]) => {
    const seeds = gathered.models().length;
    return seeds > 1 ? [`${seeds} seeds of ${label}`] : [];
  });
  if (said.length === 0) return [];
  return [
    `${said.join(', ')}: each seed counts as one observation, intervals are over seeds, and there is no p with fewer than ${FEWEST_SEEDS}.`,
  ];
}
