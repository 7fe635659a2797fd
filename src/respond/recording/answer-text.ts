/** The text of a recorded output, without what its recording put around it. */
import { joinerOf } from './sample.ts';
import type { Recorded } from './record.ts';

/** What some models' outputs begin with, and is no text. */
const BEGIN_MARKS = /^\s*(?:<\|begin_of_text\|>|<s>)/;

/**
 * The output without a mark and line breaks before it; where the authors' own cleaning left something else than the output
 * without blanks and `<eos>` (their instruct models: what stands between the tags), that. Blanks between symbols of one
 * character are a way of writing them, as in the authors' cleaning. null where nothing came.
 */
export function answerText({ output, cleaned, layout }: Recorded): string | null {
  const { text } = output;
  if (text === null) return cleaned;
  if (cleaned !== null && withoutBlanks(text) !== cleaned) return cleaned;
  const plain = text.replace(BEGIN_MARKS, '').replace(/^\s*\n/u, '');
  return joinerOf(layout) === '' ? plain.replaceAll(' ', '') : plain;
}

function withoutBlanks(output: string): string {
  return output.replaceAll('<eos>', '').replaceAll(' ', '');
}
