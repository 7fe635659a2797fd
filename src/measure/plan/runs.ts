/** What a measurement notes of its runs in its store, so that a report can say how everything was asked. */
import { isRecord } from '../../common/json.ts';
import type { Json } from '../../common/json.ts';
import { sha256 } from '../../common/sha256.ts';
import { RUNS_FACT } from '../store/rows.ts';
import type { AskedTask, Run } from '../store/rows.ts';
import { NOTHING_TAKEN, plus, takenByRuns, withTaken } from '../store/spending.ts';
import type { Taken } from '../store/spending.ts';
import type { MeasureSpec } from './spec.ts';
import type { Asked } from './question.ts';
import type { RowStore } from '../store/row-store.ts';
import type { PilotChoice } from '../../prompt/pilot.ts';
import type { Ending } from '../../respond/respondent.ts';

/** Who asks, and with which options. */
export interface RunNote {
  readonly lengthwise: string;
  /** As they were given, but for the values of headers. */
  readonly options: Readonly<Record<string, Json>>;
  /** Of an endpoint; null where nothing costs. */
  readonly prices: Run['prices'];
  /** Which of a server's interfaces answers; null where there is none. */
  readonly api: string | null;
  /** With a search, the chance that its horizon is too long. */
  readonly alpha: number;
  /** What a pilot has chosen before, and what the other prompts reached in it. */
  readonly pilot?: readonly PilotChoice[];
}

/** What commands took that ended before their first question: it is counted with the next run. */
const UNRECORDED = 'taken before a run';

function storedTaken(store: Pick<RowStore, 'fact'>): Taken {
  return (store.fact(UNRECORDED) as Taken | undefined) ?? NOTHING_TAKEN;
}

/** Notes what a command took that ended before its first question. */
export function noteTaken(store: RowStore, taken: Taken): void {
  if (taken.requests > 0) store.setFact(UNRECORDED, plus(storedTaken(store), taken));
}

type TakenStore = Pick<RowStore, 'fact' | 'takenByRows'>;

/** Of each run, in order. */
export function takenByRunsOf(store: TakenStore): readonly Taken[] {
  return takenByRuns(runsOf(store), (...range) => store.takenByRows(...range));
}

/** Notes of runs that were killed what their rows tell that they took, before these are replaced or forgotten. */
export function noteTakenByKilled(store: RowStore): void {
  const runs = withTaken(runsOf(store), (...range) => store.takenByRows(...range));
  if (runs !== null) store.setFact(RUNS_FACT, runs);
}

/** Everything that was ever sent for a folder. */
export function takenByFolder(store: TakenStore): Taken {
  const runs = takenByRunsOf(store);
  const rows = runs.length === 0 ? store.takenByRows(0, Infinity, true) : NOTHING_TAKEN;
  return [...runs, rows].reduce(plus, storedTaken(store));
}

/** All runs so far, in order. */
export function runsOf(store: Pick<RowStore, 'fact'>): Run[] {
  return (store.fact(RUNS_FACT) ?? []) as Run[];
}

/** Notes a run that is over. */
export function noteRun(store: RowStore, run: Run): void {
  store.setFact(RUNS_FACT, [...runsOf(store), run]);
}

export interface RunBegun {
  readonly ways: ReadonlyMap<string, string>;
  readonly note: RunNote;
  /** The most questions that it would ask. */
  readonly most: number;
  /** What was sent for it until now; absent where nobody is sent requests. */
  readonly taken?: () => Taken;
}

/** Notes that a run begins; what is given back notes how it ended. */
export function beginRun(
  store: RowStore,
  spec: MeasureSpec,
  { ways, note, most, taken }: RunBegun,
): (ending: Ending) => void {
  const { lengths, n, maxLength, repeats, threshold, rendering, seed, drawnLengths = 0 } = spec;
  const before = storedTaken(store);
  const takenNow = (): Pick<Run, 'taken'> => (taken === undefined ? {} : { taken: plus(before, taken()) });
  const begun: Run = {
    ...takenNow(),
    ...{ lengths, n, maxLength, repeats, threshold, most, seed, drawnLengths },
    ...note,
    asked: spec.asked.map((one) => ({
      ...notedTask(one, { ...rendering }, ways.get(one.task.name) ?? ''),
      ...notedItems(spec.sources[one.task.name]),
    })),
    firstRow: store.nextPlace,
    started: new Date().toISOString(),
    ended: null,
    ending: null,
    node: process.versions.node,
    platform: `${process.platform} ${process.arch}`,
  };
  store.setFact(RUNS_FACT, [...runsOf(store), begun]);
  if (before !== NOTHING_TAKEN) store.setFact(UNRECORDED, NOTHING_TAKEN);
  return (ending) => {
    const reason = ending.kind === 'stopped' ? { reason: ending.reason } : {};
    const runs = runsOf(store);
    const ended: Run = {
      ...runs[runs.length - 1],
      ...takenNow(),
      ...{ ended: new Date().toISOString(), ending: ending.kind },
      ...reason,
    };
    store.setFact(RUNS_FACT, [...runs.slice(0, -1), ended]);
  };
}

/** Digits of a hash that a name shows. */
const SHOWN_DIGITS = 8;

/** The items of a task of the user's own, in short. */
export function notedItems(sources: unknown): Pick<AskedTask, 'items'> {
  const own = isRecord(sources) ? sources.own : undefined;
  if (!isRecord(own) || !Array.isArray(own.items)) return {};
  const hash = sha256(own.items.join('\n')).slice(0, SHOWN_DIGITS);
  return { items: `${own.items.length} (${hash})` };
}

/** A task as a report tells how it was asked. */
export function notedTask({ task, template }: Asked, rendering: Json, way: string): AskedTask {
  const { name, title, operation, family, joiner } = task;
  const { min, max } = task.admits();
  const longest = Number.isFinite(max) ? max : null;
  return {
    task: name,
    title,
    operation,
    family,
    joiner,
    min,
    max: longest,
    prompt: template,
    rendering,
    way,
  };
}
