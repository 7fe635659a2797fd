import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { legible, legibleJson } from './legible.ts';
import { processorTime } from '../../test/processor-time.ts';

/** What must never be shown as it is, written down again as plain ranges of code points. */
const HIDDEN: readonly [from: number, to: number][] = [
  [0x00, 0x08],
  [0x0b, 0x1f],
  [0x7f, 0xa0],
  [0xad, 0xad],
  [0x034f, 0x034f],
  [0x061c, 0x061c],
  [0x115f, 0x1160],
  [0x1680, 0x1680],
  [0x17b4, 0x17b5],
  [0x180b, 0x180f],
  [0x2000, 0x200f],
  [0x2028, 0x202f],
  [0x205f, 0x206f],
  [0x2800, 0x2800],
  [0x3000, 0x3000],
  [0x3164, 0x3164],
  [0xd800, 0xdfff],
  [0xfeff, 0xfeff],
  [0xffa0, 0xffa0],
  [0xfff0, 0xfffb],
  [0xfffe, 0xffff],
  [0x1bca0, 0x1bca3],
  [0x1d173, 0x1d17a],
  [0xe0000, 0xe0fff],
];

// A low surrogate after a high one would be a character that is seen: of the two kinds only the high ones are drawn.
const hidden = fc.oneof(
  ...HIDDEN.map(([min, max]) =>
    fc.integer({ min, max: min === 0xd800 ? 0xdbff : max }).map((code) => String.fromCodePoint(code)),
  ),
);
const visible = fc.constantFrom(
  'a',
  ' ',
  '\n',
  '\t',
  'é',
  '漢',
  '😀',
  '│',
  '―',
  '⟨',
  'ﬁ',
  '±',
  '–',
  '…',
  '≥',
);

describe('foreign text', () => {
  it.each([
    ['\u001b[2J\u001b]0;title\u0007', '⟨U+001B⟩[2J⟨U+001B⟩]0;title⟨U+0007⟩'],
    ['a\u200bb', 'a⟨U+200B⟩b'],
    ['1\u00a0000', '1⟨NBSP⟩000'],
    ['over\rwritten', 'over⟨U+000D⟩written'],
    ['\u202egnp.exe', '⟨U+202E⟩gnp.exe'],
    ['a\ud800b', 'a⟨U+D800⟩b'],
    ['a\udc00b', 'a⟨U+DC00⟩b'],
    ['\udc00\ud800', '⟨U+DC00⟩⟨U+D800⟩'],
    ['\ud800\udc00', '\u{10000}'],
    ['tag \u{e0041}', 'tag ⟨U+E0041⟩'],
    ['\u009b31m', '⟨U+009B⟩31m'],
    ['b\ufe0f', 'b⟨U+FE0F⟩'],
    ['❤\ufe0f\ufe0f', '❤\ufe0f⟨U+FE0F⟩'],
    ['葛\u{e0100} a\u{e0100}', '葛\u{e0100} a⟨U+E0100⟩'],
    ['1\ufe0f\u20e3 1\ufe0f', '1\ufe0f\u20e3 1⟨U+FE0F⟩'],
    ['\ufe0f', '⟨U+FE0F⟩'],
  ])('%j', (text, shown) => {
    expect(legible(text)).toBe(shown);
  });

  it.each([
    'plain',
    'two lines\n\tand a tab',
    '┌─┐│ä漢字😀é│└─┘ – … ≥ 64 ±',
    'e\u0301 \u0905\u0902',
    'ok \u2713',
    '❤\ufe0f 🇩🇪 👍🏽',
  ])('%j is shown as it is', (text) => {
    expect(legible(text)).toBe(text);
  });

  it('whatever it is, nothing hidden is left, and what is visible stays in its order', () => {
    fc.assert(
      fc.property(fc.array(fc.oneof(hidden, visible), { maxLength: 30 }), (characters) => {
        const shown = legible(characters.join(''));
        for (const character of shown) {
          const code = character.codePointAt(0) ?? 0;
          const selector = (code >= 0xe0100 && code <= 0xe01ef) || code === 0x180f;
          expect(HIDDEN.some(([from, to]) => code >= from && code <= to) && !selector).toBe(false);
        }
        const visibles = characters.join('').replace(/[^a \n\té漢😀│―⟨ﬁ±–…≥]/gu, '');
        expect(shown.replace(/⟨(?:U\+[0-9A-F]{4,6}|NBSP)⟩|[\u{e0100}-\u{e01ef}]/gu, '')).toBe(visibles);
      }),
    );
  });

  it('of megabytes takes no time that anybody notices', async () => {
    const text = 'é漢字 \u001b[2J and more '.repeat(200_000);
    const taken = await processorTime(() => expect(legible(text)).not.toContain('\u001b'));
    expect(taken).toBeLessThan(5_000); // quadratic would be hours
  });
});

describe('JSON that is shown', () => {
  it('has nothing hidden in it, and is the same value', () => {
    fc.assert(
      fc.property(fc.array(fc.oneof(hidden, visible), { maxLength: 30 }), fc.json(), (characters, json) => {
        const value: unknown = { [characters.join('')]: characters, more: JSON.parse(json) as unknown };
        const shown = legibleJson(JSON.stringify(value));
        expect(legible(shown)).toBe(shown);
        expect(JSON.parse(shown)).toEqual(value);
      }),
    );
  });
});
