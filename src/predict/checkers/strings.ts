/** Strings of symbols. */

/** All of one length over some symbols. */
export function* stringsOf(symbols: readonly string[], length: number): Generator<string[]> {
  if (length === 0) yield [];
  else
    for (const start of stringsOf(symbols, length - 1))
      for (const symbol of symbols) yield [...start, symbol];
}

/** Of a longer string, only the beginning is shown. */
const MAX_SHOWN = 1_000;

/** A string as it stands in a sentence. */
export function shown(string: readonly string[]): string {
  if (string.length === 0) return 'the empty string';
  if (string.length <= MAX_SHOWN) return `'${string.join(' ')}'`;
  const beginning = string.slice(0, MAX_SHOWN).join(' ');
  return `'${beginning} …' (${string.length.toLocaleString('en-US')} symbols)`;
}

/** A string as its last letter and the string before it, so that a walk over many keeps none of them whole. */
export interface Trail {
  /** Null for the empty string, whose `by` is of no letter. */
  readonly from: Trail | null;
  readonly by: number;
}

/** The symbols of such a string. */
export function wordOf(trail: Trail, alphabet: readonly string[]): string[] {
  const word: string[] = [];
  for (let one = trail; one.from !== null; one = one.from) word.push(alphabet[one.by]);
  return word.reverse();
}
