/** What can be read off a program: its fragment, its resources, and the transformer it would fit into. */
import type { CoreNode, CoreProgram } from './core.ts';
import { isCount, operands, outputNodes, reachable } from './core.ts';
import { planOf } from '../run/plan.ts';

export type Fragment = 'plain' | 'local' | 'periodic' | 'pos';

/** All over the operations that the output depends on. */
export interface Metrics {
  /** The smallest dialect that holds the program. */
  readonly fragment: Fragment;
  /** As it is written in papers: 'C-RASP', 'C-RASP[local]', 'C-RASP[periodic]', 'C-RASP[periodic, local]'. */
  readonly fragmentName: string;
  /** Core nodes. */
  readonly size: number;
  /** Nesting of global counts. */
  readonly depth: number;
  /** Different global counts. */
  readonly counters: number;
  /** The farthest look-back of a local count. */
  readonly locality: number;
  /** The sum of the look-backs of all local counts. */
  readonly windowBits: number;
  /** The least common multiple of all moduli. */
  readonly period: number;
  /** The largest absolute value among coefficients and constants of linear forms. */
  readonly coefficientBound: number;
  /** Whether some comparison has counts of both signs: then the program is outside C-RASP₊ as it is written. */
  readonly mixedSigns: boolean;
  /** What one half of an input must tell the other, at most: counters · ⌈log2(n+1)⌉ + constant. */
  readonly messageBits: { readonly formula: string; readonly counters: number; readonly constant: number };
  /** Attention heads: one for each global count and for each position a local count looks at. */
  readonly heads: number;
  /** Blocks of attention and one MLP that the longest chain of operations needs. */
  readonly layers: number;
}

export function metrics(program: CoreProgram): Metrics {
  const { nodes } = program;
  const plan = planOf(program);
  const needed = reachable(nodes, outputNodes(program));
  const used = nodes.filter((_, id) => needed[id]);
  const windows = plan.windows.map(({ window }) => window);
  const counters = plan.counters.length;
  const windowBits = sum(windows.map(({ far }) => far));
  const constant = windowBits + Math.ceil(Math.log2(plan.period));
  const periodic = used.some((node) => node.kind === 'mod');
  const fragment = fragmentOf(windows.length > 0, periodic);
  return {
    fragment,
    fragmentName: FRAGMENT_NAMES[fragment],
    size: used.length,
    depth: countDepth(program),
    counters,
    locality: Math.max(0, ...windows.map(({ far }) => far)),
    windowBits,
    period: plan.period,
    coefficientBound: coefficientBound(used),
    mixedSigns: hasMixedSigns(nodes, needed),
    messageBits: { formula: messageFormula(counters, constant), counters, constant },
    heads: counters + sum(windows.map(({ near, far }) => far - near + 1)),
    layers: layers(program),
  };
}

/** messageBits for inputs of n symbols. */
export function messageBitsAt(bits: Metrics['messageBits'], n: number): number {
  return bits.counters * Math.ceil(Math.log2(n + 1)) + bits.constant;
}

const FRAGMENT_NAMES: Readonly<Record<Fragment, string>> = {
  plain: 'C-RASP',
  local: 'C-RASP[local]',
  periodic: 'C-RASP[periodic]',
  pos: 'C-RASP[periodic, local]',
};

function fragmentOf(local: boolean, periodic: boolean): Fragment {
  if (local) return periodic ? 'pos' : 'local';
  return periodic ? 'periodic' : 'plain';
}

function messageFormula(counters: number, constant: number): string {
  const logs = counters === 1 ? '⌈log2(n+1)⌉' : `${counters}·⌈log2(n+1)⌉`;
  if (counters === 0) return String(constant);
  return constant === 0 ? logs : `${logs} + ${constant}`;
}

function countDepth(program: CoreProgram): number {
  const depths: number[] = [];
  for (const node of program.nodes) {
    const below = mostBelow(node, depths);
    depths.push(node.kind === 'count' && node.guard === null ? below + 1 : below);
  }
  return Math.max(0, ...outputNodes(program).map((id) => depths[id]));
}

/**
 * When each operation is ready, in blocks: inputs at 0, a count after the attention of a block (k − ½), what an MLP
 * computes (and, ≥ 0, ?:) at its end (k). Negation and sums are linear and cost nothing.
 */
function layers(program: CoreProgram): number {
  const ready: number[] = [];
  for (const node of program.nodes) {
    const operandsReady = mostBelow(node, ready);
    if (node.kind === 'count') ready.push(Math.ceil(operandsReady) + 0.5);
    else if (node.kind === 'and' || node.kind === 'ge0' || node.kind === 'cond') {
      ready.push(Math.floor(operandsReady) + 1);
    } else ready.push(operandsReady);
  }
  return Math.max(1, ...outputNodes(program).map((id) => Math.ceil(ready[id])));
}

/** The largest of the values of a node's operands, 0 without any. */
function mostBelow(node: CoreNode, values: readonly number[]): number {
  return operands(node).reduce((most, id) => Math.max(most, values[id]), 0);
}

function coefficientBound(nodes: readonly CoreNode[]): number {
  let bound = 1;
  for (const node of nodes) {
    if (node.kind === 'const' && typeof node.value === 'number')
      bound = Math.max(bound, Math.abs(node.value));
    if (node.kind !== 'lin') continue;
    bound = Math.max(bound, Math.abs(node.constant));
    for (const { factor } of node.terms) bound = Math.max(bound, Math.abs(factor));
  }
  return bound;
}

/** Bit sets of the signs that counts have in each node. */
function hasMixedSigns(nodes: readonly CoreNode[], needed: readonly boolean[]): boolean {
  const positive = 1;
  const negative = 2;
  const flip = (signs: number): number => ((signs & positive) << 1) | ((signs & negative) >> 1);
  const signs: number[] = [];
  const ofNode = (node: CoreNode): number => {
    switch (node.kind) {
      case 'count':
        return positive;
      case 'const':
        return Number(node.value) === 0 ? 0 : Number(node.value) > 0 ? positive : negative;
      case 'cond':
        return signs[node.yes] | signs[node.no];
      case 'lin':
        return node.terms.reduce(
          (all, { node: id, factor }) => all | (factor > 0 ? signs[id] : flip(signs[id])),
          0,
        );
      case 'Q':
      case 'not':
      case 'and':
      case 'mod':
      case 'ge0':
        return 0;
    }
  };
  for (const node of nodes) signs.push(ofNode(node));
  const both = positive | negative;
  return nodes.some(
    (node, id) => needed[id] && node.kind === 'ge0' && isCount(nodes[node.of]) && signs[node.of] === both,
  );
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
