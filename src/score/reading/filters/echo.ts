/** The prompt, which some servers give back before the answer (completions with `echo`, TGI's `return_full_text`). */
import { ANGLED_MARKS, SPECIAL_MARKS, withoutSpecialMarks } from '../../../common/special-marks.ts';
import type { Change, Context, Draft } from '../draft.ts';

/** A mark for the beginning that was decoded as text, and white space around it. */
const BEGIN = /^\s*(?:<s>|<bos>|<\|begin_of_text\|>|<\|startoftext\|>|<\|endoftext\|>)?\s*/u;

export function echo({ text }: Draft, { expected, gold }: Context): Change | null {
  const rest = behindPrompt(text, expected.prompt ?? '', gold);
  return rest === null ? null : { text: rest };
}

/**
 * What follows the prompt in an output that begins with it; null where none does. Line ends may differ (CRLF), and special tokens be
 * left out, as `skip_special_tokens` does with those of a chat template.
 * @param gold the right answer: a prompt that is nothing but what is to be copied is no echo
 */
export function behindPrompt(text: string, prompt: string, gold?: string): string | null {
  const whole = withLineFeeds(prompt);
  const output = withLineFeeds(text);
  const forms = [[], ANGLED_MARKS, SPECIAL_MARKS];
  const candidates = new Set(forms.map((marks) => withoutSpecialMarks(whole, marks)));
  for (const candidate of candidates) {
    const core = candidate.trimStart();
    if (core === '' || gold?.startsWith(core.trimEnd()) === true) continue;
    if (output.startsWith(candidate)) return output.slice(candidate.length);
    const begin = BEGIN.exec(output)?.[0].length ?? 0;
    if (output.startsWith(core, begin)) return output.slice(begin + core.length);
  }
  return null;
}

function withLineFeeds(text: string): string {
  return text.replaceAll('\r\n', '\n');
}
