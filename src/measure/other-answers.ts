/** Whose answers a folder can hold together: those of one respondent, about the samples of one seed. */
import { UserError } from '../common/errors.ts';
import { canonicalJson } from '../common/json.ts';
import type { Respondent } from '../respond/respondent.ts';
import { differencesBetween } from './other-respondent.ts';
import { otherRepeats } from './plan/repeats.ts';
import { noteTakenByKilled, runsOf } from './plan/runs.ts';
import type { MeasureSpec } from './plan/spec.ts';
import type { RowStore } from './store/row-store.ts';
import type { Run } from './store/rows.ts';

/**
 * A folder holds the answers of one respondent to the samples of one seed: of these from now on. A folder without answers becomes
 * theirs.
 * @throws UserError where it holds others
 */
export function checkFolder(
  store: RowStore,
  { identity }: Respondent,
  { seed }: Pick<MeasureSpec, 'seed'>,
): void {
  const other = otherAnswers(store, identity, seed);
  if (other !== null && store.holdsAnswers) throw new UserError(`${store.folder} holds ${other}`);
  noteTakenByKilled(store);
  // Of a server in trouble more is found out later; its failed questions are asked again as another respondent's.
  if (other !== null) store.clear();
  store.setFact('respondent', identity);
}

/** What a folder's answers are, where they are of another respondent or other samples, and the way out; null where they are not. */
function otherAnswers(store: RowStore, identity: Respondent['identity'], seed: number): string | null {
  const known = store.fact('respondent') as Respondent['identity'] | undefined;
  if (known !== undefined && canonicalJson(known) !== canonicalJson(identity)) {
    return `answers of another respondent, which differs in ${differencesBetween(known, identity)}; choose another folder with --out`;
  }
  // Those of a run before it that had another seed were refused, or cleared away.
  const last = runsOf(store).at(-1)?.seed ?? seed;
  if (last === seed) return null;
  return `answers about the samples of --seed ${last}, and those of --seed ${seed} are never counted with them; give --seed ${last}, or choose another folder with --out`;
}

/** @throws UserError where the folder's answers to the task can't be counted with those of another number of repeats */
export function checkRepeats(
  before: readonly Run[],
  spec: MeasureSpec,
  task: string,
  { folder }: RowStore,
): void {
  const repeats = otherRepeats(before, spec);
  if (repeats === null) return;
  throw new UserError(
    `${folder} holds answers to ${task} with ${repeats === 1 ? 'each sample asked once' : `${repeats} answers a sample`}, which are not counted with ${spec.repeats}; give --repeat ${repeats}, or choose another folder with --out`,
  );
}
