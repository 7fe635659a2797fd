/** Plain C-RASP, exactly: a regular language is in if and only if no component keeps two states together. */
import type { Dfa } from '../automata/dfa.ts';
import { componentsOf, type Components, type Graph } from './components.ts';
import { refine, type Refinement } from './refine.ts';

export interface Decision {
  readonly components: Components;
  /** One a component, in its order; on a negative decision only up to the first that is not separated. */
  readonly refinements: readonly Refinement[];
  /** The component in which two states cannot be told apart, or undefined when the language is in. */
  readonly stuck: Refinement | undefined;
}

/** Decides an automaton whose states all differ in what they accept (so: minimal), by what is `visible` of them. */
export function decide(dfa: Dfa | Graph, visible?: Int32Array): Decision {
  const components = componentsOf(dfa);
  const refinements: Refinement[] = [];
  for (const states of components.members) {
    const refinement = refine(dfa, states, visible);
    refinements.push(refinement);
    if (!refinement.separated) return { components, refinements, stuck: refinement };
  }
  return { components, refinements, stuck: undefined };
}
