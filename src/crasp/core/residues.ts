/** How a program uses positions modulo a number. */
import { specialSymbols } from '../../common/special-symbols.ts';
import type { CoreProgram, NodeId } from './core.ts';
import { operands, outputNodes, reachable } from './core.ts';

/**
 * Uses of residues that the output depends on. Training with random position offsets shifts absolute residues, so that
 * only those relative to <bos> mean anything: `# (Q['<bos>'] and mod(m, r))`.
 */
export interface Residues {
  readonly anchored: number;
  readonly absolute: number;
}

export function residuesOf(program: CoreProgram): Residues {
  const { nodes, alphabet } = program;
  const needed = reachable(nodes, outputNodes(program));
  const bos = alphabet.indexOf(specialSymbols.bos);
  const isBos = (id: NodeId): boolean => {
    const node = nodes[id];
    return node.kind === 'Q' && node.symbol === bos;
  };
  const isPeriodic = (id: NodeId): boolean => {
    const node = nodes[id];
    return node.kind === 'mod' || (node.kind === 'not' && nodes[node.of].kind === 'mod');
  };
  let anchored = 0;
  let absolute = outputNodes(program).filter(isPeriodic).length;
  for (const [id, node] of nodes.entries()) {
    if (!needed[id] || (node.kind === 'not' && isPeriodic(id))) continue;
    const periodic = operands(node).filter(isPeriodic).length;
    if (node.kind === 'and' && node.of.some(isBos)) anchored += periodic;
    else absolute += periodic;
  }
  return { anchored, absolute };
}
