import { describe, expect, it } from 'vitest';
import { rng } from '../../common/random.ts';
import type { Head } from '../ablation/ablate.ts';
import type { SymbolBehaviour } from '../behaviour/behaviour.ts';
import { circuitSizes, circuitsOf } from './circuit.ts';

/** A model of 40 heads of which each of some adds to the metric what it is worth. */
const order: readonly Head[] = Array.from({ length: 40 }, (_, i) => ({ layer: i >> 2, head: i & 3 }));
const worth = (head: Head, values: readonly number[]) =>
  values[order.findIndex((one) => one.layer === head.layer && one.head === head.head)] ?? 0;

function modelOf(values: readonly number[]) {
  const total = values.reduce((sum, x) => sum + x, 0);
  const behaviour = (rightMinusLeft: number): SymbolBehaviour => ({
    n: 1,
    accuracy: 0,
    tokenAccuracy: 0,
    crossEntropy: 0,
    margin: 0,
    rightMinusLeft,
    rightMinusLeftError: null,
  });
  return {
    base: behaviour(total),
    without: (heads: readonly Head[]) =>
      Promise.resolve(behaviour(total - heads.reduce((sum, head) => sum + worth(head, values), 0))),
  };
}

describe('circuits', () => {
  it('have the sizes of the benchmark, each once', () => {
    expect(circuitSizes(270)).toEqual([1, 3, 5, 14, 27, 54, 135, 270]);
    expect(circuitSizes(4)).toEqual([1, 2, 4]);
    expect(circuitSizes(1)).toEqual([1]);
  });

  it('of the heads that matter are faithful, of others not', async () => {
    const { base, without } = modelOf([3, 1]); // the first two of the order
    const { faithfulness: found, sizes } = await circuitsOf(
      { ablation: { without }, order, base, metric: 'rightMinusLeft' },
      rng('circuits'),
    );
    expect([found.whole, found.empty]).toEqual([4, 0]);
    expect(sizes.map(({ heads }) => heads)).toEqual([1, 2, 4, 8, 20, 40]);
    expect(sizes.map(({ faithfulness }) => faithfulness)).toEqual([0.75, 1, 1, 1, 1, 1]);
    // Trapezoids: from 0 to 1/40 up to .75, to 2/40 up to 1, then 1.
    expect(found.cpr).toBeCloseTo((0.75 / 2 + (0.75 + 1) / 2) / 40 + 38 / 40, 10);
    expect(found.cmd).toBeCloseTo((1.25 / 2 + 0.25 / 2) / 40, 10);
    expect(found.randomCpr).toBeLessThan(found.cpr!);
    expect(sizes.at(-1)!.random).toBeNull();
    const half = sizes[4].random!;
    expect(half.least).toBeLessThanOrEqual(half.mean);
    expect(half.largest).toBeGreaterThanOrEqual(half.mean);
  });

  it('are beyond 1 where what they leave out works against the rest', async () => {
    const { base, without } = modelOf([3, 0, -1]);
    const { sizes } = await circuitsOf(
      { ablation: { without }, order, base, metric: 'rightMinusLeft' },
      rng('circuits'),
    );
    expect(sizes.map(({ faithfulness }) => faithfulness)).toEqual([1.5, 1.5, 1, 1, 1, 1]);
  });

  it('say nothing of a model that does the same without heads', async () => {
    const { base, without } = modelOf([0.05]);
    const { faithfulness: found, sizes } = await circuitsOf(
      { ablation: { without }, order, base, metric: 'rightMinusLeft' },
      rng('circuits'),
    );
    expect([found.cpr, found.cmd, found.randomCpr]).toEqual([null, null, null]);
    expect(sizes.every(({ faithfulness, random }) => faithfulness === null && random === null)).toBe(true);
  });

  it('are the same from the same seed', async () => {
    const { base, without } = modelOf([3, 1, 2, 0.5]);
    const once = await circuitsOf(
      { ablation: { without }, order, base, metric: 'rightMinusLeft' },
      rng('circuits'),
    );
    expect(
      await circuitsOf({ ablation: { without }, order, base, metric: 'rightMinusLeft' }, rng('circuits')),
    ).toEqual(once);
  });
});
