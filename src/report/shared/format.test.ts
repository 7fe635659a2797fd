import { describe, expect, it } from 'vitest';
import { apart } from './figures/marks.ts';
import { count, decimal, duration, list, plural, pText, shorten, times } from './format.ts';
import { timeText } from '../../common/time-text.ts';

describe('numbers as people read them', () => {
  it.each([
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
    [shorten('x'.repeat(5_000_000), 3), 'xx…'],
    [pText(0.00001), '< 0.0001'],
    [pText(null), '–'],
  ])('%s', (written, expected) => {
    expect(written).toBe(expected);
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

describe('times', () => {
  it.each([
    ['2026-03-14T23:30:53.000Z', 'Europe/Berlin', '2026-03-15 00:30 GMT+1'],
    ['2026-07-01T00:05:00.000Z', 'America/New_York', '2026-06-30 20:05 EDT'],
    ['2026-03-14T09:26:53.000Z', 'UTC', '2026-03-14 09:26 UTC'],
    ['2026-03-14T00:00:00.000Z', 'UTC', '2026-03-14 00:00 UTC'],
    ['<b>yesterday</b>', 'UTC', '<b>yesterday</b>'],
  ])('%s in %s: %s', (iso, zone, text) => {
    expect(timeText(iso, zone)).toBe(text);
  });
});
