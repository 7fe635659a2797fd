/**
 * A reply that comes as server-sent events although none were asked for (some gateways always stream): put together as
 * if it had come whole.
 */
import { finishReasonOf } from '../../../score/reading/finish.ts';
import { isFields } from '../protocol/protocol.ts';
import type { Fields } from '../protocol/protocol.ts';
import { errorIn } from './errors.ts';
import { parseReply } from './parse.ts';
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

/** The last event of Anthropic's, Cohere's and OpenAI's newer streams, by its name or type, where a gateway passes them on. */
const LAST_EVENT = /^(?:message_stop|message-end|response\.completed|done|end)\b/;

/** What is wrong with a stream as a whole; null: nothing. */
export type StreamFault = 'broken' | 'unended';

/**
 * Whether an event of a stream can't be read, so that a piece of the answer is missing; or the stream does not say that it is
 * over, by `[DONE]`, by a finish reason, by the count of tokens in an event of its own: it was cut off, wherever the text ends.
 */
export function streamFault(body: string): StreamFault | null {
  const { objects, broken, ended } = readStream(body);
  if (broken) return 'broken';
  const saysSo = objects.some(
    (event) => finishReasonOf(ourChoice(event.choices)?.finish_reason) !== null || isCount(event),
  );
  return ended || saysSo ? null : 'unended';
}

function isCount({ choices, usage }: Fields): boolean {
  return Array.isArray(choices) && choices.length === 0 && isFields(usage);
}

/** The one reply that the events of a stream make up, an error among them included; null where they hold no JSON. */
export function joinStream(text: string): Fields | null {
  const { objects: events, error } = readStream(text);
  if ((events.length === 0 && error === null) || events.length > MOST_EVENTS) return null;
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
  return {
    ...whole,
    ...(Object.keys(choice).length === 0 ? {} : { choices: [made] }),
    ...(error === null ? {} : { error }),
  };
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

/** What a stream holds up to `[DONE]`: what comes after it is no part of the answer. */
interface Stream {
  readonly objects: readonly Fields[];
  /** What the first event says that is an error; null without one. */
  readonly error: Fields | string | null;
  /** Whether an event can't be read. */
  readonly broken: boolean;
  /** Whether an event is there that comes last. */
  readonly ended: boolean;
}

function readStream(text: string): Stream {
  const objects: Fields[] = [];
  let error: Stream['error'] = null;
  let [broken, ended] = [false, false];
  for (const { name, data } of eventsOf(text)) {
    if (isEndMark(data)) return { objects, error, broken, ended: true };
    const value = isTooMuch(data) ? undefined : parseReply(data);
    const object = isFields(value) ? value : null;
    ended ||= LAST_EVENT.test(name) || (typeof object?.type === 'string' && LAST_EVENT.test(object.type));
    if (/^error\b/i.test(name)) error ??= errorOf(object ?? {}, data);
    else if (object !== null) {
      if (object.choices === undefined && errorIn(object) !== null) error ??= errorOf(object, data);
      objects.push(object);
    } else if (value === undefined) broken ||= !isAside(name, data);
  }
  return { objects, error, broken, ended };
}

/** `[DONE]`, and such marks of other servers as `[END]`. */
function isEndMark(data: string): boolean {
  return /^\s*\[(?:DONE|END|EOS)\]\s*$/.test(data.slice(0, 100));
}

/** What an error's event says: the error in it, itself, or its words. */
function errorOf(object: Fields, data: string): Fields | string {
  const { error } = object;
  if (isFields(error) || (typeof error === 'string' && error !== '')) return error;
  if (Object.keys(object).length > 0) return object;
  return data.trim() === '' ? 'an event named error, without words' : data;
}

/** Whether data that is no JSON is no piece of an answer: nothing, or a sign of life in an event with a name of its own. */
function isAside(name: string, data: string): boolean {
  const piece = data.trim();
  return piece === '' || (name !== '' && name !== 'message' && !piece.startsWith('{'));
}

interface Event {
  readonly name: string;
  readonly data: string;
}

/**
 * The events of a stream, as https://html.spec.whatwg.org/multipage/server-sent-events.html#parsing-an-event-stream has
 * it: the lines of one event's data are joined by line feeds, and an empty line ends it. The last needs none here.
 */
function eventsOf(text: string): Event[] {
  const events: Event[] = [];
  let name = '';
  let data: string[] = [];
  const dispatch = (): void => {
    if (name !== '' || data.length > 0) {
      const pieces = isLineEach(data) ? data : [data.join('\n')];
      events.push(...pieces.map((piece) => ({ name, data: piece })));
    }
    [name, data] = ['', []];
  };
  for (const line of text.replace(/^\ufeff?\s*/, '').split(/\r\n|\r|\n/)) {
    if (line === '') dispatch();
    const [, field, value] = /^(data|event)(?:: ?([^]*))?$/.exec(line) ?? [];
    if (field === 'data') data.push(value ?? '');
    else if (field === 'event') name = (value ?? '').trim();
    if (events.length > MOST_EVENTS) break;
  }
  dispatch();
  return events;
}

/** Whether a server leaves out the empty line between events: each line of data is one. */
function isLineEach(data: readonly string[]): boolean {
  if (data.length < 2 || data.length > MOST_EVENTS) return false;
  return data.every((line) => isEndMark(line) || (!isTooMuch(line) && isFields(parseReply(line))));
}

/** Later events say null where they say nothing. */
function present(fields: Fields): Fields {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== null));
}
