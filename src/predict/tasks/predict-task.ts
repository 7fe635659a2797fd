/** The verdict on a task, from the table, with a certificate made afresh. */
import { compile, type CoreProgram, metrics } from '../../crasp/index.ts';
import { taskNamed } from '../../tasks/index.ts';
import { UserError } from '../../common/errors.ts';
import { evidenceOfExpression } from '../certificates/out.ts';
import { sealed } from '../certificates/seal.ts';
import { residueKind } from '../residues.ts';
import type {
  Evidence,
  Fragment,
  IndexEmbedding,
  Prediction,
  Read,
  Reduction,
  TaskProgram,
} from '../verdict.ts';
import { instantiate } from './schemas.ts';
import { KNOWN, type InByProgram, type OutByMemory, type OutByReduction } from './table.ts';

export interface TaskQuestion {
  /** Default 'pos': what transformers with positions can do. */
  readonly fragment?: Fragment;
  /** Tasks are answered by the next symbol, so the verdict does not depend on it. Default 'eos'. */
  readonly read?: Read;
}

/** Lengths for which the bound on counters is stated. */
const MEMORY_LENGTHS = [20, 32, 64, 128];

/** Whether a task can be learned so that it holds at every length. Throws UserError for an unknown task. */
export function predictTask(name: string, { fragment = 'pos', read = 'eos' }: TaskQuestion = {}): Prediction {
  const task = taskNamed(name);
  const entry = KNOWN[task.name]?.[fragment];
  if (entry === undefined) throw new UserError(`nothing is known about the task ${task.name}`);
  const verdict = entry.proof.how === 'program' ? 'in' : 'out';
  const about = { kind: 'task', name: task.name, title: task.title } as const;
  const claim = {
    verdict,
    fragment,
    read,
    scope: 'every alphabet',
  } as const;
  const evidence = evidenceFor(fragment, entry.proof);
  const certificate = sealed(claim, about, evidence);
  const source = entry.published === null ? 'Derived here.' : `Published: ${entry.published}.`;
  const argument = `${entry.argument} ${source}`;
  const residues = evidence.kind === 'task-program' ? residueKind(overTwoSymbols(evidence.schema)) : null;
  return {
    subject: task.name,
    fragment,
    read,
    verdict,
    status: entry.status,
    argument,
    certificate,
    residues,
  };
}

/** The names of all tasks that there is a verdict on, in the order of the table. */
export function predictableTasks(): string[] {
  return Object.keys(KNOWN);
}

function evidenceFor(fragment: Fragment, proof: InByProgram | OutByReduction | OutByMemory): Evidence {
  switch (proof.how) {
    case 'program':
      return programEvidence(proof.schema);
    case 'reduction':
      return reductionEvidence(fragment, proof);
    case 'memory':
      return memoryEvidence(proof);
  }
}

function overTwoSymbols(schema: string): CoreProgram {
  return compile(instantiate(schema, ['a', 'b']));
}

function programEvidence(schema: string): TaskProgram {
  const { depth } = metrics(overTwoSymbols(schema));
  return { kind: 'task-program', schema, depth };
}

function reductionEvidence(fragment: Fragment, proof: OutByReduction): Reduction {
  return {
    kind: 'reduction',
    query: proof.query,
    prefix: [...proof.prefix],
    blocks: Object.fromEntries(Object.entries(proof.blocks).map(([letter, block]) => [letter, [...block]])),
    suffix: [...proof.suffix],
    answer: proof.answer,
    expression: proof.expression,
    evidence: evidenceOfExpression(proof.expression, fragment),
  };
}

function memoryEvidence({ direction }: OutByMemory): IndexEmbedding {
  return {
    kind: 'index-embedding',
    zero: 'a',
    one: 'b',
    direction,
    excluded: MEMORY_LENGTHS.map((length) => ({ length, counters: tooFewCounters(length) })),
  };
}

/** The most counters K with (n+1)^K < 2^n. */
function tooFewCounters(length: number): number {
  let counters = 0;
  while (BigInt(length + 1) ** BigInt(counters + 1) < 2n ** BigInt(length)) counters++;
  return counters;
}
