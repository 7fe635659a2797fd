import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Budget } from './budget.ts';

const most = { promptTokens: 100, completionTokens: 50 };

describe('a budget', () => {
  it('counts what the server adds to every request from the second on, whatever is under way', () => {
    const budget = new Budget({ tokens: 10_000 }, null);
    budget.begin(most);
    budget.end(most, { promptTokens: 2030, completionTokens: 50 });
    expect(budget.added).toEqual({ promptTokens: 2030, completionTokens: 0 });
    let [sent, counted] = [0, 2080];
    while (budget.allows(most)) {
      budget.begin(most);
      sent += 1;
    }
    for (let i = 0; i < sent; i++) {
      budget.end(most, { promptTokens: 2099, completionTokens: 50 });
      counted += 2149;
    }
    expect(sent).toBe(3);
    expect(budget.spent).toMatchObject({ requests: 4, tokens: counted });
    expect(counted).toBeLessThanOrEqual(10_000);
  });

  it('adds no more to a prompt than the smallest prompt took as a whole', () => {
    const budget = new Budget({ tokens: 1e6 }, null);
    for (const promptTokens of [3000, 2010]) {
      budget.begin(most);
      budget.end(most, { promptTokens, completionTokens: 1 });
    }
    // By the bytes of the larger one it could be 2900.
    expect(budget.added.promptTokens).toBe(2900);
    budget.begin({ promptTokens: 2000, completionTokens: 50 });
    budget.end({ promptTokens: 2000, completionTokens: 50 }, { promptTokens: 500, completionTokens: 1 });
    expect(budget.added.promptTokens).toBe(2900);
  });

  it('goes by what an earlier run found from the first request on, and tells what it finds', () => {
    const told: unknown[] = [];
    const budget = new Budget({ tokens: 2500 }, null, {
      known: { promptTokens: 2000, completionTokens: 0 },
      onAdded: (added) => told.push(added),
    });
    expect(budget.allows(most)).toBe(true);
    budget.begin(most);
    expect(budget.allows(most)).toBe(false);
    budget.end(most, { promptTokens: 2099, completionTokens: 50 });
    expect(told).toEqual([{ promptTokens: 2099, completionTokens: 0 }]);
  });

  it('counts on what an earlier run may have taken without a reply', () => {
    const first = new Budget({ tokens: 400 }, null);
    first.begin(most);
    first.end(most, { promptTokens: null, completionTokens: null });
    const { taken } = first;
    expect(taken).toMatchObject({ promptTokens: 0, unsaid: most });
    const second = new Budget({ tokens: 400 }, null, { before: taken });
    expect(second.spent.tokens).toBe(0);
    second.begin(most);
    expect(second.allows(most)).toBe(false);
  });

  it('is exceeded by no more than what is first added to requests that are under way', () => {
    const request = fc.record({
      own: fc.integer({ min: 1, max: 90 }),
      spare: fc.integer({ min: 0, max: 300 }), // bytes beyond the tokens
      answer: fc.integer({ min: 0, max: 50 }),
      late: fc.nat(),
    });
    const world = fc.record({
      requests: fc.array(request, { minLength: 1, maxLength: 60 }),
      atOnce: fc.integer({ min: 1, max: 8 }),
      adds: fc.integer({ min: 1, max: 3000 }),
      from: fc.nat(20), // of the requests sent, the first to which it is added
      tokens: fc.integer({ min: 0, max: 40_000 }),
    });
    fc.assert(
      fc.property(world, ({ requests, atOnce, adds, from, tokens }) => {
        const budget = new Budget({ tokens }, null);
        const open: { own: number; answer: number; added: number; most: typeof most }[] = [];
        let [taken, unseen, sent] = [0, 0, 0];
        for (const { own, spare, answer, late } of requests) {
          const at = { promptTokens: own + spare, completionTokens: 50 };
          while (open.length >= atOnce || (open.length > 0 && !budget.allows(at))) {
            const [ended] = open.splice(late % open.length, 1);
            budget.end(ended.most, { promptTokens: ended.own + ended.added, completionTokens: ended.answer });
          }
          if (!budget.allows(at)) break;
          const added = sent++ >= from ? adds : 0;
          if (budget.added.promptTokens === 0) unseen += added;
          budget.begin(at);
          open.push({ own, answer, added, most: at });
          taken += own + added + answer;
        }
        expect(taken).toBeLessThanOrEqual(tokens + unseen);
      }),
      { numRuns: 2000 },
    );
  });

  it('counts a sum alone, as much of it as can be at the price of an answer', () => {
    const budget = new Budget({ tokens: 500 }, { prompt: 1e6, completion: 2e6 });
    budget.begin(most);
    budget.end(most, { promptTokens: null, completionTokens: null, totalTokens: 120 });
    expect(budget.spent).toEqual({ requests: 1, tokens: 120, money: 70 + 2 * 50 });
  });

  it('counts the most where nothing is said, and nothing for a refusal', () => {
    const budget = new Budget({ tokens: 300 }, null);
    budget.begin(most);
    budget.end(most, { promptTokens: null, completionTokens: null });
    expect(budget.allows(most)).toBe(true);
    budget.begin(most);
    expect(budget.allows(most)).toBe(false);
    budget.end(most, null);
    expect(budget.allows(most)).toBe(true);
    expect(budget.spent).toMatchObject({ requests: 2, tokens: 0 });
  });
});
