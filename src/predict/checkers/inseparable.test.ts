import { expect, it } from 'vitest';
import { processorTime } from '../../../test/processor-time.ts';
import { checkInseparable } from './inseparable.ts';

/** A line of n states, all of one class: b goes on, c goes back. Each combination makes two neighbours equal. */
function check(n: number): void {
  const component = Array.from({ length: n }, (_, state) => state);
  const transitions = component.map((state) => [(state + 1) % n, state === 0 ? 0 : state - 1]);
  const combinations = component.slice(1).map((state) => ({
    states: [state - 1, state] as [number, number],
    denominator: '1',
    // c leads from `state` to the one before it, and leaves 0 where it is: the difference of their potentials is 0.
    edges: [[state, 1, '1'] as const, [0, 1, '-1'] as const].map(
      (edge) => [...edge] as [number, number, string],
    ),
  }));
  const evidence = {
    component,
    classes: component.map(() => 0),
    combinations,
    pair: [0, 1] as [number, number],
  };
  const rows = new Map(transitions.entries());
  checkInseparable(rows, { ...evidence, access: [], distinguishing: [] }, (state) => state === 0);
}

it('a line of combinations takes time in proportion to its length', async () => {
  check(4_000);
  const short = await processorTime(() => check(8_000));
  const long = await processorTime(() => check(64_000));
  expect(long).toBeLessThan(24 * short); // 8 times as long; without halved paths 64 times
});
