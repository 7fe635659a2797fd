import { expect, it } from 'vitest';
import { labelsFrom, promptPart } from './compare.ts';
import type { LabelParts } from './compare.ts';
import { groupedNotes, titleOf } from './notes.ts';

it('a label has no part that is not known, such as the day of what was only printed', () => {
  const parts = (day: string, file: string): LabelParts => ['m', 'pair', day, file, file];
  expect(labelsFrom([parts('', 'a.json'), parts('2026-01-02', 'b')])).toEqual(['m', 'm · 2026-01-02']);
  expect(labelsFrom([parts('', 'a.json'), parts('', 'b.json')])).toEqual(['m · a.json', 'm · b.json']);
});

it('two folders of one name are told apart by their paths, beside a file of results, too', () => {
  const folder = (file: string, nameInStudy = ''): LabelParts => {
    return ['m', 'pair', '2026-01-02', 'run', file, nameInStudy];
  };
  expect(labelsFrom([folder('a/run'), folder('b/run')])).toEqual(['m · a/run', 'm · b/run']);
  const results: LabelParts = ['m', 'pair', '2026-01-03', 'run.json', 'run.json'];
  expect(labelsFrom([folder('a/run'), folder('b/run'), results])).toEqual([
    'm · 2026-01-02 · a/run',
    'm · 2026-01-02 · b/run',
    'm · 2026-01-03',
  ]);
  expect(labelsFrom([folder('a/run', 'cold'), folder('a/run', 'warm')])).toEqual(['m · cold', 'm · warm']);
  expect(labelsFrom([folder('a/run'), folder('a/run')])).toEqual(['m', 'm (2)']);
});

it('a label says which of its parts are prompts', () => {
  expect(promptPart(['pair'])).toBe('prompt pair');
  expect(promptPart(['pair', 'input-output'])).toBe('prompts pair and input-output');
  const parts = (...names: string[]): LabelParts => ['m', promptPart(names), '', 'a.json', 'a.json'];
  expect(labelsFrom([parts('pair', 'input-output'), parts('json'), parts()])).toEqual([
    'm · prompts pair and input-output',
    'm · prompt json',
    'm',
  ]);
});

it('a title names three at most', () => {
  expect(titleOf(['a'])).toBe('a');
  expect(titleOf(['a', 'b', 'c'])).toBe('a, b and c');
  expect(titleOf(['a', 'b', 'c', 'd', 'e'])).toBe('a, b and 3 others');
});

it('what is said of several respondents is said once', () => {
  const others = [{ label: 'b' }, { label: 'c' }, { label: 'd' }];
  const notes = groupedNotes(others, ({ label: own }, label) =>
    own === 'd' ? [`${label} differs`] : [`Not asked of ${label}: UF.`],
  );
  expect(notes).toEqual(['Not asked of b and c: UF.', 'd differs']);
});
