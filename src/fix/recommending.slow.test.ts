/** How often a recommendation is one to trust, over 200 runs of models whose accuracy is known. */
import { describe, expect, it } from 'vitest';
import { askableNamed } from '../prompt/askable.ts';
import type { Accuracy } from './fixtures/simulated-model.ts';
import { plainly, simulatedAsker } from './fixtures/simulated-model.ts';
import { fix } from './fix.ts';

const RUNS = 200;

async function recommended(accuracy: Accuracy, length: number): Promise<(string | null)[]> {
  const found: (string | null)[] = [];
  for (let seed = 0; seed < RUNS; seed++) {
    const plain = plainly(askableNamed('UL'));
    const spec = { target: 'simulated', plain, length, threshold: 0.9, n: 300, seed, only: null };
    found.push((await fix(spec, simulatedAsker({ accuracy, seed }))).result.recommended);
  }
  return found;
}

describe('a model that is asked in vain in other ways', { timeout: 1_200_000 }, () => {
  // Of length 12 there are three lengths, at one of which the plain prompt often falls short while some mitigation holds.
  it.each([
    [0.5, 4],
    [0.85, 4],
    [0.9, 4],
    [0.95, 4],
    [0.94, 12],
  ])(
    'and is right with %s in every way, gets a recommendation in at most 10 of 200, at length %i',
    async (chance, length) => {
      const found = await recommended(() => chance, length);
      expect(found.filter((name) => name !== null).length).toBeLessThanOrEqual(10);
    },
  );
});

it('reversal is found in at least 190 of 200 where it is what helps', { timeout: 1_200_000 }, async () => {
  const found = await recommended(({ task }) => (task.operation === 'UR' ? 0.99 : 0.4), 8);
  expect(found.filter((name) => name === 'reverse').length).toBeGreaterThanOrEqual(190);
});
