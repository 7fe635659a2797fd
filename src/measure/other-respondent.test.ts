import { describe, expect, it } from 'vitest';
import { differencesBetween } from './other-respondent.ts';

const endpoint = {
  kind: 'endpoint',
  endpoint: 'http://127.0.0.1:8000/v1',
  model: 'm',
  api: 'chat',
  temperature: 0,
  seed: 1,
  stop: false,
  extra: { top_k: 1 },
};

describe('what differs between two respondents', () => {
  it.each([
    [{ seed: 2 }, '--seed (1 there, 2 here)'],
    [{ seed: null }, '--seed (1 there, none here)'],
    [
      { api: 'completions', temperature: 0.5 },
      '--api (chat there, completions here), --temperature (0 there, 0.5 here)',
    ],
    [
      { stop: true, thinkTokens: 4096 },
      '--think-tokens (none there, 4096 here), stop sequences (false there, true here)',
    ],
    [{ extra: {} }, 'top_k in --body (1 there, none here)'],
    [{ extra: { top_k: 1, seed: { a: 2 } } }, 'seed in --body (none there, {"a":2} here)'],
    [{ later: 7 }, 'later (none there, 7 here)'],
  ])('%j', (changed, said) => {
    expect(differencesBetween(endpoint, { ...endpoint, ...changed })).toBe(said);
  });

  it('of another kind, that alone', () => {
    const model = { kind: 'model', weights: 'a', setup: 'b', symbols: 'c' };
    expect(differencesBetween(endpoint, model)).toBe('the kind of respondent (endpoint there, model here)');
    expect(differencesBetween(model, { ...model, weights: 'd' })).toBe("the model's weights");
  });

  it('long values are cut', () => {
    const said = differencesBetween(endpoint, { ...endpoint, extra: { top_k: 1, text: 'x'.repeat(500) } });
    expect(said).toBe(`text in --body (none there, ${'x'.repeat(80)}… here)`);
  });
});
