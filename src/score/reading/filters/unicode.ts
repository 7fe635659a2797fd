/**
 * What looks the same is the same: a letter with its accent is one character or two (NFC, UAX #15), a blank is a blank
 * whatever its width (U+00A0 and others), and characters that nobody sees are none.
 */
import type { Change, Context, Draft } from '../draft.ts';

/** Blanks that break no line and are no U+0020: of general category Zs. */
const OTHER_BLANKS = /[\u00a0\u1680\u2000-\u200a\u202f\u205f\u3000]/gu;

/** Characters of no width that join or shape nothing: zero-width space, word joiner, byte order mark, soft hyphen. */
const UNSEEN = /[\u200b\u2060\ufeff\u00ad]/gu;

export function unicode({ text }: Draft, context: Context): Change | null {
  const same = alike(text, context);
  return same === text ? null : { text: same };
}

/** Also of the right answer, which is compared in the same form. What stands in the sample itself stays as it is. */
export function alike(text: string, { gold, expected }: Pick<Context, 'gold' | 'expected'>): string {
  const normal = text.normalize('NFC');
  if (!hasAny(normal)) return normal;
  const ofSample = [gold, ...expected.answer, ...(expected.symbols ?? [])].some(hasAny);
  return ofSample ? normal : normal.replace(OTHER_BLANKS, ' ').replace(UNSEEN, '');
}

function hasAny(text: string): boolean {
  return text.search(OTHER_BLANKS) !== -1 || text.search(UNSEEN) !== -1;
}
