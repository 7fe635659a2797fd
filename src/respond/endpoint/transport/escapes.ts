/** A secret as it stands in texts that are escaped: in JSON, in HTML, in an address, one of them within another. */

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

/** Matches the secret with any of its characters escaped in any of these ways; null for one that is too long. */
export function escapedForms(secret: string): RegExp | null {
  if (secret === '' || secret.length > LONGEST) return null;
  return new RegExp(Array.from(secret, anyForm).join(''), 'g');
}

/** Whether a text has any character that escapes begin with. */
export function mayBeEscaped(text: string): boolean {
  return /[\\&%]/.test(text);
}

function anyForm(character: string): string {
  const code = character.codePointAt(0) ?? 0;
  const hex = anyCase(code.toString(16));
  const name = Object.hasOwn(NAMES, character) ? [`${AMP}${NAMES[character]};`] : [];
  const plain = character.replace(/[.*+?^${}()|[\]\\/-]/g, '\\$&');
  // Behind a backslash, letters and digits are other characters.
  const slashes = /\w/.test(character) ? '' : '\\\\*';
  const forms = [
    slashes + plain,
    `\\\\+[ux]0{0,4}\\{?0{0,2}${hex}\\}?`,
    `${AMP}#0{0,4}${code};?`,
    `${AMP}#[xX]0{0,4}${hex};?`,
    `%(?:25)?0?${hex}`,
    ...name,
  ];
  return `(?:${forms.join('|')})`;
}

/** The mark that HTML's escapes begin with, which may be escaped itself. */
const AMP = '&(?:amp;)?';

function anyCase(hex: string): string {
  return hex.replace(/[a-f]/g, (digit) => `[${digit}${digit.toUpperCase()}]`);
}
