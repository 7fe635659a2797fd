/** What the adversary lies about: every task and 300 languages in both fragments, with the verdict that is right. */
import { labelledLanguages } from '../fixtures/predict/languages.ts';
import { rng } from '../../src/common/random.ts';
import type { Rng } from '../../src/common/random.ts';
import { predictExpression } from '../../src/predict/subjects.ts';
import { predictableTasks, predictTask } from '../../src/predict/tasks/predict-task.ts';
import { KNOWN } from '../../src/predict/tasks/table.ts';
import type { Prediction } from '../../src/predict/verdict.ts';
import type { Claim, Fields } from './sealed.ts';

/** Something with a verdict that is known. */
export interface Subject {
  readonly name: string;
  readonly right: Claim;
  /** The evidence that predict gives for it. */
  readonly evidence: Fields;
}

/** The opposite of what is right. */
export function lieAbout({ right }: Subject): Claim {
  return { ...right, verdict: right.verdict === 'in' ? 'out' : 'in' };
}

export function tasks(): Subject[] {
  return predictableTasks().flatMap((name) =>
    (['plain', 'pos'] as const).map((fragment) => {
      const subject = subjectOf(predictTask(name, { fragment }));
      const verdict = KNOWN[name][fragment].proof.how === 'program' ? 'in' : 'out';
      if (subject?.right.verdict !== verdict) throw new Error(`${name} has no certificate for ${verdict}`);
      return subject;
    }),
  );
}

/**
 * The labelled languages and random ones, `count` of them, in both fragments as far as there is a verdict. A label that is
 * published stands above our decider.
 */
export function languages(count: number): Subject[] {
  const labelled = labelledLanguages().slice(0, count);
  const draw = rng('adversary', 'languages');
  const random = Array.from({ length: count - labelled.length }, () => ({
    regex: randomExpression(draw, 3),
  }));
  const labels = new Map(labelled.map(({ regex, inPlain }) => [regex, inPlain]));
  return [...new Set([...labelled, ...random].map(({ regex }) => regex))].flatMap((regex) =>
    (['plain', 'pos'] as const).flatMap((fragment) => {
      const subject = subjectOf(predictExpression(regex, { fragment }));
      const label = fragment === 'plain' ? labels.get(regex) : undefined;
      if (label !== undefined && label !== (subject?.right.verdict === 'in'))
        throw new Error(`${regex}: not as labelled`);
      return subject ?? [];
    }),
  );
}

function subjectOf({ subject, certificate }: Prediction): Subject | null {
  if (certificate === null) return null;
  const { about, verdict, fragment, read, evidence } = JSON.parse(JSON.stringify(certificate)) as Claim & {
    evidence: Fields;
  };
  return { name: subject, right: { about, verdict, fragment, read }, evidence };
}

/** In the syntax that JavaScript's own engine reads the same way. */
export function randomExpression(draw: Rng, depth: number): string {
  const inner = (): string => randomExpression(draw, depth - 1);
  switch (depth === 0 ? 0 : draw.below(5)) {
    case 0:
      return draw.choice(['a', 'b', 'ab', 'ba', 'aa']);
    case 1:
      return `(${inner()}|${inner()})`;
    case 2:
      return `(${inner()})${draw.choice(['*', '+', '?', '{2}'])}`;
    default:
      return `${inner()}${inner()}`;
  }
}
