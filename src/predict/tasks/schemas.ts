/**
 * The programs of the tasks that are in: one text each, without its first line, the alphabet. Families range over
 * whatever alphabet is put in front, so the text serves alphabets of every size.
 */
import { specialSymbols } from '../../common/special-symbols.ts';
import { symbolLiteral } from '../../crasp/index.ts';

/** The symbols besides the task's own. */
export const META_SYMBOLS = [specialSymbols.bos, specialSymbols.sep, specialSymbols.eos] as const;

const RIGHT_OF_FIRST = `// After[s] holds at one position only: the one right after the first s
let Seen[s] := exists[j<i] Q[s]
let After[s] := first Seen[s]
next[t] := any s: Q[s] and exists (Q[t] and After[s])
`;

const UNIQUE_RIGHT = `// Pair[s,t]: somewhere, t stands right after s
let Pair[s, t] := exists (Q[t] and prev Q[s])
next[t] := any s: Q[s] and Pair[s, t]
`;

const UNIQUE_LEFT = `// Pair[s,t]: somewhere, t stands right after s
let Pair[s, t] := exists (Q[t] and prev Q[s])
next[t] := any s: Q[s] and Pair[t, s]
`;

const RIGHT_OF_FIRST_BY_PREVIOUS = `// First[s] marks the first s; its right neighbour is one position later
let First[s] := first Q[s]
next[t] := any s: Q[s] and exists (Q[t] and prev First[s])
`;

const LEFT_OF_FIRST = `// First[s] marks the first s; its left neighbour is one position before
let First[s] := first Q[s]
next[t] := any s: Q[s] and exists (First[s] and prev Q[t])
`;

const COPY_FORWARD = `// Before[s]: how many positions come before the first s, so the successor of s is the t with one more
let Before[s] := # (not exists Q[s])
let Current[s] := (Q[s] and ne(s, '<sep>')) or ('<sep>' and eq(s, '<bos>'))
let Follows[t] := exists Q[t] and (any s: Current[s] and Before[t] = Before[s] + 1)
next[t] := Follows[t]
next['<eos>'] := Follows['<sep>']
`;

const COPY_BACKWARD = `// Before[s]: how many positions come before the first s, so the predecessor of s is the t with one less
let Before[s] := # (not exists Q[s])
let Precedes[t] := exists Q[t] and (any s: Q[s] and Before[t] + 1 = Before[s])
next[t] := Precedes[t]
next['<eos>'] := Precedes['<bos>']
`;

export const SCHEMAS = {
  RIGHT_OF_FIRST,
  UNIQUE_RIGHT,
  UNIQUE_LEFT,
  RIGHT_OF_FIRST_BY_PREVIOUS,
  LEFT_OF_FIRST,
  COPY_FORWARD,
  COPY_BACKWARD,
};

/** A schema with its first line: the program for one alphabet. */
export function instantiate(schema: string, symbols: readonly string[]): string {
  const all = [...symbols, ...META_SYMBOLS].map(symbolLiteral);
  return `alphabet { ${all.join(' ')} }\n${schema}`;
}
