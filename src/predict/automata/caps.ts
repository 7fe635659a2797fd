/** How much is too much for an automaton, and why. */
import { UserError } from '../../common/errors.ts';

/** Symbols of an alphabet. The theory's examples have two or three; 50 is the least that has to work. */
export const MAX_SYMBOLS = 100;
/** States of a nondeterministic automaton, as built from an expression or read from a file. */
export const MAX_NFA_STATES = 50_000;
/** States while subsets are built: about a second's work at two symbols. */
export const MAX_SUBSETS = 20_000;
/** Transitions (states × symbols) while subsets are built: bounds the memory. */
export const MAX_TRANSITIONS = 2_000_000;
/** States and edges looked at while one language's automaton is built, with all automata on the way: a second or two. */
export const MAX_BUILDING_WORK = 20_000_000;
/** States of a minimal automaton that is decided: its linear systems have as many unknowns. */
export const MAX_STATES = 2_000;

export class TooLarge extends UserError {}

/** What is spent while the automaton of one language is built. */
export class BuildingWork {
  private spent = 0;

  spend(steps: number): void {
    this.spent += steps;
    within(this.spent, MAX_BUILDING_WORK, 'building the automaton takes too many steps');
  }
}

/** Refuses what exceeds a cap, with the cap's meaning and its number. */
export function within(value: number, cap: number, what: string): void {
  if (value > cap) throw new TooLarge(`too large: ${what}; the most is ${cap.toLocaleString('en-US')}`);
}
