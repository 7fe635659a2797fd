import { expect, it } from 'vitest';
import { isWordLevel } from './word-level.ts';

it.each([
  [{ model: { type: 'WordLevel' } }, true],
  [{ model: { type: 'BPE' }, added_tokens: [{ content: '"type": "WordLevel"' }] }, false],
  [{ model: null }, false],
  [{}, false],
  [null, false],
  ['WordLevel', false],
])('%j is of a model trained here: %s', (tokenizer, wanted) => {
  expect(isWordLevel(tokenizer)).toBe(wanted);
});
