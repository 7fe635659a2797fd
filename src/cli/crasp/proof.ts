/** Proofs that programs agree at every length, where one can be had; a failed attempt says nothing. */
import type { Comparison, CoreProgram, SearchOptions } from '../../crasp/index.ts';
import { comparePrograms, guessAutomaton, sameComputation } from '../../crasp/index.ts';
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

/** How two programs compare on strings up to a length, and why they agree at every length, where that is known. */
export function equality(
  a: CoreProgram,
  b: CoreProgram,
  upTo: number,
  options: SearchOptions,
): { comparison: Comparison; proof: string | undefined } {
  if (sameComputation(a, b)) {
    const comparison: Comparison = { result: 'equal', upTo, configurations: 0, allLengths: true };
    return { comparison, proof: 'both compute the same by the same operations' };
  }
  const comparison = comparePrograms(a, b, upTo, options);
  return { comparison, proof: comparison.result === 'differ' ? undefined : commonAutomaton(a, b) };
}

/** That two programs follow one automaton, or undefined when no proof of that was found. */
function commonAutomaton(a: CoreProgram, b: CoreProgram): string | undefined {
  const { output } = a;
  if (output.kind !== 'accept' || b.output.kind !== 'accept' || b.output.read !== output.read)
    return undefined;
  const automaton = guessAutomaton(a);
  if (automaton === null) return undefined;
  for (const program of [a, b]) if (!followsAutomaton(program, automaton, output.read)) return undefined;
  const states = automaton.transitions.length;
  return `both follow one automaton of ${states} state${states === 1 ? '' : 's'}, shown by bounds on their counts in each`;
}
