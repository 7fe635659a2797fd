/**
 * A stop mark ends the answer where the server did not stop there by itself; so does a mark with which a template ends its
 * turns, when it came as text. Of several the first counts.
 */
import { SPECIAL_MARKS, withoutSpecialMarks } from '../../../common/special-marks.ts';
import type { Change, Context, Draft } from '../draft.ts';
import { visibleLength } from '../draft.ts';
import { fenceBegin } from './fence.ts';
import { beforeLastTokens, separatorOf, withoutSeparator } from './special-tokens.ts';

/** What models end their answers with, when it was decoded as text: marks that have no form in common. */
const endMarks: readonly string[] = [
  '<eos>',
  '</s>',
  '<end_of_turn>',
  '<turn|>',
  '[END FINAL RESPONSE]', // Apriel's
  '[unused10]', // openPangu's
  '<eoa>', // InternLM's
  '<_end>', // TeleChat's
  '[e~[', // MiniMax's
  '<SPECIAL_12>', // Nemotron's
];

/** Control marks of templates: `<|im_end|>`, `<｜end▁of▁sentence｜>`, EXAONE's `[|endofturn|]`. */
const CONTROL = /<[|｜]([\w:.▁-]{1,40})[|｜]>|\[\|([\w:.▁-]{1,40})\|\]/gu;

/** Names of those that end a turn, or begin that of somebody else: a model that runs on writes them after its answer. */
const ENDING = new RegExp(
  String.raw`(?:^|[_:.▁-])(?:end|eo[acdmst](?:_id)?$|sep(?:arator)?$)|^(?:return|flush)$|` +
    String.raw`^(?:user|human|observation|system|tool|environment)(?:_start)?$|^hy_place▁holder▁no▁\d+$`, // Hunyuan's
  'iu',
);

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
  const control = controlMark(text, context);
  if (control !== null && (at === -1 || control.at < at)) [at, length] = [control.at, control.length];
  if (at === -1) {
    const end = beforeLastTokens(text, context);
    return end === text.length ? null : { text: text.slice(0, end), ended: true };
  }
  const isAsked = context.reading.stop.includes(text.slice(at, at + length));
  const said = isAsked ? text.slice(0, at) : withoutSeparator(text.slice(0, at), context);
  return {
    text: said.slice(0, beforeLastTokens(said, context)),
    extra: draft.extra + extraIn(withoutFenceEnd(text.slice(at + length), begin), context),
    ended: true,
  };
}

/** How much text is said behind the end: more special tokens are none. */
function extraIn(rest: string, context: Context): number {
  const said = withoutSpecialMarks(rest, SPECIAL_MARKS);
  return said.replaceAll(separatorOf(context) ?? ' ', '').trim() === '' ? 0 : visibleLength(rest);
}

/** The first control mark that ends a turn and belongs to nothing in the sample. */
function controlMark(
  text: string,
  { gold, expected }: Context,
): { readonly at: number; readonly length: number } | null {
  if (!/[|｜][>\]]/u.test(text)) return null; // most outputs
  const ofSample = new Map<string, boolean>();
  for (const { 0: mark, 1: name, 2: inBrackets, index } of text.matchAll(CONTROL)) {
    if (!ENDING.test(name ?? inBrackets)) continue;
    const known = ofSample.get(mark) ?? [gold, ...(expected.symbols ?? [])].some((own) => own.includes(mark));
    if (!known) return { at: index, length: mark.length };
    ofSample.set(mark, known);
  }
  return null;
}

/** The rest without the end of a fence that began before the answer. */
function withoutFenceEnd(rest: string, begin: number): string {
  return begin === 0 ? rest : rest.trimStart().replace(/^(?:`{3,}|~{3,})/, '');
}

/** Where a mark of white space begins to count: an answer ends after it began. A code fence opens on a line of its own. */
export function beginOf(text: string, { reading }: Context): number {
  const start = text.length - text.trimStart().length;
  if (!reading.filters.includes('fence')) return start;
  const fence = fenceBegin(text.slice(start));
  return fence === null ? start : start + fence.length;
}
