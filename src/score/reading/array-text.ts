/** Arrays that numpy wrote as texts, with blanks between their items: `[4 8 3]`, `['a' 'b']`, over several lines where they are long. */
import { unescaped } from './list-text.ts';

/** Longer texts are not looked at: no answer is as long. */
const LONGEST = 1_000_000;

/** White space, a comma, a text between quotation marks of either kind, or anything else as far as one of these. */
const TOKEN = /\s+|,|'(?:[^'\\]|\\[^])*'|"(?:[^"\\]|\\[^])*"|[^\s,'"]+/uy;

/** What numpy writes without quotation marks. */
const BARE = /^(?:[-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?|[-+]?(?:inf|nan)|True|False|None)$/;

/** Stands for the middle of an array that is long, with commas between its items or without. */
const ELIDED = '...';

/** The items of an array of several, without their quotation marks; null where a text is none, or is written without its middle. */
export function arrayIn(text: string): readonly string[] | null {
  const tokens = tokensIn(text);
  if (tokens === null) return null;
  const items = tokens.filter((token) => !/^\s/.test(token));
  const isApart = tokens.every((token, i) => /^\s/.test(token) || i === 0 || /^\s/.test(tokens[i - 1]));
  const endsWithBlank = /\s/.test(text.trim().at(-2) ?? '');
  if (items.length < 2 || !isApart || endsWithBlank) return null;
  if (!items.every((item) => isQuoted(item) || BARE.test(item))) return null;
  return items.map((item) => (isQuoted(item) ? unescaped(item.slice(1, -1)) : item));
}

/** Whether a text is an array, or a list of it, whose middle is left out: `[0 1 2 ... 7 8 9]`, `[0, 1, 2, ..., 7, 8, 9]`. */
export function isElidedArray(text: string): boolean {
  const items = tokensIn(text)?.filter((token) => !/^[\s,]/.test(token)) ?? [];
  const others = items.filter((item) => item !== ELIDED);
  return (
    items.length > 2 &&
    others.length === items.length - 1 &&
    others.every((item) => isQuoted(item) || BARE.test(item))
  );
}

/** What stands between the brackets around a text; null without brackets. */
function tokensIn(text: string): readonly string[] | null {
  const core = text.trim();
  if (core.length > LONGEST || !core.startsWith('[') || !core.endsWith(']')) return null;
  const inner = core.slice(1, -1);
  const tokens: string[] = [];
  TOKEN.lastIndex = 0;
  while (TOKEN.lastIndex < inner.length) {
    const token = TOKEN.exec(inner)?.[0];
    if (token === undefined) return null;
    tokens.push(token);
  }
  return tokens;
}

function isQuoted(token: string): boolean {
  return token.length > 1 && /^["']/.test(token) && token.endsWith(token[0]);
}
