/** The folder of a measurement, read back: one respondent, or one for each way in which it was asked. */
import { existsSync } from 'node:fs';
import path from 'node:path';
import { canonicalJson } from '../../common/json.ts';
import type { Json } from '../../common/json.ts';
import { UserError } from '../../common/errors.ts';
import { askableNamed } from '../../prompt/askable.ts';
import { describeCapabilities, describeRevision } from '../../respond/endpoint/request/capabilities.ts';
import type { Capabilities } from '../../respond/endpoint/request/capabilities.ts';
import type { AskedTask, Run } from '../store/rows.ts';
import { minus, takenByRowsOf } from '../store/spending.ts';
import type { Taken } from '../store/spending.ts';
import { contradictionLines } from '../../score/tables/contradiction-text.ts';
import { recordedTask } from '../scoring/recorded-task.ts';
import { EVERY_LENGTH, looksOf } from '../plan/looks.ts';
import { isOneSearch } from '../plan/repeats.ts';
import { promptedTask, scoredAgain, scoredNow } from '../scoring/scoring.ts';
import type { ScoredRow, ScoredTask } from '../scoring/scoring.ts';
import { runsOf, takenByRunsOf } from '../plan/runs.ts';
import { beginSearches } from '../plan/searches.ts';
import { MeasureStore, STORE_FILE } from '../store/store.node.ts';
import type { NewScore, PlacedRow, StoredRow } from '../store/row-store.ts';
import { placesOf } from './asked-alike.ts';
import type { AskedBy } from './asked-alike.ts';
import { Gathered } from './gathered.ts';
import type { RespondentFacts } from './gathered.ts';
import { KeptSamples, lackingText } from './lacking.ts';

/** Whether a folder holds a measurement. */
export function isMeasurement(folder: string): boolean {
  return existsSync(path.join(folder, STORE_FILE));
}

/**
 * Everything in the folder of a measurement, also while it runs. Where a task was asked in several ways (another
 * prompt, other sources), each way is a respondent of its own: their answers are never counted together. Outputs that
 * were scored by an older lengthwise, or read by other filters, are scored again; `Gathered.moves` has what changed.
 * @throws UserError where nothing was asked, or the store can't be read
 */
export function readMeasurement(folder: string): Gathered[] {
  const store = MeasureStore.read(folder);
  try {
    return gather(store);
  } finally {
    store.close();
  }
}

/**
 * The same with every output scored again, whatever score it has, and the new scores are kept. No request is made.
 * @throws UserError where nothing was asked, or the store can't be written
 */
export function rescoreMeasurement(folder: string): Gathered[] {
  if (!isMeasurement(folder)) MeasureStore.read(folder).close(); // says what is wrong with it
  const store = MeasureStore.open(folder);
  try {
    const changed: NewScore[] = []; // without prompts and outputs, which together need not fit into memory
    const respondents = gather(store, ({ key, way, score, scoring }) =>
      changed.push({ key, way, score, scoring }),
    );
    store.rescore(changed);
    return respondents;
  } finally {
    store.close();
  }
}

/** @param again told every row whose score is another one; with it, all are scored again */
function gather(store: MeasureStore, again?: (row: ScoredRow) => void): Gathered[] {
  const { respondents, ways, rows } = openedStore(store, again !== undefined);
  const kept = store.heldOneRowAKey ? new KeptSamples() : null;
  for (const { row, stored, way } of rows()) {
    const gathered = respondents[way.place];
    gathered.moves.note(stored.score, row);
    gathered.add(row);
    kept?.note(way, row);
    if (again !== undefined && isRescored(row, stored)) again(row);
  }
  if (kept !== null) noteLacking(respondents, ways, kept);
  return respondents;
}

/** Only where a task was asked in several ways do these share samples. */
function noteLacking(respondents: readonly Gathered[], ways: readonly Way[], kept: KeptSamples): void {
  const byTask = Map.groupBy(ways, ({ asked }) => asked.task);
  const several = [...byTask.values()].filter((own) => own.length > 1).flat();
  for (const [i, gathered] of respondents.entries()) {
    const own = several.filter(({ place }) => place === i);
    gathered.lacking = lackingText(own, kept, (task) => gathered.lengths.limit(task));
  }
}

/**
 * What lacks of each respondent in a folder, in words (`Gathered.lacking`), for whoever reads its rows alone.
 * @throws as `readMeasurement`
 */
export function lackingIn(folder: string): string[] {
  const store = MeasureStore.read(folder);
  try {
    return store.heldOneRowAKey ? gather(store).flatMap(({ lacking }) => lacking ?? []) : [];
  } finally {
    store.close();
  }
}

/**
 * Recorded right answers that contradict the oracle of their task, in words, for whoever reads the rows of a folder alone.
 * @throws as `readMeasurement`
 */
export function contradictionsIn(folder: string): string[] {
  const store = MeasureStore.read(folder);
  try {
    if (!isRecording(store)) return [];
    return gather(store).flatMap((gathered) => contradictionLines(gathered.summary().horizons));
  } finally {
    store.close();
  }
}

function isRescored(row: ScoredRow, stored: StoredRow): boolean {
  return row.scoring !== stored.scoring || canonicalJson(row.score) !== canonicalJson(stored.score);
}

/** A row as it is scored now. */
export interface CurrentRow {
  readonly row: ScoredRow;
  readonly task: ScoredTask;
  /** Whose it is: an index of `respondents`. */
  readonly respondent: number;
  readonly way: Way;
  readonly stored: StoredRow;
}

export interface OpenMeasurement {
  /** Those that the folder holds, nothing counted yet. */
  readonly respondents: Gathered[];
  readonly ways: readonly Way[];
  /** What each run took, in the order of `facts.runs`. */
  readonly taken: readonly Taken[];
  /** All rows, one at a time, by task, length, index and repeat. */
  readonly rows: () => Generator<CurrentRow>;
}

/**
 * Gives whoever wants single rows those of a folder, also while it runs.
 * @throws UserError where nothing was asked, or the store can't be read
 */
export function* rowsOfMeasurement<T>(
  folder: string,
  use: (measurement: OpenMeasurement) => Iterable<T>,
): Generator<T> {
  const store = MeasureStore.read(folder);
  try {
    yield* use(openedStore(store));
  } finally {
    store.close();
  }
}

/** @param again whether outputs are scored again whose score is of the present scoring */
function openedStore(store: MeasureStore, again = false): OpenMeasurement {
  const runs = runsOf(store);
  const facts = runs.length === 0 ? null : factsOf(store, runs);
  const ways = facts === null ? null : waysOf(runs, facts.respondent);
  if (facts === null || ways === null || ways.size === 0) {
    throw new UserError(
      `the measurement in ${store.folder} was stopped before its first question: the same command goes on`,
    );
  }
  const recorded = isRecording(store);
  const respondents: Gathered[] = [];
  for (const way of ways.values()) {
    const { asked, place } = way;
    respondents[place] ??= new Gathered(facts);
    respondents[place].begin(asked, scoredTask(asked, recorded), thresholdOf(way));
    if (!recorded) beginLengths(respondents[place], way);
  }
  const taken = takenByRunsOf(store);
  for (const [i, run] of runs.entries()) {
    const [first] = run.asked;
    if (first === undefined) continue;
    const way = ways.get(wayKey(run, first));
    // What rows tell is each respondent's own: a run may have asked several.
    const rows = takenByRowsOf(runs, i, (...range) => store.takenByRows(...range));
    respondents[way?.place ?? 0].tookBeside(way === undefined ? taken[i] : minus(taken[i], rows));
  }
  return {
    respondents,
    ways: [...ways.values()],
    taken,
    rows: () => currentRows(store, { runs, ways, respondents, again }),
  };
}

/** Tells a respondent how the lengths of a task were chosen, before the rows of its way are counted. */
export function beginLengths({ lengths }: Gathered, { asked, run, all }: AskedBy): void {
  lengths.asks(asked.task, {
    repeats: run.repeats,
    mostAt: (length) => all.findLast((one) => one.lengths?.includes(length) ?? true)?.n ?? Infinity,
  });
  if (run.lengths !== null || isOneSearch(all)) lengths.look(asked.task, looksOf(all));
  else lengths.look(asked.task, EVERY_LENGTH); // what each sample is worth, no search was told
  if (isOneSearch(all)) beginSearches(lengths, asked, all);
}

function* currentRows(
  store: MeasureStore,
  {
    runs,
    ways,
    respondents,
    again,
  }: {
    readonly runs: readonly Run[];
    readonly ways: ReadonlyMap<string, Way>;
    readonly respondents: readonly Gathered[];
    readonly again: boolean;
  },
): Generator<CurrentRow> {
  for (const stored of store.rows(again ? 'untrusted' : 'trusted')) {
    const way = ways.get(wayKeyOf(stored, runs));
    if (way === undefined) continue;
    const task = respondents[way.place].tasks.get(stored.task);
    if (task === undefined) continue;
    const row = again ? scoredAgain(stored, task) : scoredNow(stored, task);
    yield { row, task, stored, way, respondent: way.place };
  }
}

/** Whether the folder holds outputs that somebody recorded. */
function isRecording(store: MeasureStore): boolean {
  const respondent = store.fact('respondent') as { readonly kind?: unknown } | undefined;
  return respondent?.kind === 'recording';
}

/** How the answers to a task are read: by its prompt, or as a recording's of which nobody named the prompt. */
export function scoredTask({ operation, family, prompt, joiner }: AskedTask, recorded: boolean): ScoredTask {
  const rule = { operation, family: family ?? askableNamed(operation).family };
  return recorded && prompt.question === ''
    ? recordedTask(rule, { joiner, lead: '', trail: '' })
    : promptedTask(rule, prompt);
}

/** One way in which one task was asked: the last run that asked so, and which respondent's it is. */
export interface Way extends AskedBy {
  readonly place: number;
}

/** All ways in which the runs of a folder asked, by what they are known by, but for those that were discarded and asked by no other run. */
export function waysOf(runs: readonly Run[], respondent: RespondentFacts['respondent']): Map<string, Way> {
  const ways = new Map<string, AskedBy>();
  for (const run of runs) {
    for (const asked of run.asked) {
      const key = wayKey(run, asked);
      const all = [...(ways.get(key)?.all ?? []), run];
      ways.set(key, { asked, run: searchOrLast(all), all });
    }
  }
  const isCounted = (run: Run, key: string): boolean =>
    run.asked.some((asked) => asked.discarded !== true && wayKey(run, asked) === key);
  const counted = [...ways].filter(([key, { all }]) => all.some((run) => isCounted(run, key)));
  const places = placesOf(
    counted.map(([, way]) => way),
    respondent,
  );
  return new Map(counted.map(([key, way], i) => [key, { ...way, place: places[i] }]));
}

/** Of runs that asked a task in one way. A search's intervals hold whenever it stopped, also when fixed lengths were asked for later. */
export function searchOrLast(all: readonly Run[]): Run {
  return all.findLast(({ lengths }) => lengths === null) ?? all[all.length - 1];
}

/** The threshold at which a task was measured last. */
export function thresholdOf({ all }: AskedBy): number {
  return all[all.length - 1].threshold;
}

/** What a way is known by. */
function wayKey(run: Run, { task, way }: AskedTask): string {
  return way ?? legacyWay(run, task);
}

/** What the way is known by in which the question of a row was asked. */
export function wayKeyOf(row: PlacedRow, runs: readonly Run[]): string {
  return row.way === '' ? legacyWay(runOf(runs, row), row.task) : row.way;
}

/** Options that determine the sources; the prompt is in the task as it was asked. */
const SOURCE_OPTIONS = ['alphabet', 'occurrences', 'where', 'pool', 'git', 'text', 'csv'];

/** What tells ways apart in stores of versions 1 and 2. */
function legacyWay(run: Run, task: string): string {
  const asked = run.asked.find((one) => one.task === task);
  const sources = SOURCE_OPTIONS.map((name) => run.options[name]);
  return canonicalJson([task, asked?.prompt ?? null, asked?.rendering ?? null, sources]);
}

/** The run in which a row was stored. */
function runOf(runs: readonly Run[], { place }: PlacedRow): Run {
  return runs.findLast(({ firstRow }) => firstRow <= place) ?? runs[0];
}

export function factsOf(store: MeasureStore, runs: readonly Run[]): RespondentFacts {
  const { api, prices } = runs[runs.length - 1];
  const capabilities = store.fact('capabilities') as Capabilities | undefined;
  const revision = describeRevision(capabilities?.revision ?? {});
  return {
    folder: store.folder,
    respondent: { ...(store.fact('respondent') as Record<string, Json>), api },
    capabilities: capabilities === undefined ? [] : describeCapabilities(capabilities),
    ...(revision === '' ? {} : { revision }),
    started: runs[0].started,
    runs,
    prices,
  };
}
