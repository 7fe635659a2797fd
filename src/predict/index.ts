/** Verdicts: which tasks and languages a transformer can learn so that they hold at every length, and why. */
export { predictTask, predictableTasks, type TaskQuestion } from './tasks/predict-task.ts';
export { languageOf, predictAutomaton, predictExpression, predictProgram } from './subjects.ts';
export { otherVerdicts, predictLanguage, type LanguageQuestion } from './certificates/predict-language.ts';
export { type Outcome, type Step, type Verification, verifyCertificate } from './checkers/verify.ts';
export { parseCertificate } from './checkers/text.ts';
export { type ComparedVerification, verifyBesideLiterature } from './literature.ts';
export { refute, type WrongString } from './decide/refute.ts';
export { leastCounters, residuals, type ResidualOptions, type Residuals } from './residuals.ts';
export { parseAlphabet, parseRegex, RegexError } from './automata/regex.ts';
export { automatonOf } from './automata/build.ts';
export { parseAutomaton } from './automata/files.ts';
export { type Dfa, separatingWord } from './automata/dfa.ts';
export { TooLarge } from './automata/caps.ts';
export type * from './verdict.ts';
