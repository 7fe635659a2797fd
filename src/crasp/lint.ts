/** Warnings that need the meaning of a program, not only its text. */
import type { CoreProgram, NodeId } from './core.ts';
import { operands, outputNodes, reachable } from './core.ts';
import { compareUpTo, inputSymbols, programReader } from './search.ts';

/** A remark about a whole program; it has no place in the text. */
export interface Remark {
  readonly about: 'constant' | 'periodic' | 'read-out';
  readonly message: string;
}

/** Everything that is worth a remark. */
export function lint(program: CoreProgram): Remark[] {
  return [...constantOutputs(program), ...unanchoredPeriods(program), ...readOutDependence(program)];
}

function constantOutputs(program: CoreProgram): Remark[] {
  const { output, nodes, alphabet } = program;
  if (output.kind === 'accept') {
    const node = nodes[output.node];
    if (node.kind !== 'const') return [];
    return [{ about: 'constant', message: `accept is always ${node.value}, whatever the input` }];
  }
  return output.symbols.flatMap(({ symbol, node }) =>
    nodes[node].kind === 'const'
      ? [
          {
            about: 'constant' as const,
            message: `next['${alphabet[symbol]}'] is constant, whatever the input`,
          },
        ]
      : [],
  );
}

/**
 * Training with random position offsets shifts absolute residues, so that only residues relative to <bos> mean
 * anything: `# (Q['<bos>'] and mod(m, r))`. Anything else is remarked upon.
 */
function unanchoredPeriods(program: CoreProgram): Remark[] {
  const { nodes, alphabet } = program;
  const needed = reachable(nodes, outputNodes(program));
  const bos = alphabet.indexOf('<bos>');
  const isBos = (id: NodeId): boolean => {
    const node = nodes[id];
    return node.kind === 'Q' && node.symbol === bos;
  };
  const isPeriodic = (id: NodeId): boolean => {
    const node = nodes[id];
    return node.kind === 'mod' || (node.kind === 'not' && nodes[node.of].kind === 'mod');
  };
  let anchored = 0;
  let free = outputNodes(program).filter(isPeriodic).length;
  for (const [id, node] of nodes.entries()) {
    if (!needed[id] || (node.kind === 'not' && isPeriodic(id))) continue;
    const periodic = operands(node).filter(isPeriodic).length;
    if (node.kind === 'and' && node.of.some(isBos)) anchored += periodic;
    else free += periodic;
  }
  if (free === 0) return [];
  const some = anchored > 0 ? 'some residues are' : 'the residue is';
  return [
    {
      about: 'periodic',
      message:
        `${some} of the absolute position, without an anchor at <bos>: a model trained with random position ` +
        `offsets sees another one; anchor it with exists (Q['<bos>'] and mod(m, r))`,
    },
  ];
}

/** Work spent on looking for an input that tells the conventions apart: node evaluations. */
const READ_OUT_BUDGET = 20_000_000;
const READ_OUT_LENGTH = 12;

/** Looks for a shortest string on which reading at <eos> and at the last symbol give different answers. */
function readOutDependence(program: CoreProgram): Remark[] {
  if (program.output.kind !== 'accept') return [];
  const symbols = inputSymbols(program).filter((symbol) => symbol !== '<eos>');
  const perConfiguration = 6 * program.nodes.length * Math.max(1, symbols.length);
  const comparison = compareUpTo(
    programReader(program, 'eos'),
    programReader(program, 'last'),
    symbols,
    READ_OUT_LENGTH,
    { maxConfigurations: Math.min(5_000, Math.ceil(READ_OUT_BUDGET / perConfiguration)) },
  );
  if (comparison.result !== 'differ') return [];
  const [atEnd, atLast] = comparison.verdicts;
  return [
    {
      about: 'read-out',
      message:
        `the verdict depends on where it is read: '${comparison.string.join(' ')}' is ` +
        `${past(atEnd)} at <eos> and ${past(atLast)} at the last symbol (here: read at ${program.output.read})`,
    },
  ];
}

function past(verdict: string | null): string {
  return verdict === 'accepts' ? 'accepted' : 'rejected';
}
