/** Proofs that programs agree at every length, where one can be had; a failed attempt says nothing. */
import type { CoreProgram } from '../../crasp/index.ts';
import { guessAutomaton, sameComputation } from '../../crasp/index.ts';
import { checkProgram } from '../../predict/checkers/program.ts';
import { Refusal, step } from '../../predict/checkers/refusal.ts';

interface AutomatonData {
  readonly alphabet: readonly string[];
  readonly start: number;
  readonly accepting: readonly number[];
  readonly transitions: readonly (readonly number[])[];
}

/** Whether bounds on the counts in every state of an automaton show that the program answers as it does. */
export function followsAutomaton(program: CoreProgram, data: AutomatonData, read: 'eos' | 'last'): boolean {
  const automaton = {
    alphabet: [...data.alphabet],
    start: data.start,
    accepting: [...data.accepting],
    transitions: data.transitions.map((row) => [...row]),
  };
  try {
    step('program', () => checkProgram(program, automaton, read));
    return true;
  } catch (error) {
    if (error instanceof Refusal) return false;
    throw error;
  }
}

/** Why two programs agree at every length, or undefined when no proof was found. */
export function proofOfEquality(a: CoreProgram, b: CoreProgram): string | undefined {
  if (sameComputation(a, b)) return 'both compute the same by the same operations';
  const { output } = a;
  if (output.kind !== 'accept' || b.output.kind !== 'accept' || b.output.read !== output.read)
    return undefined;
  const automaton = guessAutomaton(a);
  if (automaton === null) return undefined;
  for (const program of [a, b]) if (!followsAutomaton(program, automaton, output.read)) return undefined;
  const states = automaton.transitions.length;
  return `both follow one automaton of ${states} state${states === 1 ? '' : 's'}, shown by bounds on their counts in each`;
}
