import { describe, expect, it } from 'vitest';
import { askableNamed } from '../../prompt/askable.ts';
import { promptFor } from '../../prompt/files.node.ts';
import { questionOf, wayIn, wayOf } from './question.ts';
import { notedTask } from './runs.ts';

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

describe('the name of a way in a folder', () => {
  const task = askableNamed('UR');
  const template = promptFor('retrieval', ['pair'], false);
  const runOf = (rendering: { readonly shots?: number }, way: string) => ({
    asked: [notedTask({ task, template }, { separator: true, ...rendering }, way)],
  });

  // Names that the version before gave, by the hash of prompt, rendering and sources as they were given.
  const usual = 'cba9d606bf2a68d74b8e4f4b7fe5074a';
  const tenShots = 'ad5edc2ff6d0525024ace68da827fa46';
  const threeShotsPlaced = '95f72ef55c46491c200465d354a6e8c2';

  it('is the one that earlier versions gave it there', () => {
    const runs = [runOf({}, usual), runOf({ shots: 10 }, tenShots), runOf({ shots: 3 }, threeShotsPlaced)];
    const placed = { options: { place: 'stratified' } };
    expect(wayIn(runs, { task, template }, { shots: 10 }, {})).toBe(usual);
    expect(wayIn(runs.slice(1), { task, template }, {}, {})).toBe(tenShots);
    expect(wayIn(runs, { task, template: { ...template, shots: 3 } }, {}, placed)).toBe(threeShotsPlaced);
  });

  it('of a task of one’s own was made of its title, too', () => {
    const own = { name: 'stops', operation: 'UR', joiner: ' ', items: ['a', 'b', 'c'] };
    const { title } = task;
    const titled = wayOf({ task, template }, {}, { own: { ...own, title } });
    expect(titled).not.toBe(wayOf({ task, template }, {}, { own }));
    expect(wayIn([runOf({}, titled)], { task, template }, {}, { own })).toBe(titled);
    const others = { own: { ...own, items: ['a', 'b'] } };
    expect(wayIn([runOf({}, titled)], { task, template }, {}, others)).toBe(
      wayOf({ task, template }, {}, others),
    );
  });

  it('is a new one with other demonstrations or sources', () => {
    const runs = [runOf({}, usual), runOf({ shots: 3 }, threeShotsPlaced)];
    for (const [options, sources] of [
      [{ shots: 3 }, {}],
      [{ shots: 4 }, { options: { place: 'stratified' } }],
    ] as const) {
      const name = wayIn(runs, { task, template }, options, sources);
      expect(name).toBe(wayOf({ task, template }, options, sources));
      expect([usual, threeShotsPlaced]).not.toContain(name);
    }
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
