/** How symbols may stand in the texts of a recording, as its user says it (`--symbols`). */

/** By name; `commas`: as lists, with commas, semicolons or bars between them. */
export const LAYOUTS = ['characters', 'blanks', 'lines', 'commas'] as const;

/** One of these, or the mark that stands between symbols: `/`. */
export type GivenLayout = (typeof LAYOUTS)[number] | Mark;

/** A text without letters, digits and white space. */
export type Mark = string & { readonly isMark?: true };

/** The mark that was given; null for the name of a layout. */
export function markIn(given: GivenLayout): string | null {
  return LAYOUTS.some((name) => name === given) ? null : given;
}

/** Whether a text may be what stands between symbols: a few characters, and no letters, digits and white space. */
export function isMark(text: string): boolean {
  return /^[^\s\p{L}\p{N}]{1,5}$/u.test(text);
}
