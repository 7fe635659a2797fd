/**
 * The parts of a machine that a program handles one after the other. A strongly connected component always can be
 * one; where potentials tell the states of several apart at once, they make one region, and a shorter program: the
 * states of a finite language are told apart by the length read so far, for instance.
 */
import type { Machine } from './machine.ts';
import type { Decision } from './plain.ts';
import { refine, type Refinement } from './refine.ts';

/** Larger regions are not tried: merging is for brevity, and costs a refinement each time. */
const MAX_REGION = 64;
/** With positions most states differ by what is visible of them, and refining is quick. */
const MAX_VISIBLE_REGION = 512;

export interface Regions {
  /** In an order in which edges lead from earlier to later ones; useless states are in none. */
  readonly refinements: readonly Refinement[];
  /** The number of each state's region, or −1. */
  readonly regionOf: Int32Array;
}

/** Regions out of the components that are `useful`. */
export function regionsOf(
  machine: Machine,
  decision: Decision,
  useful: Uint8Array,
  visible?: Int32Array,
): Regions {
  const refinements: Refinement[] = [];
  decision.components.members.forEach((states, number) => {
    if (useful[number] === 0) return;
    const last = refinements.at(-1);
    const merged = last === undefined ? undefined : mergedWith(machine, last, states, visible);
    if (merged === undefined) refinements.push(decision.refinements[number]);
    else refinements[refinements.length - 1] = merged;
  });
  const regionOf = new Int32Array(machine.dfa.states).fill(-1);
  refinements.forEach(({ states }, number) => {
    for (const state of states) regionOf[state] = number;
  });
  return { refinements, regionOf };
}

function mergedWith(
  machine: Machine,
  region: Refinement,
  states: readonly number[],
  visible: Int32Array | undefined,
): Refinement | undefined {
  const most = visible === undefined ? MAX_REGION : MAX_VISIBLE_REGION;
  if (region.states.length + states.length > most) return undefined;
  const together = refine(
    machine.dfa,
    [...region.states, ...states].sort((a, b) => a - b),
    visible,
  );
  return together.separated ? together : undefined;
}

/** Components from which the value `wanted` of `machine.accepts` can still be reached, and how many states they have. */
export function usefulComponents(
  machine: Machine,
  { components }: Decision,
  wanted: number,
): { components: Uint8Array; states: number } {
  const { members, componentOf } = components;
  const { dfa, accepts } = machine;
  const letters = dfa.alphabet.length;
  const width = accepts.length / dfa.states;
  const useful = new Uint8Array(members.length);
  for (let number = members.length - 1; number >= 0; number--) {
    const reaches = (state: number): boolean =>
      accepts.subarray(state * width, (state + 1) * width).includes(wanted) ||
      dfa.next
        .subarray(state * letters, (state + 1) * letters)
        .some((target) => componentOf[target] !== number && useful[componentOf[target]] === 1);
    useful[number] = members[number].some(reaches) ? 1 : 0;
  }
  const states = members.reduce((sum, states, number) => sum + useful[number] * states.length, 0);
  return { components: useful, states };
}
