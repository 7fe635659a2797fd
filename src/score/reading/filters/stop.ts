/**
 * A stop mark ends the answer where the server did not stop there by itself; so does a mark with which a template ends its
 * turns, when it came as text. Of several the first counts.
 */
import type { Change, Context, Draft } from '../draft.ts';
import { visibleLength } from '../draft.ts';
import { fenceBegin } from './fence.ts';

/** What models end their answers with: end-of-sequence and end-of-turn tokens that were decoded as text. */
const endMarks: readonly string[] = [
  '<eos>',
  '</s>',
  '<|endoftext|>',
  '<|end_of_text|>',
  '<|eot_id|>',
  '<|im_end|>',
  '<|end_of_turn|>',
  '<end_of_turn>',
  '<turn|>',
  '<|eom_id|>',
  '<|END_OF_TURN_TOKEN|>',
  '<｜end▁of▁sentence｜>',
  '<|return|>',
  '[unused10]', // openPangu's
];

export function stop(draft: Draft, context: Context): Change | null {
  const { text } = draft;
  const begin = beginOf(text, context);
  let [at, length] = [-1, 0];
  const marks = /[<[]/.test(text) ? [...context.reading.stop, ...endMarks] : context.reading.stop;
  for (const mark of marks) {
    // An answer can't have its own stop mark in it: one that does is not cut there.
    if (mark === '' || context.gold.includes(mark)) continue;
    const found = text.indexOf(mark, mark.trim() === '' ? begin : 0);
    if (found === -1 || (at !== -1 && (found > at || (found === at && mark.length <= length)))) continue;
    [at, length] = [found, mark.length];
  }
  if (at === -1) return null;
  return {
    text: text.slice(0, at),
    extra: draft.extra + visibleLength(withoutFenceEnd(text.slice(at + length), begin)),
    ended: true,
  };
}

/** The rest without the end of a fence that began before the answer. */
function withoutFenceEnd(rest: string, begin: number): string {
  return begin === 0 ? rest : rest.trimStart().replace(/^(?:`{3,}|~{3,})/, '');
}

/** Where a mark of white space begins to count: an answer ends after it began. A code fence opens on a line of its own. */
function beginOf(text: string, { reading }: Context): number {
  const start = text.length - text.trimStart().length;
  if (!reading.filters.includes('fence')) return start;
  const fence = fenceBegin(text.slice(start));
  return fence === null ? start : start + fence.length;
}
