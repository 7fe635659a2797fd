import { describe, expect, it } from 'vitest';
import { askableNamed } from '../askable.ts';
import { ofItems } from './items.ts';

const stops = ['Abbey Road', '#0', "King's Mill", 'Zoo'];

describe('a rule over symbols, asked about items', () => {
  it.each([
    ['UR', stops, '#0', { answer: ["King's Mill"], positions: [1] }],
    ['UL', stops, 'Zoo', { answer: ["King's Mill"], positions: [3] }],
    ['UF', stops, null, { answer: stops, positions: [] }],
    ['UB', stops, null, { answer: stops.toReversed(), positions: [] }],
    ['NRFirst', ['Zoo', 'a b', 'c d', 'a b', 'e'], 'a b', { answer: ['c d'], positions: [1, 3] }],
  ])('answers them as they are written: %s', (name, source, query, answer) => {
    expect(ofItems(askableNamed(name)).answer(source, query)).toEqual(answer);
  });

  it.each([
    ['UR', stops, 'Market Place', "the query 'Market Place' does not occur in the source"],
    ['UR', ['a b', 'c', 'a b'], 'a b', "the query 'a b' occurs 2 times in the source; in UR it occurs once"],
    [
      'UF',
      ['Zoo', 'a b', 'a b'],
      null,
      "the symbol 'a b' occurs twice in the source; in UF all are different",
    ],
    ['UR', ['a b', '', 'c'], 'c', 'symbol 2 of the source is empty'],
    ['UR', ['a b', 'c'], null, 'UR asks about a query; none is given'],
  ])('refuses by their names: %s %j %s', (name, source, query, refusal) => {
    expect(ofItems(askableNamed(name)).answer(source, query)).toEqual({ refusal });
  });
});
