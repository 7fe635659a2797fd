/**
 * A reply that comes as server-sent events although none were asked for (some gateways always stream): put together as
 * if it had come whole.
 */
import { isFields } from '../protocol/protocol.ts';
import type { Fields } from '../protocol/protocol.ts';
import { isTooMuch } from './too-much.ts';

/** What pieces of text are put together, by the names of their fields. */
const TEXTS = ['content', 'reasoning_content', 'reasoning', 'refusal'] as const;

/** An event is a token or more, and answers have fewer tokens than this. */
const MOST_EVENTS = 20_000;

/** The one reply that the events of a stream make up; null where they hold no JSON. */
export function joinStream(text: string): Fields | null {
  const events = eventsOf(text);
  if (events.length === 0 || events.length > MOST_EVENTS) return null;
  const pieces: Record<string, string[]> = {};
  const add = (name: string, value: unknown): void => {
    if (typeof value === 'string') (pieces[name] ??= []).push(value);
  };
  const calls: unknown[] = [];
  let whole: Fields = {};
  let choice: Fields = {};
  for (const event of events) {
    whole = { ...whole, ...present(event) };
    const first: unknown = Array.isArray(event.choices) ? event.choices[0] : undefined;
    if (!isFields(first)) continue;
    choice = { ...choice, ...present(first) };
    add('text', first.text);
    const delta = isFields(first.delta) ? first.delta : isFields(first.message) ? first.message : {};
    for (const name of TEXTS) add(name, delta[name]);
    if (Array.isArray(delta.tool_calls)) calls.push(...(delta.tool_calls as unknown[]));
  }
  const joined = (name: string): string | undefined => pieces[name]?.join('');
  const message = Object.fromEntries(TEXTS.map((name) => [name, joined(name) ?? null]));
  const made = {
    ...choice,
    message: { ...message, tool_calls: calls },
    text: joined('text') ?? joined('content'),
  };
  return { ...whole, ...(Object.keys(choice).length === 0 ? {} : { choices: [made] }) };
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
