/**
 * Marks that a thinking model puts around the answer that follows its thoughts. What stands before and after them is no
 * part of the answer, and is not lost either: it counts as text around it.
 */
import type { Context } from '../draft.ts';
import { visibleLength } from '../draft.ts';

type Pair = readonly [open: string, close: string];

/** Sky-T1's, Cohere's, Hunyuan's, Granite's and Ernie's, those of many fine-tuned models. They mean something after thoughts only. */
const AFTER_THOUGHTS: readonly Pair[] = [
  ['<|begin_of_solution|>', '<|end_of_solution|>'],
  ['<|start_response|>', '<|end_response|>'],
  ['<|start_text|>', '<|end_text|>'],
  ['<answer>', '</answer>'],
  ['<response>', '</response>'],
  ['<solution>', '</solution>'],
  ['<output>', '</output>'],
];

/** GLM-4.1V's and GLM-4.5V's: special tokens around the final answer, wherever it stands. */
const BOX: Pair = ['<|begin_of_box|>', '<|end_of_box|>'];

/** Marks stand in one another: a box in `<answer>`, and the other way round. */
const MOST_LAYERS = 3;

interface Solution {
  readonly text: string;
  readonly before: string;
  readonly after: string;
  readonly ended: boolean;
}

/**
 * The answer between such marks; null where there are none.
 * @param thoughtful whether there are thoughts, in the text or beside it
 */
export function solutionOf(
  text: string,
  context: Context,
  thoughtful: boolean,
): (Solution & { readonly extra: number }) | null {
  let found: Solution = { text, before: '', after: '', ended: false };
  for (let layer = 0; layer < MOST_LAYERS; layer++) {
    const next = (thoughtful ? afterThoughts(found.text, context) : null) ?? boxed(found.text, context);
    if (next === null) return layer === 0 ? null : withExtra(found);
    const { before, after, ended } = found;
    found = {
      text: next.text,
      before: before + next.before,
      after: next.after + after,
      ended: next.ended || ended,
    };
  }
  return withExtra(found);
}

function withExtra(solution: Solution): Solution & { readonly extra: number } {
  return { ...solution, extra: visibleLength(solution.before) + visibleLength(solution.after) };
}

/** An output that begins with a pair answers there, whatever follows. */
function afterThoughts(text: string, context: Context): Solution | null {
  const core = text.trimStart();
  const start = text.length - core.length;
  const lower = core.replace(/[A-Z]+/g, (letters) => letters.toLowerCase()); // others may change their length
  for (const pair of AFTER_THOUGHTS) {
    const [open, close] = pair;
    if (!lower.startsWith(open) || context.reading.tags?.[0].toLowerCase() === open) continue;
    // A right answer that has the mark itself ends at the last one.
    const end = context.gold.includes(close) ? lower.lastIndexOf(close) : lower.indexOf(close);
    return unlessTagged(text, between(text, start, end === -1 ? -1 : start + end, pair), context);
  }
  return null;
}

/** The last box counts, as the last tags do. Where the prompt has tags, these hold the answer, and a box is a mark to drop. */
function boxed(text: string, context: Context): Solution | null {
  const [open, close] = BOX;
  const start = text.lastIndexOf(open);
  if (start === -1 || [open, close].some((mark) => context.gold.includes(mark))) return null;
  if (hasTags(text, context)) {
    const plain = text.replaceAll(open, '').replaceAll(close, '');
    return { text: plain, before: '', after: '', ended: false };
  }
  return between(text, start, text.indexOf(close, start), BOX);
}

/** @param end where the closing mark stands; -1: it does not come */
function between(text: string, start: number, end: number, [open, close]: Pair): Solution {
  const inside = start + open.length;
  const whole = end === -1 ? text.length : end;
  return {
    text: text.slice(inside, whole),
    before: unlessWhite(text.slice(0, start)),
    after: unlessWhite(text.slice(end === -1 ? whole : end + close.length)),
    ended: end !== -1,
  };
}

/** Null where the prompt's tags stand around the marks or beside them: there is the answer. */
function unlessTagged(text: string, solution: Solution, context: Context): Solution | null {
  return hasTags(text, context) && !hasTags(solution.text, context) ? null : solution;
}

function hasTags(text: string, { reading }: Context): boolean {
  return reading.tags !== null && text.toLowerCase().includes(reading.tags[0].toLowerCase());
}

function unlessWhite(text: string): string {
  return text.trim() === '' ? '' : text;
}
