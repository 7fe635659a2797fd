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
