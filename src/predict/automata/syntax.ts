/** Regular expressions as trees: what the parser makes and the automata are built from. */

/** A regular expression. Symbols are texts; which of them exist is said by the alphabet that goes with the tree. */
export type Regex =
  | { readonly kind: 'nothing' } // ∅, no string at all
  | { readonly kind: 'symbols'; readonly symbols: readonly string[] } // one symbol out of these
  | { readonly kind: 'concat'; readonly parts: readonly Regex[] } // [] is the empty string
  | { readonly kind: 'union'; readonly parts: readonly Regex[] }
  | { readonly kind: 'intersection'; readonly parts: readonly Regex[] }
  | { readonly kind: 'shuffle'; readonly parts: readonly Regex[] }
  | { readonly kind: 'complement'; readonly of: Regex }
  | { readonly kind: 'repeat'; readonly of: Regex; readonly min: number; readonly max: number };

/** A language given by an expression: its text, its tree and the symbols that strings are made of. */
export interface RegularExpression {
  readonly text: string;
  readonly tree: Regex;
  readonly alphabet: readonly string[];
}
