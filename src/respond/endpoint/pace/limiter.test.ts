import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { resetIn } from './duration.ts';
import { Limiter } from './limiter.ts';

describe('what the server advertises', () => {
  it.each([
    ['1s', 1000],
    ['6m0s', 360_000],
    ['250ms', 250],
    ['1h2m3.5s', 3_723_500],
    ['2', 2000],
    ['0', 0],
    ['1700000005', 5000],
    ['2023-11-14T22:13:25Z', 5000],
    ['1700000005000', 5000],
    ['1700000005000000', 5000],
    ['1700000005000000000', 5000],
    ['20 seconds', 20_000],
    ['1 minute 30 sec', 90_000],
    ['-1', 0],
    ['1699999999', 0],
    ['soon', null],
    ['', null],
  ])('%j is %s ms from now', (text, expected) => {
    expect(resetIn(text, 1_700_000_000_000)).toBe(expected);
  });

  it.each<[string, Record<string, string>]>([
    [
      'OpenAI’s and most others’',
      {
        'x-ratelimit-limit-requests': '9',
        'x-ratelimit-remaining-requests': '2',
        'x-ratelimit-reset-requests': '6s',
      },
    ],
    ['of a minute', { 'x-ratelimit-remaining-req-minute': '2', 'x-ratelimit-reset-req-minute': '6' }],
    [
      'Anthropic’s',
      {
        'anthropic-ratelimit-requests-remaining': '2',
        'anthropic-ratelimit-requests-reset': '1970-01-01T00:00:06Z',
      },
    ],
    ['without a prefix', { 'ratelimit-remaining': '2', 'ratelimit-reset': '6' }],
    ['in one header', { ratelimit: 'limit=9, remaining=2, reset=6' }],
    ['in one header, as the later drafts have it', { ratelimit: '"default";r=2;t=6' }],
    [
      'the tighter of two',
      {
        'x-ratelimit-remaining-requests': '2',
        'x-ratelimit-reset-requests': '6s',
        'x-ratelimit-remaining-req-minute': '50',
        'x-ratelimit-reset-req-minute': '60',
      },
    ],
    ['tokens', { 'x-ratelimit-remaining-tokens': '25', 'x-ratelimit-reset-tokens': '6s' }],
    [
      'tokens of a minute',
      { 'x-ratelimit-remaining-tokens-minute': '25', 'x-ratelimit-reset-tokens-minute': '6' },
    ],
  ])('%s: two more, then nothing before the period is over', (_, headers) => {
    const limiter = new Limiter({ most: 9 });
    limiter.acquire(0, 10);
    limiter.release(0, 10, headers);
    const granted = Array.from({ length: 4 }, () => limiter.acquire(1, 10).granted);
    expect(granted).toEqual([true, true, false, false]);
    for (let i = 0; i < 2; i++) limiter.release(2, 10, null);
    expect(limiter.acquire(5900, 10).granted).toBe(false);
    expect(limiter.acquire(6100, 10).granted).toBe(true);
  });

  it.each<[string, Record<string, string>]>([
    [
      '-1',
      {
        'x-ratelimit-remaining-tokens': '-1',
        'x-ratelimit-limit-tokens': '-1',
        'x-ratelimit-reset-tokens': '0',
      },
    ],
    ['a limit of 0', { 'x-ratelimit-remaining-tokens': '0', 'x-ratelimit-limit-tokens': '0' }],
    ['a policy without what is left', { 'ratelimit-policy': '"default";q=100;w=60' }],
    ['what is no number', { 'x-ratelimit-remaining': 'unlimited', 'x-ratelimit-limit': 'unlimited' }],
  ])('%s is no limit', (_, headers) => {
    const limiter = new Limiter({ most: 9 });
    limiter.acquire(0, 10);
    limiter.release(0, 10, headers);
    limiter.succeeded();
    expect(Array.from({ length: 5 }, () => limiter.acquire(1, 10).granted)).not.toContain(false);
    expect(limiter.waiting(1)).toBe(null);
  });

  it('the period of a limit that is written with it is waited for, and said', () => {
    const limiter = new Limiter({ most: 9 });
    limiter.acquire(0, 10);
    limiter.release(0, 10, { 'ratelimit-limit': '10, 10;w=60', 'ratelimit-remaining': '0' });
    expect(limiter.waiting(0)).toEqual({
      ms: 60_050,
      why: 'the server says that its 10 requests of this period are used up',
    });
  });

  /** A server with a fixed window of `limit` requests; replies arrive in any order. Counts what was too much. */
  function violations(limit: number, latencies: readonly number[]): number {
    const windowMs = 100;
    const limiter = new Limiter({ most: 64 });
    const replies: { at: number; headers: Record<string, string> }[] = [];
    let [windowStart, inWindow, tooMuch, sent] = [-Infinity, 0, 0, 0];
    for (let now = 0; now < 3000; now++) {
      for (const reply of replies.filter(({ at }) => at === now)) {
        limiter.release(now, 1, reply.headers);
        limiter.succeeded();
      }
      while (sent < latencies.length && limiter.acquire(now, 1).granted) {
        if (now - windowStart >= windowMs) [windowStart, inWindow] = [now, 0];
        inWindow += 1;
        if (inWindow > limit) tooMuch += 1;
        const headers = {
          'x-ratelimit-limit-requests': String(limit),
          'x-ratelimit-remaining-requests': String(Math.max(0, limit - inWindow)),
          'x-ratelimit-reset-requests': `${windowStart + windowMs - now}ms`,
        };
        replies.push({ at: now + latencies[sent++], headers });
        if (sent === 1) break; // as the probe does: the first request goes alone
      }
      if (sent === 1 && replies[0].at > now) now = replies[0].at - 1;
    }
    expect(sent).toBe(latencies.length);
    return tooMuch;
  }

  it('is never exceeded, in whatever order replies come', () => {
    const latencies = fc.array(fc.integer({ min: 1, max: 60 }), { minLength: 30, maxLength: 80 });
    fc.assert(
      fc.property(fc.integer({ min: 8, max: 40 }), latencies, (limit, list) => violations(limit, list) === 0),
    );
  });
});

describe('the window', () => {
  it('doubles round by round, is halved once for all that was under way, and then grows by one a round', () => {
    const limiter = new Limiter({ most: 64 });
    const round = (now: number): number => {
      let count = 0;
      while (limiter.acquire(now, 1).granted) count++;
      for (let i = 0; i < count; i++) {
        limiter.release(now, 1, null);
        limiter.succeeded();
      }
      return count;
    };
    expect([round(0), round(1), round(2)]).toEqual([4, 8, 16]);
    for (let i = 0; i < 5; i++) limiter.congested(10, 5, null);
    expect(limiter.width).toBe(16);
    expect(round(259)).toBe(0); // a short pause for everybody
    round(261);
    expect(limiter.width).toBe(16); // sixteen answers: a little under one more
    round(262);
    expect(limiter.width).toBe(17);
  });

  it('nothing is sent before the time that the server asks to wait', () => {
    const limiter = new Limiter({ most: 4 });
    limiter.acquire(0, 1);
    limiter.release(5, 1, null);
    limiter.congested(5, 0, 2000);
    expect(limiter.acquire(2004, 1)).toEqual({ granted: false, at: 2005 });
    expect(limiter.waiting(5)).toEqual({ ms: 2000, why: 'the server asks for it' });
    expect(limiter.acquire(2005, 1)).toEqual({ granted: true });
  });

  it('refusals that do not say for how long pause everybody, six of them for more than a minute, an answer ends that', () => {
    const limiter = new Limiter({ most: 4 });
    let now = 0;
    const refused = (): number => {
      limiter.congested(now, now, null);
      const { ms = 0 } = limiter.waiting(now) ?? {};
      now += ms;
      return ms;
    };
    const pauses = Array.from({ length: 6 }, refused);
    expect(pauses).toEqual([250, 750, 2250, 6750, 20_250, 60_000]);
    limiter.succeeded();
    expect(refused()).toBe(250);
  });
});

describe('a server that lets one request through in two seconds, and says when', () => {
  /** Refuses by a bucket of one, with whole seconds to wait; counts what it refuses. */
  function ask(answers: number): { refused: number; seconds: number } {
    const limiter = new Limiter({ most: 8 });
    let [now, free, answered, refused] = [0, 0, 0, 0];
    while (answered < answers) {
      const taken = limiter.acquire(now, 1);
      if (!taken.granted) {
        now = taken.at ?? now + 10;
        continue;
      }
      const isFree = now >= free;
      if (isFree) free = now + 2000;
      limiter.release(now + 5, 1, null);
      if (isFree) {
        answered += 1;
        limiter.succeeded();
      } else {
        refused += 1;
        limiter.congested(now + 5, now, (Math.floor((free - now) / 1000) + 1) * 1000);
      }
      now += 5;
    }
    return { refused, seconds: now / 1000 };
  }

  it('is asked at about that pace: few requests are refused, and little time is lost', () => {
    const { refused, seconds } = ask(100);
    expect(refused).toBeLessThan(30);
    expect(seconds).toBeLessThan(1.5 * 200);
  });
});

/** How a server answers: null; or it refuses, with a wait in ms or without one. */
type Served = number | 'refused' | null;

const LATENCY_MS = 200;

/** Asks a server for so many minutes; answers in each minute. */
function answersByMinute(minutes: number, serve: (now: number) => Served): number[] {
  const limiter = new Limiter({ most: 64 });
  const underWay: { at: number; sentAt: number; served: Served }[] = [];
  const answers = new Array<number>(minutes).fill(0);
  for (let now = 0; now < minutes * 60_000; now += 5) {
    while (underWay.length > 0 && underWay[0].at <= now) {
      const [{ sentAt, served }] = underWay.splice(0, 1);
      limiter.release(now, 1, null);
      if (served === null) {
        limiter.succeeded();
        answers[Math.floor(now / 60_000)] += 1;
      } else limiter.congested(now, sentAt, served === 'refused' ? null : served);
    }
    while (limiter.acquire(now, 1).granted)
      underWay.push({ at: now + LATENCY_MS, sentAt: now, served: serve(now) });
  }
  return answers;
}

describe('over many minutes', () => {
  const mean = (values: readonly number[]): number => values.reduce((a, b) => a + b, 0) / values.length;

  it.each([
    [0.05, 300],
    [0.1, 150],
    [0.2, 40],
    [0.3, 12],
  ])(
    'a server that refuses %s of the requests at random, with a second to wait, is asked on at a pace that does not fall',
    (share, atLeast) => {
      let state = 1;
      const random = (): number => (state = (state * 1_103_515_245 + 12_345) % 2 ** 31) / 2 ** 31;
      const answers = answersByMinute(30, () => (random() < share ? 1000 : null));
      expect(mean(answers.slice(-10))).toBeGreaterThan(atLeast);
      expect(mean(answers.slice(-10))).toBeGreaterThan(0.5 * mean(answers.slice(5, 15)));
    },
  );

  it.each([
    [0.5, 1000],
    [0.5, null],
    [0.7, 1000],
    [0.7, null],
  ])(
    'a server that refuses %s at random, with a wait of %s ms, gives 40 %% of what a client gets that asks again and again',
    (share, waitMs) => {
      let state = 1;
      const random = (): number => (state = (state * 1_103_515_245 + 12_345) % 2 ** 31) / 2 ** 31;
      const answers = answersByMinute(30, () => (random() < share ? (waitMs ?? 'refused') : null));
      // One request after the other, again after the wait, or after a quarter of a second where none is named.
      const refusals = share / (1 - share);
      const plain = 60_000 / (LATENCY_MS + refusals * (LATENCY_MS + (waitMs ?? 250)));
      expect(mean(answers)).toBeGreaterThan(0.4 * plain);
      expect(mean(answers.slice(-10))).toBeGreaterThan(0.4 * plain);
    },
  );

  it('a server that lets 10 requests through in a minute, and does not say so, is waited for until the minute is over', () => {
    let [minute, count] = [-1, 0];
    const refusedInRow = [0];
    const serve = (now: number): Served => {
      if (Math.floor(now / 60_000) !== minute) [minute, count] = [Math.floor(now / 60_000), 0];
      count += 1;
      if (count <= 10) refusedInRow.push(0);
      else refusedInRow[refusedInRow.length - 1] += 1;
      return count <= 10 ? null : 'refused';
    };
    const answers = answersByMinute(30, serve);
    expect(mean(answers)).toBeGreaterThan(8);
    // A few are under way when the minute's are used up; then six pauses are longer than what is left of it.
    expect(Math.max(...refusedInRow.slice(20))).toBeLessThanOrEqual(8);
  });

  it('a bucket that fills twice a second, and later every other second, is asked at its pace all the time', () => {
    let [level, at] = [5, 0];
    const serve = (now: number): number | null => {
      const each = now < 10 * 60_000 ? 500 : 2000;
      level = Math.min(5, level + (now - at) / each);
      at = now;
      if (level < 1) return Math.ceil(((1 - level) * each) / 1000) * 1000;
      level -= 1;
      return null;
    };
    const answers = answersByMinute(20, serve);
    expect(mean(answers.slice(1, 10))).toBeGreaterThan(110); // of 120
    expect(mean(answers.slice(11))).toBeGreaterThan(27); // of 30
  });
});

describe('a server that is gone for a while', () => {
  it('is asked by one request after each wait, whatever still comes of those that were under way', () => {
    const limiter = new Limiter({ most: 64 });
    const started = (now: number): number => {
      let count = 0;
      while (limiter.acquire(now, 1).granted) count += 1;
      return count;
    };
    const answeredAt = (now: number, sentAt: number): void => {
      limiter.release(now, 1, null);
      limiter.succeeded({ latencyMs: now - sentAt, underWay: 1 }, sentAt);
    };
    let underWay = started(0);
    for (let now = 5; underWay < 30; now += 5) {
      for (let i = 0; i < underWay; i++) answeredAt(now, now - 5);
      underWay = started(now);
    }
    limiter.down(1000, 'it is gone');
    for (let i = 0; i < underWay; i++) answeredAt(600, 100);
    expect(started(1000)).toBe(1);
    answeredAt(1020, 1000);
    expect(started(1020)).toBe(2);
  });
});
