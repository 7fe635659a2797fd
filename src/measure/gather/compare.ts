/** Respondents beside each other: names that tell them apart, differences, and what makes them hard to compare. */
import { differencesOf } from '../../score/tables/differences.ts';
import type { DifferenceRow, SeedCells } from '../../score/tables/differences.ts';
import type { CellRow, ComparisonRow } from '../../score/tables/rows.ts';
import { timeText } from '../../common/time-text.ts';
import type { MeasureReportInput } from '../store/rows.ts';
import { correctedRows, FEWEST_SEEDS } from '../../score/statistics/index.ts';
import type { Cell } from '../../score/tables/tally.ts';
import type { Threshold } from '../../score/tables/threshold.ts';
import { promptSpread } from '../../score/tables/prompt-spread.ts';
import type { Gathered } from './gathered.ts';
import { editedPrompts, firstAsked, labelsOf, numbered, partsOf, promptNamesOf, wayTexts } from './labels.ts';
import {
  groupedNotes,
  NOT_ASKED,
  notesOn,
  OTHER_OPTIONS,
  OTHER_WORDS,
  promptHash,
  thresholdNotes,
  thresholdOfFirst,
  titleOf,
} from './notes.ts';
import type { Noted } from './notes.ts';
import { withTasksApart } from './tasks-apart.ts';
import {
  areOtherTasks,
  differingSettings,
  optionTexts,
  sampleOptions,
  settingName,
} from '../../score/tables/settings.ts';

/** Everything about some respondents, each later one compared with the first. All horizons of a task are at one threshold. Tasks have their own names. */
export function compared(
  name: string,
  all: readonly Gathered[],
  threshold: Threshold = thresholdOfFirst(all.map((gathered) => notedOf(gathered, ''))),
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
      ...firstAskedNote(all, labels),
    ],
  };
}

/**
 * The respondents of one folder, which are one model: named by what tells them apart, their prompts or what else differs in the
 * ways in which it was asked. What the prompt decides is told where prompts were compared.
 */
export function reported(all: readonly Gathered[]): MeasureReportInput {
  if (all.length < 2) return compared(titleOf(labelsOf(all)), all);
  const apart = isOfPrompts(all) ? 'prompt' : 'way';
  const names = apart === 'prompt' ? all.map((one) => promptNamesOf(one).join(', ')) : wayNamesOf(all);
  const input = compared(partsOf(all[0]).model, all, undefined, names);
  const ways = withTasksApart(input).respondents.map(({ rows, asked, settings }) => ({
    ...{ rows, settings },
    prompts: Object.fromEntries(asked.map(({ task, prompt }) => [task, prompt.name])),
  }));
  const spread = promptSpread(ways);
  return withTasksApart({
    ...input,
    apart,
    comparisons: correctedRows(wayComparisons(all, names)),
    ...(apart === 'prompt' || spread.length > 0 ? { spread } : {}),
    notes: [
      apart === 'prompt'
        ? 'One model was asked with several prompts: a difference between rows is the prompt’s, not the model’s.'
        : `One model was asked in several ways${differencesIn(all)}: a difference between rows is the way’s, not the model’s.`,
      ...input.notes.filter(
        (note) => ![OTHER_WORDS, OTHER_OPTIONS, NOT_ASKED].some((said) => note.includes(said)),
      ),
    ],
  });
}

/** Whether wherever a task was asked in two ways, the prompt is what differs, and nothing else. */
function isOfPrompts(all: readonly Gathered[]): boolean {
  const names = all.map((gathered) => promptNamesOf(gathered).join(', '));
  if (new Set(names).size < all.length) return false;
  if (optionTexts(all.map(partsOf)).some((text) => text !== '')) return false;
  const settings = all.map((gathered) => gathered.settings());
  return all.every((one, i) =>
    all
      .slice(i + 1)
      .every((other, j) =>
        [...one.asked.keys()]
          .filter((task) => other.asked.has(task))
          .every(
            (task) =>
              one.asked.get(task)?.prompt.name !== other.asked.get(task)?.prompt.name &&
              differingSettings([settings[i][task], settings[i + 1 + j][task]]).length === 0,
          ),
      ),
  );
}

/** What tells the ways of one model apart: `alphabet lower`, `prompt json, default place`; where nothing does that is known, when each was first asked. */
function wayNamesOf(all: readonly Gathered[]): string[] {
  const texts = wayTexts(all.map(partsOf));
  return numbered(
    texts.map((text, i) => {
      if (text !== '' && texts.indexOf(text) === texts.lastIndexOf(text)) return text;
      const when = `first asked ${timeText(firstAsked(all[i]))}`;
      return text === '' ? when : `${text}, ${when}`;
    }),
  );
}

/** ` (--alphabet, the text of the prompt 'mine')` */
function differencesIn(all: readonly Gathered[]): string {
  const tasks = [...new Set(all.flatMap(({ asked }) => [...asked.keys()]))];
  const names = tasks.flatMap((task) => {
    const own = all.filter(({ asked }) => asked.has(task));
    const prompts = new Set(own.map(({ asked }) => asked.get(task)?.prompt.name));
    return [
      ...(prompts.size > 1 ? ['prompt'] : []),
      ...differingSettings(own.map((gathered) => gathered.settings()[task])),
    ];
  });
  const edited = editedPrompts(all.map(partsOf)).map(({ name }) => `the text of the prompt '${name}'`);
  const told = [...new Set([...names.map(settingName), ...edited])];
  if (told.length > 0) return ` (${told.join(', ')})`;
  return ' (no option differs, nor a prompt: a file that was asked about may have been edited)';
}

/** When the ways were first asked, where a file was edited between them: it is not there any more as it was. */
function firstAskedNote(all: readonly Gathered[], names: readonly string[]): string[] {
  if (editedPrompts(all.map(partsOf)).length === 0) return [];
  const when = all.map((gathered, i) => `${names[i]}: ${timeText(firstAsked(gathered))}`);
  return [`First asked: ${when.join('; ')}.`];
}

/** Each way compared with the first in which its tasks were asked: look-ups and copies have prompts of their own. */
function wayComparisons(all: readonly Gathered[], names: readonly string[]): ComparisonRow[] {
  return all.flatMap((gathered, i) => {
    const firstWith = (task: string): number => all.findIndex((other) => haveInCommon(other, gathered, task));
    const firsts = new Set(tasksOf(gathered).map(firstWith));
    return [...firsts]
      .filter((first) => first < i)
      .flatMap((first) => {
        const tasks = tasksOf(gathered).filter((task) => firstWith(task) === first);
        return comparisonsOf(names[first], all[first], names[i], gathered, tasks);
      });
  });
}

/** Whether both were asked a task, and not two tasks of one name. */
function haveInCommon(a: Gathered, b: Gathered, task: string): boolean {
  return (
    [a, b].every((gathered) => tasksOf(gathered).includes(task)) &&
    !areOtherTasks(a.settings()[task], b.settings()[task])
  );
}

function tasksOf(gathered: Gathered): string[] {
  return [...new Set(gathered.cells().map(({ task }) => task))];
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
  const shared = tasks.filter((task) => haveInCommon(a, b, task));
  return shared.flatMap((task) =>
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
  const shared = [...new Set(one.cells.map(({ task }) => task))].filter((task) => haveInCommon(a, b, task));
  return [
    ...notesOn(one, two),
    ...sourcesNote(shared, first, a, second, b),
    ...seedsNote(first, a, second, b),
  ];
}

/** What notes go by of a respondent whose samples are at hand. */
export function notedOf(gathered: Gathered, label: string): Noted {
  const { lengths, asked, thresholdOf } = gathered;
  const tasks = tasksOf(gathered);
  return {
    label,
    thresholds: new Map(tasks.map((task) => [task, thresholdOf(task)])),
    searched: new Set(tasks.filter((task) => lengths.isSearchedTask(task))),
    cells: gathered
      .cells()
      .filter(({ counts }) => counts.n > 0)
      .map(({ task, length }) => ({
        ...{ task, length },
        ...(lengths.isLookedAgain(task, length) ? { lookedAgain: true } : {}),
      })),
    prompts: new Map(
      [...asked.values()].map((one) => [one.task, { name: one.prompt.name, sha256: promptHash(one) }]),
    ),
    settings: gathered.settings(),
  };
}

/** Where samples are not the same, comparisons are unpaired. */
function sourcesNote(shared: readonly string[], first: string, a: Gathered, second: string, b: Gathered) {
  const unpaired = shared.filter((task) => taskDifferences(a, b, task).some(({ paired }) => !paired));
  if (unpaired.length === 0) return [];
  const [one, two] = [a.settings(), b.settings()];
  const names = unpaired.flatMap((task) => sampleOptions(differingSettings([one[task], two[task]])));
  const isNumberedElsewhere = [a, b].some(({ facts }) => facts.respondent.kind === 'recording');
  const other = isNumberedElsewhere ? 'other sources, or alike ones under other numbers' : 'other sources';
  const why = names.length === 0 ? other : [...new Set(names)].map((name) => `another ${name}`).join(', ');
  return [
    `${first} and ${second} were asked about different samples of ${unpaired.join(', ')} (${why}): these comparisons are not paired, and less sharp than they could be.`,
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
