/** What is asked by prompts, of an endpoint or a model of text: tasks, and the prompt of each. */
import { UserError } from '../../common/errors.ts';
import type { Askable } from '../../prompt/askable.ts';
import type { PromptApi, PromptTemplate } from '../../prompt/template.ts';
import type { MeasureSpec } from './spec.ts';

export interface PromptedSpec extends Omit<MeasureSpec, 'asked'> {
  /** null: completions where there are any, else chat. */
  readonly api: PromptApi | null;
  readonly tasks: readonly Askable[];
  /** The prompt of a task, by the interface that answers; null: a pilot chooses it. */
  readonly templateFor: (task: Askable, api: PromptApi) => PromptTemplate | null;
  /** Whether every prompt that there is for a task is asked on the same samples, one after the other. */
  readonly everyPrompt?: boolean;
  /** Whether a length that a task doesn't admit is an error; else the task is not asked at it. */
  readonly strict: boolean;
  /** Whether prompts are asked, too, in which the model reads a mark as a special token. */
  readonly allowSpecialTokens?: boolean;
}

/** @throws UserError for a length that a task doesn't admit, where that is an error */
export function checkLengths({ tasks, lengths, strict }: PromptedSpec): void {
  if (!strict) return;
  for (const task of tasks) {
    const { min, max } = task.admits();
    const wrong = lengths?.find((length) => length < min || length > max);
    if (wrong === undefined) continue;
    const range = max === Infinity ? `lengths from ${min}` : `lengths ${min} to ${max}`;
    const widen = task.uses.includes('alphabet') ? '; a larger --alphabet, such as unicode, admits more' : '';
    throw new UserError(`${task.name} admits ${range}, not ${wrong}${wrong > max ? widen : ''}`);
  }
}
