/** What filters work on: the text that is still taken for the answer, and what was set apart so far. */
import type { Reading } from './reading.ts';

/** The right answer, and what it is asked about: what a filter has to know so that it takes nothing off an answer. */
export interface Expected {
  readonly answer: readonly string[];
  /** The answer as text, where it is not its symbols with the joiner between them. */
  readonly text?: string;
  /**
   * The right answer to the character, as it was recorded, where that is neither its symbols with the joiner between them nor
   * `text`: separated now by one blank and now by two, or with quotation marks of two kinds.
   */
  readonly recorded?: string;
  /** Other symbols of the sample: a pair of marks with which one of them begins or ends is no wrapping. */
  readonly symbols?: readonly string[];
  /** What was sent, where it is known: given back before the answer, it is no part of it. */
  readonly prompt?: string;
}

export interface Draft {
  readonly text: string;
  /** Text around the marks that a thinking model puts around its answer: outside of thoughts, and no part of the answer. */
  readonly before: string;
  readonly after: string;
  /** Thoughts, in the order in which they came. */
  readonly thoughts: readonly string[];
  /** Characters of text before and after the answer; white space, thoughts and marks are not counted. */
  readonly extra: number;
  /** Whether the answer ended by a mark of its own: a stop mark, a closing tag, the end of its channel. */
  readonly ended: boolean;
  /** Whether a thought began that never ended. */
  readonly openThought: boolean;
  /** Whether a tool was called instead of an answer. */
  readonly called: boolean;
}

/** What a filter may look at beside the draft. */
export interface Context {
  readonly reading: Reading;
  /** The right answer as text. */
  readonly gold: string;
  readonly expected: Expected;
  /** What stands around the answer (between the tags, where there are any) in the prompt's demonstrations. */
  readonly lead: string;
  readonly trail: string;
}

/** What a filter changed; `asAsked`: only what the prompt asks for was taken off, so that nothing was forgiven. */
export type Change = Partial<Draft> & { readonly asAsked?: boolean };

/** One way to come nearer to the answer. Returns null where there is nothing to do. Linear in the text. */
export type Filter = (draft: Draft, context: Context) => Change | null;

/** @param thoughts those that the respondent set apart itself */
export function draftOf(text: string, thoughts: readonly string[] = []): Draft {
  return { text, before: '', after: '', thoughts, extra: 0, ended: false, openThought: false, called: false };
}

export function contextOf(reading: Reading, expected: Expected): Context {
  const gold = expected.text ?? expected.answer.join(reading.joiner);
  return { reading, gold, expected, ...insideTags(reading) };
}

/** The symbols of the sample that are known: the right answer's first. */
export function symbolsIn({
  expected: { answer, symbols = [] },
}: Pick<Context, 'expected'>): readonly string[] {
  return [...answer, ...symbols];
}

/** `lead` and `trail` without the tags, where they hold them, and without what a stop mark cuts. */
function insideTags({ lead, trail, tags, stop }: Reading): Pick<Context, 'lead' | 'trail'> {
  const [open, close] = tags ?? ['', ''];
  const from = tags === null ? -1 : lead.lastIndexOf(open);
  const to = tags === null ? -1 : trail.indexOf(close);
  return {
    lead: from === -1 ? lead : lead.slice(from + open.length),
    trail: to === -1 ? beforeStop(trail, stop) : trail.slice(0, to),
  };
}

/** What is left of a text when the server stops at the first stop mark. */
export function beforeStop(text: string, stop: readonly string[]): string {
  const ends = stop.map((mark) => text.indexOf(mark)).filter((at) => at !== -1);
  return ends.length === 0 ? text : text.slice(0, Math.min(...ends));
}

/** How many characters other than white space a text has. */
export function visibleLength(text: string): number {
  let count = 0;
  for (let i = 0; i < text.length; i++) if (!isWhite(text.charCodeAt(i))) count++;
  return count;
}

/** Whether a UTF-16 unit is white space as `String.trim` sees it. */
export function isWhite(unit: number): boolean {
  if (unit <= 32) return unit === 32 || (unit >= 9 && unit <= 13);
  if (unit < 160) return false;
  return (
    unit === 160 ||
    unit === 0x1680 ||
    (unit >= 0x2000 && unit <= 0x200a) ||
    unit === 0x2028 ||
    unit === 0x2029 ||
    unit === 0x202f ||
    unit === 0x205f ||
    unit === 0x3000 ||
    unit === 0xfeff
  );
}

/** Replaces what stands between the white space around a text. */
export function withCore(text: string, change: (core: string) => string | null): string | null {
  const core = text.trim();
  if (core === '') return null;
  const changed = change(core);
  if (changed === null) return null;
  const start = text.length - text.trimStart().length;
  return text.slice(0, start) + changed + text.slice(start + core.length);
}

/** Whether a mark belongs to the sample: one of its symbols, or the right answer, begins or ends with it. */
export function isOfSample(mark: string, { gold, expected }: Context): boolean {
  const touches = (text: string): boolean => text.startsWith(mark) || text.endsWith(mark);
  return touches(gold.trim()) || expected.answer.some(touches) || (expected.symbols ?? []).some(touches);
}
