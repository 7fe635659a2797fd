/** The other side of `process.node.ts`: a process that holds one model and explains what it does. */
import { serve } from '../common/serve.node.ts';
import { explain } from './explain.ts';
import type { ExplainProgress } from './explain.ts';
import type { Explanation } from './explanation.ts';
import type { Opened, Opening, Question } from './process.node.ts';
import { openSubject } from './subject.node.ts';

serve<Opening, Opened, Question, Explanation, ExplainProgress>(async ({ target, threads, device }) => {
  const subject = await openSubject(target, { threads, device });
  const { layers, heads, width, positions } = subject.config;
  return {
    opened: { name: subject.name, layers, heads, width, positions, symbols: subject.symbols },
    answer: ({ alphabet, samples, options }, onProgress) =>
      explain(subject.name, subject.model, subject.shots(alphabet, samples), options, onProgress),
  };
});
