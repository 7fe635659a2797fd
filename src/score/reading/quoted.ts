/** Texts between quotation marks, as JSON and Python write them: what they mean is one rule, wherever they stand. */

/** Such a text, of either kind, in a regular expression. */
export const QUOTED = String.raw`'[^'\\]*(?:\\[^][^'\\]*)*'|"[^"\\]*(?:\\[^][^"\\]*)*"`;

/** What a backslash and a letter stand for: all of this kind that JSON and Python's `repr` write. */
const ESCAPED: Readonly<Record<string, string>> = { n: '\n', t: '\t', r: '\r', b: '\b', f: '\f' };

/** A backslash stands before these, and is none of the text. */
const MARKS = new Set(['\\', '"', "'", '/']);

const ESCAPE = /\\(?:x([\da-fA-F]{2})|u([\da-fA-F]{4})|U([\da-fA-F]{8})|([^]))/g;

/**
 * What a text between quotation marks means: `é` of `\u00e9`, `\` of `\\`. A backslash that begins no escape is itself, as in Python. Halves of
 * characters, which JSON can hold and no store, are U+FFFD.
 */
export function unescaped(text: string): string {
  if (!text.includes('\\')) return text;
  const meant = text.replace(
    ESCAPE,
    (whole, two?: string, four?: string, eight?: string, letter: string = '') => {
      const code = two ?? four ?? eight;
      if (code === undefined) return ESCAPED[letter] ?? (MARKS.has(letter) ? letter : whole);
      const point = Number.parseInt(code, 16);
      if (point > 0x10ffff) return whole;
      return four === undefined ? String.fromCodePoint(point) : String.fromCharCode(point);
    },
  );
  return meant.toWellFormed();
}

/** A text as it stands between quotation marks of a kind. */
export function escaped(text: string, quote: string): string {
  return text.replaceAll('\\', String.raw`\\`).replaceAll(quote, `\\${quote}`);
}

/** The bytes of Python's `b'caf\xc3\xa9'`, as the text that they are in UTF-8. */
export function unescapedBytes(text: string): string {
  const bytes = Uint8Array.from(unescaped(text), (character) => character.charCodeAt(0));
  return new TextDecoder().decode(bytes);
}

/** Whether the mark at a place of a text is one of its own: an odd number of backslashes stands before it. */
export function isEscapedAt(text: string, at: number): boolean {
  let from = at;
  while (text[from - 1] === '\\') from--;
  return (at - from) % 2 === 1;
}
