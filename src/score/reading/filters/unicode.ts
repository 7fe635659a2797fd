/** Unicode normalisation: a letter with its accent is the same as one character or as two (NFC, UAX #15). */
import type { Change, Draft } from '../draft.ts';

export function unicode(draft: Draft): Change | null {
  const text = draft.text.normalize('NFC');
  return text === draft.text ? null : { text };
}
