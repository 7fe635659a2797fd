/**
 * In: a program agrees with an automaton on strings of every length. If the proof by invariants (proof.ts) decides what
 * the program answers in every state, and rightly, nothing is left to check. If it decides wrongly, or a short string gets
 * another answer, that string is the counterexample. Otherwise nothing is known.
 */
import { accepts } from '../../crasp/index.ts';
import type { CoreProgram } from '../../crasp/index.ts';
import { sameAlphabet } from './alphabet.ts';
import type { Automaton } from './format.ts';
import { MAYBE, NO, YES } from './intervals.ts';
import { Proof } from './proof.ts';
import { must, NotProved } from './refusal.ts';
import { Situations } from './situations.ts';
import { shown, stringsOf } from './strings.ts';

/** Strings that a program is tried on where no proof is found. */
const TRIED = 500;

/**
 * Refuses unless the program provably gives the automaton's answer wherever it is read.
 * @returns how many situations were compared
 */
export function checkProgram(program: CoreProgram, automaton: Automaton, read: 'eos' | 'last'): number {
  const { output } = program;
  must(output.kind === 'accept' && output.read === read, `the program is not read at ${read}`);
  must(sameAlphabet(program.alphabet, automaton.alphabet), 'program and automaton have different alphabets');
  const situations = new Situations(program.nodes, [output.node], automaton);
  const answers = new Proof(program.nodes, situations, [output.node]).truth[output.node];
  const accepting = new Set(automaton.accepting);
  let open: number | null = null;
  let compared = 0;
  for (let situation = 0; situation < situations.count; situation++) {
    const state = situations.stateOf(situation);
    const letter = situations.letterOf(situation);
    if (letter < 0 !== (read === 'eos')) continue;
    const wanted = accepting.has(read === 'eos' ? state : state * automaton.alphabet.length + letter);
    const word = (): string => {
      const letters = situations.wordTo(situations.placeOf(situation));
      return shown([...letters, ...(letter < 0 ? [] : [letter])].map((one) => automaton.alphabet[one]));
    };
    if (answers[situation] === (wanted ? NO : YES)) throw new Error(wrongOn(word(), wanted));
    if (answers[situation] === MAYBE) open ??= situation;
    compared++;
  }
  if (open === null) return compared;
  const tried = tryShort(program, automaton, read);
  throw new NotProved(
    `bounds on its counts do not decide what the program answers in state ${situations.stateOf(open)}; it is right on all strings of up to ${tried} symbols`,
  );
}

function wrongOn(word: string, wanted: boolean): string {
  return `the program ${wanted ? 'rejects' : 'accepts'} ${word}, and the automaton ${wanted ? 'accepts' : 'rejects'} it`;
}

/** Runs the program on all strings up to a length, which is returned. Refuses it where it is wrong. */
function tryShort(program: CoreProgram, automaton: Automaton, read: 'eos' | 'last'): number {
  const { alphabet, start, transitions } = automaton;
  const accepting = new Set(automaton.accepting);
  const letterOf = new Map(alphabet.map((symbol, letter) => [symbol, letter]));
  let length = read === 'eos' ? 0 : 1;
  for (let strings = 1; ; length++) {
    for (const string of stringsOf(alphabet, length)) {
      const letters = string.map((symbol) => letterOf.get(symbol) ?? -1);
      const before = letters.slice(0, -1).reduce((state, letter) => transitions[state][letter], start);
      const last = letters.at(-1);
      const edge = last === undefined ? -1 : before * alphabet.length + last;
      const state = last === undefined ? before : transitions[before][last];
      const wanted = accepting.has(read === 'eos' ? state : edge);
      must(accepts(program, string) === wanted, wrongOn(shown(string), wanted));
    }
    strings += alphabet.length ** (length + 1);
    if (strings > TRIED) return length;
  }
}
