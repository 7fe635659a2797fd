/**
 * Checks a certificate, whoever made it. The checkers in this folder use nothing of what makes certificates (a lint
 * rule sees to it): only the language's own compiler and interpreter. What a task is, they define themselves
 * (definitions.ts). Read the files in the order of the steps below; each says what it proves and why.
 */
import type { z } from 'zod';
import { canonicalJson } from '../../common/json.ts';
import { spelled } from '../../common/legible.ts';
import { sha256 } from '../../common/sha256.ts';
import { compile } from '../../crasp/index.ts';
import type { CoreProgram } from '../../crasp/index.ts';
import { checkAlphabet } from './alphabet.ts';
import { certificateForm, type CheckedCertificate } from './format.ts';
import { checkIndexEmbedding } from './index-embedding.ts';
import { checkOut } from './out.ts';
import { checkProgram } from './program.ts';
import { checkReduction } from './reduction.ts';
import { BeyondCaps, must, Refusal, step } from './refusal.ts';
import type { Ending } from './refusal.ts';
import { checkLanguage } from './same-language.ts';
import { checkShape } from './shape.ts';
import { checkTaskProgram } from './task-program.ts';
import { isVersion1, upgraded } from './version-1.ts';

/** A step of a check that did not come to a good end. */
export interface Unfinished {
  readonly step: string;
  readonly problem: string;
}

/** A step that came to a good end. */
export interface Step {
  readonly step: string;
  /** What was compared with what. */
  readonly compared: string;
}

/**
 * What came of a check: proved; tried up to a length and proved for nothing longer; something in it is false; or, so that
 * the claim may be true or not, no proof was found, or it is too large for the checker.
 */
export type Outcome = 'holds' | 'holds up to a length' | Ending;

export interface Verification {
  readonly outcome: Outcome;
  /** The longest sources tried, where the outcome is 'holds up to a length'; null otherwise. */
  readonly upTo: number | null;
  readonly steps: readonly Step[];
  /** What is false in it; null where nothing was found to be. */
  readonly failed: Unfinished | null;
  /** What no proof was found for, and what was tried. */
  readonly unproved: Unfinished | null;
  /** What is beyond the caps. */
  readonly unchecked: Unfinished | null;
  /** What a reader could take from the certificate and was not shown. Empty unless it holds, in one way or the other. */
  readonly notProved: readonly string[];
}

const NOTHING = { failed: null, unproved: null, unchecked: null };
const FIELD = { 'does not hold': 'failed', 'not proved': 'unproved', 'not checked': 'unchecked' } as const;

/** What a step has shown. */
interface Shown {
  readonly compared: string;
  readonly upTo?: number | null;
}

/** A certificate's fields as they were read. */
type Json = Readonly<Record<string, unknown>>;

/** Takes a step by its name. */
type Run = <S extends Shown>(name: string, work: () => S) => S;

/**
 * Checks whatever JSON is given. Never throws: what is no certificate fails at the first step. `begins` is told the
 * name of each step before it is taken.
 */
export function verifyCertificate(
  json: unknown,
  begins: (step: string) => void = () => undefined,
): Verification {
  const steps: Step[] = [];
  let upTo: number | null = null;
  const run: Run = (name, work) => {
    begins(name);
    const shown = step(name, work);
    upTo = shown.upTo ?? upTo;
    steps.push({ step: name, compared: shown.compared });
    return shown;
  };
  try {
    const { certificate, read } = run('the form is that of a certificate', () => formOf(json));
    run('the seal fits the rest', () => checkSeal(read));
    run('the hash is that of what is spoken of', () => checkHash(certificate, read));
    run('the claim is one that such evidence can show', () => checkClaim(certificate));
    checkEvidence(certificate, run);
    const outcome = upTo === null ? 'holds' : 'holds up to a length';
    return { outcome, upTo, steps, ...NOTHING, notProved: notProved(certificate, upTo) };
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    const { ending } = error;
    const unfinished = { [FIELD[ending]]: { step: error.step, problem: error.message } };
    return { outcome: ending, upTo: null, steps, ...NOTHING, ...unfinished, notProved: [] };
  }
}

/** The certificate, and the JSON that it was read from: what hashes are taken of. */
function formOf(json: unknown): Shown & { readonly certificate: CheckedCertificate; readonly read: Json } {
  const isOld = isVersion1(json);
  const read = isOld ? upgraded(json) : json;
  const parsed = certificateForm.safeParse(read);
  if (parsed.success) {
    const version = isOld ? ' (version 1, read as version 2)' : '';
    return {
      certificate: parsed.data,
      read: read as Json,
      compared: `every field is known and none is missing${version}`,
    };
  }
  const { issues } = parsed.error;
  const wrong = issues.find((issue) => !isTooLong(issue)) ?? issues[0];
  const problem = `${wrong.path.join('.') || 'the file'}: ${wrong.message}`;
  throw isTooLong(wrong) ? new BeyondCaps(problem) : new Error(problem);
}

/** A list or a text that is longer than any that is checked; not one that has a length of its own, and another. */
function isTooLong(issue: z.core.$ZodIssue): boolean {
  return (
    issue.code === 'too_big' &&
    issue.exact !== true &&
    (issue.origin === 'array' || issue.origin === 'string')
  );
}

function checkSeal({ seal, ...rest }: Json): Shown {
  must(seal === sha256(canonicalJson(rest)), 'something was changed after the certificate was made');
  return {
    compared: 'SHA-256 of all other fields: nothing was changed by accident (it proves nothing else)',
  };
}

function checkHash({ about }: CheckedCertificate, read: Json): Shown {
  must(read.hash === sha256(canonicalJson(read.about)), `what the certificate speaks of has another hash`);
  return { compared: `SHA-256 of ${aboutInWords(about)}` };
}

function checkClaim(certificate: CheckedCertificate): Shown {
  const { about, subject, scope, verdict, fragment, evidence } = certificate;
  must(subject === about.name, 'the subject is not what the certificate speaks of');
  must(about.kind !== 'expression' || about.name === about.text, 'the subject is not the expression');
  if (about.kind === 'expression') checkAlphabet(about.alphabet);
  must(
    scope === (about.kind === 'task' ? 'every alphabet' : 'this alphabet'),
    `the claim is not about ${scope}`,
  );
  const proves = ['program', 'membership', 'task-program'].includes(evidence.kind) ? 'in' : 'out';
  must(verdict === proves, `the evidence is for '${proves}', the verdict is '${verdict}'`);
  must(
    evidence.kind !== 'inseparable' || fragment === 'plain',
    'states that cannot be told apart speak of plain C-RASP only',
  );
  must(evidence.kind !== 'blocks' || fragment === 'pos', 'blocks speak of C-RASP[pos]');
  const name = fragment === 'plain' ? 'plain C-RASP' : 'C-RASP[pos]';
  return {
    compared: `the claim is: ${aboutInWords(about)} is ${verdict === 'in' ? 'in' : 'out of'} ${name}`,
  };
}

function checkEvidence({ about, evidence, fragment, read }: CheckedCertificate, run: Run): void {
  switch (evidence.kind) {
    case 'program': {
      const { automaton, depth } = evidence;
      run('the automaton accepts the language', () => sameLanguage(about, automaton, read));
      const { program } = run('the program is one of the fragment', () =>
        programOf(evidence.program, depth, fragment),
      );
      run('the program agrees with the automaton at every length', () => {
        const situations = checkProgram(program, automaton, read);
        return {
          compared: `in each of ${count(situations, 'situation')} (a state, and the last symbols and the residue of the position where the program looks at them) the counts that any string can lead to give the automaton's answer`,
        };
      });
      return;
    }
    case 'membership':
      run('the program is one of the fragment', () => {
        must(about.kind === 'program', 'only a program is its own evidence');
        const shown = programOf(about.text, evidence.depth, fragment);
        const { output } = shown.program;
        must(output.kind !== 'accept' || output.read === read, `the program is not read at ${read}`);
        return shown;
      });
      return;
    case 'inseparable':
    case 'blocks':
      run('the automaton accepts the language', () =>
        sameLanguage(about, evidence.automaton, evidence.kind === 'blocks' ? 'eos' : read),
      );
      run('two states cannot be told apart', () => {
        checkOut(evidence, read);
        const { component, pair } = evidence.inseparable;
        return {
          compared: `in a component of ${count(component.length, 'state')}, every count that goes round in it is the same in states ${pair.join(' and ')} (${count(evidence.inseparable.combinations.length, 'sum')} of equations, added up again); a string leads there, and another is accepted from only one of the two`,
        };
      });
      return;
    case 'task-program':
      run('the program gives the right answers', () => checkTaskProgram(taskOf(about), evidence, fragment));
      return;
    case 'reduction':
      run('the task answers a question that is out', () => ({
        compared: checkReduction(taskOf(about), evidence, fragment),
      }));
      return;
    case 'index-embedding':
      run('every source has to be remembered', () => {
        checkIndexEmbedding(taskOf(about), evidence);
        return {
          compared:
            'the answer is the source itself, so 2^n sources of length n over two symbols have 2^n answers',
        };
      });
      return;
  }
}

function programOf(
  text: string,
  depth: number,
  fragment: 'plain' | 'pos',
): Shown & { readonly program: CoreProgram } {
  const program = compile(text);
  checkShape(program, depth, fragment);
  const compared = `depth ${depth}, ${count(program.nodes.length, 'operation')}, each allowed in the fragment`;
  return { program, compared };
}

function sameLanguage(
  about: CheckedCertificate['about'],
  automaton: Extract<CheckedCertificate['evidence'], { automaton: unknown }>['automaton'],
  read: 'eos' | 'last',
): Shown {
  const pairs = checkLanguage(about, automaton, read);
  return {
    compared: `${aboutInWords(about)} and an automaton of ${count(automaton.transitions.length, 'state')}: ${count(pairs, 'pair')} of places that some string leads to, and every symbol from there`,
  };
}

function taskOf(about: CheckedCertificate['about']): Extract<CheckedCertificate['about'], { kind: 'task' }> {
  if (about.kind === 'task') return about;
  throw new Refusal('the evidence fits the subject', `the evidence is for a task, not for the ${about.kind}`);
}

function notProved({ about, verdict, evidence }: CheckedCertificate, upTo: number | null): string[] {
  return [
    ...(upTo === null
      ? []
      : [`anything about sources of more than ${upTo} symbols, or about other alphabets`]),
    ...(about.kind === 'automaton' || about.kind === 'program'
      ? [
          `that ${JSON.stringify(about.name)} is what its name says: the ${about.kind} in the certificate is spoken of, whatever it is called`,
        ]
      : []),
    ...(evidence.kind === 'membership' ? ['which language the program accepts'] : []),
    ...(verdict === 'in'
      ? ['that a trained transformer finds the program']
      : ['that a transformer fails at the lengths it was trained on']),
    'the theorems themselves: that counting programs without these states, or of these sizes, cannot do it (docs/certificates.md names them)',
  ].slice(0, verdict === 'in' ? -1 : undefined);
}

function aboutInWords(about: CheckedCertificate['about']): string {
  switch (about.kind) {
    case 'expression':
      return `the expression ${about.text} over ${symbols(about.alphabet)}`;
    case 'automaton':
      return `an automaton of ${count(about.automaton.transitions.length, 'state')} over ${symbols(about.automaton.alphabet)}`;
    case 'program':
      return 'the program in the certificate';
    case 'task':
      return `the task ${about.name} (${about.title})`;
  }
}

function symbols(alphabet: readonly string[]): string {
  return `{ ${alphabet.map(spelled).join(' ')} }`;
}

function count(number: number, what: string): string {
  return `${number.toLocaleString('en-US')} ${what}${number === 1 ? '' : 's'}`;
}
