/** A respondent that reads a prompt as a model would: it finds out from the demonstrations what is asked. */
import { tasks } from '../../src/tasks/index.ts';

export interface Understood {
  readonly task: string;
  readonly length: number;
  /** The right answer as the prompt's format has it, up to and with what ends it. */
  readonly text: string;
  readonly symbols: readonly string[];
}

/** null where the prompt is none of ours. */
export function understand(prompt: string): Understood | null {
  return prompt.includes('<bos>') ? understandCopy(prompt) : understandLookup(prompt);
}

function understandCopy(prompt: string): Understood | null {
  const lines = prompt.split('\n').filter((line) => line.startsWith('<bos> '));
  const question = lines.at(-1);
  if (question === undefined || !question.endsWith(' :')) return null;
  const source = question.slice('<bos> '.length, -' :'.length).split(' ');
  const backward = lines.slice(0, -1).some((line) => {
    const [input, output] = line.slice('<bos> '.length, -' <eos>'.length).split(' : ');
    return input.split(' ').toReversed().join(' ') === output && input !== output;
  });
  const symbols = backward ? source.toReversed() : source;
  const unique = new Set(source).size === source.length;
  const task = `${unique ? 'U' : 'N'}${backward ? 'B' : 'F'}`;
  return { task, length: source.length, text: ` ${symbols.join(' ')} <eos>`, symbols };
}

function understandLookup(prompt: string): Understood | null {
  const lines = prompt.split('\n').filter((line) => / \| \S+:/.test(line));
  const parsed = lines.map((line) => {
    const [, source, query, answer] = /^ (.*) \| (\S+):(?: (\S+))?$/.exec(line) ?? [];
    return { source: (source ?? '').split(' '), query, answer };
  });
  const question = parsed.at(-1);
  if (question === undefined || question.answer !== undefined) return null;
  const shown = parsed.slice(0, -1);
  const lookups = tasks.filter(({ family }) => family !== 'copying');
  const task = lookups.find((candidate) =>
    [...shown, question].every(({ source, query, answer }) => {
      const said = candidate.answer(source, query);
      return 'answer' in said && (answer === undefined || said.answer[0] === answer);
    }),
  );
  if (task === undefined) return null;
  const said = task.answer(question.source, question.query);
  if (!('answer' in said)) return null;
  return {
    task: task.name,
    length: question.source.length,
    text: ` ${said.answer[0]}\n`,
    symbols: said.answer,
  };
}
