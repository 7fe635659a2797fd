/** `lengthwise crasp refute`: where the language of a program and that of a regular expression part. */
import { UserError } from '../../common/errors.ts';
import type { Automaton, Comparison, CoreProgram, SearchOptions } from '../../crasp/index.ts';
import { compareWithAutomaton, inputSymbols } from '../../crasp/index.ts';
import { automatonJson } from '../../predict/certificates/out.ts';
import { machineOf } from '../../predict/decide/machine.ts';
import type { Dfa, WrongString } from '../../predict/index.ts';
import { automatonOf, parseRegex, refute as pump } from '../../predict/index.ts';
import { followsAutomaton } from './proof.ts';
import { comparisonJson, comparisonText } from './text.ts';

/** What was found, for machines and for people. */
export interface Refutation {
  readonly json: Record<string, unknown>;
  text(file: string): string;
}

/**
 * Looks for a string on which they differ: among all strings up to a length, and, when the language is out of the
 * program's fragment, by the pumping argument among longer ones. Where there is none, tries to prove that.
 */
export function refute(
  program: CoreProgram,
  regex: string,
  upTo: number,
  options: SearchOptions,
): Refutation {
  if (program.output.kind !== 'accept') {
    throw new UserError(
      "this program predicts (next[…]): only a program with 'accept' has a language to refute",
    );
  }
  const dfa = automatonOf(parseRegex(regex, inputSymbols(program)));
  const comparison = compareWithAutomaton(program, asAutomaton(dfa), upTo, options);
  if (comparison.result !== 'differ') {
    const wrong = pump(program, dfa);
    if (wrong !== undefined) return pumped(wrong, regex);
  }
  const { read } = program.output;
  const proved =
    comparison.result !== 'differ' && followsAutomaton(program, automatonJson(machineOf(dfa, read)), read);
  return searched(comparison, regex, proved ? PROOF : undefined);
}

const PROOF =
  "bounds on the counts in every state of the language's automaton decide every answer, and rightly";

function searched(comparison: Comparison, regex: string, proof: string | undefined): Refutation {
  const refuted = comparison.result === 'differ';
  return {
    json: { refuted, argument: 'search', ...comparisonJson(comparison, proof) },
    text: (file) => comparisonText(comparison, [file, `the language of ${regex}`], proof),
  };
}

/** Strings longer than this are not printed whole. */
const SHOWN = 60;

function pumped({ input, inLanguage }: WrongString, regex: string): Refutation {
  const verdicts = [inLanguage ? 'rejects' : 'accepts', inLanguage ? 'accepts' : 'rejects'];
  const shown =
    input.length > SHOWN ? `${input.slice(0, SHOWN).join(' ')} … (all of it: --json)` : input.join(' ');
  return {
    json: {
      refuted: true,
      argument: 'pumping',
      result: 'differ',
      equal: false,
      string: input.join(' '),
      length: input.length,
      verdicts,
    },
    text: (file) =>
      `they differ: the language of ${regex} is out of the program's fragment, and pumping gives this string of ` +
      `${input.length} symbols:\n  '${shown}'\n  ${file}: ${verdicts[0]}\n  the language of ${regex}: ${verdicts[1]}\n`,
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
