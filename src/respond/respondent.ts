/**
 * The one interface of whoever can be asked: an endpoint, a model in a folder. A respondent pulls what is to be asked at its
 * own pace, since it alone knows how much it can take, and gives raw outputs, in any order, each once. It knows nothing of
 * plans, scores and stores. A recording can't be asked: it brings its samples together with their outputs
 * (`recording/`).
 */
import type { Json } from '../common/json.ts';
import type { Askable } from '../prompt/askable.ts';
import type { RenderedPrompt } from '../prompt/render.ts';
import type { Output } from '../score/output.ts';
import type { Instance } from '../tasks/task.ts';
import type { LongestTaken } from './longest-taken.ts';
import type { TakenPrompts } from './taken-prompts.ts';

/** One sample as it is asked. */
export interface Prompted {
  readonly task: Askable;
  readonly sample: Instance;
  readonly prompt: RenderedPrompt;
  /** Which of several times the same sample is asked, from 0. */
  readonly repeat: number;
}

/** Where a respondent gets what it is to answer. */
export interface Questions<P extends Prompted> {
  /**
   * The next one; `wait`: there may be more once outputs that are under way have been taken; `soon`: there may be more in
   * the next turn of the event loop, which whoever looks for them lets others have; `done`: there are no more.
   */
  next(): P | 'wait' | 'soon' | 'done';
  /** Whether answers of the respondent are stored, so that it is known to have answered before. Absent: none are. */
  readonly answeredBefore?: boolean;
  /** How many questions were passed over until now, since their answers are stored. Absent: none. */
  readonly passed?: number;
  /** The longest prompts that are known to be taken since they were answered before. */
  readonly longestTaken?: LongestTaken;
  /** Those of a task whose answers are stored, by their size. Absent: none are. */
  takenBefore?(task: string): TakenPrompts;
  /** One whose stored answer says something: to ask it again shows whether the respondent is there. Null, absent: none is known. */
  answeredOne?(): P | null;
}

export interface Responded<P extends Prompted> {
  readonly prompted: P;
  readonly output: Output;
}

/** Why a respondent answers no more. */
export type Ending =
  | { readonly kind: 'done' }
  /** The user's limit on requests, tokens or money is reached. */
  | { readonly kind: 'budget' }
  /** The signal was aborted; what was not answered is asked again by the next run. */
  | { readonly kind: 'interrupted' }
  /** Whoever answers refuses us, or is gone. */
  | { readonly kind: 'stopped'; readonly reason: string };

/** How answering goes, for the line of progress. */
export interface AskState {
  readonly inFlight: number;
  /** Attempts that went wrong and were, or will be, made again. */
  readonly retries: number;
  /** Requests that whoever answers has refused for how much it is asked. */
  readonly refused: number;
  /** Replies that another model than was asked gave, which do not count. Absent without any. */
  readonly discarded?: number;
  /** Answers without a token, twice. Absent where nobody would say so. */
  readonly empty?: number;
  /** Those of them that were taken before any answer had said something, where others did later. Absent without any. */
  readonly unheard?: number;
  /**
   * Questions that failed since nothing but empty answers came, after others, for as long as that is waited for; when the first
   * and the last of these came, in milliseconds since 1970. Absent without any.
   */
  readonly silent?: { readonly count: number; readonly from: number; readonly to: number };
  /** How long it still waits before it asks again, in milliseconds, and why; 0 and null: it doesn't. */
  readonly waitMs: number;
  readonly waitFor: string | null;
  /** Taken by this run, as far as it is told. */
  readonly requests: number;
  readonly tokens: number;
  /** In the currency of the prices; null without prices. */
  readonly money: number | null;
}

export interface AskOptions {
  readonly signal: AbortSignal;
  /** Told now and then. */
  readonly onState?: (state: AskState) => void;
}

export interface Respondent {
  /** What determines its answers, as data: part of every row's key. Nothing secret. */
  readonly identity: Readonly<Record<string, Json>>;
  /**
   * Asks everything that `questions` gives. Each batch that it yields is to be taken (stored, recorded with the plan)
   * before the next is pulled; the generator's return value says why it ended. Never throws for what goes wrong with one
   * question: that is an Output with an `error`.
   */
  ask<P extends Prompted>(
    questions: Questions<P>,
    options: AskOptions,
  ): AsyncGenerator<readonly Responded<P>[], Ending>;
  /**
   * Whether an output that was stored for the same question is to be asked for again: it was cut by a limit that this
   * respondent no longer sets. Absent: never.
   */
  asksAgain?(prompted: Prompted, output: Output): boolean;
}
