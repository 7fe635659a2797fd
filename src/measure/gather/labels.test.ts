import { describe, expect, it } from 'vitest';
import type { Settings } from '../../score/tables/settings.ts';
import { labelsFrom } from './labels.ts';
import type { LabelParts } from './labels.ts';
import { groupedNotes, titleOf } from './notes.ts';

const m = (parts: Partial<LabelParts>): LabelParts => ({
  ...{ model: 'm', prompts: { UR: 'pair' }, day: '', fileName: '', file: '' },
  ...parts,
});

it('a label has no part that is not known, such as the day of what was only printed', () => {
  const parts = (day: string, file: string): LabelParts => m({ day, fileName: file, file });
  expect(labelsFrom([parts('', 'a.json'), parts('2026-01-02', 'b')])).toEqual(['m', 'm · 2026-01-02']);
  expect(labelsFrom([parts('', 'a.json'), parts('', 'b.json')])).toEqual(['m · a.json', 'm · b.json']);
});

it('two folders of one name are told apart by their paths, beside a file of results, too', () => {
  const folder = (file: string, nameInStudy = ''): LabelParts => {
    return m({ day: '2026-01-02', fileName: 'run', file, nameInStudy });
  };
  expect(labelsFrom([folder('a/run'), folder('b/run')])).toEqual(['m · a/run', 'm · b/run']);
  const results = m({ day: '2026-01-03', fileName: 'run.json', file: 'run.json' });
  expect(labelsFrom([folder('a/run'), folder('b/run'), results])).toEqual([
    'm · 2026-01-02 · a/run',
    'm · 2026-01-02 · b/run',
    'm · 2026-01-03',
  ]);
  expect(labelsFrom([folder('a/run', 'cold'), folder('a/run', 'warm')])).toEqual(['m · cold', 'm · warm']);
  expect(labelsFrom([folder('a/run'), folder('a/run')])).toEqual(['m', 'm (2)']);
});

it('a label says which of its parts are prompts', () => {
  const parts = (prompts: LabelParts['prompts']): LabelParts => m({ prompts });
  expect(
    labelsFrom([parts({ UR: 'pair', UF: 'input-output' }), parts({ UR: 'json', UF: 'json' }), parts({})]),
  ).toEqual(['m · prompts pair and input-output', 'm · prompt json', 'm']);
});

describe('a label says how each was asked', () => {
  const asked = (...each: readonly Readonly<Record<string, Settings>>[]): string[] =>
    labelsFrom(each.map((settings, i) => m({ settings, day: `2026-01-0${i + 1}` })));

  it('all of it that differs, and nothing else', () => {
    const usual: Settings = { alphabet: 'default', place: 'default', seed: 1 };
    expect(asked({ UR: usual }, { UR: { ...usual, alphabet: 'lower' } })).toEqual([
      'm · default alphabet',
      'm · alphabet lower',
    ]);
    expect(
      asked(
        { UR: usual },
        { UR: { ...usual, alphabet: 'lower', place: 'stratified' } },
        { UR: { ...usual, seed: 7 } },
      ),
    ).toEqual([
      'm · default alphabet, default place, seed 1',
      'm · alphabet lower, place stratified, seed 1',
      'm · default alphabet, default place, seed 7',
    ]);
    expect(asked({ UR: usual }, { UR: usual })).toEqual(['m · 2026-01-01', 'm · 2026-01-02']);
  });

  it('but for respondents that a study has names for', () => {
    const named = (nameInStudy: string, repeat: number): LabelParts =>
      m({ nameInStudy, settings: { UR: { repeat } } });
    expect(labelsFrom([named('once', 1), named('twice', 2)])).toEqual(['m · once', 'm · twice']);
    expect(labelsFrom([named('once', 1), named('once', 2)])).toEqual(['m · repeat 1', 'm · repeat 2']);
  });

  it('all prompts of each, so that the label is true of every row', () => {
    const named = (nameInStudy: string, prompts: LabelParts['prompts']): LabelParts =>
      m({ nameInStudy, prompts });
    const small = named('small', { UR: 'pair', UF: 'input-output' });
    const few = named('few', { UR: 'pair' });
    const json = named('json', { UR: 'json', UF: 'json' });
    expect(labelsFrom([small, few])).toEqual(['m · small', 'm · few']);
    expect(labelsFrom([small, json, few])).toEqual([
      'm · prompts pair and input-output',
      'm · prompt json',
      'm · prompt pair',
    ]);
  });

  it('of tasks that have a use for it', () => {
    const copy: Settings = { alphabet: 'default', seed: 1 };
    const placed: Settings = { ...copy, place: 'stratified' };
    expect(asked({ UF: copy }, { UF: copy, UR: placed })).toEqual(['m · 2026-01-01', 'm · 2026-01-02']);
  });

  it('a prompt only where a task was asked with two: other tasks have other prompts', () => {
    const both = m({ prompts: { UR: 'pair', UF: 'input-output' }, settings: { UR: { place: 'default' } } });
    const one = m({ settings: { UR: { place: 'stratified' } } });
    expect(labelsFrom([both, one])).toEqual(['m · default place', 'm · place stratified']);
    const json = m({ prompts: { UR: 'json' }, settings: { UR: { place: 'stratified' } } });
    expect(labelsFrom([both, json])).toEqual([
      'm · prompts pair and input-output, default place',
      'm · prompt json, place stratified',
    ]);
  });
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
