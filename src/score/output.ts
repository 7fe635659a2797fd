/**
 * What a respondent gives back for one prompt: raw, whole, never judged. The narrow place between whoever answers (an
 * endpoint, a model in this process, a recording) and everything that counts: score/ turns it into an answer and a score.
 * Data and nothing else, so that it can be stored and scored again.
 */

import type { ForcedAnswer } from './forced.ts';

export interface Output {
  /** What was read of the right answer where nothing was generated (`forced.ts`); absent where it was. `text` is then null. */
  readonly forced?: ForcedAnswer;
  /** All text that came, as it came; null where nothing did. */
  readonly text: string | null;
  /** What the respondent set apart as its thoughts itself, in a field or parts of its own; null where it did not. */
  readonly thoughts: string | null;
  /** The words of a refusal in a field of its own, or the name of a tool that was called instead; null without. */
  readonly refusal: string | null;
  /** Why it ended, in the respondent's own word; null where it does not say. */
  readonly finishReason: string | null;
  /** As the respondent counts; null where it does not. A prompt that was cached may count as few as 0. */
  readonly promptTokens: number | null;
  /** Of the whole output, thoughts included. */
  readonly completionTokens: number | null;
  /** The most tokens that the output was allowed; null where there was no limit, or none is known. */
  readonly tokenLimit: number | null;
  /** The ids of the tokens that were read and written; null where the respondent does not tell. */
  readonly promptIds: readonly number[] | null;
  readonly outputIds: readonly number[] | null;
  readonly latencyMs: number | null;
  /** How many requests it took; 1 where nothing is requested. */
  readonly attempts: number;
  /** Why there is no answer: one line without any secret; null where a reply came. */
  readonly error: string | null;
  /** What kind of failure `error` is; null where a reply came. */
  readonly failure: FailureKind | null;
}

/** How much is asked with a prompt: symbols of its sample's source, its characters, and tokens for its answer (0: none are generated). */
export interface PromptSize {
  readonly symbols: number;
  readonly characters: number;
  readonly limit: number;
}

export const failureKinds = ['too-long', 'form', 'content', 'access', 'server', 'connection'] as const;

/**
 * Why a request failed for good: the prompt is longer than the context; it was refused for its form, or for what it says;
 * access was refused (to the key, the account, what is paid for; or nobody knows whether to these or to the prompt); the server (or what stands before it) is in trouble; there was no connection, or it was cut.
 */
export type FailureKind = (typeof failureKinds)[number];

/** An output of nothing but text: of a model in this process, of a test. */
export function textOutput(text: string, more: Partial<Output> = {}): Output {
  return {
    text,
    thoughts: null,
    refusal: null,
    finishReason: null,
    promptTokens: null,
    completionTokens: null,
    tokenLimit: null,
    promptIds: null,
    outputIds: null,
    latencyMs: null,
    attempts: 1,
    error: null,
    failure: null,
    ...more,
  };
}

/**
 * What became of one sample. `right` and `wrong` are answers; the others are none: a limit cut the answer off, a content
 * filter kept it back, the model refused (or called a tool), the request failed. Every sample has exactly one.
 */
export const outcomes = ['right', 'wrong', 'truncated', 'withheld', 'refused', 'failed'] as const;

export type Outcome = (typeof outcomes)[number];

/** Whether an outcome is an answer, right or wrong. */
export function isAnswer(outcome: Outcome): outcome is 'right' | 'wrong' {
  return outcome === 'right' || outcome === 'wrong';
}

/**
 * Whether nobody would answer otherwise who asks the same again: an answer came, the prompt is longer than the context, or a filter refuses
 * what it says. A 403 or 451 may be for who asks, or for where from.
 */
export function isSettled({ error, failure }: Pick<Output, 'error' | 'failure'>): boolean {
  if (error === null || failure === 'too-long') return true;
  return failure === 'content' && !/^status (403|451)\b/.test(error);
}

/**
 * Whether a failed question says nothing of the model, since it was not asked: no connection, no access, a server in trouble, a limit.
 * A prompt that is longer than the context, or refused for what it says, was asked in vain.
 */
export function isLost(outcome: Outcome, failure: FailureKind | null): boolean {
  return outcome === 'failed' && failure !== 'too-long' && failure !== 'content';
}
