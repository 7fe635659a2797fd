/** The other side of `process.node.ts`: a process that holds one model and explains what it does. */
import { serve } from '../common/serve.node.ts';
import type { ExplainProgress } from './explain.ts';
import type { Explanation } from './explanation.ts';
import type { Opened, Opening, Question } from './process.node.ts';
import { explainSubject, openSubject } from './subject.node.ts';

serve<Opening, Opened, Question, Explanation, ExplainProgress>(async ({ target, ...opening }) => {
  const subject = await openSubject(target, opening);
  const { name, parity, symbols } = subject;
  const { layers, heads, width, positions } = subject.config;
  return {
    opened: { name, layers, heads, width, positions, parity, symbols },
    answer: (question, onProgress) => explainSubject(subject, question, onProgress),
  };
});
