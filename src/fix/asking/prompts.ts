/** The prompt of what a mitigation asks: the task's own as far as it can be, with the rule of what is asked. */
import type { Askable } from '../../prompt/askable.ts';
import { promptFor, usualPrompt } from '../../prompt/files.node.ts';
import type { PromptApi, PromptTemplate } from '../../prompt/template.ts';
import type { Prompting } from '../mitigations/mitigation.ts';

/** A prompt whose answers are several symbols with blanks between them, for what is said aloud. */
const TRACES: Readonly<Record<PromptApi, string>> = { completions: 'paper', chat: 'turns' };

/** @param own the prompt that the task is asked with */
export function promptOf(
  task: Pick<Askable, 'name' | 'operation' | 'shape' | 'joiner'>,
  own: PromptTemplate,
  { operation, rule, isTrace }: Prompting,
  api: PromptApi,
): PromptTemplate {
  const base = isTrace
    ? promptFor(task.shape, [TRACES[api]], false, api)
    : fitting(task, own, operation, api);
  if (rule === null) return base;
  return {
    ...base,
    explanation: undefined, // it explains another rule
    name: `${base.name}, rule changed`,
    rules: { ...base.rules, [operation]: rule },
  };
}

/** A task's own prompt; another where it may state a rule in its own words that is not the one of what is asked. */
function fitting(
  { name, operation: rule, shape, joiner }: Pick<Askable, 'name' | 'operation' | 'shape' | 'joiner'>,
  own: PromptTemplate,
  operation: string,
  api: PromptApi,
): PromptTemplate {
  const statesOwnRule = name !== rule && wordsOf(own) !== '' && own.rules[operation] === undefined;
  if (operation === rule || !statesOwnRule) return own;
  return { ...usualPrompt(shape, api), symbols: joiner };
}

/** What a prompt says besides its samples. */
function wordsOf({ system = '', head, explanation = '' }: PromptTemplate): string {
  return `${system}${head}${explanation}`.trim();
}
