import { describe, expect, it } from 'vitest';
import { groupedNotes, notesOn } from './notes.ts';
import type { Noted } from './notes.ts';

/** Asked about tasks at lengths. */
function asked(label: string, lengths: Readonly<Record<string, readonly number[]>>): Noted {
  const cells = Object.entries(lengths).flatMap(([task, own]) => own.map((length) => ({ task, length })));
  return { label, threshold: 0.9, searched: false, cells, prompts: new Map() };
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
});
