/** How long a server asks to wait, wherever in a refusal it says so. `now` is the time by its clock (`serverTime`). */
import { isFields } from '../protocol/protocol.ts';
import type { Fields, ResponseHeaders } from '../protocol/protocol.ts';
import { durationIn, resetIn } from './duration.ts';

/** `Retry-After` in seconds, as a date or a duration, `retry-after-ms`; null without. */
export function retryAfter(headers: ResponseHeaders, now: number): number | null {
  const milliseconds = headers['retry-after-ms'] ?? headers['x-ms-retry-after-ms'];
  if (typeof milliseconds === 'string' && Number.isFinite(Number(milliseconds))) {
    return Math.max(0, Number(milliseconds));
  }
  return resetIn(headers['retry-after'], now);
}

/**
 * What the body of a refusal says: Google's `retryDelay`, the headers that OpenRouter passes on in `metadata`, Hugging
 * Face's `estimated_time`, or words ("try again in 20s"). Milliseconds from now; null where it says nothing.
 */
export function waitInBody(json: Fields | null, words: string, now: number): number | null {
  const error = json !== null && isFields(json.error) ? json.error : json;
  return (error === null ? null : waitInFields(error, json ?? {}, now)) ?? waitInWords(words);
}

function waitInFields(error: Fields, reply: Fields, now: number): number | null {
  const details = Array.isArray(error.details)
    ? (error.details as unknown[]).slice(0, 16).filter(isFields)
    : [];
  for (const { retryDelay } of [...details, error, reply]) {
    const wait = isFields(retryDelay) ? numeric(retryDelay.seconds, 1000) : resetIn(textOf(retryDelay), now);
    if (wait !== null) return wait;
  }
  const metadata = isFields(error.metadata) ? error.metadata : {};
  const passedOn = isFields(metadata.headers) ? lowerCased(metadata.headers) : {};
  for (const name of [
    'retry-after',
    'x-ratelimit-reset',
    'x-ratelimit-reset-requests',
    'x-ratelimit-reset-tokens',
  ]) {
    const wait = resetIn(textOf(passedOn[name]), now);
    if (wait !== null) return wait;
  }
  for (const fields of [error, metadata, reply]) {
    const wait =
      numeric(fields.retry_after_ms, 1) ??
      resetIn(textOf(fields.retry_after ?? fields.retry_after_seconds), now) ??
      numeric(fields.estimated_time, 1000);
    if (wait !== null) return wait;
  }
  return null;
}

/** Between such words and a duration: what makes it the length of a window ("60 requests in 1 minute"), and no wait. */
const OF_A_LIMIT = /limit|quota|plan|allow|most|up to|requests|tokens|\bper\b|every|maximum|\bmax\b/i;

/** "Please try again in 20s", "retry after 26 seconds", "wait 1m30s": the duration that follows such words. */
function waitInWords(words: string): number | null {
  const said = words
    .slice(0, 5000)
    .matchAll(/(?:try again|retry|wait|available|reset)([^.;\d]{0,40})(\d[\s\S]{0,60})/gi);
  for (const [, between, after] of said) {
    const duration = durationIn(after);
    // The duration stands where the number does: "60 requests in 1 minute" begins with a number of something else.
    if (duration !== null && duration.start === 0 && !OF_A_LIMIT.test(between)) return duration.ms;
  }
  return null;
}

function numeric(value: unknown, unitMs: number): number | null {
  const number = typeof value === 'string' && value.trim() !== '' ? Number(value) : value;
  return typeof number === 'number' && Number.isFinite(number) ? Math.max(0, number * unitMs) : null;
}

function textOf(value: unknown): string | undefined {
  return typeof value === 'string' ? value : typeof value === 'number' ? String(value) : undefined;
}

function lowerCased(fields: Fields): Fields {
  return Object.fromEntries(
    Object.entries(fields)
      .slice(0, 64)
      .map(([name, value]) => [name.toLowerCase(), value]),
  );
}
