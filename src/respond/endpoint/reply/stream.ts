/**
 * A reply that comes as server-sent events although none were asked for (some gateways always stream): put together as
 * if it had come whole.
 */
import { finishReasonOf } from '../../../score/reading/finish.ts';
import { isFields } from '../protocol/protocol.ts';
import type { Fields } from '../protocol/protocol.ts';
import { isTooMuch } from './too-much.ts';

/** What pieces are put together, by the names of their fields: texts are joined, lists of parts follow one another. */
const PIECES = [
  ...(['content', 'reasoning_content', 'reasoning', 'reasoning_text', 'thinking', 'refusal'] as const),
  ...(['thinking_blocks', 'reasoning_details'] as const),
];

/** An event is a token or more, and answers have fewer tokens than this. */
const MOST_EVENTS = 20_000;

/** Whether a body is a stream: the first line of one is a field or a comment. */
export function looksLikeStream(body: string): boolean {
  return /^\ufeff?\s*(?:data|event|id|retry)?:/.test(body.slice(0, 200));
}

/** The last event of Anthropic's, Cohere's and OpenAI's newer streams, where a gateway passes them on. */
const LAST_EVENT =
  /^(?:event:\s*|data:\s*\{\s*"type":\s*")(?:message_stop|message-end|response\.completed|done|end)\b/m;

/**
 * Whether a stream says that it is over: by `[DONE]`, by a finish reason, by the count of tokens in an event of its own.
 * One that doesn't was cut off, wherever the text ends.
 */
export function saysItsEnd(body: string): boolean {
  if (/^data:\s*\[DONE\]/m.test(body) || LAST_EVENT.test(body)) return true;
  return eventsOf(body).some(
    (event) => finishReasonOf(ourChoice(event.choices)?.finish_reason) !== null || isCount(event),
  );
}

function isCount({ choices, usage }: Fields): boolean {
  return Array.isArray(choices) && choices.length === 0 && isFields(usage);
}

/** The one reply that the events of a stream make up; null where they hold no JSON. */
export function joinStream(text: string): Fields | null {
  const events = eventsOf(text);
  if (events.length === 0 || events.length > MOST_EVENTS) return null;
  const pieces: Record<string, unknown[]> = {};
  const add = (name: string, value: unknown): void => {
    if (value !== null && value !== undefined) (pieces[name] ??= []).push(value);
  };
  const calls: unknown[] = [];
  let whole: Fields = {};
  let choice: Fields = {};
  for (const event of events) {
    whole = { ...whole, ...present(event) };
    const first = ourChoice(event.choices);
    if (first === null) continue;
    choice = { ...choice, ...present(first) };
    add('text', first.text);
    const delta = isFields(first.delta) ? first.delta : isFields(first.message) ? first.message : {};
    for (const name of PIECES) add(name, delta[name]);
    if (Array.isArray(delta.tool_calls)) calls.push(...(delta.tool_calls as unknown[]));
  }
  const joined = (name: string): unknown => joinedPieces(pieces[name]);
  const message = Object.fromEntries(PIECES.map((name) => [name, joined(name) ?? null]));
  const made = {
    ...choice,
    message: { ...message, tool_calls: calls },
    text: joined('text') ?? joined('content'),
  };
  return { ...whole, ...(Object.keys(choice).length === 0 ? {} : { choices: [made] }) };
}

/** Of the choices of an event, which may be of several answers, the one that was asked for. */
function ourChoice(choices: unknown): Fields | null {
  const listed = Array.isArray(choices) ? (choices as unknown[]).slice(0, 8).filter(isFields) : [];
  return listed.find(({ index = 0 }) => index === 0) ?? null;
}

/** Pieces as they would have come whole: one text where all are texts, else one list of parts. */
function joinedPieces(pieces: readonly unknown[] | undefined): unknown {
  if (pieces === undefined) return undefined;
  if (pieces.every((piece) => typeof piece === 'string')) return pieces.join('');
  return pieces.flat();
}

/** The JSON objects behind `data:`, one a line; what is none is passed over. */
function eventsOf(text: string): Fields[] {
  const lines = text.split(/\r\n|\r|\n/).filter((line) => line.startsWith('data:'));
  return lines.slice(0, MOST_EVENTS + 1).flatMap((line) => {
    const data = line.slice('data:'.length).trim();
    if (!data.startsWith('{') || isTooMuch(data)) return [];
    try {
      const value: unknown = JSON.parse(data);
      return isFields(value) ? [value] : [];
    } catch {
      return [];
    }
  });
}

/** Later events say null where they say nothing. */
function present(fields: Fields): Fields {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== null));
}
