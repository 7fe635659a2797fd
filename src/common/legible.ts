/**
 * Foreign text (of a server, a model, a file) as it may be shown: what a terminal would obey, and what nobody would see,
 * stands there by its code point, `⟨U+200B⟩`. Two texts that differ look different.
 */

/**
 * Nothing but the ASCII that shows, tabs and line ends: nearly every text, told at a glance. (`\r` is not among them:
 * by itself it goes back to the start of the line, over what stands there.)
 */
const PLAIN = /^[\t\n\x20-\x7e]*$/;

/** One variation selector behind what has variants (an emoji, a keycap, a Chinese character) is part of its look. */
const SELECTORS_IN_PLACE = [
  String.raw`(?!(?<=\p{Extended_Pictographic})[\ufe0e\ufe0f])`,
  String.raw`(?!(?<=[0-9#*])\ufe0f\u20e3)`,
  String.raw`(?!(?<=\p{Ideographic})[\ufe00-\ufe02\u{e0100}-\u{e01ef}])`,
];

/**
 * Controls (C0, C1, DEL), halves of surrogate pairs, separators of lines and paragraphs, every space but the blank;
 * what Unicode calls "default ignorable" (bidirectional marks, zero-width characters, fillers, tags, variation
 * selectors) with the format controls and non-characters that it leaves out; and the blank of braille.
 */
const OBEYED_OR_UNSEEN = String.raw`[\p{Cc}\p{Cs}\p{Zs}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}\p{Noncharacter_Code_Point}\ufff9-\ufffb\u2800]`;

const NAMED = new RegExp(String.raw`(?![\t\n\x20])${SELECTORS_IN_PLACE.join('')}${OBEYED_OR_UNSEEN}`, 'gu');

/** The text with everything named that would be obeyed or overlooked; blanks, tabs and line ends stay. */
export function legible(text: string): string {
  return PLAIN.test(text) ? text : text.replace(NAMED, nameOf);
}

/** A name from elsewhere as part of one line: it starts no other, and goes to no column of its own. */
export function onOneLine(text: string): string {
  return legible(text).replace(/[\n\t]/g, nameOf);
}

/**
 * A symbol beside others that may look the same: letters of other scripts, accents written in two ways and what nobody
 * sees are named behind it. Printable ASCII stays as it is.
 */
export function spelled(symbol: string): string {
  if (/^[\x21-\x7e]*$/.test(symbol)) return symbol;
  return `${symbol} (${Array.from(symbol, nameOf).join('')})`;
}

/**
 * JSON with those characters escaped: it shows them, and is the same value.
 * @param text one value, or one a line, as JSON.stringify writes them: such characters stand in their strings only
 */
export function legibleJson(text: string): string {
  return PLAIN.test(text) ? text : text.replace(NAMED, escapeOf);
}

function nameOf(character: string): string {
  if (character === '\u00a0') return '⟨NBSP⟩';
  const code = character.codePointAt(0) ?? 0;
  return `⟨U+${code.toString(16).toUpperCase().padStart(4, '0')}⟩`;
}

/** `\u001b`; two of them for what is beyond 16 bits. */
function escapeOf(character: string): string {
  return Array.from({ length: character.length }, (_, at) => character.charCodeAt(at))
    .map((unit) => `\\u${unit.toString(16).padStart(4, '0')}`)
    .join('');
}
