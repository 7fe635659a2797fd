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
  return new RegExp(Array.from(secret, anyForm).join(`${UNSEEN}*`), 'gu');
}

const ESCAPED = new RegExp(`[\\\\&%${Object.values(SAME_IN_NFC).join('')}]|${UNSEEN}`, 'u');

/** Whether a text has any character that escapes begin with, or that nobody sees. */
export function mayBeEscaped(text: string): boolean {
  return ESCAPED.test(text);
}

function anyForm(character: string): string {
  const code = character.codePointAt(0) ?? 0;
  const hex = anyCase(code.toString(16));
  const name = Object.hasOwn(NAMES, character) ? [`${AMP}${NAMES[character]};`] : [];
  const plain = character.replace(/[.*+?^${}()|[\]\\/]/g, '\\$&');
  const same = Object.hasOwn(SAME_IN_NFC, character) ? [SAME_IN_NFC[character]] : [];
  // Behind a backslash, letters and digits are other characters.
  const slashes = /\w/.test(character) ? '' : '\\\\*';
  const forms = [
    slashes + plain,
    `\\\\+[ux]0{0,4}\\{?0{0,2}${hex}\\}?`,
    `${AMP}#0{0,4}${code};?`,
    `${AMP}#[xX]0{0,4}${hex};?`,
    `%(?:25)?0?${hex}`,
    ...name,
    ...same,
  ];
  return `(?:${forms.join('|')})`;
}

/** The mark that HTML's escapes begin with, which may be escaped itself. */
const AMP = '&(?:amp;)?';

function anyCase(hex: string): string {
  return hex.replace(/[a-f]/g, (digit) => `[${digit}${digit.toUpperCase()}]`);
}
