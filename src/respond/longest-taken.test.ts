import { expect, it } from 'vitest';
import { askableNamed } from '../prompt/askable.ts';
import { promptFor } from '../prompt/files.node.ts';
import { renderPrompt } from '../prompt/render.ts';
import { LongestTaken } from './longest-taken.ts';

function prompted(name: string, length: number) {
  const task = askableNamed(name);
  const template = promptFor(task.family, ['paper'], true);
  const { prompt, instance } = renderPrompt(task, template, { length, seed: 1, index: 0 });
  return { task, sample: instance, prompt };
}

it('a prompt is longer than all that were answered of its task, whatever others have', () => {
  const [now, before] = [new LongestTaken(), new LongestTaken()];
  expect([now.isEmpty, now.isExceededBy(prompted('UR', 20), before)]).toEqual([true, false]);
  now.take(prompted('UF', 10));
  now.take(prompted('UF', 5));
  // Of UR none was answered: it may be refused for what it is.
  expect(now.isExceededBy(prompted('UR', 20), undefined)).toBe(false);
  before.take(prompted('UR', 10));
  expect(prompted('UR', 20).prompt.text.length).toBeLessThan(prompted('UF', 10).prompt.text.length);
  expect(now.isExceededBy(prompted('UR', 20), before)).toBe(true);
  expect(now.isExceededBy(prompted('UR', 10), before)).toBe(false);
  expect(now.isExceededBy(prompted('UF', 10), before)).toBe(false);
  expect(now.isExceededBy(prompted('UF', 11), before)).toBe(true);
});
