/**
 * CRLF is a line end; white space around the answer and at the end of its lines is none of it. Where symbols are lines,
 * neither are blank lines; where each is one character, neither is white space between them.
 */
import type { Change, Context, Draft } from '../draft.ts';

export function whiteSpace(draft: Draft, context: Context): Change | null {
  const { text } = draft;
  const { lead, trail } = context;
  const tidied = tidy(text, context);
  if (tidied === text) return null;
  // White space that the prompt's own demonstrations have there is nothing to be forgiven.
  return { text: tidied, asAsked: text === lead + tidied + trail || text === lead + tidied };
}

/** Also of the right answer, which is compared in the same form. */
export function tidy(text: string, { reading: { joiner }, gold }: Pick<Context, 'reading' | 'gold'>): string {
  if (joiner === '' && !/\s/u.test(gold)) return text.replace(/\s+/gu, '');
  const blankLines = joiner === '\n' ? /\s\n/u : /[^\S\n]\n/u;
  if (!blankLines.test(text)) return text.trim();
  const lines = text
    .replaceAll('\r\n', '\n')
    .split('\n')
    .map((line) => line.trimEnd());
  const kept = joiner === '\n' ? lines.filter((line) => line !== '') : lines;
  return kept.join('\n').trim();
}
