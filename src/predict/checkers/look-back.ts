/** What a program's local counts see: nodes at earlier positions, as far as symbols and residues decide them. */
import type { CoreNode, Window } from '../../crasp/index.ts';
import { exactly, type Interval, MAYBE, NO, oneIf, plus, YES } from './intervals.ts';
import type { Situations } from './situations.ts';

/** How many positions of the window before a situation have the node; `here` is its truth value at the situation. */
export function countInWindow(
  nodes: readonly CoreNode[],
  situations: Situations,
  of: number,
  { near, far }: Window,
  situation: number,
  here: number,
): Interval {
  let sum = exactly(0);
  for (let back = near; back <= far; back++) {
    if (back === 0) sum = plus(sum, oneIf(here));
    else if (situations.existsBefore(situation, back)) {
      sum = plus(sum, oneIf(truthBefore(nodes, situations, of, situation, back, new Map())));
    }
  }
  return sum;
}

/**
 * The truth value of a node `back` positions earlier; what depends on counts is not followed.
 * @param known the values of nodes there that were asked for before: nodes are shared
 */
function truthBefore(
  nodes: readonly CoreNode[],
  situations: Situations,
  id: number,
  situation: number,
  back: number,
  known: Map<number, number>,
): number {
  const found = known.get(id);
  if (found !== undefined) return found;
  const value = truthOf(nodes, situations, id, situation, back, known);
  known.set(id, value);
  return value;
}

function truthOf(...[nodes, situations, id, situation, back, known]: Parameters<typeof truthBefore>): number {
  const node = nodes[id];
  const operand = (of: number): number => truthBefore(nodes, situations, of, situation, back, known);
  switch (node.kind) {
    case 'const':
      return node.value === true ? YES : NO;
    case 'Q':
      return situations.letterBefore(situation, back) === node.symbol ? YES : NO;
    case 'mod': {
      const residue = (situations.residueOf(situation) - back) % node.modulus;
      return (residue + node.modulus) % node.modulus === node.residue ? YES : NO;
    }
    case 'not': {
      const value = operand(node.of);
      return value === MAYBE ? MAYBE : 1 - value;
    }
    case 'and': {
      const values = node.of.map(operand);
      return values.includes(NO) ? NO : values.includes(MAYBE) ? MAYBE : YES;
    }
    case 'ge0':
    case 'count':
    case 'lin':
    case 'cond':
      return MAYBE;
  }
}
