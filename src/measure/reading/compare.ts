/** Respondents beside each other: names that tell them apart, differences, and what makes them hard to compare. */
import path from 'node:path';
import { canonicalJson } from '../../common/json.ts';
import { differencesOf } from '../../score/tables/differences.ts';
import type { DifferenceRow, SeedCells } from '../../score/tables/differences.ts';
import type { ComparisonRow } from '../../score/tables/rows.ts';
import type { AskedTask, MeasureReportInput } from '../store/rows.ts';
import { correctedRows, FEWEST_SEEDS } from '../../score/statistics/index.ts';
import { percentLevel } from '../../score/tables/percent.ts';
import type { Cell } from '../../score/tables/tally.ts';
import { promptSpread } from '../../score/tables/prompt-spread.ts';
import type { Gathered } from './gathered.ts';

/** Everything about some respondents, each later one compared with the first. All horizons are at one threshold. */
export function compared(
  name: string,
  all: readonly Gathered[],
  threshold = all[0].threshold,
  labels: readonly string[] = labelsOf(all),
): MeasureReportInput {
  const others = all.slice(1).map((gathered, i) => ({ gathered, label: labels[i + 1] }));
  const rows = others.flatMap(({ gathered, label }) => comparisonsOf(labels[0], all[0], label, gathered));
  return {
    name,
    respondents: all.map((gathered, i) => gathered.rows(labels[i], threshold)),
    comparisons: correctedRows(rows),
    notes: [
      ...all.flatMap((gathered, i) => thresholdNote(gathered, labels[i], threshold)),
      ...groupedNotes(others, ({ gathered }, label) => notesOn(labels[0], all[0], label, gathered)),
    ],
  };
}

/** The respondents of one folder. Where only their prompts differ, they are named by these, and what the prompt decides is told. */
export function reported(all: readonly Gathered[]): MeasureReportInput {
  const names = all.map((gathered) => partsOf(gathered)[1]);
  if (all.length < 2 || new Set(names).size < all.length) return compared(titleOf(labelsOf(all)), all);
  const input = compared(partsOf(all[0])[0], all, all[0].threshold, names);
  const ways = input.respondents.map(({ rows, asked }) => ({
    rows,
    prompts: Object.fromEntries(asked.map(({ task, prompt }) => [task, prompt.name])),
  }));
  return {
    ...input,
    spread: promptSpread(ways),
    notes: [
      `One model was asked with ${all.length} prompts: a difference between rows is the prompt’s, not the model’s.`,
      ...input.notes.filter((note) => !note.includes(OTHER_WORDS)),
    ],
  };
}

/** Names that a title or a note can hold; more are counted. */
const MOST_NAMES = 3;

/** `A, B and C`, `A, B and 7 others`. */
export function titleOf(labels: readonly string[]): string {
  const shown = labels.length <= MOST_NAMES ? labels : labels.slice(0, MOST_NAMES - 1);
  const more = labels.length - shown.length;
  const names = more === 0 ? shown : [...shown, `${more} others`];
  return names.length < 2 ? names.join('') : `${names.slice(0, -1).join(', ')} and ${names.at(-1)}`;
}

/** In place of a label in a note, until all whose note it is are known. */
const LABEL = '\u0000';

/** What is said of several respondents in the same words is said once, of all of them. */
export function groupedNotes<T extends { readonly label: string }>(
  others: readonly T[],
  notesOf: (other: T, label: string) => readonly string[],
): string[] {
  const groups = new Map<string, string[]>();
  for (const other of others) {
    for (const note of notesOf(other, LABEL)) groups.set(note, [...(groups.get(note) ?? []), other.label]);
  }
  return [...groups].map(([note, labels]) => note.replaceAll(LABEL, titleOf(labels)));
}

/** The model's name, and as much of the prompt, the day and the folder as is needed to tell all apart. */
export function labelsOf(all: readonly Gathered[]): string[] {
  return labelsFrom(all.map(partsOf));
}

/** What a label can be made of: each later part is added where those before are the same. */
export function partsOf({ facts, asked }: Gathered): string[] {
  return [
    typeof facts.respondent.model === 'string' ? facts.respondent.model : 'model',
    [...new Set([...asked.values()].map(({ prompt }) => prompt.name))].join('+'),
    facts.started.slice(0, 10),
    path.basename(facts.folder ?? ''),
    facts.folder ?? '',
  ];
}

export function labelsFrom(parts: readonly (readonly string[])[]): string[] {
  let labels = parts.map(([model]) => model);
  for (const part of [1, 2, 3, 4]) {
    const alike = labels.map((label) => parts.filter((_, i) => labels[i] === label));
    labels = labels.map((label, i) => {
      const tells = new Set(alike[i].map((each) => each[part])).size > 1;
      return tells && parts[i][part] !== '' ? `${label} · ${parts[i][part]}` : label;
    });
  }
  return labels.map((label, i) => {
    const before = labels.slice(0, i).filter((other) => other === label).length;
    return before === 0 ? label : `${label} (${before + 1})`;
  });
}

function comparisonsOf(first: string, a: Gathered, second: string, b: Gathered): ComparisonRow[] {
  const tasks = [...new Set(a.cells().map(({ task }) => task))];
  return tasks.flatMap((task) =>
    taskDifferences(a, b, task).map((row): ComparisonRow => {
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
function taskDifferences(a: Gathered, b: Gathered, task: string): DifferenceRow[] {
  const of = (gathered: Gathered): SeedCells[] =>
    gathered.models().map(({ seed, cells }) => ({ seed, cells: cells.filter((cell) => cell.task === task) }));
  const sequential = [a, b].some(({ lengths }) => lengths.isSequential(task));
  return differencesOf(of(b), of(a), { sequential });
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

function thresholdNote({ threshold: own }: Gathered, label: string, threshold: number): string[] {
  if (own === threshold) return [];
  return [
    `${label} was measured for a horizon at ${percentLevel(own)}; shown is the one at ${percentLevel(threshold)}.`,
  ];
}

const OTHER_WORDS = 'were not asked in the same words';

/** How two respondents were not asked the same. */
function notesOn(first: string, a: Gathered, second: string, b: Gathered): string[] {
  const tasksOf = (gathered: Gathered): string[] => [...new Set(gathered.cells().map(({ task }) => task))];
  const [mine, others] = [tasksOf(a), tasksOf(b)];
  const shared = mine.filter((task) => others.includes(task));
  const differing = shared.filter((task) => way(a.asked.get(task)) !== way(b.asked.get(task)));
  const notAsked = (label: string, tasks: readonly string[]): string[] =>
    tasks.length === 0 ? [] : [`Not asked of ${label}: ${tasks.join(', ')}.`];
  return [
    ...notAsked(
      second,
      mine.filter((task) => !others.includes(task)),
    ),
    ...notAsked(
      first,
      others.filter((task) => !mine.includes(task)),
    ),
    ...(differing.length === 0
      ? []
      : [
          `${first} and ${second} ${OTHER_WORDS}: ${differing.map((task) => `${task} ${promptsOf(task, a, b)}`).join(', ')}. What differs may be the prompt, not the model.`,
        ]),
    ...shared.flatMap((task) => lengthsNote(task, first, a, second, b)),
    ...sourcesNote(shared, first, a, second, b),
    ...seedsNote(first, a, second, b),
    ...(!a.lengths.searched && !b.lengths.searched
      ? []
      : [
          `Lengths were chosen by the answers, for ${first} or for ${second}: the differences have intervals and p-values that hold whenever the search stopped, and are wider than those of a comparison with the same --lengths and --n.`,
        ]),
    ...lookedAgainNote(shared, first, a, second, b),
  ];
}

/** Where more samples were asked for after a look at the answers. */
function lookedAgainNote(shared: readonly string[], first: string, a: Gathered, second: string, b: Gathered) {
  const again = shared.filter((task) =>
    [a, b].some(({ lengths }) => lengths.isSequential(task) && lengths.search(task) === undefined),
  );
  if (again.length === 0) return [];
  return [
    `${again.join(', ')}: ${first} or ${second} was asked with several --n, one after the other; intervals and p-values hold whenever one stops.`,
  ];
}

/** How a task was asked, as far as it changes what is sent. */
function way(asked: AskedTask | undefined): string {
  return canonicalJson([asked?.prompt ?? null, asked?.rendering ?? null]);
}

function promptsOf(task: string, a: Gathered, b: Gathered): string {
  const [x, y] = [a, b].map((each) => each.asked.get(task)?.prompt.name ?? 'no prompt');
  return x === y ? `(${x}, but other texts or demonstrations)` : `(${x} and ${y})`;
}

function lengthsNote(task: string, first: string, a: Gathered, second: string, b: Gathered): string[] {
  const lengths = [a, b].map((each) => answeredCells(each, task).map(({ length }) => length));
  const missing = ([mine, others]: number[][]): number[] => mine.filter((length) => !others.includes(length));
  const said = (label: string, only: readonly number[]): string[] =>
    only.length === 0 ? [] : [`only ${label} at ${only.toSorted((x, y) => x - y).join(', ')}`];
  const parts = [...said(first, missing(lengths)), ...said(second, missing(lengths.toReversed()))];
  return parts.length === 0 ? [] : [`${task} was asked at different lengths: ${parts.join('; ')}.`];
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
