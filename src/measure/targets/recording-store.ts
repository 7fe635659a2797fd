/** What a stored recording notes of itself, so that it can be read like any measurement. */
import { canonicalJson } from '../../common/json.ts';
import { UserError } from '../../common/errors.ts';
import type { Run } from '../store/rows.ts';
import type { Gathered } from '../gather/gathered.ts';
import { noteRun } from '../plan/runs.ts';
import type { RowStore } from '../store/row-store.ts';

/** @throws UserError where the folder holds something else than these files' records */
export function checkRecordingStore(store: RowStore, files: readonly string[]): void {
  const known = store.fact('respondent') as { readonly kind?: unknown; readonly files?: unknown } | undefined;
  if (known === undefined) return;
  // Before, a file was noted once for each of its tasks.
  const noted = Array.isArray(known.files) ? [...new Set(known.files as unknown[])] : [];
  if (known.kind === 'recording' && canonicalJson(noted) === canonicalJson(files)) return;
  throw new UserError(`${store.folder ?? ''} holds another measurement; choose another folder with --out`);
}

/** Notes what was read, once it is read: before, nobody knows how symbols stand in it. */
export function noteRecording(
  store: RowStore,
  gathered: Gathered,
  { lengthwise, options, threshold }: Pick<Run, 'lengthwise' | 'options' | 'threshold'>,
): void {
  store.setFact('respondent', gathered.facts.respondent);
  const lengths = [...new Set(gathered.cells().map(({ length }) => length))].sort((a, b) => a - b);
  noteRun(store, {
    ...{ lengths, n: 0, maxLength: 0, repeats: 1, threshold, most: 0, alpha: 0 },
    ...{ lengthwise, options, prices: null, api: null },
    asked: [...gathered.asked.values()],
    firstRow: 1,
    started: new Date().toISOString(),
    ended: new Date().toISOString(),
    ending: 'done',
    node: process.versions.node,
    platform: `${process.platform} ${process.arch}`,
  });
}
