/** A question that waits for its next request, and how it is to be requested. */
import type { Output } from '../../score/output.ts';
import type { Prompted } from '../respondent.ts';
import type { Attempt, Undecided } from './endpoint.node.ts';
import type { Tokens } from './pace/budget.ts';
import { failedOutput } from './outputs.ts';
import { replyFault } from './reply/faults.ts';
import type { Fault } from './reply/faults.ts';
import type { Answered } from './reply/read.ts';

/** One request: what it can take at most, and the attempt itself, which never rejects. */
export interface RequestPlan {
  readonly most: Tokens;
  /** The most tokens of the output; null where none is generated. */
  readonly tokenLimit: number | null;
  /** Whether it has room for thoughts that the probe saw no need of, and how often that room was made smaller. */
  readonly roomy: boolean;
  readonly smaller: number;
  /** The largest limit on an answer that the server takes, as far as that was known, or that this was to have; null: any. */
  readonly mostTokens: number | null;
  readonly limit?: HowAsked['limit'];
  /** Tokens for thoughts, within the limit. */
  readonly thinkTokens: number;
  /** Whether the answer is asked for as a stream. */
  readonly stream: boolean;
  send(signal: AbortSignal): Promise<Attempt<Answered | Fault | Undecided>>;
}

/** How a sample is requested. */
export interface HowAsked {
  /** Whether it is known already that the answer has to be generated. */
  readonly generate: boolean;
  /** Whether it is to have room for thoughts, although the probe saw no need of it. */
  readonly roomy: boolean;
  /** How often the room for thoughts was made smaller, since the context has no more. */
  readonly smaller: number;
  /**
   * To find out whether the number of tokens was refused, or the prompt: with as few as may be, when its answer counts for nothing, or with as
   * many as another prompt was answered with.
   */
  readonly limit?: 'least' | 'taken';
}

/** What a respondent requests for a sample; null where it can't be requested in that way. */
export type Requests = (prompted: Prompted, how: HowAsked) => RequestPlan | null;

export interface Due<P> extends HowAsked {
  /** When it may be requested, in milliseconds since 1970; 0: it never was. */
  readonly at: number;
  readonly prompted: P;
  /** How many questions were passed over before it, since their answers are stored. */
  readonly passed: number;
  /** How many attempts have failed, of those that may. */
  readonly attempts: number;
  /** How many requests were sent for it, whatever became of them. */
  readonly requests: number;
  /** What came under a limit that cut it: kept where it turns out that there is no more room. */
  readonly cut?: Output;
  /** With how many tokens it was answered to find out whether more were refused, or the prompt; and with how many it was refused. */
  readonly answeredWith?: number;
  readonly refusedWith?: number;
  /** Whether it was asked once more as it was, after a refusal that may have passed. */
  readonly askedOnceMore?: boolean;
  /** Its answer under the largest limit that was taken until now, which has cut it, while a larger one is tried. */
  readonly under?: AnsweredUnder;
  /** How often its answer was empty, and when it was for the first time. */
  readonly timesEmpty?: number;
  readonly emptyAt?: number;
  /** What its last attempt came to, where that went wrong or came empty: its output if there is no other attempt. */
  readonly failed?: Output;
  /** When an attempt went wrong for the first time. */
  readonly failedAt?: number;
  /** Whether it is asked to find out what room brings. */
  readonly isTrial?: boolean;
}

/** An answer, and how it was asked for. */
export interface AnsweredUnder {
  readonly plan: RequestPlan;
  readonly answered: Answered;
  readonly output: Output;
}

/** A question that was not asked yet. */
export function firstDue<P>(prompted: P, passed = 0): Due<P> {
  return { at: 0, prompted, passed, attempts: 0, requests: 0, generate: false, roomy: false, smaller: 0 };
}

/** Of a question whose answer is not surely the right one, and was to be generated when the run ended. */
const NOT_GENERATED = replyFault(
  'by its log-probabilities the answer may be wrong, and the run ended before it was generated',
);

/** Of a question whose answer was cut off, and was to be asked for with more room when the run ended. */
const NOT_ASKED_AGAIN = replyFault(
  'the answer was cut off by the token limit, and the run ended before it was asked for with more room',
);

/** The same question after its answer was cut off. */
export function cutOff<P>(due: Due<P>, cut: Output): Due<P> & { readonly cut: Output } {
  return { ...due, cut, failed: notAskedAgain(due, cut) };
}

/** The same after it was cut off by the largest limit that was taken until now. */
export function cutUnder<P>(due: Due<P>, under: AnsweredUnder): Due<P> & { readonly under: AnsweredUnder } {
  return { ...due, at: Date.now(), under, failed: notAskedAgain(due, under.output) };
}

function notAskedAgain({ requests }: Due<unknown>, { tokenLimit, latencyMs }: Output): Output {
  return failedOutput(NOT_ASKED_AGAIN, tokenLimit, latencyMs, requests);
}

/** With how many tokens a question was answered at most, whatever became of that answer; 0: with none. */
export function mostAnsweredWith({ cut, under, answeredWith = 0 }: Due<unknown>): number {
  return Math.max(cut?.tokenLimit ?? 0, under?.output.tokenLimit ?? 0, answeredWith);
}

/**
 * What is kept of a question whose last request came to nothing: that it has failed. Where the context has no room for more, an answer
 * that was cut is all that the model can say. Where more room for one was refused, nothing was refused that was asked.
 */
export function leftOf({ cut, answeredWith }: Due<unknown>, failed: Output): Output {
  if (cut !== undefined && failed.failure === 'too-long') return cut;
  if ((cut ?? answeredWith) === undefined || failed.failure !== 'form') return failed;
  const came = cut === undefined ? `an answer of ${answeredWith} tokens was taken` : 'the answer was cut off';
  return {
    ...failed,
    error: `${came}, and more room for it was refused: ${failed.error ?? ''}`,
    failure: 'server',
  };
}

/**
 * The failure of a question that was to be asked again when the run ended: with less room, what was refused for its form or its length
 * may be answered.
 */
export function unsettled(failed: Output): Output {
  if (failed.failure !== 'form' && failed.failure !== 'too-long') return failed;
  const error = `${failed.error ?? ''} (the run ended before it was asked with less room)`;
  return { ...failed, error, failure: 'server' };
}

/** The same question after log-probabilities did not show that it is answered right: its answer is generated. */
export function generated<P>(due: Due<P>, at: number, latencyMs: number): Due<P> {
  return { ...due, at, generate: true, failed: failedOutput(NOT_GENERATED, null, latencyMs, due.requests) };
}

/**
 * Whether a question has an answer that is not counted yet, and is likelier to be wrong than others: were it left out, accuracy would
 * come out too high.
 */
export function isHalfAnswered({ cut, under, generate, timesEmpty = 0 }: Due<unknown>): boolean {
  return (cut ?? under) !== undefined || generate || timesEmpty > 0;
}

/** What becomes of a question: another request, once its time has come, or an output that is handed over. */
export interface Next<P> {
  again(due: Due<P>): void;
  keep(due: Due<P>, output: Output): void;
}

/** The first wait before another attempt, doubled every time up to the longest; half of it is drawn at random. */
export const FIRST_WAIT_MS = 250;
const LONGEST_WAIT_MS = 30_000;

export function waitBefore(attempts: number, { waitMs }: Fault): number {
  const jittered = backoff(attempts);
  return waitMs === null ? jittered : waitMs + jittered / 10;
}

/** A wait that grows with the attempts; half of it is drawn at random. */
export function backoff(attempts: number): number {
  const longest = Math.min(LONGEST_WAIT_MS, FIRST_WAIT_MS * 2 ** (attempts - 1));
  return longest * (0.5 + Math.random() / 2);
}
