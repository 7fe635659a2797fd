import { describe, expect, it } from 'vitest';
import { Limiter } from './limiter.ts';
import { Outage } from './outage.ts';

const LATENCY_MS = 20;

interface Asked {
  readonly answered: number;
  readonly requests: number;
  /** Attempts that count against a question. */
  readonly failed: number;
  readonly over: boolean;
  readonly endedAt: number;
}

/** Asks 240 questions, 64 at once at most, of a server that is down at times; a question that came to nothing is asked again. */
function ask(isDown: (now: number, question: number) => boolean, longestMs = 120_000): Asked {
  const limiter = new Limiter({ most: 64 });
  const outage = new Outage(longestMs);
  const left = Array.from({ length: 240 }, (_, question) => ({
    question,
    at: 0,
    failedAt: null as number | null,
    attempts: 0,
  }));
  const underWay: { readonly at: number; readonly sentAt: number; readonly one: (typeof left)[number] }[] =
    [];
  let [answered, requests, failed] = [0, 0, 0];
  for (let now = 0; now < 600_000; now += 5) {
    while (underWay.length > 0 && underWay[0].at <= now) {
      const [{ sentAt, one }] = underWay.splice(0, 1);
      limiter.release(now, 1, null);
      if (!isDown(now, one.question)) {
        limiter.succeeded();
        outage.answered();
        answered += 1;
        continue;
      }
      const waitMs = outage.troubled(now, sentAt, one.question, one.failedAt);
      if (outage.isOver(now)) return { answered, requests, failed, over: true, endedAt: now };
      if (waitMs === null) failed += 1;
      else if (waitMs > 0) limiter.down(now + waitMs, 'it is down');
      const attempts = one.attempts + Number(waitMs === null);
      const at = waitMs === null ? now + 250 * 2 ** attempts : now;
      if (attempts <= 6) left.push({ ...one, at, failedAt: one.failedAt ?? now, attempts });
    }
    for (;;) {
      const next = left.findIndex(({ at }) => at <= now);
      if (next === -1 || !limiter.acquire(now, 1).granted) break;
      requests += 1;
      underWay.push({ at: now + LATENCY_MS, sentAt: now, one: left.splice(next, 1)[0] });
    }
    if (left.length + underWay.length === 0) return { answered, requests, failed, over: false, endedAt: now };
  }
  throw new Error('it never ends');
}

describe('a server that is gone for a while', () => {
  it.each([1, 10, 30, 100])('for %i s is waited for with few requests, and all is answered', (seconds) => {
    const { answered, requests, failed, over, endedAt } = ask((now) => now > 50 && now < 50 + 1000 * seconds);
    expect([answered, over]).toEqual([240, false]);
    expect(failed).toBeLessThan(5);
    // Those that were under way when it went, and one after each wait.
    expect(requests).toBeLessThan(240 + 64 + 20);
    expect(endedAt).toBeLessThan(50 + 1000 * seconds + Math.min(1000 * seconds, 15_000) + 2000);
  });

  it('for good is given up after the time that it is waited for', () => {
    for (const longestMs of [20_000, 120_000]) {
      const { over, requests, endedAt } = ask((now) => now > 50, longestMs);
      expect(over).toBe(true);
      expect(requests).toBeLessThan(150);
      expect(endedAt).toBeGreaterThanOrEqual(longestMs);
      expect(endedAt).toBeLessThan(longestMs + 200);
    }
  });

  it('is not taken for one by prompts that crash it each time, which are left in the end', () => {
    const { answered, over, failed } = ask((_, question) => question % 5 === 0);
    expect([answered, over, failed]).toEqual([192, false, 48 * 7]);
  });

  it('is not taken for one by one question or two that fail again and again', () => {
    const outage = new Outage(60_000);
    for (let now = 0; now < 40; now += 1) expect(outage.troubled(now, now, now % 2, null)).toBe(null);
    expect(outage.troubled(40, 40, 'another', null)).toBe(500);
  });

  it('in which the probe has waited as long as it may is not waited for again by questions', () => {
    const outage = new Outage(20_000);
    let [now, waits] = [0, 0];
    for (let waitMs = outage.gone(now); waitMs !== null; waitMs = outage.gone(now))
      [now, waits] = [now + waitMs, waits + 1];
    expect([now, waits]).toEqual([20_000, 6]);
    expect(outage.troubled(now, now, 'a question', null)).toBe(null);
    expect(outage.isOver(now)).toBe(true);
    outage.answered();
    expect([outage.isOver(now), outage.gone(now)]).toEqual([false, 500]);
  });

  it('is not waited for where no time is left for it', () => {
    const outage = new Outage(0);
    for (let now = 0; now < 10; now += 1) expect(outage.troubled(now, now, now, null)).toBe(null);
    expect(outage.isOver(100)).toBe(false);
  });
});
