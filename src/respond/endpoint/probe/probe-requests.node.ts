/** Requests of the probe: one after the other, as raw as they come. */
import { UserError } from '../../../common/errors.ts';
import type { Connection } from '../connection.node.ts';
import type { From, RawReply } from '../endpoint.node.ts';
import { replyFault, saidFault, statusFault } from '../reply/faults.ts';
import type { Fault } from '../reply/faults.ts';
import { inTrouble } from '../pace/limiter.ts';
import { BudgetSpent, NOT_SAID } from '../pace/budget.ts';
import type { Took, Tokens } from '../pace/budget.ts';
import type { Json } from '../../../common/json.ts';
import { isFields } from '../protocol/protocol.ts';
import type { Api, Fields } from '../protocol/protocol.ts';
import type { RunsOwn } from '../request/capabilities.ts';
import { errorIn } from '../reply/errors.ts';
import { brokenOrCut, noJson, STREAM_FAULTS } from '../reply/read.ts';
import { usageOf } from '../reply/usage.ts';
import { limitsIn } from '../request/limits.ts';
import type { Wishes } from '../request/shape.ts';
import { isDown, Patience, tooLong } from '../trouble.ts';

export interface ProbeOptions extends Wishes {
  /** Only this one is tried, where the user has chosen. */
  readonly api?: Api;
  /** What the prompts of the run have, by the way they are asked; absent: nothing that has to be tried. */
  readonly runsOwn?: (api: Api) => RunsOwn;
  readonly signal: AbortSignal;
  /** Told of every wait between two attempts. */
  readonly onWait: (milliseconds: number, why: string) => void;
}

/** What the probe of a server that refuses nothing takes at most, both ways to ask together, thoughts included. */
export const PROBE_MOST = { requests: 20, tokens: 6000 } as const;

/** The tokens of an answer to the probe. */
export const TOKENS = 6;

/** The most that a server puts around a prompt. */
const AROUND_PROMPT = 64;

/** Where a server cuts a text into tokens, which no model has to do. */
export const TOKENIZE = '/tokenize';

/** Asks with a path of the API, or of the server that it is part of. */
export type Ask = (
  method: 'GET' | 'POST',
  path: string,
  body: object | null,
  from?: From,
) => Promise<RawReply | Fault>;

/** Requests one after the other, tried again where that is worth it, within the server's limits and the user's. */
export function asker(
  { endpoint, budget, limiter }: Connection,
  { signal, onWait }: Pick<ProbeOptions, 'signal' | 'onWait'>,
  maxRetries: number,
): Ask {
  return async (method, path, body, from) => {
    const most = mostOf(body);
    const tokens = most.promptTokens + most.completionTokens;
    const asksForAnswer = method === 'POST' && path !== TOKENIZE;
    const patience = new Patience();
    for (let attempt = 0; ;) {
      await permitted(limiter, tokens, signal, onWait);
      if (!budget.allows(most)) {
        throw new BudgetSpent(
          `the budget is spent before the first question; --budget more: finding out what the server can do takes up to ${PROBE_MOST.requests} requests and ${PROBE_MOST.tokens} tokens, the questions come on top (--preview)`,
        );
      }
      const sentAt = Date.now();
      budget.begin(most);
      const reply = await endpoint.raw(method, path, body, signal, from);
      budget.end(most, asksForAnswer ? tookOf(reply) : null);
      const now = Date.now();
      limiter.release(now, tokens, 'status' in reply && 'headers' in reply ? reply.headers : null);
      signal.throwIfAborted();
      const fault = faultOf(reply, endpoint.redact);
      if (fault === null) limiter.answered();
      if (fault === null || !fault.retry || fault.nobody) return reply;
      const isPaced = Patience.isFor(fault);
      if (!isPaced && attempt >= maxRetries) return reply;
      const inVain = isPaced ? patience.refused(fault, now) : null;
      if (inVain !== null) throw new UserError(inVain);
      if (!isPaced) attempt += 1;
      // Trouble of the server itself is no matter of the pace: who asks next waits for it as long as it may last.
      const down = isDown(fault);
      if (fault.congested && !down)
        limiter.congested(now, sentAt, fault.waitMs, fault.ofPace ? null : fault.reason);
      const waiting = limiter.waiting(now) ?? { ms: 0, why: '' };
      const endless = tooLong({ ms: fault.waitMs ?? waiting.ms, why: 'the server asks to wait' });
      if (endless !== null) throw new UserError(`${endless} (${fault.reason})`);
      const waitMs = Math.max(fault.waitMs ?? 0, waiting.ms, 50 * 2 ** Math.min(attempt, 7));
      onWait(waitMs, down ? inTrouble(fault.reason) : fault.reason);
      await sleep(waitMs, signal);
    }
  };
}

/**
 * The most that a request can take: a token is at least a byte of what is sent; of a list, each prompt is answered; and
 * the user's fields may hold other limits, which some servers go by.
 */
function mostOf(body: object | null): Tokens {
  if (body === null) return { promptTokens: 0, completionTokens: 0 };
  const fields = body as Readonly<Record<string, Json>>;
  const answers = Array.isArray(fields.prompt) ? fields.prompt.length : 1;
  const { own, added, least } = limitsIn(fields);
  return {
    promptTokens: Buffer.byteLength(JSON.stringify(body)) + AROUND_PROMPT * answers,
    completionTokens: answers * (Math.max(own?.completion ?? TOKENS, least) + added),
  };
}

/** What a question of the probe took, as questions of the run are counted: a refusal takes nothing, unless it says so. */
function tookOf(reply: RawReply | Fault): Took | null {
  if (!isReply(reply)) return NOT_SAID;
  const usage = reply.json?.usage;
  return isSuccess(reply) || isFields(usage) ? usageOf(usage) : null;
}

/** Waits until the limits that the server has announced allow a request, and says how long and why. */
async function permitted(
  limiter: Connection['limiter'],
  tokens: number,
  signal: AbortSignal,
  onWait: ProbeOptions['onWait'],
): Promise<void> {
  for (let said = ''; ;) {
    const now = Date.now();
    const taken = limiter.acquire(now, tokens);
    if (taken.granted) return;
    const waiting = limiter.waiting(now);
    const endless = waiting === null ? null : tooLong(waiting);
    if (endless !== null) throw new UserError(endless);
    if (waiting !== null && waiting.why !== said) onWait(waiting.ms, (said = waiting.why));
    await sleep(Math.max(10, (taken.at ?? now + 10) - now), signal);
    signal.throwIfAborted();
  }
}

export function isReply(reply: RawReply | Fault): reply is RawReply {
  return 'body' in reply;
}

/** What is wrong with a reply, or with a request that has none; null for one that holds JSON and no error. */
export function faultOf(reply: RawReply | Fault, redact: (text: string) => string): Fault | null {
  if (!isReply(reply)) return reply;
  const now = Date.now();
  if (!isSuccess(reply)) return statusFault(reply, redact, now);
  if (reply.json === null) return noJson(reply);
  const error = errorIn(reply.json);
  if (error !== null) return saidFault(error, reply.json, reply.headers, redact, now);
  return brokenOrCut(reply) === 'broken' ? replyFault(STREAM_FAULTS.broken) : null;
}

function isSuccess({ status }: RawReply): boolean {
  return status >= 200 && status < 300;
}

/** Whether a reply is a success with JSON in it. */
export function good(reply: RawReply | Fault): reply is RawReply & { readonly json: Fields } {
  return isReply(reply) && isSuccess(reply) && reply.json !== null;
}

export function sleep(milliseconds: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const done = (): void => {
      clearTimeout(timer);
      signal.removeEventListener('abort', done);
      resolve();
    };
    const timer = setTimeout(done, milliseconds);
    signal.addEventListener('abort', done);
  });
}
