/** How the symbols of an answer stand in a text. */

/**
 * The symbols of a text. Lines keep their inner blanks; white space around a symbol is none of it.
 * @param haveBlanks whether symbols have white space in them: then only the joiner separates them
 */
export function splitSymbols(text: string, joiner: string, haveBlanks = false): string[] {
  if (joiner === '') return Array.from(text.replace(/\s+/gu, ''));
  if (/^[ \t]+$/.test(joiner) && !haveBlanks) return text.split(/\s+/u).filter((symbol) => symbol !== '');
  return text
    .split(joiner.trim() === '' && !/^[ \t]+$/.test(joiner) ? /\n/ : joiner)
    .map((symbol) => symbol.trim())
    .filter((symbol) => symbol !== '');
}

/** The words of a text. */
export function wordsOf(text: string): string[] {
  return text.split(/\s+/u).filter((word) => word !== '');
}
