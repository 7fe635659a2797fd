/** What a measurement notes of its runs in its store, so that a report can say how everything was asked. */
import type { Json } from '../../common/json.ts';
import type { AskedTask, Run } from '../store/rows.ts';
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

/** The name of the fact, as stores of version 1 have it. */
const RUNS = 'sittings';

/** All runs so far, in order. */
export function runsOf(store: Pick<RowStore, 'fact'>): Run[] {
  return (store.fact(RUNS) ?? []) as Run[];
}

/** Notes a run that is over. */
export function noteRun(store: RowStore, run: Run): void {
  store.setFact(RUNS, [...runsOf(store), run]);
}

/** Notes that a run begins; what is given back notes how it ended. */
export function beginRun(
  store: RowStore,
  spec: MeasureSpec,
  {
    ways,
    note,
    most,
  }: { readonly ways: ReadonlyMap<string, string>; readonly note: RunNote; readonly most: number },
): (ending: Ending) => void {
  const { lengths, n, maxLength, repeats, threshold, rendering, seed, drawnLengths = 0 } = spec;
  const begun: Run = {
    ...{ lengths, n, maxLength, repeats, threshold, most, seed, drawnLengths },
    ...note,
    asked: spec.asked.map((one) => askedTask(one, { ...rendering }, ways.get(one.task.name) ?? '')),
    firstRow: store.nextPlace,
    started: new Date().toISOString(),
    ended: null,
    ending: null,
    node: process.versions.node,
    platform: `${process.platform} ${process.arch}`,
  };
  const earlier = runsOf(store);
  store.setFact(RUNS, [...earlier, begun]);
  return (ending) => {
    const reason = ending.kind === 'stopped' ? { reason: ending.reason } : {};
    const ended: Run = { ...begun, ended: new Date().toISOString(), ending: ending.kind, ...reason };
    store.setFact(RUNS, [...earlier, ended]);
  };
}

/** A task as a report tells how it was asked. */
export function askedTask({ task, template }: Asked, rendering: Json, way: string): AskedTask {
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
