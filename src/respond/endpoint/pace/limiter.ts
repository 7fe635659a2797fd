/**
 * How much is asked at once: additive increase and multiplicative decrease (Chiu and Jain 1989) of a window, as TCP
 * does, and never more than the server's own rate-limit headers allow. Time is passed in, in milliseconds.
 */
import type { ResponseHeaders } from '../protocol.ts';

export interface LimiterOptions {
  /** Never more requests at once than this. */
  readonly most: number;
}

/** The window before anything is known: small, doubled with every round of answers until something goes wrong. */
const FIRST_WINDOW = 4;

/** Clocks differ and messages take time: the server's reset is waited for this much longer. */
const RESET_MARGIN_MS = 50;

/** Where the server says what is left but not until when, this is how long is waited before one more is tried. */
const UNSAID_RESET_MS = 1000;

/** One advertised limit, of requests or of tokens in some period. */
interface Allowance {
  readonly kind: Kind;
  /** What may still be sent before `resetAt`. */
  left: number;
  /** The least that a reply of this period said was left: replies may come in another order than they were made. */
  least: number;
  limit: number | null;
  resetAt: number;
}

export class Limiter {
  private readonly most: number;
  private window = FIRST_WINDOW;
  private slowStart = true;
  private inFlight = 0;
  private tokensInFlight = 0;
  private pausedUntil = 0;
  private lastCut = -Infinity;
  /** By the name that its headers share. */
  private readonly allowances = new Map<string, Allowance>();

  constructor({ most }: LimiterOptions) {
    this.most = most;
    this.window = Math.min(FIRST_WINDOW, most);
  }

  /** The present window, for the line of progress. */
  get width(): number {
    return Math.floor(this.window);
  }

  /** How long the server asks to wait. */
  waitAt(now: number): number {
    return Math.max(0, this.pausedUntil - now);
  }

  /** Takes a place for a request of about `tokens` tokens, or says from when on it is worth trying again. */
  acquire(
    now: number,
    tokens: number,
  ): { readonly granted: true } | { readonly granted: false; readonly at: number | null } {
    if (now < this.pausedUntil) return { granted: false, at: this.pausedUntil };
    if (this.inFlight >= Math.floor(this.window)) return { granted: false, at: null };
    const cost = { requests: 1, tokens };
    for (const allowance of this.allowances.values()) {
      // The period is over: one request, alone, finds out about the next.
      if (now >= allowance.resetAt && this.inFlight === 0) continue;
      if (now >= allowance.resetAt) return { granted: false, at: null };
      // A request larger than the whole limit must not wait for ever: it goes alone.
      const alone = this.inFlight === 0 && allowance.limit !== null && allowance.left >= allowance.limit;
      if (allowance.left < cost[allowance.kind] && !alone) {
        return { granted: false, at: this.inFlight === 0 ? allowance.resetAt : null };
      }
    }
    for (const allowance of this.allowances.values()) allowance.left -= cost[allowance.kind];
    this.inFlight += 1;
    this.tokensInFlight += tokens;
    return { granted: true };
  }

  /** A reply came, good or bad: its place is free, and what its headers advertise is noted. */
  release(now: number, tokens: number, headers: ResponseHeaders | null): void {
    this.inFlight -= 1;
    this.tokensInFlight -= tokens;
    if (headers !== null) this.note(now, headers);
  }

  /** A good answer: one more at once for every round of answers (for every answer, before the first trouble). */
  succeeded(): void {
    const step = this.slowStart ? 1 : 1 / this.window;
    this.window = Math.min(this.most, this.window + step);
  }

  /** Too much was asked: half as much from now on, once for all that was under way; nothing until the wait is over. */
  congested(now: number, sentAt: number, waitMs: number | null): void {
    if (waitMs !== null) this.pausedUntil = Math.max(this.pausedUntil, now + waitMs);
    this.slowStart = false;
    if (sentAt < this.lastCut) return;
    this.lastCut = now;
    this.window = Math.max(1, this.window / 2);
  }

  /**
   * Reads what is advertised. What is under way may or may not have been counted by the server already, so it is taken
   * off: rather too little than too much.
   */
  note(now: number, headers: ResponseHeaders): void {
    const said = advertised(headers, now);
    for (const [name, known] of this.allowances) {
      if (now >= known.resetAt && !said.has(name)) this.allowances.delete(name);
    }
    for (const [name, limit] of said) {
      const underWay = limit.kind === 'requests' ? this.inFlight : this.tokensInFlight;
      this.allowances.set(name, updated(this.allowances.get(name), limit, now, underWay));
    }
  }
}

type Kind = 'requests' | 'tokens';

interface Advertised {
  readonly kind: Kind;
  readonly remaining: number;
  readonly limit: number | null;
  readonly resetAt: number;
}

function updated(known: Allowance | undefined, said: Advertised, now: number, underWay: number): Allowance {
  const { kind, remaining, limit, resetAt } = said;
  if (known === undefined || now >= known.resetAt) {
    return { kind, left: Math.max(0, remaining - underWay), least: remaining, limit, resetAt };
  }
  const least = Math.min(known.least, remaining);
  // With nothing under way, the least that was said is what there is.
  const left = underWay === 0 ? least : Math.min(known.left, Math.max(0, remaining - underWay));
  return { kind, left, least, limit, resetAt: Math.max(known.resetAt, resetAt) };
}

/**
 * The limits that a reply's headers advertise, by the name that the headers of one limit share: `x-ratelimit-remaining-
 * requests` (OpenAI and most others), `…-tokens-minute`, `…-req-minute`, `anthropic-ratelimit-tokens-remaining`,
 * `ratelimit-remaining`, and `ratelimit: limit=9, remaining=3, reset=5` of the IETF's drafts.
 */
function advertised(headers: ResponseHeaders, now: number): Map<string, Advertised> {
  const parts = new Map<string, Partial<Record<Part, string>>>();
  const note = (name: string, part: Part, value: string): void => {
    parts.set(name, { ...parts.get(name), [part]: value });
  };
  for (const [header, value] of Object.entries(headers)) {
    if (!header.includes('ratelimit') || typeof value !== 'string') continue;
    const part = PARTS.find((word) => header.includes(`-${word}`));
    if (part !== undefined) note(header.replace(`-${part}`, ''), part, value);
    for (const [, word, number] of value.matchAll(/\b(limit|remaining|reset|r|t)=(\d+)/g)) {
      note(header, WORDS[word], number);
    }
  }
  const found = new Map<string, Advertised>();
  for (const [name, { remaining, limit, reset }] of parts) {
    const [left, most] = [Number(remaining ?? NaN), Number(limit ?? NaN)];
    if (!Number.isFinite(left)) continue;
    const resetMs = resetIn(reset, now);
    found.set(name, {
      kind: name.includes('token') ? 'tokens' : 'requests',
      remaining: left,
      limit: Number.isFinite(most) ? most : null,
      resetAt: now + (resetMs === null ? UNSAID_RESET_MS : resetMs + RESET_MARGIN_MS),
    });
  }
  return found;
}

/** What stands before a number in a header that says it all. */
const WORDS: Readonly<Record<string, Part>> = {
  ...{ limit: 'limit', remaining: 'remaining', reset: 'reset' },
  ...{ r: 'remaining', t: 'reset' },
};

/** What the headers of one limit say, each in its own. */
const PARTS = ['remaining', 'reset', 'limit'] as const;
type Part = (typeof PARTS)[number];

/** `1s`, `6m0s`, `250ms`, seconds, seconds since 1970, or a date: in milliseconds from now. */
export function resetIn(text: string | undefined, now: number): number | null {
  if (text === undefined || text.trim() === '') return null;
  const seconds = Number(text);
  if (Number.isFinite(seconds)) return Math.max(0, seconds > 1e9 ? seconds * 1000 - now : seconds * 1000);
  const parts = [...text.matchAll(/([\d.]+)(ms|s|m|h|d)/g)];
  if (parts.length > 0 && parts.map(([whole]) => whole).join('') === text.trim()) {
    const units: Record<string, number> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 };
    return parts.reduce((sum, [, count, unit]) => sum + Number(count) * units[unit], 0);
  }
  const date = Date.parse(text);
  return Number.isNaN(date) ? null : Math.max(0, date - now);
}
