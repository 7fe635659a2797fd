/** The smallest unit of work, named by the hash of all that determines its result. */
import { canonicalJson } from '../common/json.ts';
import { sha256 } from '../common/sha256.ts';
import type { Device } from '../graph/index.ts';
import type { Limits, Prices } from '../respond/endpoint/pace/budget.ts';
import type { MaterialFiles } from '../prompt/askable.ts';
import type { Inquiry, PromptedInquiry } from '../measure/plan/inquiry.ts';
import type { TrainSpec } from '../train/spec/spec.ts';
import type {
  ExplainSpec,
  FinetuneItemSpec,
  FixItemSpec,
  ItemKind,
  MeasureSpec,
  PredictSpec,
} from './rows.ts';

/** What crosses the border to a worker process. */
export type Item = { readonly hash: string; readonly needs: readonly string[] } & Content;

export type Content =
  | { readonly kind: 'predict'; readonly spec: PredictSpec }
  | { readonly kind: 'train'; readonly spec: TrainSpec }
  | { readonly kind: 'measure'; readonly spec: MeasureSpec }
  /** `on`: absent in what is read from a store. */
  | { readonly kind: 'explain'; readonly spec: ExplainSpec; readonly on?: ExplainOn }
  /** `on`: absent in what is read from a store. */
  | { readonly kind: 'finetune'; readonly spec: FinetuneItemSpec; readonly on?: FinetuneOn }
  /** `on`: absent in what is read from a store. */
  | { readonly kind: 'fix'; readonly spec: FixItemSpec; readonly on?: FixOn }
  /** `means`: absent in what is read from a store, which needs none. */
  | { readonly kind: 'ask'; readonly spec: Inquiry; readonly means?: AskMeans };

/** What an explanation is made with, as far as it doesn't depend on it: no part of the hash, and not stored. */
export interface ExplainOn {
  /** The file or folder of a model that is not trained here. */
  readonly target?: string;
  /** The folder of a model that is fine-tuned or trained here, relative to the study's; absent: that of the train item. */
  readonly folder?: string;
  /** The folder of the adapter that is put into its weights, relative to the study's. */
  readonly adapter?: string;
  readonly device: Device;
}

/** What a fine-tuning is made with, as far as it doesn't depend on it: no part of the hash, and not stored. */
export interface FinetuneOn {
  /** The file or folder of a base that is not trained here. */
  readonly target?: string;
  /** Numbers in the base. */
  readonly parameters: number;
  readonly device: Device;
}

/** How it is found what makes a task hold, as far as the answers don't depend on it: no part of the hash, and not stored. */
export interface FixOn {
  /** The file or folder of a model of text, and where it computes; null behind an address. */
  readonly local: { readonly target: string; readonly device: Device } | null;
  /** How a respondent is asked; null for a model of text. */
  readonly means: Omit<AskMeans, 'most'> | null;
}

/** How a respondent is asked, as far as the answers don't depend on it: no part of the hash, and not stored. */
export interface AskMeans {
  /** What the study calls the respondent. */
  readonly name: string;
  /** Where its answers are kept, relative to the study's folder. */
  readonly folder: string;
  /** `Name: env:VARIABLE`: the values are in the environment only. */
  readonly headers: readonly string[];
  readonly concurrency: number;
  readonly timeoutMs: number;
  readonly maxRetries: number;
  /** For all tasks of the respondent and all runs of the study together. */
  readonly limits: Limits;
  readonly prices: Prices | null;
  /** Where the lines of one's own come from that this task is asked about. */
  readonly files: MaterialFiles;
  /** What asking takes at most. */
  readonly most: { readonly requests: number; readonly tokens: number };
}

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
const WORK_VERSIONS: Readonly<Record<ItemKind, number>> = {
  predict: 1,
  train: 3,
  measure: 2,
  ask: 2,
  finetune: 1,
  explain: 2,
  fix: 2,
};

/** The item for some work. */
export function itemOf(content: Content, needs: readonly string[] = []): Item {
  const { kind, spec } = content;
  return { ...content, needs, hash: sha256(canonicalJson({ kind, version: WORK_VERSIONS[kind], spec })) };
}

/** Where the model of a train item lies in the study's folder. */
export function modelFolder(hash: string): string {
  return `models/${hash.slice(0, 16)}`;
}

/** Where the adapter, or the model, of a finetune item lies in the study's folder. */
export function tunedFolder(hash: string): string {
  return `finetuned/${hash.slice(0, 16)}`;
}

/** Where the answers of what was fine-tuned, and of what it began with, are kept in the study's folder. */
export function tunedAnswers(name: string): string {
  return `finetuned/answers/${name}`;
}

/** Where what a fix item hands over lies in the study's folder. */
export function fixFolder(hash: string): string {
  return `fixes/${hash.slice(0, 16)}`;
}

/** The length up to which the task is to hold. */
export function lengthOf({ lengths }: Inquiry | PromptedInquiry): number {
  const [length] = lengths ?? [];
  if (length === undefined) throw new Error('no length is wanted');
  return length;
}

/** Where the answers of respondents are kept in the study's folder, a folder each. */
export const RESPONDENTS = 'respondents';

/** The server that an item asks; null for work that is done on this machine. */
export function addressOf(item: Content): string | null {
  if (item.kind === 'ask') return new URL(item.spec.endpoint).origin;
  return item.kind === 'fix' && item.spec.model === null ? new URL(item.spec.inquiry.endpoint).origin : null;
}

/** The folder in which the answers of the respondent are kept that an item asks; null for work that asks none. */
export function answersOf(item: Content): string | null {
  if (item.kind === 'ask') return item.means?.folder ?? null;
  return item.kind === 'fix' ? (item.on?.means?.folder ?? null) : null;
}

/** `train UR ape, seed 1`: an item as people are told of it. */
export function describeItem(item: Pick<PlannedItem, 'kind' | 'task' | 'model' | 'seed'>): string {
  const model = item.model === null ? '' : ` ${item.model}`;
  const seed = item.seed === null ? '' : `, seed ${item.seed}`;
  return `${item.kind} ${item.task}${model}${seed}`;
}
