/**
 * Arrays that numpy wrote as texts, with blanks between their items: `[4 8 3]`, `['a' 'b']`, over several lines where they are long; and
 * as Python shows them: `array([4, 8])`, `tensor([4, 8])`, `[np.int64(4), np.int64(8)]`.
 */
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
  const end = tokens.at(-1) ?? '';
  const endsWithBlank = /^\s/.test(end) && end.length !== missingDigits(items);
  if (items.length < 2 || !isApart || endsWithBlank) return null;
  if (!items.every((item) => isQuoted(item) || BARE.test(item))) return null;
  return items.map((item) => (isQuoted(item) ? unescaped(item.slice(1, -1)) : item));
}

/** How many digits the last of some numbers has fewer behind its point than the longest: numpy puts as many blanks there. */
function missingDigits(items: readonly string[]): number {
  const digits = items.map((item) => /\.(\d*)$/.exec(item)?.[1].length ?? null);
  const last = digits.at(-1) ?? null;
  return last === null ? 0 : digits.reduce((most: number, count) => Math.max(most, count ?? 0), 0) - last;
}

const QUOTED = String.raw`'(?:[^'\\]|\\[^])*'|"(?:[^"\\]|\\[^])*"`;

/** What stands behind the value in a call: `, dtype='<U1'`, `, device='cuda:0'`. */
const OPTIONS = String.raw`(?:,\s*\w+=[^()[\]]*)?`;

/** One value: `np.int64(4)`, `np.str_('a')`, `tensor(4)`. */
const SCALAR = String.raw`(?:(?:np|numpy)\.\w+|array|tensor)\((${QUOTED}|[^\s(),'"[\]]+)${OPTIONS}\)`;

const ONE_SCALAR = new RegExp(`^${SCALAR}$`, 'u');

/** A text between quotation marks, a value in a call, or one more character; not a quotation mark that nothing closes. */
const PIECE = new RegExp(`${QUOTED}|${SCALAR}|[^'"]`, 'uy');

/** Before a whole array. */
const CALL = /^(?:(?:np|numpy|torch|jnp)\.)?(?:array|tensor|Array)\(\s*(?=\[)/u;

/** Behind it: `, dtype='<U1')`, `, shape=(2000,))`. */
const CALL_END = /^\s*(?:,\s*\w+=[^]*)?\)$/u;

/** What Python shows an array, a list of numpy's or PyTorch's values, or one of them as, without the calls: `[4, 8]`, `a`. Any other text as it is. */
export function withoutCalls(text: string): string {
  const core = text.trim();
  if (core.length > LONGEST) return text;
  const one = ONE_SCALAR.exec(core)?.[1];
  if (one !== undefined) return isQuoted(one) ? unescaped(one.slice(1, -1)) : one;
  const open = CALL.exec(core)?.[0].length ?? 0;
  const close = core.lastIndexOf(']') + 1;
  if (open > 0 && CALL_END.test(core.slice(close))) return core.slice(open, close);
  const isList = /^[[(].*[\])]$/su.test(core);
  return isList ? (withoutCallsIn(core) ?? text) : text;
}

/** A list whose items stand in no calls; null where none does, or where it is no list. */
function withoutCallsIn(list: string): string | null {
  if (!/(?:np|numpy)\.\w|array\(|tensor\(/.test(list)) return null;
  const pieces: string[] = [];
  PIECE.lastIndex = 0;
  while (PIECE.lastIndex < list.length) {
    const found = PIECE.exec(list);
    if (found === null) return null;
    const [whole, value] = found as [string, string?];
    pieces.push(value ?? whole);
  }
  return pieces.join('');
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
