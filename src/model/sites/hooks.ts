/**
 * Where a forward pass can be looked into and changed. At each site the pass hands its value over and goes on with
 * what it gets back; without hooks that is the same value, and the graph is the same as if there were no sites.
 */
import type { Value } from '../../graph/index.ts';

/**
 * How the value stands in the graph, when the site's own shape has the batch first and then the position:
 * `flat` [batch·position, …], `heads-first` [batch, head, position, …], or as the site has it.
 */
export type View = 'flat' | 'heads-first' | 'as-is';

export interface Hooks {
  /** Whether anybody looks at this site or edits it. */
  touches(site: string): boolean;
  /** What the pass should go on with. */
  at(site: string, value: Value, view: View): Value;
  /** The edges of a layer's attention that are cut, if any. */
  cut(layer: number): EdgeCut | undefined;
  /** Has the run fail if the two values, [batch, …], turn out to be the same throughout a sample. */
  expectChange(what: string, before: Value, after: Value, same: Sameness): void;
}

/**
 * `exactly`: bit for bit, for two values of one graph. `to-rounding`: for a value that comes from another run, which
 * may have been summed in another order.
 */
export type Sameness = 'exactly' | 'to-rounding';

/** Edges (query, key) of one layer's attention that are cut, and how. H query heads, K key/value heads, d head size. */
export interface EdgeCut {
  /** What to call it in an error. */
  readonly what: string;
  /** 1 where an edge is cut, else 0: [batch, H, query, key]. */
  readonly mask: Value;
  /** The same where values are taken from elsewhere; the mask itself unless it is another. */
  readonly valuesMask: Value;
  readonly how: CutKind;
  /** For `replace`: keys and values that cut edges see instead, [batch, K, positions, d]; undefined: their own. */
  readonly keys?: Value;
  readonly values?: Value;
  /** The first key position that these are of. */
  readonly from: number;
}

/**
 * `remove`: the query does not see the key, and its attention goes to the others. `zero`: the weight becomes 0 and the
 * others keep theirs. `replace`: the query sees another key, or takes another value from it.
 */
export type CutKind = (typeof CUT_KINDS)[number];
export const CUT_KINDS = ['remove', 'zero', 'replace'] as const;

/** Nobody looks. */
export const noHooks: Hooks = {
  touches: () => false,
  at: (_site, value) => value,
  cut: () => undefined,
  expectChange: () => undefined,
};
