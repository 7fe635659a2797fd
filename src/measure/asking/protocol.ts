/** The OpenAI-compatible protocol: what is sent for a question, and what is read from a reply. */
import type { RenderedPrompt } from '../prompts/render.ts';
import { replyFault } from './faults.ts';
import type { Fault } from './faults.ts';

export type Api = 'completions' | 'chat';

export interface RequestShape {
  readonly api: Api;
  readonly model: string;
  readonly temperature: number;
  /** Sent as `seed` where the server takes one. */
  readonly seed: number | null;
  /** The field that limits the answer: newer chat models take no `max_tokens`. */
  readonly limitField: 'max_tokens' | 'max_completion_tokens';
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
  /** The name of the model that says it answered. */
  readonly model: string | null;
}

export function pathOf(api: Api): string {
  return api === 'chat' ? '/chat/completions' : '/completions';
}

/** The body of a request that generates an answer. Never `max_tokens: 0`, which some servers take for no limit. */
export function bodyOf(prompt: RenderedPrompt, shape: RequestShape): Record<string, unknown> {
  const system = prompt.system === null ? [] : [{ role: 'system', content: prompt.system }];
  const asked =
    shape.api === 'chat'
      ? { messages: [...system, { role: 'user', content: prompt.text }] }
      : { prompt: prompt.system === null ? prompt.text : `${prompt.system}\n\n${prompt.text}` };
  return {
    model: shape.model,
    ...asked,
    [shape.limitField]: Math.max(1, prompt.maxTokens),
    temperature: shape.temperature,
    ...(prompt.stop.length === 0 ? {} : { stop: prompt.stop }),
    ...(shape.seed === null ? {} : { seed: shape.seed }),
    ...shape.extra,
  };
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

function usageOf(usage: unknown): Usage {
  const fields = typeof usage === 'object' && usage !== null ? (usage as Fields) : {};
  const count = (name: string): number | null => (typeof fields[name] === 'number' ? fields[name] : null);
  return { promptTokens: count('prompt_tokens'), completionTokens: count('completion_tokens') };
}

function errorWords(value: Fields): string | undefined {
  const { error } = value;
  if (typeof error === 'string') return `the server says: ${error.slice(0, 200)}`;
  const message = typeof error === 'object' && error !== null ? (error as Fields).message : undefined;
  return typeof message === 'string' ? `the server says: ${message.slice(0, 200)}` : undefined;
}
