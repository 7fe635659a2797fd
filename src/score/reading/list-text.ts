/**
 * Lists of texts that a tool wrote as one text: Python's `['b']` (a column of lists in a CSV file), or JSON's `["b"]`.
 */

/** lm-evaluation-harness has a list in a list; nobody writes more. */
const DEEPEST = 4;

/** Longer texts are not looked at: no answer is as long, and each quoted text is read by one regular expression. */
const LONGEST = 1_000_000;

/** A list of texts, or of such lists. */
export type ListOfTexts = readonly (string | ListOfTexts)[];

/** White space, a bracket, a comma, or a text between quotation marks of either kind. */
const TOKEN = /\s+|[[\],]|'(?:[^'\\]|\\[^])*'|"(?:[^"\\]|\\[^])*"/uy;

/** What a backslash and a letter stand for, in both languages. */
const ESCAPED: Readonly<Record<string, string>> = {
  ...{ n: '\n', t: '\t', r: '\r', b: '\b', f: '\f', v: '\v', a: '\u0007', '0': '\0', '\n': '' },
};

/** The list that a text is, in either language; null where it is none. */
export function listIn(text: string): ListOfTexts | null {
  if (text.length > LONGEST || !/^\s*\[/.test(text)) return null;
  const open: (string | ListOfTexts)[][] = [[]];
  let last: 'item' | 'comma' | 'start' = 'start';
  TOKEN.lastIndex = 0;
  while (TOKEN.lastIndex < text.length) {
    const token = TOKEN.exec(text)?.[0];
    if (token === undefined) return null;
    if (/^\s/.test(token)) continue;
    const isOver = open.length === 1 && open[0].length > 0;
    if (isOver) return null;
    if (token === ']') {
      const list = open.pop() ?? [];
      if (open.length === 0) return null;
      open[open.length - 1].push(list);
      last = 'item';
    } else if (token === ',') {
      if (last !== 'item') return null;
      last = 'comma';
    } else {
      if (last === 'item') return null;
      if (token === '[') {
        if (open.length > DEEPEST) return null;
        open.push([]);
        last = 'start';
      } else {
        open[open.length - 1].push(unescaped(token.slice(1, -1)));
        last = 'item';
      }
    }
  }
  const [whole] = open;
  return open.length === 1 && Array.isArray(whole[0]) ? (whole[0] as ListOfTexts) : null;
}

/** One number in a list, which has no quotation marks. */
const ONE_NUMBER = /^\s*\[\s*([-+]?\d+(?:\.\d*)?)\s*\]\s*$/;

/** The one text in a list that is written as a text, or the one number; null where a text is none, or has several. */
export function textInList(text: string): string | null {
  const number = ONE_NUMBER.exec(text)?.[1];
  if (number !== undefined) return number;
  const texts = textsOf(listIn(text) ?? []);
  return texts.length === 1 ? texts[0] : null;
}

/** The texts in a list, and in those within it. */
function textsOf(list: ListOfTexts): readonly string[] {
  return list.flatMap((each) => (typeof each === 'string' ? [each] : textsOf(each)));
}

/** A text between quotation marks as it is meant. */
export function unescaped(text: string): string {
  return text.replace(
    /\\(?:x([\da-fA-F]{2})|u([\da-fA-F]{4})|U([\da-fA-F]{8})|([^]))/g,
    (whole, two?: string, four?: string, eight?: string, letter?: string) => {
      const code = two ?? four ?? eight;
      if (code === undefined) return letter === undefined ? whole : (ESCAPED[letter] ?? letter);
      const point = Number.parseInt(code, 16);
      return point > 0x10ffff
        ? whole
        : four === undefined
          ? String.fromCodePoint(point)
          : String.fromCharCode(point);
    },
  );
}
