/** The finished core: without what nothing needs, numbered anew. */
import type { CoreNode, CoreProgram, NodeId, Output } from './core.ts';
import { reachable } from './core.ts';

/** A definition and the operation it means. */
export interface Named {
  readonly name: string;
  readonly node: NodeId;
}

/** Leaves out what neither the output nor a definition needs, and numbers the rest anew in the same order. */
export function prune(
  alphabet: readonly string[],
  nodes: readonly CoreNode[],
  output: Output,
  named: readonly Named[],
): CoreProgram {
  const outputs = output.kind === 'accept' ? [output.node] : output.symbols.map(({ node }) => node);
  const needed = reachable(nodes, [...outputs, ...named.map(({ node }) => node)]);
  const places: number[] = [];
  const kept: CoreNode[] = [];
  for (const [id, node] of nodes.entries()) {
    places.push(kept.length);
    if (needed[id]) kept.push(renumber(node, places));
  }
  return {
    alphabet,
    nodes: kept,
    output: renumberOutput(output, places),
    names: named.map(({ name, node }) => ({ name, node: places[node] })).sort((a, b) => a.node - b.node),
  };
}

function renumberOutput(output: Output, places: readonly number[]): Output {
  if (output.kind === 'accept') return { ...output, node: places[output.node] };
  return {
    kind: 'next',
    symbols: output.symbols.map(({ symbol, node }) => ({ symbol, node: places[node] })),
  };
}

function renumber(node: CoreNode, places: readonly number[]): CoreNode {
  switch (node.kind) {
    case 'Q':
    case 'const':
    case 'mod':
      return node;
    case 'not':
    case 'ge0':
    case 'count':
      return { ...node, of: places[node.of] };
    case 'and':
      return { kind: 'and', of: node.of.map((id) => places[id]) };
    case 'lin':
      return {
        ...node,
        terms: node.terms.map((term) => ({ node: places[term.node], factor: term.factor })),
      };
    case 'cond':
      return { kind: 'cond', test: places[node.test], yes: places[node.yes], no: places[node.no] };
  }
}
