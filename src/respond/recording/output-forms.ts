/** In what forms a field can hold an output: some names are those of other things, too. */
import { isRecord } from '../../common/json.ts';
import { at } from './fields.ts';
import type { Fields } from './fields.ts';
import { isChat, isChoice, lastTurn, repliesIn } from './reply.ts';

/**
 * Names that hold an output in one form only: `choices` are also those of a question, `message` is also a line of a log,
 * and `messages` that end with the user are the prompt.
 */
const FORMS: Readonly<Record<string, (value: unknown) => boolean>> = {
  choices: areChoices,
  candidates: areChoices,
  message: isRecord,
  messages: (value) => isChat(value) && lastTurn(value) !== null,
};

function areChoices(value: unknown): boolean {
  if (!Array.isArray(value) || !value.every(isRecord)) return false;
  return value.length === 1 || value.every(isChoice);
}

/** Whether a field holds an output, be it empty; null is none. */
export function isStanding(fields: Fields, name: string): boolean {
  const value = at(fields, name) ?? null;
  return value !== null && (FORMS[name]?.(value) ?? true);
}

/** Whether a value is a server's whole reply: an output, never a right answer. */
export function isWholeReply(value: unknown): boolean {
  return (
    isRecord(value) || (Array.isArray(value) && value.some((each) => isRecord(each) && !('role' in each)))
  );
}

/** All that a field says, whatever form it has. */
export function textAt(fields: Fields, name: string): string {
  const texts = (repliesIn(at(fields, name)) ?? []).map(({ text }) =>
    Array.isArray(text) ? text.join(' ') : text,
  );
  return texts.join('\n').trim();
}
