/** The OpenAI-compatible protocol: what is sent for a question, and what is read from a reply. */
import { chatMessages } from '../../prompt/render.ts';
import type { RenderedPrompt } from '../../prompt/render.ts';
import { replyFault } from './faults.ts';
import type { Fault } from './faults.ts';

export type Api = 'completions' | 'chat';

/** The headers of a reply by their names in lower case, as Node has them (whose types are not for users to need). */
export interface ResponseHeaders {
  readonly 'content-type'?: string;
  readonly 'retry-after'?: string;
  readonly location?: string;
  readonly [name: string]: string | string[] | undefined;
}

export interface RequestShape {
  readonly api: Api;
  readonly model: string;
  readonly temperature: number;
  /** Sent as `seed` where the server takes one. */
  readonly seed: number | null;
  /** The field that limits the answer: newer chat models take no `max_tokens`. */
  readonly limitField: 'max_tokens' | 'max_completion_tokens';
  /** How to have the ids of tokens told, where the server does. */
  readonly tokenIds: 'return_token_ids' | 'logprobs' | 'none';
  /** Fields of the user's own, over ours. */
  readonly extra: Readonly<Record<string, unknown>>;
}

export interface Usage {
  readonly promptTokens: number | null;
  readonly completionTokens: number | null;
}

/** What came back, as far as it is the server's doing. */
export interface Answered {
  readonly output: string;
  readonly finishReason: string | null;
  readonly usage: Usage;
  /** The ids of the tokens that the model read and wrote; null where the server does not tell. */
  readonly promptIds: readonly number[] | null;
  readonly outputIds: readonly number[] | null;
  /** The name of the model that says it answered. */
  readonly model: string | null;
}

export function pathOf(api: Api): string {
  return api === 'chat' ? '/chat/completions' : '/completions';
}

/** A prompt as completions get it: the system message comes first. */
export function completionText({ system, text }: RenderedPrompt): string {
  return system === null ? text : `${system}\n\n${text}`;
}

/** The body of a request that generates an answer. Never `max_tokens: 0`, which some servers take for no limit. */
export function bodyOf(prompt: RenderedPrompt, shape: RequestShape): Record<string, unknown> {
  const asked =
    shape.api === 'chat' ? { messages: chatMessages(prompt) } : { prompt: completionText(prompt) };
  return {
    model: shape.model,
    ...asked,
    [shape.limitField]: Math.max(1, prompt.maxTokens),
    temperature: shape.temperature,
    ...(prompt.stop.length === 0 ? {} : { stop: prompt.stop }),
    ...(shape.seed === null ? {} : { seed: shape.seed }),
    ...idFields(shape),
    ...shape.extra,
  };
}

function idFields({ tokenIds, api }: RequestShape): Record<string, unknown> {
  if (tokenIds === 'return_token_ids') return { return_token_ids: true };
  return tokenIds === 'logprobs' && api === 'completions' ? { logprobs: 1 } : {};
}

/** Reads a reply with status 200, or says why it is no answer. */
export function readReply(api: Api, body: string, contentType: string | undefined): Answered | Fault {
  const value = jsonObject(body);
  if (value === null) {
    if (body.trimStart().startsWith('<')) return replyFault('a page of HTML came instead of an answer');
    const what =
      contentType === undefined || contentType.includes('json') ? '' : ` (${contentType.split(';', 1)[0]})`;
    return replyFault(`the reply is no JSON${what}`);
  }
  const choice = firstChoice(value);
  if (choice === null) return replyFault(errorWords(value) ?? 'the reply has no choices');
  const text = api === 'chat' ? messageText(choice) : choice.text;
  if (typeof text !== 'string') return replyFault('the reply has no text');
  const { finish_reason: finish } = choice;
  return {
    output: text,
    finishReason: typeof finish === 'string' ? finish : null,
    usage: usageOf(value.usage),
    promptIds: idsOf(choice.prompt_token_ids ?? value.prompt_token_ids),
    outputIds: idsOf(choice.token_ids) ?? idsOf(logprobIds(choice.logprobs)),
    model: typeof value.model === 'string' ? value.model : null,
  };
}

type Fields = Record<string, unknown>;

export function jsonObject(text: string): Fields | null {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Fields) : null;
  } catch {
    return null;
  }
}

/** The reply's JSON where it succeeded; null for everything else. */
export function answeredJson(reply: object): Fields | null {
  const { status, json } = reply as { readonly status?: number; readonly json?: Fields | null };
  return status !== undefined && status >= 200 && status < 300 ? (json ?? null) : null;
}

export function firstChoice(reply: Fields): Fields | null {
  const { choices } = reply;
  const first: unknown = Array.isArray(choices) ? choices[0] : undefined;
  return typeof first === 'object' && first !== null ? (first as Fields) : null;
}

/** A message without text (only reasoning, or a refusal) is an empty answer, not a broken reply. */
function messageText(choice: Fields): unknown {
  const message = choice.message;
  if (typeof message !== 'object' || message === null) return undefined;
  const { content } = message as Fields;
  return content ?? '';
}

export function usageOf(usage: unknown): Usage {
  const fields = typeof usage === 'object' && usage !== null ? (usage as Fields) : {};
  const count = (name: string): number | null => (typeof fields[name] === 'number' ? fields[name] : null);
  return { promptTokens: count('prompt_tokens'), completionTokens: count('completion_tokens') };
}

function idsOf(value: unknown): readonly number[] | null {
  const ids = Array.isArray(value) ? (value as unknown[]) : [];
  return ids.length > 0 && ids.every((id) => Number.isInteger(id)) ? (ids as number[]) : null;
}

/** Some servers name the token of each log-probability by its id, too. */
function logprobIds(logprobs: unknown): unknown {
  const content =
    typeof logprobs === 'object' && logprobs !== null ? (logprobs as Fields).content : undefined;
  return Array.isArray(content) ? content.map((entry) => (entry as Fields | null)?.id) : undefined;
}

function errorWords(value: Fields): string | undefined {
  const { error } = value;
  if (typeof error === 'string') return `the server says: ${error.slice(0, 200)}`;
  const message = typeof error === 'object' && error !== null ? (error as Fields).message : undefined;
  return typeof message === 'string' ? `the server says: ${message.slice(0, 200)}` : undefined;
}
