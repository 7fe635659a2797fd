/** Requests of the probe: one after the other, as raw as they come. */
import { UserError } from '../../../common/errors.ts';
import { NOT_SAID } from '../pace/budget.ts';
import type { Budget, Tokens } from '../pace/budget.ts';
import type { Endpoint, From, RawReply } from '../endpoint.node.ts';
import { replyFault, statusFault } from '../faults.ts';
import type { Fault } from '../faults.ts';
import type { Limiter } from '../pace/limiter.ts';
import { usageOf } from '../protocol.ts';
import type { Api } from '../protocol.ts';

export interface ProbeOptions {
  readonly model: string;
  /** Only this one is tried, where the user has chosen. */
  readonly api?: Api;
  readonly maxRetries: number;
  readonly signal: AbortSignal;
  readonly budget: Budget;
  readonly limiter: Limiter;
  /** Told of every wait between two attempts. */
  readonly onWait: (milliseconds: number, why: string) => void;
}

/** The tokens of an answer to the probe. */
export const TOKENS = 6;

/** The most that a request of the probe takes: its prompts have less than 80 bytes. */
const MOST = { promptTokens: 100, completionTokens: TOKENS };
const MOST_TOKENS = MOST.promptTokens + MOST.completionTokens;

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
  endpoint: Endpoint,
  { signal, budget, limiter, onWait }: ProbeOptions,
  maxRetries: number,
): Ask {
  return async (method, path, body, from) => {
    for (let attempt = 0; ; attempt++) {
      await permitted(limiter, signal);
      if (!budget.allows(MOST)) {
        throw new UserError('the budget is spent before the first question; --budget more');
      }
      budget.begin(MOST);
      const reply = await endpoint.raw(method, path, body, signal, from);
      budget.end(MOST, method === 'GET' || path === TOKENIZE ? null : tookOf(reply));
      limiter.release(Date.now(), MOST_TOKENS, 'status' in reply ? reply.headers : null);
      signal.throwIfAborted();
      const fault = 'status' in reply ? faultOf(reply) : reply;
      if (fault === null || !fault.retry || fault.nobody || attempt >= maxRetries) return reply;
      const waitMs = Math.max(fault.waitMs ?? 0, 100 * 2 ** Math.min(attempt, 6));
      onWait(waitMs, fault.reason);
      await sleep(waitMs, signal);
    }
  };
}

/** What a question of the probe took; a refusal takes nothing. */
function tookOf(reply: RawReply | Fault): Tokens<number | null> | null {
  if (!('status' in reply)) return NOT_SAID;
  return good(reply) ? usageOf(reply.json.usage) : null;
}

async function permitted(limiter: Limiter, signal: AbortSignal): Promise<void> {
  for (;;) {
    const now = Date.now();
    const taken = limiter.acquire(now, MOST_TOKENS);
    if (taken.granted) return;
    await sleep(Math.max(10, (taken.at ?? now + 10) - now), signal);
  }
}

export function faultOf(reply: RawReply): Fault | null {
  if (reply.status >= 200 && reply.status < 300) {
    return reply.json === null ? replyFault('the reply is no JSON') : null;
  }
  return statusFault(reply.status, reply.headers, reply.body, Date.now());
}

export function good(reply: RawReply | Fault): reply is RawReply & { json: Record<string, unknown> } {
  return 'status' in reply && reply.status >= 200 && reply.status < 300 && reply.json !== null;
}

function sleep(milliseconds: number, signal: AbortSignal): Promise<void> {
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
