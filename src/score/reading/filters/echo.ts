/** The prompt, which some servers give back before the answer (completions with `echo`, TGI's `return_full_text`). */
import type { Change, Context, Draft } from '../draft.ts';

/** A mark for the beginning that was decoded as text, and white space around it. */
const BEGIN = /^\s*(?:<s>|<bos>|<\|begin_of_text\|>|<\|startoftext\|>|<\|endoftext\|>)?\s*/u;

export function echo({ text }: Draft, { expected, gold }: Context): Change | null {
  const { prompt = '' } = expected;
  const core = prompt.trimStart();
  // A prompt that is nothing but what is to be copied is no echo.
  if (core === '' || gold.startsWith(core.trimEnd())) return null;
  if (text.startsWith(prompt)) return { text: text.slice(prompt.length) };
  const begin = BEGIN.exec(text)?.[0].length ?? 0;
  return text.startsWith(core, begin) ? { text: text.slice(begin + core.length) } : null;
}
