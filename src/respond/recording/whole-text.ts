/** The text of a recorded output, whole and as it came: what it takes to read an answer out of it is for the filters. */
import type { Recorded } from './record.ts';

/**
 * The recorded output. Only where the authors' own cleaning has what does not stand in it (a note stands there, in place of
 * a long output), that is all there is of it. null where nothing came.
 */
export function wholeText({ output: { text }, cleaned }: Recorded): string | null {
  if (text === null || cleaned === null) return text ?? cleaned;
  return withoutBlanks(text).includes(cleaned) ? text : cleaned;
}

/** As the authors clean. */
function withoutBlanks(output: string): string {
  return output.replaceAll('<eos>', '').replaceAll(' ', '');
}
