/**
 * At least 10,000 attempts over all tasks and 300 languages, in both fragments: none holds in either checker, and the two
 * say the same of each. Prints the attempts by kind.
 */
import { expect, it } from 'vitest';
import type { Attempt } from './adversary/attempt.ts';
import type { Answer } from './adversary/campaign.ts';
import { attempts, isForgery, ours, Tally } from './adversary/campaign.ts';
import { hasPython, theirs } from './adversary/python.ts';

const ATTEMPTS = 10_500;
const LANGUAGES = 300;

it(`${ATTEMPTS} attempts to have something false accepted: none holds`, async () => {
  const tally = new Tally();
  const tried: { attempt: Attempt; answer: Answer }[] = [];
  for (const attempt of attempts('slow', ATTEMPTS, LANGUAGES)) {
    const answer = ours(attempt);
    tally.add(attempt, answer);
    tried.push({ attempt, answer });
  }
  console.log([`${tally.total} attempts:`, ...tally.lines()].join('\n'));
  const forgeries = tried.filter(({ attempt, answer }) => isForgery(attempt, answer));
  expect(forgeries.map(({ attempt }) => attempt)).toEqual([]);
  if (!hasPython) {
    console.log('python3 is missing: the second checker was not asked');
    return;
  }
  const second = await theirs(tried.map(({ attempt }) => attempt.text));
  const differ = tried.flatMap(({ attempt, answer }, i) =>
    second[i] === answer ? [] : [{ ...attempt, ours: answer, theirs: second[i] }],
  );
  expect(differ).toEqual([]);
});
