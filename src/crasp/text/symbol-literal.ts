/** Symbols as programs write them. */

/** A symbol in quotes; one with both kinds of quotes in it cannot be written. */
export function symbolLiteral(symbol: string): string {
  return symbol.includes("'") ? `"${symbol}"` : `'${symbol}'`;
}
