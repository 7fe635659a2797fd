/**
 * In: a program agrees with an automaton on strings of every length. If the proof by invariants (proof.ts) decides what
 * the program answers in every state, and rightly, nothing is left to check.
 */
import type { CoreProgram } from '../../crasp/index.ts';
import { sameAlphabet } from './alphabet.ts';
import type { Automaton } from './format.ts';
import { NO, YES } from './intervals.ts';
import { Proof } from './proof.ts';
import { must } from './refusal.ts';
import { Situations } from './situations.ts';

/**
 * Refuses unless the program provably gives the automaton's answer wherever it is read.
 * @returns how many situations were compared
 */
export function checkProgram(program: CoreProgram, automaton: Automaton, read: 'eos' | 'last'): number {
  const { output } = program;
  must(output.kind === 'accept' && output.read === read, `the program is not read at ${read}`);
  must(sameAlphabet(program.alphabet, automaton.alphabet), 'program and automaton have different alphabets');
  const situations = new Situations(program, automaton);
  const answers = new Proof(program, situations, [output.node]).truth[output.node];
  const accepting = new Set(automaton.accepting);
  let compared = 0;
  for (let situation = 0; situation < situations.count; situation++) {
    const state = situations.stateOf(situation);
    const letter = situations.letterOf(situation);
    if (letter < 0 !== (read === 'eos')) continue;
    const wanted = accepting.has(read === 'eos' ? state : state * automaton.alphabet.length + letter);
    must(
      answers[situation] === (wanted ? YES : NO),
      `nothing shows that the program is right in state ${state}`,
    );
    compared++;
  }
  return compared;
}
