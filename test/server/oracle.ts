/** A respondent that reads a prompt as a model would: it finds out from the demonstrations what is asked. */
import { tasks } from '../../src/tasks/index.ts';

export interface Understood {
  readonly task: string;
  readonly length: number;
  /** The right answer as the prompt's format has it, up to and with what ends it. */
  readonly text: string;
  readonly symbols: readonly string[];
}

/** How one of our prompts writes demonstrations and the question, which is the last item and has no answer. */
interface Format {
  /** Source, query (or nothing) and answer (or nothing). */
  readonly item: RegExp;
  readonly symbols: string;
  readonly written: (answer: string) => string;
}

const FORMATS: readonly Format[] = [
  {
    item: /^<bos> (?<source>.*?) :(?: (?<answer>.*) <eos>)?$/gm,
    symbols: ' ',
    written: (answer) => ` ${answer} <eos>`,
  },
  {
    item: /^ (?<source>.*) \| (?<query>\S+):(?: (?<answer>\S+))?$/gm,
    symbols: ' ',
    written: (answer) => ` ${answer}\n`,
  },
  {
    item: /^"(?<source>.*)" -> "(?<query>\S+),(?: (?<answer>\S+)")?$/gm,
    symbols: ', ',
    written: (answer) => ` ${answer}"\n`,
  },
  {
    item: /^Input: (?<source>.*)(?:\nQuery: (?<query>.*))?\nOutput:(?: (?<answer>.*))?$/gm,
    symbols: ' ',
    written: (answer) => ` ${answer}\n`,
  },
  {
    item: /^Input: (?<source>.*)(?:\nQuery: (?<query>.*))?(?:\nOutput: (?<answer>.*))?$/gm,
    symbols: ' ',
    written: (answer) => answer,
  },
  {
    item: /^(?:input|context): (?<source>.*)(?:\nquery: (?<query>.*))?(?:\n<answer>(?<answer>.*)<\/answer>)?$/gm,
    symbols: ' ',
    written: (answer) => `<answer>${answer}</answer>`,
  },
];

/** null where the prompt is none of ours. */
export function understand(prompt: string): Understood | null {
  for (const { item, symbols: between, written } of FORMATS) {
    const items = Array.from(prompt.matchAll(item), ({ groups }) => {
      const { source = '', query, answer }: Partial<Record<string, string>> = groups ?? {};
      return { source: source.split(between), query, answer: answer?.split(between) };
    });
    const question = items.at(-1);
    if (question === undefined || question.answer !== undefined) continue;
    const task = tasks.find((candidate) =>
      items.every(({ source, query, answer }) => {
        const said = candidate.answer(source, query);
        return 'answer' in said && (answer === undefined || said.answer.join(' ') === answer.join(' '));
      }),
    );
    const said = task?.answer(question.source, question.query);
    if (task === undefined || said === undefined || !('answer' in said)) continue;
    const { answer } = said;
    return {
      task: task.name,
      length: question.source.length,
      text: written(answer.join(between)),
      symbols: answer,
    };
  }
  return null;
}
