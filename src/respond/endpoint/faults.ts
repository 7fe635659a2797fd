/** What can go wrong with a request, and whether it is worth another attempt. */
import type { ResponseHeaders } from './protocol.ts';

export interface Fault {
  /** One line, without any secret. */
  readonly reason: string;
  /** Whether the same request may succeed later. */
  readonly retry: boolean;
  /** Whether every further request would fail in the same way: the run ends here. */
  readonly fatal: boolean;
  /** Whether it says that we ask too much at once. */
  readonly congested: boolean;
  /** Whether the server may have done the work, and charge for it, all the same. */
  readonly charged: boolean;
  /** Whether there is nobody to ask at this address; a first question that meets this is not asked again. */
  readonly nobody: boolean;
  /** What the server asks to wait, in milliseconds; null when it doesn't say. */
  readonly waitMs: number | null;
}

/** Worth another attempt: timeouts, rate limits, servers and proxies in trouble. */
const RETRIED = new Set([408, 409, 425, 429, 500, 502, 503, 504, 520, 521, 522, 523, 524, 529]);
const CONGESTION = new Set([429, 503, 529]);
/** The request itself is refused for who sends it: the next one would be, too. */
const FATAL = new Set([401, 403, 407]);

/** The most of a server's own words that is repeated. */
const MAX_WORDS = 200;

export function transportFault(reason: string, nobody = false): Fault {
  const slow = reason.startsWith('no answer within');
  return {
    reason,
    retry: reason !== 'interrupted',
    fatal: false,
    congested: slow,
    charged: !nobody,
    nobody,
    waitMs: null,
  };
}

/** A reply with a status that is no success. */
export function statusFault(status: number, headers: ResponseHeaders, body: string, now: number): Fault {
  const words = status >= 300 && status < 400 ? movedTo(headers) : serverWords(body, headers);
  const spent = status === 429 && /insufficient_quota|billing/i.test(body);
  return {
    reason: `status ${status}${words === '' ? '' : `: ${words}`}`,
    retry: RETRIED.has(status) && !spent,
    fatal: FATAL.has(status) || spent,
    congested: CONGESTION.has(status),
    charged: false,
    nobody: false,
    waitMs: retryAfter(headers, now),
  };
}

/** A reply with status 200 that is no answer: broken JSON, a proxy's page, another model's answer. */
export function replyFault(reason: string): Fault {
  return { reason, retry: true, fatal: false, congested: false, charged: true, nobody: false, waitMs: null };
}

/** `Retry-After` in seconds or as a date, `retry-after-ms`; null without. */
export function retryAfter(headers: ResponseHeaders, now: number): number | null {
  const milliseconds = Number(headers['retry-after-ms']);
  if (headers['retry-after-ms'] !== undefined && Number.isFinite(milliseconds))
    return Math.max(0, milliseconds);
  const text = headers['retry-after'];
  if (text === undefined) return null;
  const seconds = Number(text);
  if (text.trim() !== '' && Number.isFinite(seconds)) return Math.max(0, seconds * 1000);
  const date = Date.parse(text);
  return Number.isNaN(date) ? null : Math.max(0, date - now);
}

/** Redirections are not followed: the address is in the name of every row, and keys go only where they were sent. */
function movedTo({ location }: ResponseHeaders): string {
  return location === undefined ? '' : `it points to ${location.slice(0, MAX_WORDS)}; give the address there`;
}

/** What the server says for itself, on one short line; nothing of a page of HTML. */
export function serverWords(body: string, headers: ResponseHeaders): string {
  if ((headers['content-type'] ?? '').includes('html') || body.trimStart().startsWith('<'))
    return 'a page of HTML';
  let words = body;
  try {
    const parsed = JSON.parse(body) as {
      error?: { message?: unknown } | string;
      message?: unknown;
      detail?: unknown;
    };
    const { error } = parsed;
    const found = typeof error === 'object' ? error.message : (error ?? parsed.message ?? parsed.detail);
    if (typeof found === 'string') words = found;
  } catch {
    // No JSON: its own words as they are.
  }
  const line = words.replace(/\s+/g, ' ').trim();
  return line.length > MAX_WORDS ? `${line.slice(0, MAX_WORDS)}…` : line;
}
