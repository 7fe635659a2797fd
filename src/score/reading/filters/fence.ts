/** A code fence around the whole answer is none of it, with or without a language; it may be left unclosed. */
import type { Change, Context, Draft } from '../draft.ts';
import { isOfSample, withCore } from '../draft.ts';

/** The longest name of a language behind a fence. */
const LONGEST_LANGUAGE = 40;

/** The opening line of a fence with its line end (or all of the text, where there is no other line); null without one. */
export function fenceBegin(text: string): string | null {
  const mark = /^(?:`{3,}|~{3,})/.exec(text)?.[0];
  if (mark === undefined) return null;
  const end = text.indexOf('\n', mark.length);
  if (end === -1 || end - mark.length > LONGEST_LANGUAGE) return null;
  return /[`~]/.test(text.slice(mark.length, end)) ? null : text.slice(0, end + 1);
}

export function fence(draft: Draft, context: Context): Change | null {
  const text = withCore(draft.text, (core) => {
    const marks = /^(?:`{3,}|~{3,})/.exec(core)?.[0];
    if (marks === undefined || isOfSample(marks.slice(0, 3), context)) return null;
    const begin = fenceBegin(core);
    const closed = core.length >= 2 * marks.length && core.endsWith(marks);
    if (begin === null) {
      // In one line: ```b```
      const inner = core.slice(marks.length, -marks.length);
      return closed && !core.includes('\n') && !inner.includes(marks) && inner.trim() !== '' ? inner : null;
    }
    const inner = core.slice(begin.length, closed ? core.length - marks.length : core.length);
    return inner.includes(marks) ? null : inner.replace(/\r?\n$/, '');
  });
  return text === null ? null : { text };
}
