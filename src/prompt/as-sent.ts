/**
 * A prompt and what the command line changes about it, as one: what decides is what is sent, not in which of the two a number
 * stands. Options that repeat the prompt's own number, or change what it does not send, make no difference.
 */
import { canonicalJson } from '../common/json.ts';
import { sha256 } from '../common/sha256.ts';
import type { Place, PromptTemplate } from './template.ts';

/** What is changed about a prompt. */
export interface RenderOptions {
  /** How many demonstrations, instead of the template's number. */
  readonly shots?: number;
  /** Their length, instead of the template's. */
  readonly demonstrationLength?: number | 'same';
  readonly separator?: boolean;
}

/** The prompt that sends without options what a prompt sends with them. */
export function asSent(
  { 'head-without-separator': bareHead, ...template }: PromptTemplate,
  { shots, demonstrationLength, separator = true }: RenderOptions,
): PromptTemplate {
  return {
    ...template,
    shots: shots ?? template.shots,
    'demonstration-length': demonstrationLength ?? template['demonstration-length'],
    ...(separator ? {} : { separator: '', head: bareHead ?? template.head }),
  };
}

/** How many samples a prompt shows beside the one that it asks about. */
export function shownCount({ shots, explanation }: PromptTemplate): number {
  return shots + (explanation === undefined ? 0 : 1);
}

/** What a prompt says of a task's rule. */
export function ruleOf({ rules }: PromptTemplate, operation: string): string {
  return rules[operation] ?? rules.default ?? '';
}

/**
 * As JSON, all of a prompt that changes what is sent for a task (named by the rule that it follows): not what the prompt is
 * called, whom it is for, how its outputs are read, nor what it says of other tasks.
 */
export function whatIsSent(prompt: PromptTemplate, options: RenderOptions, operation: string): string {
  const template = asSent(prompt, options);
  const { head, explanation = '', demonstration, question } = template;
  const says = (place: Place): boolean =>
    [head, explanation, demonstration, question].some((text) => text.includes(`{${place}}`));
  const sent = {
    ...template,
    ...{ name: undefined, for: undefined, filters: undefined },
    rules: says('rule') ? ruleOf(template, operation) : '',
    separator: says('separator') ? template.separator : '',
    'demonstration-length': shownCount(template) > 0 ? template['demonstration-length'] : null,
  };
  return canonicalJson(JSON.parse(JSON.stringify(sent)));
}

/** The SHA-256 of it: two prompts of one hash ask a task in the same words. */
export function sentHash(prompt: PromptTemplate, options: RenderOptions, operation: string): string {
  return sha256(whatIsSent(prompt, options, operation));
}

/** Those options that change what is sent for a task. */
export function tellingOptions(
  prompt: PromptTemplate,
  options: RenderOptions,
  operation: string,
): RenderOptions {
  const sent = whatIsSent(prompt, options, operation);
  const telling = Object.entries(options).filter(
    ([name]) => whatIsSent(prompt, { ...options, [name]: undefined }, operation) !== sent,
  );
  return Object.fromEntries(telling);
}
