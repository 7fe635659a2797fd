/**
 * Checks a certificate, whoever made it. The checkers in this folder use nothing of what makes certificates (a lint
 * rule sees to it): only the language's own compiler and interpreter, and the tasks' oracles. Read the files in the
 * order of the steps below; each says what it proves and why.
 */
import { canonicalJson } from '../../common/json.ts';
import { sha256 } from '../../common/sha256.ts';
import { compile } from '../../crasp/index.ts';
import { certificateForm, type CheckedCertificate } from './format.ts';
import { checkLanguage } from './language.ts';
import { checkProgram } from './program.ts';
import { publishedAt } from './published.ts';
import { must, Refusal, step, Unchecked } from './refusal.ts';
import { depthOf, usesPositions } from './shape.ts';
import { checkIndexEmbedding, checkOut, checkReduction, checkTaskProgram } from './task.ts';
import { oracleLines } from './oracle.ts';

/** A step of a check that did not come to a good end. */
export interface Unfinished {
  readonly step: string;
  readonly problem: string;
}

/** What came of a check: the steps that hold, and the first that does not, or that is too large for the checker. */
export interface Verification {
  /** null where a cap of the checker is exceeded: the certificate may hold or not. */
  readonly holds: boolean | null;
  readonly steps: readonly string[];
  readonly failed: Unfinished | null;
  readonly unchecked: Unfinished | null;
}

/**
 * Checks whatever JSON is given. Never throws: what is no certificate fails at the first step. `begins` is told the
 * name of each step before it is taken.
 */
export function verifyCertificate(
  json: unknown,
  begins: (step: string) => void = () => undefined,
): Verification {
  const steps: string[] = [];
  const run = <T>(name: string, work: () => T): T => {
    begins(name);
    const result = step(name, work);
    steps.push(name);
    return result;
  };
  try {
    const certificate = run('the form is that of a certificate', () => formOf(json));
    run('the seal fits the rest', () => checkSeal(certificate));
    run('the hash is that of what is spoken of', () => checkHash(certificate));
    run('subject, status and scope are as the evidence allows', () => checkClaim(certificate));
    checkEvidence(certificate, run);
    return { holds: true, steps, failed: null, unchecked: null };
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    const unfinished = { step: error.step, problem: error.message };
    return error instanceof Unchecked
      ? { holds: null, steps, failed: null, unchecked: unfinished }
      : { holds: false, steps, failed: unfinished, unchecked: null };
  }
}

function formOf(json: unknown): CheckedCertificate {
  const parsed = certificateForm.safeParse(json);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  throw new Error(`${issue.path.join('.') || 'the file'}: ${issue.message}`);
}

function checkSeal(certificate: CheckedCertificate): void {
  const { seal, ...rest } = certificate;
  must(seal === sha256(canonicalJson(rest)), 'something was changed after the certificate was made');
}

function checkHash({ about, hash }: CheckedCertificate): void {
  const definition = about.kind === 'task' ? { ...about, oracle: oracleLines(about) } : about;
  must(hash === sha256(canonicalJson(definition)), `what the certificate speaks of has another hash`);
}

function checkClaim(certificate: CheckedCertificate): void {
  const { about, subject, status, published, scope, verdict, fragment, evidence } = certificate;
  must(subject === about.name, 'the subject is not what the certificate speaks of');
  must(about.kind !== 'expression' || about.name === about.text, 'the subject is not the expression');
  const where = about.kind === 'task' ? publishedAt(about.name, verdict, fragment) : null;
  must(
    published === where,
    where === null ? 'this verdict is not published' : `the verdict is published in ${where}`,
  );
  must(status === (where === null ? 'derived' : 'published'), `the status is not '${status}'`);
  must(
    scope === (about.kind === 'task' ? 'every alphabet' : 'this alphabet'),
    `the claim is not about ${scope}`,
  );
  const proves = ['program', 'membership', 'task-program'].includes(evidence.kind) ? 'in' : 'out';
  must(verdict === proves, `the evidence is for '${proves}', the verdict is '${verdict}'`);
  must(evidence.kind !== 'separation' || fragment === 'plain', 'a separation speaks of plain C-RASP only');
  must(evidence.kind !== 'blocks' || fragment === 'pos', 'blocks speak of C-RASP[pos]');
}

function checkEvidence(
  { about, evidence, fragment, read }: CheckedCertificate,
  run: <T>(name: string, work: () => T) => T,
): void {
  switch (evidence.kind) {
    case 'program': {
      run('the automaton accepts the language', () => checkLanguage(about, evidence.automaton, read));
      const program = run('the program is one of the fragment', () =>
        programOf(evidence.program, evidence.depth, fragment),
      );
      run('the program agrees with the automaton at every length', () =>
        checkProgram(program, evidence.automaton, read),
      );
      return;
    }
    case 'membership':
      run('the program is one of the fragment', () => {
        must(about.kind === 'program', 'only a program is its own evidence');
        const { output } = programOf(about.text, evidence.depth, fragment);
        must(output.kind !== 'accept' || output.read === read, `the program is not read at ${read}`);
      });
      return;
    case 'separation':
    case 'blocks':
      run('the automaton accepts the language', () =>
        checkLanguage(about, evidence.automaton, evidence.kind === 'blocks' ? 'eos' : read),
      );
      run('two states cannot be told apart', () => checkOut(evidence, read));
      return;
    case 'task-program':
      run('the program gives the right answers', () => checkTaskProgram(taskOf(about), evidence, fragment));
      return;
    case 'reduction':
      run('the task answers a question that is out', () => checkReduction(taskOf(about), evidence, fragment));
      return;
    case 'index-embedding':
      run('every prefix has a future of its own', () => checkIndexEmbedding(taskOf(about), evidence));
      return;
  }
}

function programOf(text: string, depth: number, fragment: 'plain' | 'pos'): ReturnType<typeof compile> {
  const program = compile(text);
  must(depthOf(program) === depth, `the program's depth is ${depthOf(program)}, not ${depth}`);
  must(fragment === 'pos' || !usesPositions(program), 'the program looks at positions');
  return program;
}

function taskOf(about: CheckedCertificate['about']): Extract<CheckedCertificate['about'], { kind: 'task' }> {
  if (about.kind !== 'task') throw new Refusal('the evidence fits the subject', `a ${about.kind} is no task`);
  return about;
}
