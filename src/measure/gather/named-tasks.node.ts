/**
 * The answers of one respondent to tasks that a study has names for: each was asked in one way, and is kept in the respondent's
 * folder, or in another's where both are asked the same.
 */
import type { Ending } from '../../respond/respondent.ts';
import { runsOf, takenByRunsOf } from '../plan/runs.ts';
import { scoredNow } from '../scoring/scoring.ts';
import type { ScoredRow } from '../scoring/scoring.ts';
import type { AskedTask, Run } from '../store/rows.ts';
import type { StoredRow } from '../store/row-store.ts';
import { MeasureStore } from '../store/store.node.ts';
import { beginLengths, factsOf, scoredTask, searchOrLast, wayKeyOf, waysOf } from './folder.node.ts';
import type { Way } from './folder.node.ts';
import { Gathered } from './gathered.ts';
import type { RespondentFacts } from './gathered.ts';

/** A task under the name that the study has for it. */
export interface NamedTask {
  readonly name: string;
  readonly folder: string;
  /** What the way in which it was asked is known by in that folder: a key of `waysOf`. */
  readonly way: string;
  /** Whether the study asks for a sample: a folder keeps what was asked for before, too. */
  readonly counts: (sample: Pick<ScoredRow, 'length' | 'index' | 'repeat'>) => boolean;
  /** Whether a run asked as the study does: others, of tasks with other names, may have asked in the same way. */
  readonly isRun: (run: Run) => boolean;
  readonly threshold: number;
}

export interface NamedRespondent {
  readonly name: string;
  /** At least one; the first is in its own folder. */
  readonly tasks: readonly NamedTask[];
  /** How asking ended, where the runs of these tasks don't tell. */
  readonly ending?: Ending;
}

/**
 * All samples of these tasks, counted.
 * @throws UserError where a store can't be read
 */
export function gatherNamed(respondent: NamedRespondent): Gathered {
  const { tasks, ending } = respondent;
  const opened = new Map<string, Opened>();
  try {
    for (const { folder } of tasks) if (!opened.has(folder)) opened.set(folder, open(folder));
    const ways = tasks.map((task) => renamedWay(task, (opened.get(task.folder) as Opened).ways));
    const own = opened.get(tasks[0].folder) as Opened;
    const runs = [...opened.values()].flatMap((each) => renamedRuns(each, respondent));
    const facts = factsOf(own.store, runs);
    const gathered = new Gathered({ ...facts, ...(ending === undefined ? {} : { ending }) });
    for (const [i, way] of ways.entries()) {
      gathered.begin(way.asked, scoredTask(way.asked, false), tasks[i].threshold);
      beginLengths(gathered, way);
    }
    const taken = takenByRunsOf(own.store);
    for (const [i, each] of own.runs.entries()) {
      if (namesIn(each, own, tasks).length > 0) gathered.took(taken[i]);
    }
    for (const { name, row, stored } of rowsIn(opened, tasks)) {
      gathered.moves.note(stored.score, row);
      gathered.add({ ...row, task: name });
    }
    return gathered;
  } finally {
    for (const { store } of opened.values()) store.close();
  }
}

/** The same samples one at a time, under the names by which they were asked. */
export function* rowsOfNamed(tasks: readonly NamedTask[]): Generator<ScoredRow> {
  const opened = new Map<string, Opened>();
  try {
    for (const { folder } of tasks) if (!opened.has(folder)) opened.set(folder, open(folder));
    for (const { row } of rowsIn(opened, tasks)) yield row;
  } finally {
    for (const { store } of opened.values()) store.close();
  }
}

interface Opened {
  readonly folder: string;
  readonly store: MeasureStore;
  readonly runs: readonly Run[];
  readonly ways: ReadonlyMap<string, Way>;
}

function open(folder: string): Opened {
  const store = MeasureStore.read(folder);
  const runs = runsOf(store);
  return {
    folder,
    store,
    runs,
    ways: waysOf(runs, store.fact('respondent') as RespondentFacts['respondent']),
  };
}

/** With the runs up to the last one that asked as the study does; all, where none did. */
function renamedWay(task: NamedTask, ways: ReadonlyMap<string, Way>): Way {
  const way = ways.get(task.way);
  if (way === undefined) throw new Error(`${task.name} was not asked in ${task.folder}`);
  const last = way.all.findLastIndex(task.isRun);
  const all = last === -1 ? way.all : way.all.slice(0, last + 1);
  return { ...way, asked: renamed(way.asked, task.name), all, run: searchOrLast(all) };
}

function renamed(asked: AskedTask, name: string): AskedTask {
  return asked.task === name ? asked : { ...asked, task: name, askedAs: asked.task };
}

/** The runs of a folder that asked any of the tasks, as the study tells of them. */
function renamedRuns(opened: Opened, { name, tasks }: NamedRespondent): Run[] {
  return opened.runs.flatMap((run) => {
    const asked = namesIn(run, opened, tasks);
    return asked.length === 0 ? [] : [{ ...run, options: { ...run.options, respondent: name }, asked }];
  });
}

/** Those of the tasks that a run asked. */
function namesIn(run: Run, { folder, ways }: Opened, tasks: readonly NamedTask[]): AskedTask[] {
  return tasks.flatMap((task) => {
    if (task.folder !== folder) return [];
    const isAsked = ways.get(task.way)?.all.includes(run) === true;
    return isAsked ? run.asked.map((asked) => renamed(asked, task.name)) : [];
  });
}

function* rowsIn(
  opened: ReadonlyMap<string, Opened>,
  tasks: readonly NamedTask[],
): Generator<{ readonly name: string; readonly row: ScoredRow; readonly stored: StoredRow }> {
  for (const { folder, store, runs, ways } of opened.values()) {
    const own = Map.groupBy(
      tasks.filter((task) => task.folder === folder),
      ({ way }) => way,
    );
    const scored = new Map([...ways].map(([key, { asked }]) => [key, scoredTask(asked, false)]));
    for (const stored of store.rows('trusted')) {
      const key = wayKeyOf(stored, runs);
      const task = scored.get(key);
      const counting = (own.get(key) ?? []).filter(({ counts }) => counts(stored));
      if (task === undefined || counting.length === 0) continue;
      const row = scoredNow(stored, task);
      for (const { name } of counting) yield { name, row, stored };
    }
  }
}
