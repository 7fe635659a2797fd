/** The smallest unit of work, named by the hash of all that determines its result. */
import { canonicalJson } from '../common/json.ts';
import { sha256 } from '../common/sha256.ts';
import type { TrainSpec } from '../train/spec.ts';
import type { ItemKind, MeasureSpec, PredictSpec } from './rows.ts';

/** What crosses the border to a worker process. */
export type Item = { readonly hash: string; readonly needs: readonly string[] } & Content;

export type Content =
  | { readonly kind: 'predict'; readonly spec: PredictSpec }
  | { readonly kind: 'train'; readonly spec: TrainSpec }
  | { readonly kind: 'measure'; readonly spec: MeasureSpec };

/** An item where the plan has it. `task` and `model` are what the study file calls them; they determine nothing. */
export type PlannedItem = Item & {
  readonly task: string;
  readonly model: string | null;
  readonly seed: number | null;
};

/**
 * Goes up when the work of that kind gives other results for the same specification: what is stored under the old
 * number is then no longer taken for the answer.
 */
const WORK_VERSIONS: Readonly<Record<ItemKind, number>> = { predict: 1, train: 1, measure: 1 };

/** The item for some work. */
export function itemOf(content: Content, needs: readonly string[] = []): Item {
  const { kind, spec } = content;
  return { ...content, needs, hash: sha256(canonicalJson({ kind, version: WORK_VERSIONS[kind], spec })) };
}

/** Where the model of a train item lies in the study's folder. */
export function modelFolder(hash: string): string {
  return `models/${hash.slice(0, 16)}`;
}

/** `train UR ape, seed 1`: an item as people are told of it. */
export function describeItem(item: Pick<PlannedItem, 'kind' | 'task' | 'model' | 'seed'>): string {
  const model = item.model === null ? '' : ` ${item.model}`;
  const seed = item.seed === null ? '' : `, seed ${item.seed}`;
  return `${item.kind} ${item.task}${model}${seed}`;
}
