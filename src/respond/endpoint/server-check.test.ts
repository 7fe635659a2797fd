import { describe, expect, it } from 'vitest';
import type { Prompted } from '../respondent.ts';
import type { RequestPlan } from './due.ts';
import { Budget } from './pace/budget.ts';
import { Limiter } from './pace/limiter.ts';
import { replyFault, statusFault, transportFault } from './reply/faults.ts';
import type { Fault } from './reply/faults.ts';
import type { Answered } from './reply/read.ts';
import { NO_ROOM_LEFT } from './outputs.ts';
import { ServerCheck } from './server-check.ts';

const QUESTION = {} as Prompted;
const { signal } = new AbortController();
const status = (code: number, headers: Readonly<Record<string, string>> = {}): Fault =>
  statusFault({ status: code, headers, body: '{"error":{"message":"no"}}' }, (text) => text, Date.now());

/** A check of a server that replies so, with what it is asked by. */
function checked(result: Answered | Fault) {
  const limiter = new Limiter({ most: 4 });
  const budget = new Budget({}, null, {});
  const sent: number[] = [];
  const plan: RequestPlan = {
    ...{ most: { promptTokens: 1, completionTokens: 1 }, tokenLimit: 1, roomy: false, smaller: 0 },
    ...{ mostTokens: null, thinkTokens: 0, stream: false },
    send: () => {
      sent.push(Date.now());
      return Promise.resolve({ result, headers: null, latencyMs: 1 });
    },
  };
  const check = new ServerCheck<Prompted>({
    connection: { limiter, budget },
    requests: () => plan,
    questions: { answeredOne: () => QUESTION },
  });
  return { check, limiter, budget, sent };
}

describe('a server that may be gone', () => {
  const answer: Answered = { ...NO_ROOM_LEFT, text: 'a b', finishReason: 'stop' };

  it.each<[string, Answered | Fault, string]>([
    ['an answer', answer, 'answers'],
    ['an empty answer', { ...answer, text: '', isEmpty: true }, 'gone'],
    ['429', status(429), 'refuses'],
    ['429 with a wait', status(429, { 'retry-after': '1' }), 'refuses'],
    ['503 with a wait', status(503, { 'retry-after': '1' }), 'refuses'],
    ['503', status(503), 'gone'],
    ['500', status(500), 'gone'],
    ['a broken reply', replyFault('no JSON'), 'gone'],
    ['no answer in time', transportFault('no answer within 5 s'), 'gone'],
    ['nobody', transportFault('ECONNREFUSED', true), 'gone'],
  ])('by %s', async (_, result, found) => {
    const { check } = checked(result);
    expect(await check.begin(signal)).toBe(found);
    expect(check.found).toBe(found === 'gone' ? 0 : 1);
  });

  it('and asks everybody to wait is waited for by everybody', async () => {
    const { check, limiter } = checked(status(429, { 'retry-after': '7' }));
    await check.begin(signal);
    const { ms = 0, why } = limiter.waiting(Date.now()) ?? {};
    expect(ms).toBeGreaterThan(6000);
    expect(why).toBe('the server asks for it');
  });

  it('is not asked while everybody waits', async () => {
    const { check, limiter, sent } = checked(answer);
    const until = Date.now() + 60;
    limiter.congested(Date.now(), Date.now(), 60);
    await check.begin(signal);
    expect(sent).toHaveLength(1);
    expect(sent[0]).toBeGreaterThanOrEqual(until);
  });

  it('is looked up once, where no question is known that it has answered', () => {
    let looked = 0;
    const { limiter, budget } = checked(answer);
    const answeredOne = (): null => {
      looked += 1;
      return null;
    };
    const check = new ServerCheck<Prompted>({
      ...{ connection: { limiter, budget }, requests: () => null, questions: { answeredOne } },
    });
    expect([check.begin(signal), check.question, check.begin(signal)]).toEqual([null, null, null]);
    expect(looked).toBe(1);
    check.said(QUESTION);
    expect(check.question).toBe(QUESTION);
  });
});
