import { describe, expect, it } from 'vitest';
import { askableNamed } from '../../prompt/askable.ts';
import { checkAtLeast, readAtLeast } from './at-least.ts';

describe('--at-least, before anything is asked', () => {
  const tasks = [askableNamed('UR'), askableNamed('UF')];
  const check =
    (wanted: string, lengths: readonly number[] | null, maxLength = 320) =>
    () =>
      checkAtLeast(readAtLeast(wanted), { tasks, lengths, maxLength });

  it.each<[string, readonly number[] | null, number?]>([
    ['UR=5,UF=5', [5, 40]],
    ['UR=40', [5, 40]],
    ['UR=320', null],
    ['UR=23', null],
    ['UF=20', null],
  ])('%s of lengths %j can be shown', (wanted, lengths, maxLength) => {
    expect(check(wanted, lengths, maxLength)).not.toThrow();
  });

  it.each<[string, readonly number[] | null, RegExp]>([
    ['UL=5', [5], /^--at-least UL=5: UL is not asked; asked are UR, UF$/],
    [
      'UR=20',
      [5, 40],
      /^--at-least UR=20: UR is not asked at 20, only at 5, 40; add 20 to --lengths, or demand one of those$/,
    ],
    ['UR=80', [5, 40], /not asked at 80, only at 5, 40; add 80 to --lengths/],
    ['UF=400', [5, 400], /UF is not asked at 400, only at 5; demand one of those$/],
    ['UR=321', null, /UR is asked no length above 320; ask longer ones with --max-length$/],
    ['UF=300', null, /UF is asked no length above \d+$/],
  ])('%s of lengths %j is refused', (wanted, lengths, says) => {
    expect(check(wanted, lengths)).toThrow(says);
  });
});
