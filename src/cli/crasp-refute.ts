/** `lengthwise crasp refute`: where the language of a program and that of a regular expression part. */
import { UserError } from '../common/errors.ts';
import type { Automaton, CoreProgram, SearchOptions } from '../crasp/index.ts';
import { compareWithAutomaton, inputSymbols } from '../crasp/index.ts';
import { automatonOf } from '../predict/automata/build.ts';
import type { Dfa } from '../predict/automata/dfa.ts';
import { parseRegex } from '../predict/automata/regex.ts';
import { comparisonJson, comparisonText } from './crasp-text.ts';

/** What was found, for machines and for people. */
export interface Refutation {
  readonly json: Record<string, unknown>;
  text(file: string): string;
}

/** Looks for a string on which they differ: all strings up to a length. */
export async function refute(
  program: CoreProgram,
  regex: string,
  upTo: number,
  options: SearchOptions,
): Promise<Refutation> {
  if (program.output.kind !== 'accept') {
    throw new UserError(
      "this program predicts (next[…]): only a program with 'accept' has a language to refute",
    );
  }
  const dfa = automatonOf(parseRegex(regex, inputSymbols(program)));
  const comparison = compareWithAutomaton(program, asAutomaton(dfa), upTo, options);
  return {
    json: { refuted: comparison.result === 'differ', ...comparisonJson(comparison) },
    text: (file) => comparisonText(comparison, [file, `the language of ${regex}`]),
  };
}

function asAutomaton(dfa: Dfa): Automaton<number> {
  const letters = new Map(dfa.alphabet.map((symbol, letter) => [symbol, letter]));
  return {
    start: dfa.start,
    step: (state, symbol) => dfa.next[state * dfa.alphabet.length + (letters.get(symbol) ?? 0)],
    accepting: (state) => dfa.accepting[state] === 1,
  };
}
