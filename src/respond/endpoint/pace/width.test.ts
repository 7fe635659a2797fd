import { describe, expect, it } from 'vitest';
import { Limiter } from './limiter.ts';
import { Width } from './width.ts';

const MOST = 64;

/** A server that works on so many requests at once, in the order in which they come, each for a time. */
interface Server {
  readonly slots: number;
  readonly serviceMs: (random: () => number) => number;
}

interface Asked {
  /** Answers a second. */
  readonly rate: number;
  readonly longestMs: number;
  readonly mostUnderWay: number;
  /** Mean of those under way. */
  readonly underWay: number;
}

/** Asks it so many questions, after as many that don't count. */
function ask({ slots, serviceMs }: Server, questions: number, before = 0): Asked {
  const limiter = new Limiter({ most: MOST });
  let state = 1;
  const random = (): number => (state = (state * 1_103_515_245 + 12_345) % 2 ** 31) / 2 ** 31;
  const freeAt = new Array<number>(slots).fill(0);
  const underWay: { at: number; sentAt: number; underWay: number }[] = [];
  let [now, done, longestMs, mostUnderWay, sum, startedAt] = [0, 0, 0, 0, 0, 0];
  while (done < before + questions) {
    while (limiter.acquire(now, 1).granted) {
      const slot = freeAt.indexOf(Math.min(...freeAt));
      freeAt[slot] = Math.max(now, freeAt[slot]) + serviceMs(random);
      underWay.push({ at: freeAt[slot], sentAt: now, underWay: limiter.underWay });
    }
    underWay.sort((a, b) => a.at - b.at);
    const [answer] = underWay.splice(0, 1);
    now = answer.at;
    limiter.release(now, 1, null);
    limiter.succeeded({ latencyMs: now - answer.sentAt, underWay: answer.underWay });
    done += 1;
    if (done === before) startedAt = now;
    if (done <= before) continue;
    longestMs = Math.max(longestMs, now - answer.sentAt);
    mostUnderWay = Math.max(mostUnderWay, answer.underWay);
    sum += answer.underWay;
  }
  const rate = questions / ((now - startedAt) / 1000);
  return { rate, longestMs, mostUnderWay, underWay: sum / questions };
}

/** Around a mean, a third of it as the standard deviation or so; `heavy`: one in ten takes five times as long. */
const around = (mean: number) => (random: () => number) => mean * (0.5 + random());
const heavy = (mean: number) => (random: () => number) => mean * (random() < 0.1 ? 5 : 0.5 + random());

describe('a server that answers slowly', () => {
  it.each([
    ['0.7 s', () => 700, 700],
    ['about 0.7 s', around(700), 700],
    ['5 s', () => 5000, 5000],
    ['0.3 s', () => 300, 300],
  ])('one at a time, %s each, is asked few at once from the start, and is never idle', (_, serviceMs, ms) => {
    const { rate, mostUnderWay, longestMs } = ask({ slots: 1, serviceMs }, 100);
    expect(mostUnderWay).toBeLessThanOrEqual(8);
    expect(longestMs).toBeLessThan(8 * 1.5 * ms);
    expect(rate).toBeGreaterThan(0.9 * (1000 / ms));
    expect(ask({ slots: 1, serviceMs }, 100, 100).underWay).toBeLessThan(4);
  });

  it.each([
    ['1 s', () => 1000],
    ['about 1 s', around(1000)],
    ['1 s, some far longer', heavy(1000)],
    ['20 s', around(20_000)],
  ])('all at once, %s each, is soon asked as many at once as may be', (_, serviceMs) => {
    expect(ask({ slots: 1000, serviceMs }, 1000, 300).underWay).toBeGreaterThan(0.85 * MOST);
  });

  it.each([
    [4, around(700)],
    [8, around(700)],
    [16, heavy(700)],
    [32, around(2000)],
  ])(
    '%i at a time is asked about as many: it has always something to do, and little waits',
    (slots, serviceMs) => {
      const best = ask({ slots: 1000, serviceMs }, 1000, 300);
      const { rate, underWay } = ask({ slots, serviceMs }, 1000, 300);
      expect(rate).toBeGreaterThan(0.8 * (best.rate / best.underWay) * slots);
      expect(underWay).toBeLessThan(2 * slots);
    },
  );
});

describe('a server that answers quickly', () => {
  it.each([1, 4, 1000])(
    '%i at a time, is asked as many at once as may be: nobody waits for long',
    (slots) => {
      expect(ask({ slots, serviceMs: () => 3 }, 1000, 100).underWay).toBeGreaterThan(0.95 * MOST);
    },
  );
});

/** A server that refuses what is more than so many at once, and any other request by a chance, each in no time. */
interface Refusing {
  readonly slots: number;
  readonly eachMs: number;
  readonly byChance?: number;
}

/** Asks it so many questions until all are answered. */
function askRefusing({ slots, eachMs, byChance = 0 }: Refusing, questions: number) {
  const limiter = new Limiter({ most: MOST });
  let state = 1;
  const random = (): number => (state = (state * 1_103_515_245 + 12_345) % 2 ** 31) / 2 ** 31;
  const events: { at: number; happens: () => void }[] = [];
  let [now, busy, done, refused] = [0, 0, 0, 0];
  while (done < questions) {
    for (let place = limiter.acquire(now, 1); ; place = limiter.acquire(now, 1)) {
      if (!place.granted) {
        if (place.at !== null) events.push({ at: place.at, happens: () => undefined });
        break;
      }
      const [sentAt, underWay] = [now, limiter.underWay];
      if (busy >= slots || random() < byChance) {
        refused += 1;
        events.push({
          at: now + 1,
          happens: () => {
            limiter.release(now, 1, null);
            limiter.congested(now, sentAt, null);
          },
        });
        continue;
      }
      busy += 1;
      events.push({
        at: now + around(eachMs)(random),
        happens: () => {
          busy -= 1;
          done += 1;
          limiter.release(now, 1, null);
          limiter.succeeded({ latencyMs: now - sentAt, underWay }, sentAt);
        },
      });
    }
    events.sort((a, b) => a.at - b.at);
    const [event] = events.splice(0, 1);
    now = event.at;
    event.happens();
  }
  return { refused, ms: now };
}

describe('a server that refuses more than so many at once', () => {
  it.each([
    [1, 20],
    [1, 100],
    [1, 400],
    [2, 100],
    [5, 100],
    [5, 400],
    [12, 100],
  ])('%i of %i ms each, is asked as many, and seldom more', (slots, eachMs) => {
    const { refused, ms } = askRefusing({ slots, eachMs }, 1000);
    expect(refused).toBeLessThan(25);
    expect(ms).toBeLessThan((1.35 * 1000 * eachMs) / slots);
  });

  it('and later takes more, is asked more', () => {
    const width = new Width(MOST);
    for (let refusals = 0; refusals < 8; refusals++) {
      while (width.whole < 2) width.answered();
      width.cut();
    }
    for (let answers = 0; answers < 1000; answers++) width.answered();
    expect(width.whole).toBeGreaterThan(30);
  });
});

describe('a server that refuses at random', () => {
  it.each([
    [0.02, 25],
    [0.1, 65],
  ])('%f of all, is asked no less for it', (byChance, most) => {
    expect(askRefusing({ slots: 1000, eachMs: 100, byChance }, 1000).ms).toBeLessThan(most * 1000);
  });
});

describe('answers that do not come in time, while others do', () => {
  it('halve how many are under way, once for all of those, and say so', () => {
    const limiter = new Limiter({ most: MOST });
    for (let i = 0; i < 4; i++) limiter.acquire(0, 1);
    for (let i = 0; i < 3; i++) limiter.overfull(20_000, 0);
    expect(limiter.width).toBe(2);
    expect(limiter.waiting(20_000)).toEqual({
      ms: 250,
      why: 'more at once than the server works on: 2 at a time now',
    });
  });
});
