import { describe, expect, it } from 'vitest';
import { askableNamed } from '../../prompt/askable.ts';
import { promptFor } from '../../prompt/files.node.ts';
import { wayOf } from './question.ts';

describe('the name of a way of asking', () => {
  const task = askableNamed('UR');
  const template = promptFor('retrieval', ['pair'], false);
  const way = (changed: object): string => wayOf({ task, template: { ...template, ...changed } }, {}, null);

  it('is the same for a copy of the prompt’s file, for whom it is, and for other filters', () => {
    expect(way({ name: 'mine' })).toBe(way({}));
    expect(way({ for: 'chat' })).toBe(way({ for: 'completions' }));
    expect(way({ filters: ['tags'] })).toBe(way({}));
  });

  it('is another one where anything is sent otherwise', () => {
    const ways = [{}, { head: 'x' }, { stop: ['x'] }, { shots: 7 }, { symbols: ',' }, { system: 'x' }].map(
      way,
    );
    expect(new Set(ways).size).toBe(ways.length);
  });
});
