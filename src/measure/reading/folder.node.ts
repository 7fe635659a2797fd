/** The folder of a measurement, read back: one respondent, or one for each way in which it was asked. */
import { existsSync } from 'node:fs';
import path from 'node:path';
import { canonicalJson } from '../../common/json.ts';
import type { Json } from '../../common/json.ts';
import { UserError } from '../../common/errors.ts';
import { describeCapabilities } from '../../respond/endpoint/probe/capabilities.ts';
import type { Capabilities } from '../../respond/endpoint/probe/capabilities.ts';
import { searchOf } from '../plan/plan.ts';
import { MeasureStore, STORE_FILE } from '../store/store.node.ts';
import type { PlacedRow } from '../store/store.node.ts';
import type { AskedTask, Sitting } from '../../score/tables/rows.ts';
import { Gathered } from './gathered.ts';
import type { RespondentFacts } from './gathered.ts';
import { sittingsOf } from '../store/runs.ts';

/** Whether a folder holds a measurement. */
export function isMeasurement(folder: string): boolean {
  return existsSync(path.join(folder, STORE_FILE));
}

/**
 * Everything in the folder of a measurement, also while it runs. Where a task was asked in several ways (another
 * prompt, other sources), each way is a respondent of its own: their answers are never counted together.
 * @throws UserError where nothing was asked, or the store can't be read
 */
export function readMeasurement(folder: string): Gathered[] {
  const store = MeasureStore.read(folder);
  try {
    return gather(store, folder);
  } finally {
    store.close();
  }
}

function gather(store: MeasureStore, folder: string): Gathered[] {
  const sittings = sittingsOf(store);
  if (sittings.length === 0) {
    throw new UserError(
      `the measurement in ${folder} was stopped before its first question: the same command goes on`,
    );
  }
  const ways = waysOf(sittings);
  const facts = factsOf(store, folder, sittings);
  const all: Gathered[] = [];
  for (const { asked, sitting, place } of ways.values()) {
    all[place] ??= new Gathered(facts, sitting.threshold);
    all[place].asked.set(asked.task, asked);
    if (sitting.lengths === null) all[place].searches.set(asked.task, newSearch(sitting, asked));
  }
  for (const row of store.rows()) {
    const way = ways.get(wayKey(sittingOfRow(sittings, row), row.task));
    if (way !== undefined) add(all[way.place], row);
  }
  return all;
}

/** One way in which one task was asked: the last sitting that asked so, and which of its task's ways it is. */
interface Way {
  readonly asked: AskedTask;
  readonly sitting: Sitting;
  readonly place: number;
}

function waysOf(sittings: readonly Sitting[]): Map<string, Way> {
  const ways = new Map<string, Way>();
  const count = new Map<string, number>();
  for (const sitting of sittings) {
    for (const asked of sitting.asked) {
      const key = wayKey(sitting, asked.task);
      const known = ways.get(key);
      const place = known?.place ?? count.get(asked.task) ?? 0;
      if (known === undefined) count.set(asked.task, place + 1);
      // A search's intervals hold whenever it stopped, also when fixed lengths were asked for later.
      if (known?.sitting.lengths === null && sitting.lengths !== null) continue;
      ways.set(key, { asked, sitting, place });
    }
  }
  return ways;
}

/** Options that determine the sources; the prompt is in the task as it was asked. */
const SOURCE_OPTIONS = ['alphabet', 'occurrences', 'where', 'pool', 'git', 'text', 'csv'];

function wayKey(sitting: Sitting, task: string): string {
  const asked = sitting.asked.find((one) => one.task === task);
  const sources = SOURCE_OPTIONS.map((name) => sitting.options[name]);
  return canonicalJson([task, asked?.prompt ?? null, asked?.rendering ?? null, sources]);
}

/** The sitting in which a row was stored. */
function sittingOfRow(sittings: readonly Sitting[], { place }: PlacedRow): Sitting {
  return sittings.findLast(({ firstRow }) => firstRow <= place) ?? sittings[0];
}

function newSearch(sitting: Sitting, { min, max }: AskedTask) {
  const { threshold, maxLength, n, alpha } = sitting;
  return searchOf({ min, max: max ?? Infinity }, { threshold, maxLength, mostPerLength: n, alpha });
}

function factsOf(store: MeasureStore, folder: string, sittings: readonly Sitting[]): RespondentFacts {
  const { api, prices } = sittings[sittings.length - 1];
  const capabilities = store.fact('capabilities') as Capabilities | undefined;
  return {
    folder,
    respondent: { ...(store.fact('respondent') as Record<string, Json>), api },
    capabilities: capabilities === undefined ? [] : describeCapabilities(capabilities),
    started: sittings[0].started,
    sittings,
    prices,
  };
}

function add(gathered: Gathered, row: PlacedRow): void {
  gathered.cost(row);
  if (row.repeat === 0) {
    gathered.searches.get(row.task)?.record(row.length, row.index, Number(row.verdict?.correct ?? false));
  }
  if (row.verdict === null) gathered.failed(row, row.error ?? 'no answer');
  else gathered.answered(row, row.verdict);
}
