/** A program that knows the format of certificates, and lies (test/adversary). More of it: adversary.slow.test.ts. */
import { expect, it } from 'vitest';
import { attempts, isForgery, ours, Tally } from './adversary/campaign.ts';

it('250 attempts to have something false accepted: none holds', () => {
  const tally = new Tally();
  for (const attempt of attempts('quick', 250, 40)) {
    const answer = ours(attempt);
    tally.add(attempt, answer);
    if (isForgery(attempt, answer)) expect.fail(`a forgery holds (${attempt.kind}): ${attempt.text}`);
  }
  expect(tally.total).toBe(250);
  expect(tally.lines().length).toBeGreaterThan(25);
}, 300_000);
