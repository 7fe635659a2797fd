/** Strings of symbols. */

/** All of one length over some symbols. */
export function* stringsOf(symbols: readonly string[], length: number): Generator<string[]> {
  if (length === 0) yield [];
  else
    for (const start of stringsOf(symbols, length - 1))
      for (const symbol of symbols) yield [...start, symbol];
}

/** A string as it stands in a sentence. */
export function shown(string: readonly string[]): string {
  return string.length === 0 ? 'the empty string' : `'${string.join(' ')}'`;
}
