/**
 * The answer stands between the prompt's tags. A model may speak of the tags before it uses them, repeat the instruction
 * after it, put them in quotation marks, forget one or both. The rule, which never looks at what is right:
 *
 * 1. A tag in quotation marks or backticks by itself is no tag. A piece of text begins at an opening tag and ends at the next
 *    tag (or at the end).
 * 2. Closed pieces come before unclosed ones, pieces with text before empty ones, and what can only be talk of the tags
 *    (`<target> and </target>`, `<target>...</target>`) is no answer. A quoted piece counts only where there is no other.
 * 3. An output that begins with a piece answers there, whatever follows it. Otherwise the last piece counts, of those that
 *    stand on lines of their own where there are any.
 * 4. With a closing tag alone, the answer is what stands before it (the prompt may end with the opening one). Without any
 *    tag, all of the text is the answer.
 */
import type { Change, Context, Draft } from '../draft.ts';
import { visibleLength } from '../draft.ts';

/** A model that writes more tags than this is in a loop; those that follow are not looked at. */
const MOST_TAGS = 1_000;

interface Tag {
  readonly opens: boolean;
  readonly at: number;
  readonly end: number;
}

interface Piece {
  /** From the opening tag to behind the closing one. */
  readonly from: number;
  readonly to: number;
  readonly start: number;
  readonly stop: number;
  readonly closed: boolean;
}

/** What a sentence about the tags has between them. */
const TALK =
  /^(?:and|or|to|then|\.{3}|…|-+|\{?\[?(?:the |your |my )?(?:answer|result|output|symbol|text|lines?)(?: here)?\]?\}?|tags?)$/iu;

const QUOTES = new Set(['"', "'", '`', '“', '”', '‘', '’', '«', '»', '「', '」']);

/** As far as one looks for the rest of a line. */
const LINE_LOOK = 200;

export function tags(draft: Draft, context: Context): Change | null {
  const { tags: pair } = context.reading;
  if (pair === null) return null;
  const { text } = draft;
  const found = tagsOf(text, pair);
  if (found.length === 0) return draft.openThought && text.trim() === '' ? null : {};
  const piece = pair.some((tag) => context.gold.includes(tag))
    ? widest(found, text)
    : chosen(found, text, context);
  if (piece === null) {
    const [first] = found;
    if (first.opens) return {};
    return cut(draft, context, { from: 0, start: 0, stop: first.at, to: first.end, closed: true }, found);
  }
  return cut(draft, context, piece, found);
}

function cut(draft: Draft, { reading }: Context, piece: Piece, found: readonly Tag[]): Change {
  const { text } = draft;
  const [open, close] = reading.tags ?? ['', ''];
  const around = visibleLength(text.slice(0, piece.from)) + visibleLength(text.slice(piece.to));
  const otherTags = found.filter(({ at, end }) => end <= piece.from || at >= piece.to);
  return {
    text: text.slice(piece.start, piece.stop),
    extra:
      draft.extra +
      around -
      otherTags.reduce((sum, { at, end }) => sum + visibleLength(text.slice(at, end)), 0),
    ended: piece.closed,
    // A server that was sent the closing tag as a stop mark leaves it out.
    asAsked:
      around === 0 &&
      text.startsWith(open) &&
      (text.endsWith(close) || (!piece.closed && reading.stop.includes(close))),
  };
}

function tagsOf(text: string, [open, close]: readonly [string, string]): Tag[] {
  const pattern = new RegExp(`(${escaped(close)})|${escaped(open)}`, 'gi');
  const found: Tag[] = [];
  for (const { 0: mark, 1: closing, index } of text.matchAll(pattern)) {
    const end = index + mark.length;
    if (QUOTES.has(text.charAt(index - 1)) && QUOTES.has(text.charAt(end))) continue;
    found.push({ opens: closing === undefined, at: index, end });
    if (found.length === MOST_TAGS) break;
  }
  return found;
}

function escaped(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\/-]/g, String.raw`\$&`);
}

/** From the first opening tag to the last closing one: where the right answer has tags of its own in it. */
function widest(found: readonly Tag[], text: string): Piece | null {
  const open = found.find(({ opens }) => opens);
  if (open === undefined) return null;
  const close = found.findLast(({ opens, at }) => !opens && at > open.at);
  const { at: stop, end: to } = close ?? { at: text.length, end: text.length };
  return { from: open.at, start: open.end, stop, to, closed: close !== undefined };
}

function chosen(found: readonly Tag[], text: string, context: Context): Piece | null {
  const pieces = piecesOf(found, text).filter((piece) => !isTalk(innerOf(text, piece), context));
  const withText = pieces.filter((piece) => innerOf(text, piece).trim() !== '');
  const usable = withText.length > 0 ? withText : pieces;
  const closed = usable.filter((piece) => piece.closed);
  const whole = closed.length > 0 ? closed : usable;
  const spoken = whole.filter((piece) => !isQuoted(text, piece));
  const candidates = spoken.length > 0 ? spoken : whole;
  if (candidates.length === 0) return null;
  const [first] = candidates;
  if (beginsOutput(text, first)) return first;
  return candidates.findLast((piece) => onItsOwn(text, piece)) ?? candidates.at(-1) ?? null;
}

function piecesOf(found: readonly Tag[], text: string): Piece[] {
  return found.flatMap((tag, i) => {
    if (!tag.opens) return [];
    const next = found.at(i + 1);
    const closed = next?.opens === false;
    const stop = next?.at ?? text.length;
    const to = closed ? next.end : stop;
    return [{ from: tag.at, start: tag.end, stop, to, closed }];
  });
}

/** Whether quotation marks stand right around the piece: as an example of the form, where there are others. */
function isQuoted(text: string, { from, to }: Piece): boolean {
  return QUOTES.has(text.charAt(from - 1)) && QUOTES.has(text.charAt(to));
}

function innerOf(text: string, { start, stop }: Piece): string {
  return text.slice(start, stop);
}

/** The longest text that can be talk of the tags. */
const LONGEST_TALK = 40;

function isTalk(inner: string, { expected }: Context): boolean {
  if (inner.length > LONGEST_TALK) return false;
  const words = inner.trim();
  if (!TALK.test(words)) return false;
  return !expected.answer.includes(words) && expected.symbols?.includes(words) !== true;
}

/** Whether nothing but marks stands before it. */
function beginsOutput(text: string, { from }: Piece): boolean {
  return from <= LINE_LOOK && !/[\p{L}\p{N}]/u.test(text.slice(0, from));
}

/** Whether nothing but marks stands on its line before it, and nothing but marks after it. */
function onItsOwn(text: string, { from, to }: Piece): boolean {
  const before = text.slice(Math.max(0, from - LINE_LOOK), from);
  const after = text.slice(to, to + LINE_LOOK);
  const line = before.slice(before.lastIndexOf('\n') + 1) + (after.split('\n', 1)[0] ?? '');
  return !/[\p{L}\p{N}]/u.test(line);
}
