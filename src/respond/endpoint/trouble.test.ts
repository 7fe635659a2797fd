import { describe, expect, it } from 'vitest';
import { statusFault } from './reply/faults.ts';
import { Patience } from './trouble.ts';

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
