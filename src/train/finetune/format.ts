/** How text models read the samples that they are fine-tuned on, and what they are to say. */
import { UserError } from '../../common/errors.ts';
import type { PromptAndTarget } from '../../model/answers/answers.ts';
import { begun, tokensBehind } from '../../model/tokenizers/prompt-tokens.ts';
import type { TextTokenizer } from '../../model/tokenizers/text.ts';
import { askableNamed } from '../../prompt/askable.ts';
import type { Askable } from '../../prompt/askable.ts';
import { completionText, writtenSample } from '../../prompt/render.ts';
import { continues } from '../../prompt/template.ts';
import type { PromptTemplate } from '../../prompt/template.ts';
import { alphabetNamed } from '../../tasks/index.ts';
import type { Instance, Symbols, Task } from '../../tasks/index.ts';

/** What is needed of a tokenizer. */
export type WritingTokenizer = Pick<TextTokenizer, 'encode' | 'begin' | 'end'>;

/**
 * The prompt of a fine-tuning where no other is named: ` a b c | b` → ` c` for look-ups, ` a b c |` → ` a b c` for copies;
 * nothing is shown or explained, since the model learns what is asked.
 * @throws UserError for a task of another family
 */
export function trainedFormat(task: Pick<Task, 'name' | 'family'>): PromptTemplate {
  const question = QUESTIONS[task.family];
  if (question === undefined)
    throw new UserError(`${task.name} has no format of its own for fine-tuning: name a prompt`);
  return {
    name: 'trained',
    for: 'completions',
    head: '',
    separator: '',
    demonstration: `${question} {answer}`,
    question,
    tail: '',
    between: '',
    symbols: ' ',
    stop: ['\n'],
    turns: false,
    shots: 0,
    'demonstration-length': 'same',
    rules: {},
  };
}

const QUESTIONS: Partial<Record<Task['family'], string>> = {
  retrieval: ' {source} | {query}',
  copying: ' {source} |',
};

/** @throws UserError for a prompt whose answer is a reply of its own, or that is for another family of tasks */
export function checkFormat(template: PromptTemplate, task: Pick<Task, 'name' | 'family'>): void {
  const { name, question } = template;
  if (!continues(template)) {
    throw new UserError(
      `the prompt '${name}': its answers are replies of a chat; fine-tuning takes prompts that are continued (lengthwise prompts list)`,
    );
  }
  const asks = question.includes('{query}');
  if (asks === (task.family === 'retrieval')) return;
  throw new UserError(
    `the prompt '${name}' ${asks ? 'asks about a query' : 'asks about no query'}, and ${task.name} has ${asks ? 'none' : 'one'}: take another prompt`,
  );
}

/** Letters that are one token each with a blank before them: what samples are drawn from where nothing else is said. */
export function lettersOf(tokenizer: Pick<TextTokenizer, 'single'>, name: string): Symbols {
  const letters = alphabetNamed('letters').filter((letter) => tokenizer.single(` ${letter}`) !== undefined);
  if (letters.length >= FEWEST_LETTERS) return letters;
  throw new UserError(
    `${name}: only ${letters.length} letters are one token each in this model: name the symbols to draw from`,
  );
}

const FEWEST_LETTERS = 20;

/**
 * Writes samples as a prompt that is continued asks them.
 *
 * The target is the answer's tokens and then what ends it: the model's end token, or, where it has none, the prompt's first
 * stop mark. The tokens of the prompt are those that a model is given when it is asked; where the prompt and the answer as one
 * text would begin with others, the answer is cut into tokens by itself.
 */
export class TextWriter {
  private readonly tokenizer: WritingTokenizer;
  private readonly task: Askable;
  private readonly template: PromptTemplate;
  private readonly end: readonly number[];

  /** @throws UserError as `checkFormat` does */
  constructor(tokenizer: WritingTokenizer, task: Task, template: PromptTemplate) {
    checkFormat(template, task);
    this.tokenizer = tokenizer;
    this.task = askableNamed(task.name);
    this.template = template;
    this.end = tokenizer.end === undefined ? tokenizer.encode(template.stop[0] ?? '') : [tokenizer.end];
  }

  /** @throws UserError for an answer that is no token */
  write(sample: Instance, shown: readonly Instance[]): PromptAndTarget {
    const { tokenizer, template, task } = this;
    const { before, question, answer } = writtenSample(task, template, sample, shown);
    const text = completionText({ system: template.system ?? null, text: before + question });
    const ids = begun(tokenizer, text);
    const said = tokensBehind(tokenizer, { text, ids }, answer) ?? tokenizer.encode(answer);
    if (said.length === 0) {
      throw new UserError(
        `the prompt '${template.name}': behind …${JSON.stringify(text.slice(-40))}, the answer ${JSON.stringify(answer)} is no token: there is nothing to learn`,
      );
    }
    return { prompt: ids, target: [...said, ...this.end] };
  }
}
