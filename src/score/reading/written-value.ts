/**
 * Values that a program wrote as texts, in JSON or as Python shows them: lists, tuples, arrays of numpy (`['a' 'b']`, over several lines
 * where they are long), tensors, and items in calls (`np.int64(4)`). The one reader of all of these; what they mean is for others.
 */
import { QUOTED, unescaped, unescapedBytes } from './quoted.ts';

/** Longer texts are not looked at: no answer is as long. */
const LONGEST = 1_000_000;

/** lm-evaluation-harness has a list in a list; nobody writes more. Calls count, too. */
const DEEPEST = 8;

/** One text or number. */
export interface WrittenItem {
  /** What it means. */
  readonly text: string;
  /** The text that it is written as, quotation marks and all. */
  readonly written: string;
  readonly isQuoted: boolean;
}

export interface WrittenList {
  readonly open: string;
  readonly items: readonly WrittenValue[];
  /** Whether there are commas between its items, or behind the only one. */
  readonly hasCommas: boolean;
  /** Blanks before its end. */
  readonly blanksAtEnd: number;
}

export type WrittenValue = WrittenItem | WrittenList;

/** A value in a text, the place behind it, and whether there is a call in it or around it. */
export interface ValueInText {
  readonly value: WrittenValue;
  readonly end: number;
  readonly hasCalls: boolean;
}

/** What makes an array, a list or one value: `array(`, `np.int64(`, `tensor(`, `tf.Tensor(`, `deque(`, pandas' `Index(`. */
const CALL =
  /(?<![\w.])(?:(?:np|numpy)\.\w+|(?:\w+\.)*(?:array|[tT]ensor|Array|deque|\w*Index|dict_keys|dict_values|ListWrapper))\(/uy;

/** TensorFlow's `<tf.Tensor: shape=(2,), dtype=int32, numpy=array([4, 8], dtype=int32)>`. */
const ANGLE = /<tf\.(?:Tensor|Variable)\b[^<>]{0,200}\bnumpy=/uy;

/** PyTorch's weights. */
const PARAMETER = /Parameter containing:(?=\s)/uy;

/** What stands behind the value in a call: `, dtype='<U1'`, `, device='cuda:0'`, `, shape=(2000,)`. */
const OPTIONS = /(?:,\s*\w+=(?:'[^']*'|"[^"]*"|\([^()]*\)|[^()'"])*)+/uy;

const TEXT = new RegExp(`(b?)(${QUOTED})`, 'uy');

/** Anything else as far as a blank or a mark. */
const BARE_TOKEN = /[^\s,'"()[\]<>]+/uy;

const WHITE = /\s*/uy;

/** What is written without quotation marks. */
const BARE = /^(?:[-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?|[-+]?(?:inf|nan)|True|False|None)$/;

/** Stands for the middle of a long array. */
const ELIDED = '...';

/** The value that a text is; null where it is none, or has more around it than white space. */
export function valueIn(text: string): ValueInText | null {
  const core = text.trim();
  const found = valueAt(core, 0);
  return found?.end === core.length ? found : null;
}

/** The value that begins at a place of a text; null where there is none. */
export function valueAt(text: string, from: number): ValueInText | null {
  if (text.length - from > LONGEST) return null;
  const reader = new Reader(text, from);
  const value = reader.value(0);
  return value === null ? null : { value, end: reader.at, hasCalls: reader.hasCalls };
}

class Reader {
  at: number;
  hasCalls = false;
  private readonly text: string;

  constructor(text: string, from: number) {
    this.text = text;
    this.at = from;
  }

  value(depth: number): WrittenValue | null {
    if (depth > DEEPEST) return null;
    const mark = this.text[this.at];
    if (mark === '[' || mark === '(') return this.list(depth);
    if (this.take(PARAMETER) !== null) {
      this.hasCalls = true;
      this.white();
      return this.value(depth + 1);
    }
    if (this.take(CALL) !== null) return this.called(depth, ')');
    if (this.take(ANGLE) !== null) return this.called(depth, '>');
    return this.item();
  }

  private item(): WrittenItem | null {
    const quoted = this.take(TEXT);
    if (quoted !== null) {
      const [written, bytes, marked] = quoted;
      const inner = marked.slice(1, -1);
      return { text: bytes === '' ? unescaped(inner) : unescapedBytes(inner), written, isQuoted: true };
    }
    const bare = this.take(BARE_TOKEN)?.[0] ?? null;
    return bare === null ? null : { text: bare, written: bare, isQuoted: false };
  }

  /** The value in a call, whose options say nothing of it. */
  private called(depth: number, close: string): WrittenValue | null {
    this.hasCalls = true;
    this.white();
    const value = this.value(depth + 1);
    if (value === null) return null;
    this.white();
    this.take(OPTIONS);
    this.white();
    return this.mark(close) ? value : null;
  }

  private list(depth: number): WrittenList | null {
    const open = this.text[this.at++];
    const close = open === '[' ? ']' : ')';
    const items: WrittenValue[] = [];
    let between: 'comma' | 'white' | null = null;
    let blanksAtEnd = this.white();
    while (!this.mark(close)) {
      if (items.length > 0) {
        const next = this.mark(',') ? 'comma' : blanksAtEnd > 0 ? 'white' : null;
        if (next === null || (between !== null && next !== between)) return null;
        between = next;
        if (next === 'comma') blanksAtEnd = this.white();
        if (next === 'comma' && this.mark(close)) break;
      }
      const item = this.value(depth + 1);
      if (item === null) return null;
      items.push(item);
      blanksAtEnd = this.white();
    }
    return { open, items, hasCommas: between === 'comma', blanksAtEnd };
  }

  /** @returns how much there is of it */
  private white(): number {
    return this.take(WHITE)?.[0].length ?? 0;
  }

  private mark(mark: string): boolean {
    const isThere = this.text[this.at] === mark;
    this.at += Number(isThere);
    return isThere;
  }

  private take(form: RegExp): RegExpExecArray | null {
    form.lastIndex = this.at;
    const found = form.exec(this.text);
    if (found !== null) this.at += found[0].length;
    return found;
  }
}

export function isList(value: WrittenValue): value is WrittenList {
  return 'items' in value;
}

/** The items of a list that has no lists in it, and has its middle; null otherwise. */
export function itemsOf({ items }: WrittenList): readonly WrittenItem[] | null {
  return items.some((each) => isList(each) || isElision(each)) ? null : (items as readonly WrittenItem[]);
}

/** All that is in a value, whatever lists it stands in. */
export function leavesOf(value: WrittenValue): readonly WrittenItem[] {
  return isList(value) ? value.items.flatMap(leavesOf) : [value];
}

/** Whether an item is a text in quotation marks, or what is written without. */
export function isCertain({ isQuoted, text }: WrittenItem): boolean {
  return isQuoted || BARE.test(text);
}

/** Whether a list has several items and no commas, as numpy writes arrays. It puts blanks at the end for digits that its last number has fewer behind the point. */
export function isArray(list: WrittenList): boolean {
  const items = itemsOf(list);
  if (items === null || items.length < 2 || list.hasCommas || list.open !== '[') return false;
  return items.every(isCertain) && (list.blanksAtEnd === 0 || list.blanksAtEnd === missingDigits(items));
}

/** Whether the middle of an array, or of a list of it, is left out: `[0 1 2 ... 7 8 9]`, `[0, 1, 2, ..., 7, 8, 9]`. */
export function isElided(value: WrittenValue): boolean {
  const leaves = leavesOf(value);
  return (
    leaves.length > 2 && leaves.some(isElision) && leaves.every((each) => isElision(each) || isCertain(each))
  );
}

function isElision(value: WrittenValue): boolean {
  return !isList(value) && !value.isQuoted && value.text === ELIDED;
}

/** How many digits the last of some numbers has fewer behind its point than the longest. */
function missingDigits(items: readonly WrittenItem[]): number {
  const digits = items.map(({ text, isQuoted }) =>
    isQuoted ? null : (/\.(\d*)$/.exec(text)?.[1].length ?? null),
  );
  const last = digits.at(-1) ?? null;
  return last === null ? 0 : digits.reduce((most: number, count) => Math.max(most, count ?? 0), 0) - last;
}
