import { describe, expect, it } from 'vitest';
import { leastCounters, residuals } from './residuals.ts';

describe('residuals', () => {
  it.each(['NF', 'NB'])('%s: every prefix has a future of its own', (task) => {
    const { lengths, growth } = residuals(task, { upTo: 8 });
    expect(lengths.map(({ distinguishable }) => distinguishable)).toEqual([2, 4, 8, 16, 32, 64, 128, 256]);
    expect(growth).toBe('exponential');
    // 2^8 prefixes need (8+1)^K ≥ 256: three counters.
    expect(lengths[7].leastCounters).toBe(3);
  });

  it.each(['UF', 'UB'])('%s: as many as there are sources without repeats', (task) => {
    const { lengths } = residuals(task);
    expect(lengths.map(({ distinguishable }) => distinguishable)).toEqual([5, 20, 60, 120]);
  });

  it('flip-flop: one bit, and one more while an instruction waits for its bit', () => {
    const { lengths } = residuals('flip-flop');
    expect(Math.max(...lengths.map(({ distinguishable }) => distinguishable))).toBeLessThanOrEqual(3);
  });

  it('UL and UR stop growing: a fixed alphabet leaves finitely many pairs to remember', () => {
    expect([residuals('UL').growth, residuals('UR').growth]).toEqual(['bounded', 'bounded']);
  });

  it('refuses more than can be afforded, and unknown tasks', () => {
    expect(() => residuals('NF', { upTo: 40 })).toThrow(/too many: at most length \d+/);
    expect(() => residuals('NFF')).toThrow("did you mean 'NF'?");
  });
});

describe('leastCounters', () => {
  it.each([
    { residuals: 1, length: 5, bits: 0, period: 1, least: 0 },
    { residuals: 11, length: 10, bits: 0, period: 1, least: 1 },
    { residuals: 12, length: 10, bits: 0, period: 1, least: 2 },
    { residuals: 12, length: 10, bits: 1, period: 1, least: 1 },
    { residuals: 12, length: 10, bits: 2, period: 3, least: 0 },
  ])(
    '$residuals at length $length, $bits bits, period $period: $least',
    ({ residuals, length, bits, period, least }) => {
      expect(leastCounters(residuals, length, bits, period)).toBe(least);
    },
  );
});
