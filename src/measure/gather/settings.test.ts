import { describe, expect, it } from 'vitest';
import { askableNamed } from '../../prompt/askable.ts';
import { usualPrompt } from '../../prompt/files.node.ts';
import { notedItems, notedTask } from '../plan/runs.ts';
import type { AskedTask } from '../store/rows.ts';
import { settingsOf } from './settings.ts';

function asked(name: string, shots = 3): AskedTask {
  const task = askableNamed(name);
  return notedTask(
    { task, template: usualPrompt(task.shape, 'completions') },
    { separator: true, shots },
    '',
  );
}

const endpoint = { kind: 'endpoint', api: 'chat', temperature: 0, decide: 'generation', extra: {} };

describe('the settings of a task', () => {
  it('are the options that it has a use for, given or not, and those of the respondent', () => {
    expect(
      settingsOf(asked('UR'), { place: 'stratified', pool: 3, seed: 7, repeat: 2, n: 50 }, endpoint),
    ).toEqual({
      ...{ alphabet: 'default', place: 'stratified', seed: 7, repeat: 2 },
      ...{ shots: 3, demonstrationLength: 'default', separator: true },
      ...{ api: 'chat', temperature: 0, decide: 'generation', thinkTokens: 'default', body: 'default' },
    });
    expect(settingsOf(asked('NF'), { pool: 3, seed: 1, repeat: 1 }, { kind: 'model' })).toEqual({
      ...{ alphabet: 'default', pool: 3, seed: 1, repeat: 1 },
    });
    const textModel = { kind: 'text-model', api: 'completions' };
    expect(settingsOf(asked('NF'), { alphabet: 'characters', seed: 1, repeat: 1 }, textModel)).toEqual({
      ...{ alphabet: 'default', pool: 'default', seed: 1, repeat: 1 },
      ...{
        shots: 3,
        demonstrationLength: 'default',
        separator: true,
        api: 'completions',
        decide: 'generation',
      },
    });
  });

  it('that say what holds without them are as if they were not given', () => {
    const of = (options: Parameters<typeof settingsOf>[1], kind = 'endpoint') =>
      settingsOf(asked('NRLast', 10), options, { kind });
    const usual = of({});
    expect(usual).toMatchObject({ alphabet: 'default', where: 'default', shots: 'default', separator: true });
    const characters = [...'abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789'];
    for (const alphabet of ['characters', 'unicode:62', '62', characters.join(' '), characters])
      expect(of({ alphabet, where: 'anywhere' })).toEqual(usual);
    expect(of({ alphabet: 'characters' }, 'model').alphabet).toBe('characters'); // it may have other symbols
    expect(of({ alphabet: 'letters:26' }).alphabet).toBe('lower');
    expect(of({ alphabet: 'one of another version' }).alphabet).toBe('one of another version');
  });

  it('of a task of the user’s own are drawn from its items, wherever these are put', () => {
    const own = { ...asked('UR'), task: 'recipes' };
    expect(settingsOf(own, { alphabet: 'lower' }, { kind: 'model' })).toEqual({
      ...{ operation: 'UR', place: 'default', seed: 'default', repeat: 'default' },
    });
    const items = notedItems({ own: { items: ['salt', 'flour'] } });
    expect(settingsOf({ ...own, ...items }, {}, { kind: 'model' }).items).toMatch(/^2 \([0-9a-f]{8}\)$/);
    expect(notedItems({ own: { items: ['flour', 'salt'] } })).not.toEqual(items);
    expect(notedItems({ options: {} })).toEqual({});
  });

  it('are written as the command line takes them, and long ones in short', () => {
    const of = (options: Parameters<typeof settingsOf>[1], body: Record<string, number> = {}) =>
      settingsOf(asked('NRLast'), options, { ...endpoint, extra: body });
    expect(of({ place: { from: 0, to: 0.2 }, occurrences: { min: 2, max: 5 } })).toMatchObject({
      ...{ place: '0-0.2', occurrences: '2-5' },
    });
    // As stores give them back, and as a study notes them.
    expect(of({ occurrences: { max: 3, min: 2 } }).occurrences).toBe('2-3');
    expect(of({ occurrences: { max: 3, min: 3 } }).occurrences).toBe(3);
    expect(of({ occurrences: 3 }).occurrences).toBe(3);
    expect(of({ alphabet: ['a', 'b', 'c'] }).alphabet).toBe('a,b,c');
    expect(of({ alphabet: [...'abcdefghij'] }).alphabet).toBe('a,b,c,… (10 symbols)');
    expect(of({}, { top_p: 0.5 }).body).toBe('{"top_p":0.5}');
    expect(of({ alphabet: `file:${'long/'.repeat(50)}` }).alphabet).toHaveLength(81);
  });
});
