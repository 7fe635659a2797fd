/**
 * How much is asked at once and how soon: no more than the server works on (`width.ts`), and never more than its own rate-limit
 * headers allow. Time is passed in, in milliseconds.
 */
import type { ResponseHeaders } from '../protocol/protocol.ts';
import { advertised } from './advertised.ts';
import type { Advertised } from './advertised.ts';
import { Width } from './width.ts';
import type { Timed } from './width.ts';

export interface LimiterOptions {
  /** Never more requests at once than this. */
  readonly most: number;
}

/**
 * After a refusal that doesn't say how long to wait, everybody waits: at first hardly, each time three times as long, until
 * an answer comes. The first six are more than a minute, which is what most servers count by.
 */
const FIRST_PAUSE_MS = 250;
const PAUSE_FACTOR = 3;
const LONGEST_PAUSE_MS = 60_000;

/**
 * A server that refuses at random, whatever the pace, lets the next request through after the shortest wait as often as any other.
 * As many refusals in a row as happen by chance then (all but one time in twenty) are no reason to wait longer. It takes a few
 * such waits to know: this is the weight of the last one.
 */
const BY_CHANCE = 0.05;
const WEIGHT = 0.1;

/** A wait that the server names, and that was waited for in vain, is made as long as this at most. */
const LONGEST_BEYOND_MS = 5000;

/**
 * Where a server says how long to wait, requests are spaced by what it lets through: a little closer than that, and closer
 * with every answer, so that a faster pace is found out by a refusal now and then.
 */
const CLOSER = 0.9;
const CLOSER_EACH = 0.97;
const LONGEST_SPACING_MS = 60_000;

/**
 * A server that refuses for the pace has let requests through at that pace at most: spacing them further than at the closest
 * that it ever let through can't be needed. Without this bound, refusals that have nothing to do with the pace would widen the
 * spacing each time, for what is measured contains the spacing. It is forgotten slowly, since servers become slower, too.
 */
const FORGET_EACH = 1.01;

/**
 * A request that comes as long after another as the server ever asked anybody to wait can't be too soon. Half as long again leaves
 * room for the spacing to shrink with answers without a refusal each time.
 */
const MOST_OF_NAMED = 1.5;

/** What the limiter waits for. */
export interface Waiting {
  readonly ms: number;
  readonly why: string;
}

/** One advertised limit, of requests or of tokens in some period. */
interface Allowance {
  readonly kind: Advertised['kind'];
  /** What may still be sent before `resetAt`. */
  left: number;
  /** The least that a reply of this period said was left: replies may come in another order than they were made. */
  least: number;
  limit: number | null;
  resetAt: number;
}

export class Limiter {
  private readonly window: Width;
  private inFlight = 0;
  private tokensInFlight = 0;
  private pausedUntil = 0;
  private pausedFor = '';
  private downUntil = -Infinity;
  private lastCut = -Infinity;
  private nextPauseMs = FIRST_PAUSE_MS;
  /** Refusals since the last answer. */
  private inVain = 0;
  /** Whether the shortest pause was the last, and nothing has come since; and how often an answer came after one, 0 to 1. */
  private isAfterShortest = false;
  private passedAfterShortest = 0;
  /** The longest wait that the server has named. */
  private longestNamedMs = 0;
  private spacingMs = 0;
  private lastStart = -Infinity;
  /** The closest spacing that the server has let through from one refusal to another. */
  private closestMs = Infinity;
  /** Answers since the last refusal with a wait, or since the first request. */
  private letThrough = 0;
  private refusedAt: number | null = null;
  private hasRefused = false;
  /** By the name that its headers share. */
  private readonly allowances = new Map<string, Allowance>();

  constructor({ most }: LimiterOptions) {
    this.window = new Width(most);
  }

  /** The present window, for the line of progress. */
  get width(): number {
    return this.window.whole;
  }

  /** Requests that have a place now. */
  get underWay(): number {
    return this.inFlight;
  }

  /** What nothing is sent for the time being for: a pause, or the end of a period of which all is used up. */
  waiting(now: number): Waiting | null {
    if (now < this.pausedUntil) return { ms: this.pausedUntil - now, why: this.pausedFor };
    if (this.inFlight > 0) return null;
    let until = now;
    let why = '';
    for (const { left, limit, kind, resetAt } of this.allowances.values()) {
      if (left >= 1 || resetAt <= until) continue;
      until = resetAt;
      why = `the server says that ${limit === null ? 'all' : `its ${limit}`} ${kind} of this period are used up`;
    }
    return until > now ? { ms: until - now, why } : null;
  }

  /** Takes a place for a request of about `tokens` tokens, or says from when on it is worth trying again. */
  acquire(
    now: number,
    tokens: number,
  ): { readonly granted: true } | { readonly granted: false; readonly at: number | null } {
    if (now < this.pausedUntil) return { granted: false, at: this.pausedUntil };
    if (this.inFlight >= this.width) return { granted: false, at: null };
    if (now < this.lastStart + this.spacingMs) {
      return { granted: false, at: this.lastStart + this.spacingMs };
    }
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
    this.lastStart = now;
    this.refusedAt ??= now;
    return { granted: true };
  }

  /** A reply came, good or bad: its place is free, and what its headers advertise is noted. */
  release(now: number, tokens: number, headers: ResponseHeaders | null): void {
    this.inFlight -= 1;
    this.tokensInFlight -= tokens;
    if (headers !== null) this.note(now, headers);
  }

  /** A good answer: more at once, as far as that brings more. Of before the server was gone, it says nothing of how many it takes now. */
  succeeded(timed?: Timed, sentAt = Infinity): void {
    if (sentAt >= this.downUntil) this.window.answered(timed);
    this.answered();
  }

  /** An answer to a request that was alone: it says nothing of how many may be under way. */
  answered(): void {
    this.endPause(true);
    this.nextPauseMs = FIRST_PAUSE_MS;
    this.inVain = 0;
    this.letThrough += 1;
    this.spacingMs *= CLOSER_EACH;
  }

  /**
   * Too much was asked: half as much from now on, once for all that was under way, and nothing until the wait is over
   * that the server asks for; where it doesn't say, or refuses again after that wait, for a while that grows from refusal
   * to refusal.
   * @param trouble what the server is in, where that and not the pace is why it does not answer
   */
  congested(now: number, sentAt: number, waitMs: number | null, trouble: string | null = null): void {
    const refused = 'the server refuses to be asked so much, and does not say for how long';
    this.halve(now, sentAt, waitMs, () => (trouble === null ? refused : inTrouble(trouble)));
  }

  /** An answer did not come in time, and others did: more was under way than the server works on. */
  overfull(now: number, sentAt: number): void {
    this.halve(now, sentAt, null, () => `more at once than the server works on: ${this.width} at a time now`);
  }

  private halve(now: number, sentAt: number, waitMs: number | null, why: () => string): void {
    if (waitMs !== null) this.pause(now + waitMs, 'the server asks for it');
    if (sentAt < this.lastCut) return;
    this.lastCut = now;
    this.window.cut();
    this.endPause(false);
    this.isAfterShortest = this.nextPauseMs === FIRST_PAUSE_MS;
    if (waitMs !== null) this.space(now, waitMs);
    if (waitMs === null) {
      this.pause(now + this.nextPauseMs, why());
    } else if (this.nextPauseMs > FIRST_PAUSE_MS) {
      const longer = Math.min(this.nextPauseMs, LONGEST_BEYOND_MS);
      this.pause(now + longer, 'the server refuses again after the wait that it asked for');
    }
    this.inVain += 1;
    if (this.inVain <= byChance(this.passedAfterShortest)) return;
    this.nextPauseMs = Math.min(LONGEST_PAUSE_MS, this.nextPauseMs * PAUSE_FACTOR);
  }

  /** Notes what came first after a shortest pause. */
  private endPause(passed: boolean): void {
    if (this.isAfterShortest)
      this.passedAfterShortest += WEIGHT * (Number(passed) - this.passedAfterShortest);
    this.isAfterShortest = false;
  }

  private space(now: number, waitMs: number): void {
    this.longestNamedMs = Math.max(waitMs, this.longestNamedMs);

    if (this.letThrough > 0 && this.refusedAt !== null) {
      const each = (now - this.refusedAt) / this.letThrough;
      // Before the first refusal, a server may let through at once what it has saved up.
      if (this.hasRefused) this.closestMs = Math.min(each, this.closestMs * FORGET_EACH);
      this.spacingMs = Math.min(
        LONGEST_SPACING_MS,
        CLOSER * each,
        this.closestMs,
        MOST_OF_NAMED * this.longestNamedMs,
      );
    }
    this.hasRefused = true;
    this.refusedAt = now;
    this.letThrough = 0;
  }

  /** The server is gone for a while: nothing until then, and one request alone after it; where that is answered, soon many. */
  down(until: number, why: string): void {
    this.pause(until, why);
    this.nextPauseMs = FIRST_PAUSE_MS; // how long it is waited for is not ours to say
    this.downUntil = until;
    this.window.restart();
  }

  private pause(until: number, why: string): void {
    if (until <= this.pausedUntil) return;
    this.pausedUntil = until;
    this.pausedFor = why;
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

/** Why a server that is in trouble is waited for. */
export function inTrouble(reason: string): string {
  return `the server is in trouble (${reason})`;
}

/** The same of a server that lets another model answer meanwhile. */
export function otherModelAnswers(model: string): string {
  return `the model '${model}' answers, and not the one that is asked`;
}

/** How many refusals in a row are nothing unusual, where the given share of requests is let through at random. */
function byChance(passed: number): number {
  return passed < WEIGHT ? 0 : Math.floor(Math.log(BY_CHANCE) / Math.log(1 - passed));
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
