/**
 * The prompt of a model trained here: `<bos> source <sep> query`, after which it says the answer (copies end in `<eos>`).
 * A template like any other, so that what is asked, stored and scored goes the same way as for a server.
 */
import { specialSymbols } from '../../common/special-symbols.ts';
import type { TaskFamily } from '../../tasks/task.ts';
import type { PromptTemplate } from '../../prompt/template.ts';

const { bos, sep, eos } = specialSymbols;

/** The template for tasks of a family. A blank separates the tokens. */
export function sequenceTemplate(family: TaskFamily): PromptTemplate {
  const question = `${bos} {source} ${sep}${family === 'retrieval' ? ' {query}' : ''}`;
  return {
    name: 'sequence',
    for: 'completions',
    turns: false,
    head: '',
    separator: '',
    question,
    demonstration: `${question} {answer}${family === 'copying' ? ` ${eos}` : ''}`,
    tail: '',
    between: ' ',
    symbols: ' ',
    stop: [eos],
    shots: 0,
    'demonstration-length': 'same',
    rules: {},
  };
}
