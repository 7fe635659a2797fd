/** What must be computed when, so that one pass over the input with a fixed memory suffices. */
import { leastCommonMultiple } from '../../common/arithmetic.ts';
import type { CoreProgram, NodeId, Window } from '../core/core.ts';
import { outputNodes, reachable } from '../core/core.ts';

/** A truth value whose past is remembered, because local counts look at it. */
export interface History {
  readonly of: NodeId;
  /** How many positions back are remembered: the farthest look-back. */
  readonly length: number;
}

export interface LocalCount {
  readonly node: NodeId;
  /** Its place in `Plan.histories`. */
  readonly history: number;
  readonly window: Window;
}

export interface Plan {
  /** Global counts that matter, each one counter: the node and what it counts. */
  readonly counters: readonly { readonly node: NodeId; readonly of: NodeId }[];
  readonly histories: readonly History[];
  readonly windows: readonly LocalCount[];
  /** Nodes to compute at every position, ascending: what counters and histories are fed with. */
  readonly step: readonly NodeId[];
  /** Nodes to compute where the output is read, ascending. */
  readonly read: readonly NodeId[];
  /** The least common multiple of all moduli: the position matters modulo this only. */
  readonly period: number;
}

const plans = new WeakMap<CoreProgram, Plan>();

export function planOf(program: CoreProgram): Plan {
  let plan = plans.get(program);
  if (plan === undefined) {
    plan = makePlan(program);
    plans.set(program, plan);
  }
  return plan;
}

function makePlan(program: CoreProgram): Plan {
  const { nodes } = program;
  const needed = reachable(nodes, outputNodes(program));
  const counters: Plan['counters'][number][] = [];
  const windows: LocalCount[] = [];
  const lengths = new Map<NodeId, number>();
  const fed: NodeId[] = [];
  let period = 1;
  for (const [id, node] of nodes.entries()) {
    if (!needed[id]) continue;
    if (node.kind === 'mod') period = leastCommonMultiple(period, node.modulus);
    if (node.kind !== 'count') continue;
    fed.push(node.of);
    if (node.guard === null) counters.push({ node: id, of: node.of });
    else lengths.set(node.of, Math.max(lengths.get(node.of) ?? 0, node.guard.far));
  }
  const histories = [...lengths].map(([of, length]) => ({ of, length }));
  const places = new Map(histories.map(({ of }, place) => [of, place]));
  for (const [id, node] of nodes.entries()) {
    const history = node.kind === 'count' ? places.get(node.of) : undefined;
    if (!needed[id] || node.kind !== 'count' || node.guard === null || history === undefined) continue;
    windows.push({ node: id, history, window: node.guard });
  }
  return {
    counters,
    histories,
    windows,
    step: indices(reachable(nodes, fed)),
    read: indices(needed),
    period,
  };
}

function indices(flags: readonly boolean[]): NodeId[] {
  return flags.flatMap((flag, id) => (flag ? [id] : []));
}
