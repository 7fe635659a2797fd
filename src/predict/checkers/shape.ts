/** What a checker has to know of a program's form. */
import type { CoreProgram } from '../../crasp/index.ts';

/** Whether the program looks at positions: residues, or windows that end before the current position. */
export function usesPositions({ nodes }: CoreProgram): boolean {
  return nodes.some((node) => node.kind === 'mod' || (node.kind === 'count' && node.guard !== null));
}

/** How deep counts over all positions stand inside each other. */
export function depthOf({ nodes }: CoreProgram): number {
  const depths: number[] = [];
  for (const node of nodes) {
    const inside =
      node.kind === 'not' || node.kind === 'ge0' || node.kind === 'count'
        ? [node.of]
        : node.kind === 'and'
          ? node.of
          : node.kind === 'lin'
            ? node.terms.map((term) => term.node)
            : node.kind === 'cond'
              ? [node.test, node.yes, node.no]
              : [];
    const deepest = inside.reduce((most, id) => Math.max(most, depths[id]), 0);
    depths.push(deepest + (node.kind === 'count' && node.guard === null ? 1 : 0));
  }
  return depths.reduce((most, depth) => Math.max(most, depth), 0);
}
