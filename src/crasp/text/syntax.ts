/**
 * The syntax tree of a program, as it was written: before names are resolved and families are expanded.
 * Chains of one operator are one node with many operands, so that a long program is not a deep one.
 */
import type { Span } from './diagnostics.ts';

/** A symbol where it is used: quoted, or a bare word that is a variable or a symbol of the alphabet. */
export interface SymbolReference {
  readonly text: string;
  readonly quoted: boolean;
  readonly span: Span;
}

/** What a variable ranges over. 'sigma': the whole alphabet. */
export type SymbolSet = 'sigma' | readonly SymbolReference[];

export interface Variable {
  readonly name: string;
  readonly set: SymbolSet;
  readonly span: Span;
}

/**
 * Which positions j a count at i looks at: i−far ≤ j ≤ i−near; far is null where it reaches back to the start.
 * `[j<=i]` is {near: 0, far: null}, `[j<i]` {near: 1, far: null}, `[j=i-2]` {near: 2, far: 2}.
 */
export interface Guard {
  readonly near: number;
  readonly far: number | null;
  readonly span: Span;
}

export type CompareOperator = '<' | '<=' | '>' | '>=' | '=' | '!=';
export type Relation = 'lt' | 'le' | 'eq' | 'ne';

export type Expression = { readonly span: Span } & (
  | { readonly kind: 'integer'; readonly value: number }
  | { readonly kind: 'truth'; readonly value: boolean }
  | { readonly kind: 'symbol'; readonly symbol: SymbolReference }
  | { readonly kind: 'count'; readonly guard: Guard; readonly of: Expression }
  | {
      readonly kind: 'quantifier';
      readonly which: 'exists' | 'forall';
      readonly guard: Guard;
      readonly of: Expression;
    }
  | { readonly kind: 'prev'; readonly distance: number; readonly of: Expression }
  | { readonly kind: 'first'; readonly of: Expression }
  | { readonly kind: 'mod'; readonly modulus: number; readonly residue: number }
  | {
      readonly kind: 'every';
      readonly which: 'any' | 'all';
      readonly variables: readonly Variable[];
      readonly body: Expression;
    }
  | {
      readonly kind: 'relation';
      readonly relation: Relation;
      readonly left: SymbolReference;
      readonly right: SymbolReference;
    }
  | {
      readonly kind: 'extremum';
      readonly which: 'min' | 'max';
      readonly left: Expression;
      readonly right: Expression;
    }
  | {
      readonly kind: 'name';
      readonly name: string;
      readonly symbols: readonly SymbolReference[];
      readonly nameSpan: Span;
    }
  | { readonly kind: 'not'; readonly of: Expression }
  | { readonly kind: 'negate'; readonly of: Expression }
  | { readonly kind: 'junction'; readonly which: 'and' | 'or'; readonly operands: readonly Expression[] }
  | { readonly kind: 'implies'; readonly left: Expression; readonly right: Expression }
  | {
      readonly kind: 'compare';
      readonly operator: CompareOperator;
      readonly left: Expression;
      readonly right: Expression;
    }
  | {
      readonly kind: 'sum';
      readonly terms: readonly { readonly sign: 1 | -1; readonly of: Expression }[];
    }
  | { readonly kind: 'product'; readonly factors: readonly Expression[] }
  | {
      readonly kind: 'conditional';
      readonly test: Expression;
      readonly yes: Expression;
      readonly no: Expression;
    }
  | { readonly kind: 'hole' } // where the parser has reported an error
);

export interface Definition {
  readonly name: string;
  readonly nameSpan: Span;
  readonly variables: readonly Variable[];
  readonly body: Expression;
}

/** `next[…] := body`; the target is a symbol, or a variable with its set (null: the alphabet without meta symbols). */
export interface NextRule {
  readonly target: SymbolReference;
  readonly set: SymbolSet | null;
  readonly body: Expression;
  readonly span: Span;
}

export const DIALECTS = ['plain', 'local', 'periodic', 'pos', 'star', 'positive'] as const;
export type Dialect = (typeof DIALECTS)[number];

export interface Program {
  /** undefined: not declared. */
  readonly alphabet?: { readonly symbols: readonly SymbolReference[]; readonly span: Span };
  readonly read?: { readonly at: 'eos' | 'last'; readonly span: Span };
  readonly dialect?: { readonly name: Dialect; readonly span: Span };
  readonly definitions: readonly Definition[];
  readonly accept?: { readonly body: Expression; readonly span: Span };
  readonly next: readonly NextRule[];
}

/** Words with a meaning: no definition and no variable may have such a name. Symbols may. */
export const RESERVED: ReadonlySet<string> = new Set(
  (
    'alphabet read dialect let def accept next true false Q exists forall prev first mod any all ' +
    'lt le eq ne min max not and or in Sigma'
  ).split(' '),
);
