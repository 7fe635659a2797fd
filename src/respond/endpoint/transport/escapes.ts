/**
 * A secret as it stands in texts that are escaped (in JSON, in HTML, in an address, one of them within another), or that have
 * characters between its own which nobody sees: whoever reads an answer takes those off, and has the secret.
 */

/** Names of characters in HTML that keys and tokens may have. */
const NAMES: Readonly<Record<string, string>> = {
  '&': 'amp',
  '<': 'lt',
  '>': 'gt',
  '"': 'quot',
  "'": 'apos',
  '/': 'sol',
  '+': 'plus',
  '=': 'equals',
  '-': 'hyphen',
  _: 'lowbar',
  '.': 'period',
  ':': 'colon',
};

/** Longer secrets are found as they are only. */
const LONGEST = 4096;

/** Characters that nobody sees, as they are: zero-width blanks, joiners, soft hyphens, marks of direction, … */
const UNSEEN = '[\\p{Cf}\\p{Default_Ignorable_Code_Point}]';

/** What becomes an ASCII character when a text is brought into one form (NFC, UAX #15). */
const SAME_IN_NFC: Readonly<Record<string, string>> = { K: '\u212a', ';': '\u037e', '`': '\u1fef' };

/** Matches the secret with any of its characters in any of these forms, or unseen ones between them; null for one that is too long. */
export function escapedForms(secret: string): RegExp | null {
  if (secret === '' || secret.length > LONGEST) return null;
  const characters = Array.from(secret);
  const forms = characters.map((character, i) => anyForm(character, characters[i - 1] === '\\'));
  return new RegExp(forms.join(`${UNSEEN}*`), 'gu');
}

const ESCAPED = new RegExp(`[\\\\&%${Object.values(SAME_IN_NFC).join('')}]|${UNSEEN}`, 'u');

/** Whether a text has any character that escapes begin with, or that nobody sees. */
export function mayBeEscaped(text: string): boolean {
  return ESCAPED.test(text);
}

/**
 * All the backslashes that stand together. A match takes them whole or not at all: tried from each of them on, or shared out
 * between two characters in every way, a text of backslashes would take time in the square of its length.
 */
const SLASHES = '(?<!\\\\)\\\\+';

/** Behind a backslash of the secret, the backslashes of an escape are taken already. */
function anyForm(character: string, behindSlash: boolean): string {
  const code = character.codePointAt(0) ?? 0;
  const hex = anyCase(code.toString(16));
  const name = Object.hasOwn(NAMES, character) ? [`${AMP}${NAMES[character]};`] : [];
  const same = Object.hasOwn(SAME_IN_NFC, character) ? [SAME_IN_NFC[character]] : [];
  const forms = [
    plainForm(character, behindSlash),
    `${behindSlash ? `(?:${SLASHES})?` : SLASHES}[ux]0{0,4}\\{?0{0,2}${hex}\\}?`,
    `${AMP}#0{0,4}${code};?`,
    `${AMP}#[xX]0{0,4}${hex};?`,
    `%(?:25)?0?${hex}`,
    ...name,
    ...same,
  ];
  return `(?:${forms.join('|')})`;
}

function plainForm(character: string, behindSlash: boolean): string {
  if (character === '\\') return behindSlash ? `(?:${SLASHES}|(?<=\\\\))` : SLASHES;
  const plain = character.replace(/[.*+?^${}()|[\]\\/]/g, '\\$&');
  // Behind a backslash, letters and digits are other characters.
  return /\w/.test(character) ? plain : `(?:${SLASHES})?${plain}`;
}

/** The mark that HTML's escapes begin with, which may be escaped itself. */
const AMP = '&(?:amp;)?';

function anyCase(hex: string): string {
  return hex.replace(/[a-f]/g, (digit) => `[${digit}${digit.toUpperCase()}]`);
}
