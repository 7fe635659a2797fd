/** Respondents beside each other: names that tell them apart, differences, and what makes them hard to compare. */
import path from 'node:path';
import { canonicalJson } from '../../common/json.ts';
import { differenceOf } from '../../score/tables/contrasts.ts';
import type { CellPair } from '../../score/tables/contrasts.ts';
import type { AskedTask, ComparisonRow, MeasureReportInput } from '../../score/tables/rows.ts';
import { holm } from '../../score/statistics/index.ts';
import type { Cell } from '../../score/tables/tally.ts';
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
    comparisons: corrected(rows),
    notes: [
      ...all.flatMap((gathered, i) => thresholdNote(gathered, labels[i], threshold)),
      ...others.flatMap(({ gathered, label }) => notesOn(labels[0], all[0], label, gathered)),
    ],
  };
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
      return tells ? `${label} · ${parts[i][part]}` : label;
    });
  }
  return labels.map((label, i) => {
    const before = labels.slice(0, i).filter((other) => other === label).length;
    return before === 0 ? label : `${label} (${before + 1})`;
  });
}

function comparisonsOf(first: string, a: Gathered, second: string, b: Gathered): ComparisonRow[] {
  const tasks = [...new Set(a.cells().map(({ task }) => task))];
  return tasks.flatMap((task) => {
    const pairs = pairsOf(answeredCells(a, task), answeredCells(b, task));
    const row = (length: number | null, some: readonly CellPair[]): ComparisonRow => ({
      ...{ kind: 'comparison', first, second, task, length, pAdjusted: null },
      answers: [total(some.map((pair) => pair.second)), total(some.map((pair) => pair.first))],
      ...differenceOf(some),
    });
    const single = pairs.map((pair) => row(pair.first.length, [pair]));
    return pairs.length > 1 ? [...single, row(null, pairs)] : single;
  });
}

/** Cells at the lengths that both have; the later respondent's first, since it is its difference that is shown. */
function pairsOf(a: readonly Cell[], b: readonly Cell[]): CellPair[] {
  return b
    .flatMap((first) => {
      const second = a.find(({ length }) => length === first.length);
      return second === undefined ? [] : [{ first, second }];
    })
    .sort((x, y) => x.first.length - y.first.length);
}

function answeredCells(gathered: Gathered, task: string): Cell[] {
  return gathered.cells().filter((cell) => cell.task === task && cell.counts.n > 0);
}

function total(cells: readonly Cell[]): number {
  return cells.reduce((sum, { counts }) => sum + counts.n, 0);
}

function corrected(rows: readonly ComparisonRow[]): ComparisonRow[] {
  const tested = rows.filter(({ p, length }) => p !== null && length !== null);
  const adjusted = holm(tested.map(({ p }) => p ?? 1));
  const byRow = new Map(tested.map((row, i) => [row, adjusted[i]]));
  return rows.map((row) => ({ ...row, pAdjusted: byRow.get(row) ?? row.p }));
}

function thresholdNote({ threshold: own }: Gathered, label: string, threshold: number): string[] {
  if (own === threshold) return [];
  return [`${label} was measured for a horizon at ${own * 100} %; shown is the one at ${threshold * 100} %.`];
}

/** How two respondents were not asked the same. */
function notesOn(first: string, a: Gathered, second: string, b: Gathered): string[] {
  const tasksOf = (gathered: Gathered): string[] => [...new Set(gathered.cells().map(({ task }) => task))];
  const [mine, others] = [tasksOf(a), tasksOf(b)];
  const shared = mine.filter((task) => others.includes(task));
  const differing = shared.filter((task) => way(a.asked.get(task)) !== way(b.asked.get(task)));
  const notAsked = (label: string, tasks: readonly string[]): string[] =>
    tasks.length === 0 ? [] : [`${label} was not asked ${tasks.join(', ')}.`];
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
          `${first} and ${second} were not asked in the same words: ${differing.map((task) => `${task} ${promptsOf(task, a, b)}`).join(', ')}. What differs may be the prompt, not the model.`,
        ]),
    ...shared.flatMap((task) => lengthsNote(task, first, a, second, b)),
    ...sourcesNote(shared, first, a, second, b),
    ...(a.searches.size + b.searches.size === 0
      ? []
      : [
          `Lengths were chosen by the answers, for ${first} or for ${second}: the horizons’ intervals hold, but those of the differences and their p-values do not take that into account. For a strict comparison ask both with the same --lengths and --n.`,
        ]),
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
  const unpaired = shared.filter((task) => {
    const pairs = pairsOf(answeredCells(a, task), answeredCells(b, task));
    return pairs.length > 0 && !differenceOf(pairs).paired;
  });
  if (unpaired.length === 0) return [];
  return [
    `${first} and ${second} were asked about different instances of ${unpaired.join(', ')} (another seed, or other sources): these comparisons are not paired, and less sharp than they could be.`,
  ];
}
