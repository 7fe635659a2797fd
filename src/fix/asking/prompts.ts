/**
 * The prompt of what a mitigation asks. Prompts that come with lengthwise state the rule of what is asked. A user's own says in its own
 * words what the task is, which nobody here can change: where something else is asked, another prompt takes its place, and the
 * mitigation `prompt` shows what that alone does.
 */
import type { Askable } from '../../prompt/askable.ts';
import { allPrompts, promptFor } from '../../prompt/files.node.ts';
import type { PromptApi, PromptTemplate } from '../../prompt/template.ts';
import type { PlainTask } from './asked.ts';
import type { Prompting } from '../mitigations/mitigation.ts';

type Task = Pick<Askable, 'name' | 'operation' | 'shape' | 'joiner'>;

/** Prompts whose answers may be several symbols, of any text: no mark ends them but the line's end. */
const PLAIN_PROMPTS: Readonly<Partial<Record<Askable['shape'], string>>> = {
  retrieval: 'paper',
  copying: 'input-output',
  table: 'question',
  'flip-flop': 'input-output',
};

/** @param own the prompt that the task is asked with */
export function promptOf(
  task: Task,
  own: PromptTemplate,
  { operation, rule, replaced, isTrace, isNumbered, besides }: Prompting,
  api: PromptApi,
): PromptTemplate {
  const says = operation !== task.operation || rule !== null || replaced;
  const base = isTrace || (says && isOwn(task, own)) ? plainPrompt(task, api) : own;
  const worded =
    rule === null
      ? besides === undefined || isOwn(task, own)
        ? base
        : sayingBesides(base, besides)
      : {
          ...base,
          name: `${base.name}, for ${operation} in other words`,
          explanation: undefined, // it explains another rule
          ...(base.head.includes('{rule}') ? { head: '{rule}' } : {}),
          rules: { ...base.rules, [operation]: rule },
        };
  if (isNumbered !== true && !isTrace) return worded;
  const demonstrated = worded['demonstration-length'];
  return {
    ...worded,
    stop: stopsBesideNumbers(worded.stop),
    ...(rule === null
      ? {}
      : {
          tail: worded.tail.replace('the whole row', 'the answer'),
          'demonstration-length':
            demonstrated === 'same' ? demonstrated : Math.max(demonstrated, LONG_ENOUGH),
        }),
  };
}

/** Where a prompt shows no rule in words, there is nothing to set right. */
function sayingBesides(base: PromptTemplate, besides: string): PromptTemplate {
  const said = (head: string): string => (head.includes('{rule}') ? `${head} ${besides}` : head);
  const { head, 'head-without-separator': without } = base;
  if (said(head) === head) return base;
  return {
    ...base,
    name: `${base.name}, with a note on the source`,
    head: said(head),
    ...(without === undefined ? {} : { 'head-without-separator': said(without) }),
  };
}

/** Whether a prompt is none of those that come with lengthwise. */
export function isOwn(task: Task, template: PromptTemplate): boolean {
  if (task.name !== task.operation) return true;
  const ours = (['completions', 'chat'] as const).flatMap((api) => allPrompts(task.shape, api));
  return !ours.some((one) => JSON.stringify(one) === JSON.stringify(template));
}

/** Whether mitigations that ask something else have to replace the prompt. */
export function hasOwnPrompt({ task, promptFor: ownFor }: Pick<PlainTask, 'task' | 'promptFor'>): boolean {
  return (['completions', 'chat'] as const).some((api) => isOwn(task, ownFor(api)));
}

/** Of shorter demonstrations all have nearly the same place as their answer. */
const LONG_ENOUGH = 12;

function plainPrompt({ shape, joiner }: Task, api: PromptApi): PromptTemplate {
  const name = api === 'chat' ? 'turns' : (PLAIN_PROMPTS[shape] ?? 'input-output');
  const prompt = promptFor(shape, [name], false, api);
  const inOneLine = prompt.stop.includes('\n') && joiner.includes('\n');
  return { ...prompt, symbols: inOneLine ? ', ' : joiner };
}

/** A mark of digits or colons would end an answer within its numbers. */
function stopsBesideNumbers(stop: readonly string[]): string[] {
  const left = stop.filter((mark) => /[^\d:=]/.test(mark));
  return left.length > 0 || stop.length === 0 ? left : ['\n'];
}
