import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { LargestLimit } from './largest-limit.ts';

const QUESTION = {};

describe('the largest limit that a server takes', () => {
  it('is found between one that was taken and one that was refused, in as many requests as halving takes', () => {
    const limits = fc.tuple(
      fc.integer({ min: 1, max: 5000 }),
      fc.integer({ min: 0, max: 5000 }),
      fc.integer({ min: 1, max: 5000 }),
    );
    fc.assert(
      fc.property(limits, ([taken, more, beyond]) => {
        const [theirs, refused] = [taken + more, taken + more + beyond];
        const largest = new LargestLimit();
        largest.take(taken);
        largest.refuse(refused, QUESTION);
        let [requests, under] = [0, taken];
        while (largest.raise(under)) {
          const limit = largest.most ?? Infinity;
          requests += 1;
          if (limit > theirs) largest.refuse(limit, QUESTION);
          else largest.take((under = limit));
        }
        expect([under, largest.most]).toEqual([theirs, theirs]);
        expect(requests).toBeLessThanOrEqual(Math.ceil(Math.log2(refused - taken)));
      }),
    );
  });

  it('that it names is gone by', () => {
    const largest = new LargestLimit();
    largest.take(5);
    expect([largest.name(60), largest.most, largest.raise(60)]).toEqual([true, 60, false]);
    expect([largest.name(70), largest.most]).toEqual([false, 60]);
    expect([largest.name(50), largest.most]).toEqual([true, 50]);
  });

  it('is unknown again, where an answer comes with one that was refused', () => {
    const largest = new LargestLimit();
    largest.take(5);
    largest.refuse(60, QUESTION);
    expect(largest.most).toBe(32);
    largest.take(60);
    expect([largest.most, largest.raise(60)]).toEqual([null, true]);
  });

  it('that it does not name holds for others once a second question was refused', () => {
    const [first, second, third] = [{}, {}, {}];
    const largest = new LargestLimit();
    largest.refuse(60, first);
    expect([first, second].map((one) => largest.mostFor(one))).toEqual([30, null]);
    largest.refuse(60, first);
    expect(largest.isSure).toBe(false);
    largest.refuse(80, second);
    expect([largest.isSure, largest.mostFor(third)]).toEqual([true, 30]);
    largest.take(60);
    expect([first, third].map((one) => largest.mostFor(one))).toEqual([null, null]);
  });
});
