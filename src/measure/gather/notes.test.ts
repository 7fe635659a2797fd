import { describe, expect, it } from 'vitest';
import { groupedNotes, notesOn } from './notes.ts';
import type { Noted } from './notes.ts';

/** Asked about tasks at lengths. */
function asked(label: string, lengths: Readonly<Record<string, readonly number[]>>): Noted {
  const cells = Object.entries(lengths).flatMap(([task, own]) => own.map((length) => ({ task, length })));
  return { label, thresholds: new Map(), searched: new Set(), cells, prompts: new Map() };
}

describe('notes on several respondents', () => {
  it('say of each difference between whom it is', () => {
    const first = asked('ape', { UR: [10, 20, 40] });
    const others = [
      asked('nope', { UR: [10], UL: [10] }),
      asked('rope', { UR: [10], UL: [10] }),
      asked('big', { UR: [10, 20, 60] }),
    ];
    expect(groupedNotes(others, (other, label) => notesOn(first, { ...other, label }))).toEqual([
      'Not asked of ape, but of nope and rope: UL.',
      'UR: asked of ape, but not of nope and rope, at 20, 40.',
      'UR: asked of ape, but not of big, at 40; asked of big, but not of ape, at 60.',
    ]);
  });

  it('say in which options the same task was asked otherwise', () => {
    const settings = {
      UR: { alphabet: 'default', place: 'default', seed: 1 },
      UF: { alphabet: 'default', seed: 1 },
    };
    const first: Noted = { ...asked('a', { UR: [10], UF: [10] }), settings };
    const notes = (other: Noted['settings']): string[] =>
      notesOn(first, { ...asked('b', { UR: [10], UF: [10] }), settings: other });
    expect(notes(settings)).toEqual([]);
    expect(notes({ ...settings, UR: { ...settings.UR, place: 'stratified', seed: 2 } })).toEqual([
      'b: asked with other options than a: --place (default and stratified) of UR, --seed (1 and 2) of UR. What differs may be due to them, not to the model.',
    ]);
    const lower = { UR: { ...settings.UR, alphabet: 'lower' }, UF: { ...settings.UF, alphabet: 'lower' } };
    expect(notes(lower)).toEqual([
      'b: asked with other options than a: --alphabet (default and lower). What differs may be due to them, not to the model.',
    ]);
    expect(notes(undefined)).toEqual([]); // nobody knows
  });
});
