/**
 * A study's trained models, all seeds of a model together, and the models behind addresses that it asked: as
 * respondents, to be compared with others.
 */
import { existsSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { UserError } from '../common/errors.ts';
import { canonicalJson } from '../common/json.ts';
import { MeasureStore } from '../measure/store/store.node.ts';
import type { Ending } from '../respond/respondent.ts';
import type { Inquiry } from '../measure/plan/inquiry.ts';
import { isMeasurement, readMeasurement } from '../measure/gather/folder.node.ts';
import { Gathered } from '../measure/gather/gathered.ts';
import { RESPONDENTS } from './item.ts';
import type { MeasureItem, StudyRows } from './rows.ts';
import { openReader, STORE_FILE } from './store/index.ts';
import type { StudyReader } from './store/index.ts';

/** Whether a folder holds a study. */
export function isStudy(folder: string): boolean {
  return existsSync(path.join(folder, STORE_FILE));
}

/**
 * One respondent for each model of the study that was measured or asked.
 * @throws UserError where none was, or the store can't be read
 */
export function studyRespondents(folder: string): Gathered[] {
  const reader = openReader(folder);
  try {
    const study = reader.study();
    const measured = study.items.filter(
      (item) => item.kind === 'measure' && item.state === 'done',
    ) as MeasureItem[];
    const asked = askedRespondents(folder, study);
    if (measured.length + asked.length === 0) {
      throw new UserError(
        `no model was measured yet in the study in ${folder}: 'lengthwise study run' goes on with it`,
      );
    }
    const models = [...new Set(measured.map(({ model }) => model))];
    const trained = models.map((model) =>
      gather(
        folder,
        study,
        measured.filter((item) => item.model === model),
        reader,
      ),
    );
    return [...trained, ...asked];
  } finally {
    reader.close();
  }
}

/** What was asked of them here is kept in folders of their own, also of those that the study no longer asks. */
function askedRespondents(folder: string, study: StudyRows): Gathered[] {
  const inStudy = new Set(study.items.flatMap((item) => (item.kind === 'ask' ? [whoIs(item.spec)] : [])));
  return keptIn(folder)
    .flatMap(readMeasurement)
    .filter(({ facts }) => inStudy.has(whoIs(facts.respondent)));
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
  const [{ model, spec }] = items;
  const seeds = [...new Set(items.map(({ seed }) => seed))].filter((seed) => seed !== null);
  const gathered = new Gathered(
    {
      folder,
      respondent: { kind: 'trained', study: study.name, model: model ?? 'model', seeds },
      capabilities: [],
      started: study.created,
      runs: [],
      prices: null,
      ending: endingOf(study, model),
    },
    spec.threshold,
  );
  for (const { hash, task, seed } of items) {
    for (const row of reader.rows(hash, 'instance')) gathered.addInstance(row, { as: task, seed });
  }
  return gathered;
}
