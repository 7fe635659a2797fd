/** The limits that a reply's headers advertise, in the forms that servers have for them. */
import type { ResponseHeaders } from '../protocol/protocol.ts';
import { resetIn, serverTime } from './duration.ts';

export interface Advertised {
  readonly kind: 'requests' | 'tokens';
  readonly remaining: number;
  readonly limit: number | null;
  /** In milliseconds since 1970, as `now` was. */
  readonly resetAt: number;
}

/** Clocks differ and messages take time: the server's reset is waited for this much longer. */
const RESET_MARGIN_MS = 50;

/** Where the server says what is left but not until when, this is how long is waited before one more is tried. */
const UNSAID_RESET_MS = 1000;

/**
 * The limits by the name that the headers of one share: `x-ratelimit-remaining-requests` (OpenAI and most others),
 * `…-tokens-minute`, `…-req-minute`, `anthropic-ratelimit-tokens-remaining`, `ratelimit-remaining`, and `ratelimit:
 * limit=9, remaining=3, reset=5` or `"default";r=2;t=6` of the IETF's drafts. What is -1, or a limit of 0, is none.
 */
export function advertised(headers: ResponseHeaders, now: number): Map<string, Advertised> {
  const parts = partsOf(headers);
  const theirs = serverTime(headers, now);
  const found = new Map<string, Advertised>();
  for (const [name, { remaining, limit, reset }] of parts) {
    const left = leastIn(remaining);
    const most = leastIn(limit);
    if (left === null || left < 0 || (most !== null && most <= 0)) continue;
    const resetMs = resetIn(reset, theirs) ?? windowIn(limit);
    found.set(name, {
      kind: name.includes('token') ? 'tokens' : 'requests',
      remaining: left,
      limit: most,
      resetAt: now + (resetMs === null ? UNSAID_RESET_MS : resetMs + RESET_MARGIN_MS),
    });
  }
  return found;
}

/** What the headers of one limit say, each in its own. */
const PARTS = ['remaining', 'reset', 'limit'] as const;
type Part = (typeof PARTS)[number];

/** What stands before a number in a header that says it all. */
const WORDS: Readonly<Record<string, Part>> = {
  limit: 'limit',
  remaining: 'remaining',
  reset: 'reset',
  r: 'remaining',
  t: 'reset',
};

function partsOf(headers: ResponseHeaders): Map<string, Partial<Record<Part, string>>> {
  const parts = new Map<string, Partial<Record<Part, string>>>();
  const note = (name: string, part: Part, value: string): void => {
    const known = parts.get(name);
    if (known === undefined) parts.set(name, { [part]: value });
    else known[part] = value;
  };
  for (const header in headers) {
    if (!header.includes('ratelimit') && !header.includes('rate-limit')) continue;
    const value = headers[header];
    if (typeof value !== 'string') continue;
    const part = PARTS.find((word) => header.includes(`-${word}`));
    if (part !== undefined) note(header.replace(`-${part}`, ''), part, value);
    else {
      for (const [, word, number] of value
        .slice(0, 1000)
        .matchAll(/\b(limit|remaining|reset|r|t)=(-?\d+)/g)) {
        note(header, WORDS[word], number);
      }
    }
  }
  return parts;
}

/** The smallest number of a list such as `10, 10;w=60, 100;w=3600` (Redis's, nginx's, the drafts'); null without. */
function leastIn(text: string | undefined): number | null {
  if (text === undefined) return null;
  const numbers = text
    .split(',')
    .map((part) => part.split(';', 1)[0].trim())
    .map((part) => (part === '' ? NaN : Number(part)))
    .filter(Number.isFinite);
  return numbers.length === 0 ? null : Math.min(...numbers);
}

/** The period of a limit that is written with it: `10;w=60`, in milliseconds. */
function windowIn(limit: string | undefined): number | null {
  const seconds = /;\s*w=(\d+)/.exec(limit ?? '')?.[1];
  return seconds === undefined ? null : Number(seconds) * 1000;
}
