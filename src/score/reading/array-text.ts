/**
 * Arrays that numpy wrote as texts, with blanks between their items: `[4 8 3]`, `['a' 'b']`, over several lines where they are long; and
 * as Python shows them: `array([4, 8])`, `tensor([4, 8])`, `[np.int64(4), np.int64(8)]`.
 */
import { numberAsSymbol } from '../../common/written-number.ts';
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

/** What makes an array, a list or one value: `array(`, `np.int64(`, `tensor(`, `deque(`, pandas' `Index(`. */
const CALL =
  /(?<![\w.])(?:(?:np|numpy)\.\w+|(?:\w+\.)*(?:array|tensor|Array|deque|\w*Index|dict_keys|dict_values|ListWrapper))\(\s*/uy;

/** What stands behind the value in a call: `, dtype='<U1'`, `, device='cuda:0'`, `, shape=(2000,)`. */
const OPTIONS = /,\s*\w+=(?:'[^']*'|"[^"]*"|\([^()]*\)|[^()'"])*/uy;

const QUOTED_HERE = new RegExp(QUOTED, 'uy');

/** A number that is no part of a word, or of a text between quotation marks. */
const NUMBER = /(?<![\w.'"])[-+]?\d+\.0*(?![\w.'"])/gu;

/**
 * A text as the list, or the one value, that it is where Python shows an array, a tensor, a list of their items, or one of these: `[4, 8]` of
 * `array([4, 8])`, `a` of `np.str_('a')`; a batch of one, `[[4, 8]]`, is what is in it. Any other text as it is.
 * @param symbols whole numbers with a point are written as among these: `4.` is the symbol `4` where there is no `4.`
 */
export function plainList(text: string, symbols: readonly string[] = []): string {
  const core = text.trim();
  if (core.length > LONGEST) return text;
  const bare = withoutCalls(core);
  const plain = onlyOfBatch(bare ?? core, bare !== null);
  if (bare === null && arrayIn(plain) === null) return plain === core ? text : plain;
  return plain.replace(NUMBER, (number) => numberAsSymbol(number, symbols) ?? number);
}

/** A value without the calls around it and its items; null where there are none, or it is no value. */
function withoutCalls(core: string): string | null {
  if (!/\w\(/.test(core)) return null;
  const at = (form: RegExp, place: number): string | null => {
    form.lastIndex = place;
    return form.exec(core)?.[0] ?? null;
  };
  const pieces: string[] = [];
  const open: ('call' | 'bracket')[] = [];
  let hasCalls = false;
  for (let place = 0; place < core.length;) {
    const isInCall = open.at(-1) === 'call';
    const quoted = at(QUOTED_HERE, place);
    const options = isInCall ? at(OPTIONS, place) : null;
    const call = quoted === null && options === null ? at(CALL, place) : null;
    const token = quoted ?? options ?? call ?? core[place];
    if (call !== null) open.push('call');
    else if (token === '[' || token === '(') open.push('bracket');
    else if (/^["']$/.test(token)) return null;
    const isEnd = token === ']' || token === ')';
    if (isEnd && open.pop() === undefined) return null;
    hasCalls ||= call !== null;
    if (call === null && options === null && !(isInCall && token === ')')) pieces.push(token);
    place += token.length;
    if (open.length === 0 && place < core.length) return null;
  }
  if (!hasCalls || open.length > 0) return null;
  const plain = pieces.join('').trim();
  if (isQuoted(plain) && at(QUOTED_HERE, 0) === null) return unescaped(plain.slice(1, -1));
  return /^[[(].*[\])]$/su.test(plain) || /^[^\s(),'"[\]]+$/u.test(plain) ? plain : null;
}

/** What is in a list of one list; the text itself where it is none. @param surely whether it is a list at all */
function onlyOfBatch(core: string, surely: boolean): string {
  const inner = /^\[\s*(\[[^]*\])\s*\]$/u.exec(core)?.[1];
  if (inner === undefined) return core;
  const items = inner.slice(1, -1).replace(new RegExp(QUOTED, 'gu'), '');
  const isOne = !/[[\]]/u.test(items) && (surely || items.includes(',') || arrayIn(inner) !== null);
  return isOne ? inner : onlyOfBatchIn(core, inner, surely);
}

/** The same of a batch in a batch. */
function onlyOfBatchIn(core: string, inner: string, surely: boolean): string {
  const only = inner.startsWith('[[') && inner.endsWith(']]') ? onlyOfBatch(inner, surely) : inner;
  return only === inner ? core : only;
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
