/** Pairs of operations that differ in one thing only. */

export interface Contrast {
  readonly contrast: string;
  readonly first: string;
  readonly second: string;
}

export const contrasts: readonly Contrast[] = [
  { contrast: 'right - left', first: 'UR', second: 'UL' },
  { contrast: 'right - left', first: 'NRFirst', second: 'NLFirst' },
  { contrast: 'right - left', first: 'NRLast', second: 'NLLast' },
  { contrast: 'first - last', first: 'NLFirst', second: 'NLLast' },
  { contrast: 'first - last', first: 'NRFirst', second: 'NRLast' },
  { contrast: 'forward - backward', first: 'UF', second: 'UB' },
  { contrast: 'forward - backward', first: 'NF', second: 'NB' },
  { contrast: 'forward - backward', first: 'git-revert', second: 'git-cherrypick' },
  { contrast: 'forward - backward', first: 'text-copy', second: 'text-copy-backward' },
  { contrast: 'right - left', first: 'table-lookup-after', second: 'table-lookup-before' },
  { contrast: 'first - last', first: 'table-lookup-first', second: 'table-lookup-last' },
  { contrast: 'unique - repeated', first: 'UF', second: 'NF' },
  { contrast: 'unique - repeated', first: 'UB', second: 'NB' },
];
