/**
 * A study's trained models, all seeds of a model together, and the models behind addresses that it asked: as
 * respondents, to be compared with others.
 */
import { existsSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { UserError } from '../common/errors.ts';
import { canonicalJson } from '../common/json.ts';
import { MeasureStore, NotBegun } from '../measure/store/store.node.ts';
import type { Ending } from '../respond/respondent.ts';
import type { Inquiry } from '../measure/plan/inquiry.ts';
import { runsOf } from '../measure/plan/runs.ts';
import { isMeasurement, waysOf } from '../measure/gather/folder.node.ts';
import type { Way } from '../measure/gather/folder.node.ts';
import { Gathered } from '../measure/gather/gathered.ts';
import type { RespondentFacts } from '../measure/gather/gathered.ts';
import { gatherNamed } from '../measure/gather/named-tasks.node.ts';
import type { NamedRespondent, NamedTask } from '../measure/gather/named-tasks.node.ts';
import { titleOf } from '../measure/gather/notes.ts';
import type { Run } from '../measure/store/rows.ts';
import { usualNumbers } from '../measure/usual.node.ts';
import { waysOfInquiry } from '../measure/targets/inquiry.node.ts';
import { RESPONDENTS } from './item.ts';
import type { AskItem, MeasureItem, StudyRows } from './rows.ts';
import { openReader, STORE_FILE } from './store/index.ts';
import type { StudyReader } from './store/index.ts';

/** Whether a folder holds a study. */
export function isStudy(folder: string): boolean {
  return existsSync(path.join(folder, STORE_FILE));
}

/** Those of a study of whom there are numbers, and a line on each of whom there are none. */
export interface StudyRespondents {
  readonly respondents: readonly StudyRespondent[];
  readonly unheard: readonly string[];
}

export interface StudyRespondent {
  readonly gathered: Gathered;
  /** What it was asked, of a model behind an address; null of one that was trained. */
  readonly tasks: readonly NamedTask[] | null;
}

/**
 * One respondent for each model of the study that was measured or asked, with the names that the study has for its tasks.
 * @throws UserError where none was, or the store can't be read
 */
export function studyRespondents(folder: string): StudyRespondents {
  const reader = openReader(folder);
  try {
    const study = reader.study();
    const measured = study.items.filter(
      (item) => item.kind === 'measure' && item.state === 'done',
    ) as MeasureItem[];
    const { asked, unheard } = askedRespondents(folder, study);
    if (measured.length + asked.length === 0) {
      const why = unheard.map((line) => ` (${line})`).join('');
      throw new UserError(
        `no model was measured yet in the study in ${folder}${why}: 'lengthwise study run' goes on with it`,
      );
    }
    const models = [...new Set(measured.map(({ model }) => model))];
    const trained = models.map((model) => ({
      gathered: gather(
        folder,
        study,
        measured.filter((item) => item.model === model),
        reader,
      ),
      tasks: null,
    }));
    const heard = asked.map((one) => ({ gathered: gatherNamed(one), tasks: one.tasks }));
    return { respondents: [...trained, ...heard], unheard };
  } finally {
    reader.close();
  }
}

/** What was asked is kept in folders, one for each respondent, also of tasks that the study no longer asks. */
function askedRespondents(
  folder: string,
  { items }: StudyRows,
): { readonly asked: readonly NamedRespondent[]; readonly unheard: readonly string[] } {
  const kept = keptIn(folder).flatMap(keptWays);
  const byName = Map.groupBy(
    items.filter((item) => item.kind === 'ask'),
    ({ model }) => model ?? '',
  );
  const asked: NamedRespondent[] = [];
  const unheard: string[] = [];
  for (const [name, own] of byName) {
    const found = own.map((item) => ({ item, task: namedTask(item, kept) }));
    const tasks = found.flatMap(({ task }) => (task === null ? [] : [task]));
    const open = found.filter(({ item, task }) => task === null || (!task.isSame && item.state !== 'done'));
    if (tasks.length === 0) unheard.push(`${name} has no answers: ${whyOpen(own[0])}`);
    else asked.push({ name, tasks: ownFirst(tasks), ...endingWith(open.map(({ item }) => item)) });
  }
  return { asked, unheard };
}

/** The tasks whose answers are in a respondent's own folder first: others share a question with it, and what it took is theirs. */
function ownFirst(tasks: readonly FoundTask[]): FoundTask[] {
  return tasks.toSorted((a, b) => Number(b.isOwn) - Number(a.isOwn));
}

/** @param open items of which no run tells how asking ended */
function endingWith(open: readonly AskItem[]): { ending?: Ending } {
  if (open.length === 0) return {};
  if (isBudgetSpent(open[0])) return { ending: { kind: 'budget' } };
  const tasks = titleOf(open.map(({ task }) => task));
  const are = open.length === 1 ? 'is' : 'are';
  return { ending: { kind: 'stopped', reason: `${tasks} ${are} not done: ${whyOpen(open[0])}` } };
}

function whyOpen(item: AskItem): string {
  return item.error ?? (isBudgetSpent(item) ? 'the budget is spent' : 'not asked yet');
}

function isBudgetSpent({ rows }: AskItem): boolean {
  return rows.find((row) => row.kind === 'asked')?.budgetSpent === true;
}

/** One of the folders in which answers are kept, and the ways in which was asked there. */
interface Kept {
  readonly folder: string;
  readonly who: string;
  readonly runs: readonly Run[];
  readonly ways: ReadonlyMap<string, Way>;
}

/** [] where its run was stopped before it began. */
function keptWays(folder: string): Kept[] {
  let store: MeasureStore;
  try {
    store = MeasureStore.read(folder);
  } catch (error) {
    if (error instanceof NotBegun) return [];
    throw error;
  }
  try {
    const respondent = (store.fact('respondent') ?? {}) as RespondentFacts['respondent'];
    const runs = runsOf(store);
    return [{ folder, who: whoIs(respondent), runs, ways: waysOf(runs, respondent) }];
  } finally {
    store.close();
  }
}

interface FoundTask extends NamedTask {
  /** Whether its respondent asked it, and not another one that is asked the same. */
  readonly isOwn: boolean;
  /** Whether a run asked about these very samples, and not about others before the study file was changed. */
  readonly isSame: boolean;
}

/**
 * Where the answers to an item are. The same way may be in several folders: those of respondents that are one model, asked for
 * other numbers of samples. Null where nobody was asked yet.
 */
function namedTask(item: AskItem, kept: readonly Kept[]): FoundTask | null {
  const { spec, model, task } = item;
  const who = whoIs(spec);
  const found = kept
    .filter((one) => one.who === who)
    .flatMap(({ folder, runs, ways: known }) => {
      const ways = waysOfInquiry(spec, runs);
      return [...known].flatMap(([key, { asked, all }]) => {
        // Older stores did not note ways.
        const isAsked = asked.way === undefined ? asked.task === spec.tasks[0].task : ways.has(asked.way);
        const isOwn = all.some(({ options }) => options.respondent === model);
        const isSame = all.some((run) => isAskedSo(run, spec));
        return isAsked && (isSame || isOwn) ? [{ folder, way: key, isOwn, isSame }] : [];
      });
    });
  const score = ({ isSame, isOwn }: (typeof found)[number]): number => 2 * Number(isSame) + Number(isOwn);
  const [best] = found.toSorted((a, b) => score(b) - score(a));
  if (best === undefined) return null;
  const isRun = (run: Run): boolean => isSearchedSo(run, spec) && isAskedSo(run, spec);
  return { ...best, name: task, counts: countsFor(spec), isRun, threshold: spec.threshold };
}

/** Whether a run asked about the samples of an inquiry. */
function isAskedSo(run: Run, { lengths, n, repeats, seed }: Inquiry): boolean {
  return (
    canonicalJson([run.lengths, run.n, run.repeats, run.seed ?? seed]) ===
    canonicalJson([lengths, n, repeats, seed])
  );
}

/** Whether a search of a run, if it is one, went as that of an inquiry does. */
function isSearchedSo({ lengths, threshold, maxLength }: Run, spec: Inquiry): boolean {
  return (
    lengths !== null ||
    (threshold === spec.threshold &&
      maxLength === usualNumbers({ maxLength: spec.maxLength ?? undefined }).maxLength)
  );
}

/** Which samples an inquiry is about; a search chooses them itself. */
function countsFor({ lengths, n, repeats }: Inquiry): NamedTask['counts'] {
  if (lengths === null) return () => true;
  const asked = new Set(lengths);
  return ({ length, index, repeat }) => asked.has(length) && index < n && repeat < repeats;
}

/**
 * Questions of an item's task that its respondent has rows for already, also while it is being asked; in whatever way it
 * was asked, with this prompt or another.
 */
export function askedSoFar(folder: string, { tasks: [{ task }], ...who }: Inquiry): number {
  return keptIn(folder).reduce((sum, kept) => sum + askedIn(kept, task, whoIs(who)), 0);
}

function askedIn(kept: string, task: string, who: string): number {
  let store: MeasureStore;
  try {
    store = MeasureStore.read(kept);
  } catch (error) {
    if (error instanceof UserError) return 0; // it has not begun yet
    throw error;
  }
  try {
    const respondent = store.fact('respondent') as Readonly<Record<string, unknown>> | undefined;
    return respondent !== undefined && whoIs(respondent) === who ? store.askedOf(task) : 0;
  } finally {
    store.close();
  }
}

function keptIn(folder: string): string[] {
  const all = path.join(folder, RESPONDENTS);
  if (!existsSync(all)) return [];
  return readdirSync(all)
    .sort()
    .map((name) => path.join(all, name))
    .filter(isMeasurement);
}

function whoIs({
  endpoint,
  model,
  seed,
}: Readonly<Record<string, unknown>> | Omit<Inquiry, 'tasks'>): string {
  return canonicalJson([endpoint, model, seed]);
}

/** Whether all measurements of a model are done, over its tasks and seeds. */
function endingOf({ items }: StudyRows, model: string | null): Ending {
  const own = items.filter((item) => item.kind === 'measure' && item.model === model);
  const open = own.filter(({ state }) => state !== 'done').length;
  if (open === 0) return { kind: 'done' };
  return { kind: 'stopped', reason: `${open} of its ${own.length} measurements in the study are not done` };
}

function gather(
  folder: string,
  study: StudyRows,
  items: readonly MeasureItem[],
  reader: StudyReader,
): Gathered {
  const [{ model }] = items;
  const seeds = [...new Set(items.map(({ seed }) => seed))].filter((seed) => seed !== null);
  const gathered = new Gathered({
    folder,
    respondent: { kind: 'trained', study: study.name, model: model ?? 'model', seeds },
    capabilities: [],
    started: study.created,
    runs: [],
    prices: null,
    ending: endingOf(study, model),
  });
  for (const { hash, task, seed, spec } of items) {
    const as = { as: task, seed, threshold: spec.threshold };
    for (const row of reader.rows(hash, 'instance')) gathered.addInstance(row, as);
  }
  return gathered;
}
