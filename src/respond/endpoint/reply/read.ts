/** Reading a reply with status 200: what it answers, or why it is no answer. */
import { finishMeaning, finishReasonOf } from '../../../score/reading/finish.ts';
import { replyFault, saidFault } from './faults.ts';
import type { Fault } from './faults.ts';
import { isFields } from '../protocol/protocol.ts';
import type { Fields, HttpReply } from '../protocol/protocol.ts';
import type { ReplyHabits } from '../request/capabilities.ts';
import { unsaidReason } from '../../unsaid-reason.ts';
import { firstChoice } from './choice.ts';
import { saidIn } from './content.ts';
import { errorIn } from './errors.ts';
import { jsonObject } from './json.ts';
import { looksLikeStream, streamFault } from './stream.ts';
import type { StreamFault } from './stream.ts';
import { isTooMuch } from './too-much.ts';
import { reasoningTokensIn, saysNothingWritten, usageOf } from './usage.ts';
import type { Usage } from './usage.ts';

/** What came back, as far as it is the server's doing. */
export interface Answered {
  readonly text: string | null;
  readonly thoughts: string | null;
  readonly refusal: string | null;
  readonly finishReason: string | null;
  readonly usage: Usage;
  /** How many of the tokens were thoughts, as far as it is said. */
  readonly reasoningTokens: number;
  /** The ids of the tokens that the model read and wrote; null where the server does not tell. */
  readonly promptIds: readonly number[] | null;
  readonly outputIds: readonly number[] | null;
  /** The name of the model that says it answered. */
  readonly model: string | null;
  /** What it says of the weights and the software that answered (`system_fingerprint`). */
  readonly fingerprint: string | null;
  /** Whether it is an empty text, of which the server does not say that it wrote a token: perhaps it did not ask the model. */
  readonly isEmpty?: boolean;
}

/** Blots secrets out of a text that is kept or shown. */
export type Redact = (text: string) => string;

/** A finish reason is a word; of a server that writes more the beginning is kept. */
const LONGEST_REASON = 100;

/** Reads a reply, or says why it is no answer. `now` in milliseconds since 1970. */
export function readReply(
  reply: HttpReply,
  redact: Redact,
  now: number,
  habits: ReplyHabits = {},
): Answered | Fault {
  const json = jsonObject(reply.body);
  if (json === null) return noJson(reply);
  const read = readJson(json, reply, redact, now);
  if ('reason' in read) return read;
  const fault = brokenOrCut(reply);
  if (fault === 'broken' || (fault === 'unended' && habits.unendedStreams !== true)) {
    return replyFault(STREAM_FAULTS[fault], { usage: usageOf(json.usage) });
  }
  return habits.answersInThoughts === true ? answerInThoughts(read) : read;
}

export const STREAM_FAULTS = {
  broken: 'an event in the stream of the answer is no JSON: a piece of it is missing',
  unended: 'the stream of the answer was cut off before its end',
} as const satisfies Record<StreamFault, string>;

/** Of a reply in which nothing is answered. */
export const NO_CHOICES = 'the reply has no choices';

/** What is wrong with a reply that is a stream; null for others. */
export function brokenOrCut({ body }: HttpReply): StreamFault | null {
  return looksLikeStream(body) ? streamFault(body) : null;
}

/** The text where the server puts it: vLLM's for a model with thoughts that were turned off, beside an empty content. */
function answerInThoughts(read: Answered): Answered {
  if ((read.text ?? '').trim() !== '' || read.thoughts === null || read.refusal !== null) return read;
  return { ...read, text: read.thoughts, thoughts: null };
}

function readJson(json: Fields, reply: HttpReply, redact: Redact, now: number): Answered | Fault {
  const error = errorIn(json);
  if (error !== null) return saidFault(error, json, reply.headers, redact, now);
  const usage = usageOf(json.usage);
  const choice = firstChoice(json);
  // A proxy whose upstream is gone gives nothing inside of a success, in many forms; a reply of another kind comes every time.
  if (choice === null) return replyFault(NO_CHOICES, { retry: !isOfOtherKind(json), usage });
  const said = saidIn(choice);
  if (said === undefined)
    return replyFault(`the reply has no text${formOf(choice)}`, { retry: hasNoMessage(choice), usage });
  const isNothing = [said.text ?? '', said.thoughts ?? '', said.refusal ?? ''].every((one) => one === '');
  const unsaid = isNothing ? (unsaidReason(choice) ?? unsaidReason(json)) : null;
  const finishReason = shortened(
    unsaid ?? finishReasonOf(choice.finish_reason ?? choice.stop_reason),
    redact,
  );
  const wroteNothing = saysNothingWritten(json.usage);
  const hasEnded = isNothing && (finishReason === null || finishMeaning(finishReason) === 'ended');
  const isUnasked = wroteNothing && (finishReason === null || usage.promptTokens === 0);
  if (hasEnded && (isUnasked || (said.text === null && (wroteNothing || usage.completionTokens === null)))) {
    // What a server gives while it still loads the model, and a gateway whose upstream has given nothing.
    return replyFault('the reply is empty: it has no text and no tokens, and ended by no limit or filter', {
      usage,
    });
  }
  if (finishReason !== null && finishMeaning(finishReason) === 'error') {
    return replyFault(`the answer ended by an error of the server (${finishReason})`, { usage });
  }
  return {
    text: said.text === null ? null : redact(said.text),
    thoughts: said.thoughts === null ? null : redact(said.thoughts),
    refusal: said.refusal === null ? null : redact(said.refusal),
    finishReason,
    usage,
    reasoningTokens: reasoningTokensIn(json.usage),
    promptIds: idsOf(choice.prompt_token_ids ?? json.prompt_token_ids),
    outputIds: idsOf(choice.token_ids) ?? idsOf(logprobIds(choice.logprobs)),
    model: typeof json.model === 'string' && json.model !== '' ? json.model : null,
    fingerprint: fingerprintIn(json, redact),
    ...(hasEnded && (wroteNothing || usage.completionTokens === null) ? { isEmpty: true } : {}),
  };
}

/** What a reply with status 200 is that holds no JSON. */
export function noJson({ body, headers }: HttpReply): Fault {
  if (/^\s*</.test(body.slice(0, 1000))) return replyFault('a page of HTML came instead of an answer');
  const type = headers['content-type']?.split(';', 1)[0];
  if (isTooMuch(body)) {
    return replyFault('the reply has more in it than any answer: too many values, or too deep', {
      retry: false,
    });
  }
  if (body.trim() === '') return replyFault('the reply is empty');
  if (type === 'text/event-stream')
    return replyFault('the reply is an event stream without any answer in it');
  return replyFault(`the reply is no JSON${type === undefined || type.includes('json') ? '' : ` (${type})`}`);
}

/** A name, a hash; of what is longer the beginning is kept. */
const LONGEST_FINGERPRINT = 200;

function fingerprintIn({ system_fingerprint: said }: Fields, redact: Redact): string | null {
  return typeof said === 'string' && said !== '' ? redact(said).slice(0, LONGEST_FINGERPRINT) : null;
}

function shortened(word: string | null, redact: Redact): string | null {
  return word === null ? null : redact(word).slice(0, LONGEST_REASON);
}

/** Whether a reply has fields, and none of those that an answer has: of a page for the server's health, of another API. */
function isOfOtherKind(json: Fields): boolean {
  const fields = Object.keys(json);
  return fields.length > 0 && !OF_ANSWERS.some((name) => fields.includes(name));
}

const OF_ANSWERS = ['id', 'object', 'created', 'model', 'choices', 'usage'];

/** Google's leave the message out of a choice that has no answer, others say null. */
function hasNoMessage({ message, delta, text }: Fields): boolean {
  return (message ?? delta ?? text ?? null) === null;
}

/** What stands where the text should, for whoever has to find out about the server. */
function formOf(choice: Fields): string {
  const content = isFields(choice.message) ? choice.message.content : choice.text;
  if (content === undefined) return '';
  return ` (its content is ${Array.isArray(content) ? 'a list without any' : `of type ${typeof content}`})`;
}

function idsOf(value: unknown): readonly number[] | null {
  const ids = Array.isArray(value) ? (value as unknown[]) : [];
  return ids.length > 0 && ids.every((id) => Number.isInteger(id)) ? (ids as number[]) : null;
}

/** Some servers name the token of each log-probability by its id, too. */
function logprobIds(logprobs: unknown): unknown {
  const content = isFields(logprobs) ? logprobs.content : undefined;
  return Array.isArray(content) ? content.map((entry) => (isFields(entry) ? entry.id : null)) : undefined;
}
