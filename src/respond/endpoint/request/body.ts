/** What is sent for a prompt, and the most that its answer can take. */
import type { Json } from '../../../common/json.ts';
import { chatMessages, completionText } from '../../../prompt/render.ts';
import type { RenderedPrompt } from '../../../prompt/render.ts';
import type { Tokens } from '../pace/budget.ts';
import type { Api } from '../protocol/protocol.ts';
import type { ReplyHabits } from './capabilities.ts';
import { limitsIn } from './limits.ts';

/** The field that limits the answer: newer chat models take no `max_tokens`. */
export type LimitField = 'max_tokens' | 'max_completion_tokens';

/** Everything about a request but the prompt: exactly what the probe found to be taken. */
export interface RequestShape {
  readonly api: Api;
  readonly model: string;
  /** null: none is sent, since it is refused or the user's fields leave it out. */
  readonly temperature: number | null;
  /** The seed of the first of several times that a prompt is asked; null: none is sent. */
  readonly seed: number | null;
  /** Whether the prompt's stop marks are sent; else they are cut out when the answer is read. */
  readonly stop: boolean;
  readonly limitField: LimitField;
  /** The server refuses a smaller limit than this; 1 on nearly all. */
  readonly leastTokens: number;
  /** Tokens for thoughts, besides those of an answer; 0 for a model that doesn't think. */
  readonly thinkTokens: number;
  /** The server takes no larger limit on an answer, thoughts included; absent where it was not found to have one. */
  readonly mostTokens?: number;
  /** How to have the ids of tokens told, where the server does. */
  readonly tokenIds: 'return_token_ids' | 'logprobs' | 'none';
  /** false: it takes no system message, so that its text stands before the user's. */
  readonly system?: boolean;
  /** No more stop marks than this are sent, and none of those that are refused. */
  readonly mostStops?: number;
  readonly refusedStops?: readonly string[];
  /** Whether the answer is asked for as a stream of events, which is read whole. */
  readonly stream?: boolean;
  /** What the replies have of their own. */
  readonly habits?: ReplyHabits;
  /** Fields of the user's own, over ours; null leaves a field out. */
  readonly extra: Readonly<Record<string, Json>>;
}

/** The most tokens that a server puts around a prompt: a mark for the beginning, a chat template. */
const AROUND_PROMPT = 64;

/** The same around each turn of a conversation. */
const AROUND_TURN = 8;

/** The body of a request that generates an answer. Never `max_tokens: 0`, which some servers take for no limit. */
export function bodyOf(prompt: RenderedPrompt, shape: RequestShape, repeat = 0): Record<string, unknown> {
  const { api, model, temperature, seed } = shape;
  const body: Record<string, unknown> = { model };
  if (api === 'chat') body.messages = chatMessages(shape.system === false ? withoutSystem(prompt) : prompt);
  else body.prompt = completionText(prompt);
  if (!limitsIn(shape.extra).own) body[shape.limitField] = tokenLimitOf(prompt, shape);
  if (temperature !== null) body.temperature = temperature;
  const stop = shape.stop ? stopsTaken(prompt.stop, shape) : [];
  if (stop.length > 0) body.stop = stop;
  if (shape.stream === true) Object.assign(body, STREAMED);
  if (seed !== null) body.seed = seed + repeat;
  if (shape.tokenIds === 'return_token_ids') body.return_token_ids = true;
  else if (shape.tokenIds === 'logprobs' && api === 'completions') body.logprobs = 1;
  return withLimit(withExtra(body, shape.extra), shape);
}

/** What asks for a stream, and for the count of tokens at its end. */
export const STREAMED = { stream: true, stream_options: { include_usage: true } } as const;

/** Of a prompt's stop marks those that can be sent; the others are cut out when the answer is read. */
export function stopsTaken(
  stop: readonly string[],
  { mostStops = Infinity, refusedStops = [] }: Pick<RequestShape, 'mostStops' | 'refusedStops'>,
): readonly string[] {
  return stop.filter((mark) => !refusedStops.includes(mark)).slice(0, mostStops);
}

/** The system text before the first turn of the user. */
function withoutSystem(prompt: RenderedPrompt): Pick<RenderedPrompt, 'system' | 'turns' | 'text'> {
  const { system, turns } = prompt;
  if (system === null) return prompt;
  const [first, ...others] = turns ?? [prompt.text];
  const before = `${system}\n\n${first}`;
  return { system: null, text: before, turns: turns === null ? null : [before, ...others] };
}

/** A limit of the user's own stands in the field that the server takes. */
function withLimit(
  body: Record<string, unknown>,
  { limitField, extra }: RequestShape,
): Record<string, unknown> {
  const other = limitField === 'max_tokens' ? 'max_completion_tokens' : 'max_tokens';
  if (typeof extra[other] !== 'number' || Object.hasOwn(extra, limitField)) return body;
  body[limitField] = extra[other];
  delete body[other];
  return body;
}

/** The user's fields over ours; those that are null are left out. */
export function withExtra(
  body: Record<string, unknown>,
  extra: Readonly<Record<string, Json>>,
): Record<string, unknown> {
  for (const name of Object.keys(extra)) {
    if (extra[name] === null) delete body[name];
    else body[name] = extra[name];
  }
  return body;
}

/** The most tokens that the answer is allowed, thoughts included, as the request says it. */
export function tokenLimitOf(prompt: RenderedPrompt, shape: RequestShape): number {
  const { leastTokens, thinkTokens, mostTokens = Infinity } = shape;
  return (
    limitsIn(shape.extra).own?.completion ??
    Math.min(mostTokens, Math.max(leastTokens, prompt.maxTokens) + thinkTokens)
  );
}

/**
 * The most that a request for an answer can take: a token is at least a byte of what is sent, and whatever the user's
 * fields add to the prompt (documents, a grammar) is in their text.
 */
export function mostTokens(prompt: RenderedPrompt, shape: RequestShape): Tokens {
  const { added, least, extraBytes } = limitsIn(shape.extra);
  return {
    promptTokens:
      Buffer.byteLength(completionText(prompt)) +
      AROUND_PROMPT +
      AROUND_TURN * (prompt.turns?.length ?? 0) +
      extraBytes,
    completionTokens: Math.max(tokenLimitOf(prompt, shape) + added, least),
  };
}
