import { describe, expect, it } from 'vitest';
import { nestingOf } from './json.ts';

describe('how deep a text of JSON is', () => {
  it.each([
    ['3', 0],
    ['"[[["', 0],
    ['[]', 1],
    ['[{}]', 2],
    ['[[1], [2, {"a": []}], "]]\\"[["]', 4],
    [`${'['.repeat(200_000)}${']'.repeat(200_000)}`, 200_000],
  ])('%#', (text, depth) => {
    expect(nestingOf(text)).toBe(depth);
  });
});
