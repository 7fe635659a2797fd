/** Foreign text in generated code: strings and comments that nothing can be smuggled out of, and that show what they hold. */
import { legible, onOneLine } from '../../common/legible.ts';

/**
 * A string literal: printable characters as they are, everything else escaped; in single quotation marks only where that
 * saves backslashes, as prettier and black have it.
 * @param escape how the language writes a character beyond 16 bits
 */
export function quoted(text: string, escape: (codePoint: number) => string): string {
  const mark = text.split('"').length > text.split("'").length ? "'" : '"';
  const characters = Array.from(text, (character) => {
    if (character === mark || character === '\\') return `\\${character}`;
    if (Object.hasOwn(NAMED, character)) return NAMED[character];
    if (legible(character) === character) return character;
    const codePoint = character.codePointAt(0) ?? 0;
    return codePoint > 0xffff ? escape(codePoint) : `\\u${codePoint.toString(16).padStart(4, '0')}`;
  });
  return `${mark}${characters.join('')}${mark}`;
}

/** What both languages have a short name for. */
const NAMED: Readonly<Record<string, string>> = { '\n': '\\n', '\r': '\\r', '\t': '\\t' };

/** Comments, a line each, of lines that may have line ends of any kind in them. */
export function commentsOf(sign: '//' | '#', lines: readonly string[]): string[] {
  return lines
    .flatMap((line) => line.split(/\r\n|[\n\v\f\r\x85\u2028\u2029]/))
    .map((line) => `${sign} ${onOneLine(line)}`.trimEnd());
}
