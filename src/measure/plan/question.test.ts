import { describe, expect, it } from 'vitest';
import { askableNamed } from '../../prompt/askable.ts';
import { promptFor } from '../../prompt/files.node.ts';
import { questionOf, wayOf } from './question.ts';

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

describe('the key of an output', () => {
  const task = askableNamed('UR');
  const template = promptFor('retrieval', ['pair'], false);
  const source = { fingerprint: 'model', seed: 1, rendering: {} };
  const place = { length: 5, index: 0, repeat: 0 };
  const asked = (changed: object) =>
    questionOf({ task, template: { ...template, ...changed } }, source, place);

  it('is another one with other tags around answers, which may be sent as stop marks; not with other filters', () => {
    const { key, prompt } = asked({ 'answer-tags': ['<a>', '</a>'] });
    const other = asked({ 'answer-tags': ['<b>', '</b>'] });
    expect(other.prompt.text).toBe(prompt.text);
    expect(other.key).not.toBe(key);
    expect(asked({ 'answer-tags': ['<a>', '</a>'] }).key).toBe(key);
    expect(asked({ filters: ['tags'] }).key).toBe(asked({}).key);
  });

  it('is another one at each length, place and repeat, of each seed and each respondent', () => {
    const keys = [
      ...[place, { ...place, length: 6 }, { ...place, index: 1 }, { ...place, repeat: 1 }].map(
        (one) => questionOf({ task, template }, source, one).key,
      ),
      ...[{ seed: 2 }, { fingerprint: 'other' }].map(
        (changed) => questionOf({ task, template }, { ...source, ...changed }, place).key,
      ),
    ];
    expect(new Set(keys).size).toBe(keys.length);
  });
});
