/** Verdicts on what a user brings: an expression, an automaton file, a program. (Tasks: tasks/predict-task.ts.) */
import { UserError } from '../common/errors.ts';
import { compile, metrics } from '../crasp/index.ts';
import { residueKind } from './residues.ts';
import { automatonOf } from './automata/build.ts';
import { parseAutomaton } from './automata/files.ts';
import type { Dfa } from './automata/dfa.ts';
import { parseRegex } from './automata/regex.ts';
import { predictLanguage, type LanguageQuestion } from './certificates/predict-language.ts';
import { automatonJson } from './certificates/out.ts';
import { sealed } from './certificates/seal.ts';
import type { Prediction, Subject } from './verdict.ts';

/**
 * Whether the language of a regular expression is in. Without an alphabet, it is the symbols that occur. Throws
 * RegexError with the place of a mistake, TooLarge where a cap is exceeded.
 */
export function predictExpression(
  text: string,
  question: LanguageQuestion & { readonly alphabet?: readonly string[] } = {},
): Prediction {
  const { dfa, about } = languageOf(text, question.alphabet);
  return predictLanguage(dfa, about, question);
}

/** The language of an expression, for `predictLanguage`: an automaton that is built once. Throws as above. */
export function languageOf(text: string, symbols?: readonly string[]): { dfa: Dfa; about: Subject } {
  const { alphabet, tree } = parseRegex(text, symbols);
  return {
    dfa: automatonOf({ text, tree, alphabet }),
    about: { kind: 'expression', name: text, text, alphabet },
  };
}

/** Whether the language of an automaton file is in; `name` is what the file is called. */
export function predictAutomaton(
  text: string,
  name: string,
  question: LanguageQuestion & { readonly alphabet?: readonly string[] } = {},
): Prediction {
  const dfa = parseAutomaton(text, name, question.alphabet);
  const automaton = automatonJson({ dfa, accepts: dfa.accepting });
  return predictLanguage(dfa, { kind: 'automaton', name, automaton }, question);
}

/**
 * What a program shows by being one: what it computes is in its fragment, and in every larger one. Whether something
 * smaller would do cannot be read off it. Throws CraspError when the text is no program.
 */
export function predictProgram(text: string, name: string, question: LanguageQuestion = {}): Prediction {
  const program = compile(text);
  const { depth, fragment: shown } = metrics(program);
  const own = shown === 'plain' ? 'plain' : 'pos';
  const { output } = program;
  const read = output.kind === 'accept' ? output.read : (question.read ?? 'last');
  if (question.read !== undefined && question.read !== read) {
    throw new UserError(
      `${name} is read at ${read}, not at ${question.read}: leave --read out, or change the program`,
    );
  }
  const fragment = question.fragment ?? own;
  const about = { kind: 'program', name, text } as const;
  if (fragment === 'plain' && own === 'pos') {
    const argument =
      'The program looks at positions (prev, mod or a local count), so it shows nothing about plain C-RASP; another one might do without. Give the language as an expression to have it decided.';
    return {
      subject: name,
      fragment,
      read,
      verdict: 'unknown',
      status: 'open',
      argument,
      certificate: null,
      residues: null,
    };
  }
  const claim = {
    verdict: 'in',
    fragment,
    read,
    scope: 'this alphabet',
  } as const;
  const certificate = sealed(claim, about, { kind: 'membership', depth });
  const argument = `The program itself is the proof: it is one of ${fragment === 'plain' ? 'plain C-RASP' : 'C-RASP[pos]'}.`;
  return {
    subject: name,
    fragment,
    read,
    verdict: 'in',
    status: 'derived',
    argument,
    certificate,
    residues: residueKind(program),
  };
}
