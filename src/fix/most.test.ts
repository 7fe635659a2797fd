import { expect, it } from 'vitest';
import { askableNamed } from '../prompt/askable.ts';
import { plainly, simulatedAsker } from './fixtures/simulated-model.ts';
import { fix } from './fix.ts';
import { mostQuestions } from './most.ts';
import type { FixSpec } from './spec.ts';

const specOf = (task: string, length: number, more: Partial<FixSpec> = {}): FixSpec => ({
  ...{ target: 'simulated', plain: plainly(askableNamed(task)) },
  ...{ length, threshold: 0.9, n: 120, seed: 1, only: null },
  ...more,
});

it.each<[string, number, number, Partial<FixSpec>]>([
  ['NB', 20, 0.93, {}], // so near the threshold that all steps are gone through
  ['NB', 20, 0, {}],
  ['UL', 12, 0.93, {}],
  ['UB', 20, 1, { only: ['reverse', 'twice'] }],
  ['UR', 8, 1, { only: ['twice'] }],
])('no more is asked than is said: %s of %d, right at %d', async (task, length, right, more) => {
  const asked = new Set<string>();
  const spec = specOf(task, length, more);
  const asker = simulatedAsker({
    ...{ accuracy: () => right, seed: 3 },
    onQuestion: ({ task: one, sample }) =>
      asked.add(JSON.stringify([one.name, sample.length, sample.source, sample.query])),
  });
  await fix(spec, asker);
  const most = await mostQuestions(spec);
  expect(asked.size).toBeGreaterThan(0);
  expect(asked.size).toBeLessThanOrEqual(most);
});

it('what is said is what is asked where nothing ends early', async () => {
  let questions = 0;
  const spec = specOf('UR', 8, { n: 60, only: ['twice'] });
  await fix(spec, simulatedAsker({ accuracy: () => 1, seed: 3, onQuestion: () => (questions += 1) }));
  // 20 for the order; plainly and twice at 8, 4 and 2.
  expect(questions).toBe(20 + 2 * 60 * 3);
  expect(await mostQuestions(spec)).toBe(questions);
});
