/** Whether two programs over one alphabet compute the same by the same operations: then they agree on inputs of every length. */
import type { CoreNode, CoreProgram, NodeId } from './core.ts';
import { outputNodes, reachable } from './core.ts';

/**
 * True when both programs have the same symbols, and their outputs unfold to the same operations, whatever they are
 * called and in whatever order they are written. False says nothing.
 */
export function sameComputation(left: CoreProgram, right: CoreProgram): boolean {
  const symbols = new Set(left.alphabet);
  if (right.alphabet.length !== symbols.size || !right.alphabet.every((symbol) => symbols.has(symbol))) {
    return false;
  }
  const numbers = new Map<string, number>();
  return outputText(left, numbers) === outputText(right, numbers);
}

/** The output in numbers that stand for operations; `numbers` is shared between the programs. */
function outputText(program: CoreProgram, numbers: Map<string, number>): string {
  const { output, alphabet } = program;
  const places = numberNodes(program, numbers);
  if (output.kind === 'accept') return `accept ${output.read} ${places[output.node]}`;
  const rules = output.symbols.map(
    ({ symbol, node }) => `${JSON.stringify(alphabet[symbol])} ${places[node]}`,
  );
  return `next ${rules.sort().join(' ')}`;
}

function numberNodes(program: CoreProgram, numbers: Map<string, number>): number[] {
  const needed = reachable(program.nodes, outputNodes(program));
  const places: number[] = [];
  for (const [id, node] of program.nodes.entries()) {
    const text = needed[id] ? operationText(node, places, program.alphabet) : '';
    const number = numbers.get(text) ?? numbers.size;
    numbers.set(text, number);
    places.push(number);
  }
  return places;
}

function operationText(node: CoreNode, places: readonly number[], alphabet: readonly string[]): string {
  const place = (id: NodeId): number => places[id];
  switch (node.kind) {
    case 'Q':
      return `Q ${JSON.stringify(alphabet[node.symbol])}`;
    case 'const':
      return `const ${node.value}`;
    case 'mod':
      return `mod ${node.modulus} ${node.residue}`;
    case 'not':
    case 'ge0':
      return `${node.kind} ${place(node.of)}`;
    case 'count':
      return `count ${place(node.of)} ${node.guard === null ? '' : `${node.guard.near} ${node.guard.far}`}`;
    case 'and':
      return `and ${node.of
        .map(place)
        .sort((a, b) => a - b)
        .join(' ')}`;
    case 'lin': {
      const terms = node.terms.map((term) => `${place(term.node)}*${term.factor}`).sort();
      return `lin ${node.constant} ${terms.join(' ')}`;
    }
    case 'cond':
      return `cond ${place(node.test)} ${place(node.yes)} ${place(node.no)}`;
  }
}
