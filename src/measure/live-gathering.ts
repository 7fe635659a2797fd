/** What a run counts its rows in. */
import type { Respondent } from '../respond/respondent.ts';
import { Gathered } from './gather/gathered.ts';
import type { AskedLengths } from './plan/asked-lengths.ts';
import { notedItems, notedTask } from './plan/runs.ts';
import type { RunNote } from './plan/runs.ts';
import type { MeasureSpec } from './plan/spec.ts';
import { promptedTask } from './scoring/scoring.ts';
import type { RowStore } from './store/row-store.ts';

/** Where rows are kept, and who asks. */
export interface GatheredBy {
  readonly store: Pick<RowStore, 'folder'>;
  readonly note: RunNote;
}

/** What is known of a measurement before anything is counted. */
export function gatheredFacts(
  { identity }: Respondent,
  { store, note }: GatheredBy,
  { threshold }: Pick<MeasureSpec, 'threshold'>,
) {
  return {
    threshold,
    folder: store.folder,
    respondent: { ...identity, api: note.api },
    capabilities: [],
    started: new Date().toISOString(),
    runs: [],
    prices: note.prices,
    options: note.options,
  };
}

/** Counts what comes, and tells what the plan goes by. */
export function liveGathering(
  spec: MeasureSpec,
  respondent: Respondent,
  options: GatheredBy,
  lengths: AskedLengths,
): Gathered {
  const gathered = new Gathered(gatheredFacts(respondent, options, spec), lengths);
  for (const asked of spec.asked) {
    const scored = promptedTask(asked.task, asked.template);
    const items = notedItems(spec.sources[asked.task.name]);
    gathered.begin({ ...notedTask(asked, { ...spec.rendering }, ''), ...items }, scored);
  }
  return gathered;
}
