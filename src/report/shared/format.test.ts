import { describe, expect, it } from 'vitest';
import { apart } from './figures/marks.ts';
import { count, decimal, duration, list, percent, plural, shorten, times } from './format.ts';

const plain = (text: string): string => text.replace(/\u202f/g, ' ');

describe('numbers as people read them', () => {
  it.each([
    [percent(1), '100 %'],
    [percent(0), '0 %'],
    [percent(0.9996), '99.9 %'],
    [percent(0.0001), '0.1 %'],
    [percent(0.975), '97.5 %'],
    [percent(0.45), '45 %'],
    [times(3), '3×'],
    [times(1.54), '1.5×'],
    [times(12.5), '13×'],
    [count(1234567), '1,234,567'],
    [count(999), '999'],
    [decimal(0.012345), '0.0123'],
    [decimal(1e-9), '1e-9'],
    [duration(0.04), 'under 0.1 s'],
    [duration(8.24), '8.2 s'],
    [duration(59.97), '1 min 00 s'],
    [duration(245), '4 min 05 s'],
    [duration(11_520), '3 h 12 min'],
    [plural(1, 'item'), '1 item'],
    [plural(2, 'item'), '2 items'],
    [list(['a', 'b', 'c']), 'a, b and c'],
    [shorten('👍👍👍👍', 3), '👍👍…'],
  ])('%s', (written, expected) => {
    expect(plain(written)).toBe(expected);
  });
});

describe('labels at the ends of lines', () => {
  const at = (...ys: number[]) =>
    apart(
      ys.map((y, i) => ({ text: String(i), x: 0, y, colour: '' })),
      0.1,
    ).map(({ text, y }) => [text, Number(y.toFixed(3))]);

  it('stay where there is room', () => {
    expect(at(0.2, 0.5, 0.9)).toEqual([
      ['0', 0.2],
      ['1', 0.5],
      ['2', 0.9],
    ]);
  });

  it('move apart by the least gap, never over the top', () => {
    expect(at(1, 1, 0.95)).toEqual([
      ['2', 0.8],
      ['0', 0.9],
      ['1', 1],
    ]);
    expect(at(0, 0)).toEqual([
      ['0', 0],
      ['1', 0.1],
    ]);
  });
});
