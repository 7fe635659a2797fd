import { describe, expect, it } from 'vitest';
import { statusFault } from './reply/faults.ts';
import { Patience, Trouble } from './trouble.ts';

const refusal = (seconds: string, status = 429) =>
  statusFault(
    {
      status,
      headers: { 'retry-after': seconds },
      body: JSON.stringify({ error: { message: 'slow down' } }),
    },
    (text) => text,
    0,
  );
const MINUTE = 60_000;

describe('a refusal that says how long to wait', () => {
  it.each([
    ['2', 429, 2000],
    ['2', 503, 2000],
    ['0', 429, 250],
  ])('is no failed attempt: Retry-After %s of a %i', (seconds, status, waitMs) => {
    const fault = refusal(seconds, status);
    expect([Patience.isFor(fault), fault.waitMs]).toEqual([true, waitMs]);
  });

  it('others are: one that says nothing, an error of the server, a spent quota', () => {
    for (const [status, body] of [
      [429, { error: { message: 'slow down' } }],
      [500, { error: { message: 'broken, retry in 5 s' } }],
      [402, { error: { message: 'retry in 5 s' } }],
    ] as const) {
      const fault = statusFault({ status, headers: {}, body: JSON.stringify(body) }, (text) => text, 0);
      expect(Patience.isFor(fault)).toBe(false);
    }
  });

  it('is waited for as long as answers come, and given up after an hour without any', () => {
    const patience = new Patience();
    for (let now = 0; now < 300 * MINUTE; now += MINUTE) {
      expect(patience.refused(refusal('2'), now)).toBeNull();
      if (now % (30 * MINUTE) === 0) patience.answered();
    }
    patience.answered();
    expect(patience.refused(refusal('2'), 0)).toBeNull();
    expect(patience.refused(refusal('2'), 59 * MINUTE)).toBeNull();
    expect(patience.refused(refusal('2'), 60 * MINUTE)).toBe(
      'status 429: slow down (nothing was answered for 60 minutes of waiting as the server asks)',
    );
  });

  it('a long wait is waited for three times', () => {
    const patience = new Patience();
    expect(patience.refused(refusal('3600'), 0)).toBeNull();
    expect(patience.refused(refusal('3600'), 179 * MINUTE)).toBeNull();
    expect(patience.refused(refusal('3600'), 180 * MINUTE)).not.toBeNull();
  });
});

describe('the very same refusal', () => {
  const refused = statusFault({ status: 400, headers: {}, body: '{"error":"no"}' }, (text) => text, 0);
  const forbidden = statusFault({ status: 403, headers: {}, body: '<html>' }, (text) => text, 0);
  /** How many of 50 questions fail until nothing more is asked; `passed` stored answers come before each. */
  const until = (fault: typeof refused, trouble: Trouble, passed: (question: number) => number): number => {
    for (let question = 1; question <= 50; question++) {
      const among = { isLonger: false, passed: passed(question) };
      if (trouble.failed(fault, 1, among, 0) !== null) return question;
    }
    return Infinity;
  };

  it.each([
    ['of the first questions', false, () => 0, [5, 3]],
    ['where answers are stored', true, () => 0, [20, 10]],
    ['of questions behind stored answers', true, () => 7, [20, 10]],
    ['with a stored answer before each', true, (question: number) => question, [Infinity, Infinity]],
    ['with a stored answer before every twelfth', true, (n: number) => Math.floor(n / 12), [Infinity, 10]],
  ] as const)('%s ends the run after so many', (_, answeredBefore, passed, [form, access]) => {
    expect(until(refused, new Trouble(answeredBefore), passed)).toBe(form);
    expect(until(forbidden, new Trouble(answeredBefore), passed)).toBe(access);
  });
});
