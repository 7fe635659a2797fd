/**
 * Deciding exact match without generating: one request with the right answer behind the prompt, and the server's own
 * log-probabilities say whether it would have said every token of it. The result is that of greedy generation, up to
 * one thing: where the answer is cut into tokens otherwise than the model would write it, this can't say, and the
 * answer is generated instead.
 */
import { completionText } from '../../prompt/render.ts';
import type { RenderedPrompt } from '../../prompt/render.ts';
import { isFields } from './protocol/protocol.ts';
import type { Fields } from './protocol/protocol.ts';
import { firstChoice } from './reply/choice.ts';
import { stopsTaken, withExtra } from './request/body.ts';
import type { RequestShape } from './request/body.ts';

export type PromptLogprobs = 'echo' | 'prompt_logprobs';

/** right: the model says the answer, and then ends it. unsure: generate to know. */
export type LikelihoodResult = 'right' | 'wrong' | 'unsure';

/** Enough for a blank and the mark that ends an answer. */
const TOKENS_AFTER = 6;

export function likelihoodBody(
  prompt: RenderedPrompt,
  answer: string,
  shape: RequestShape,
  means: PromptLogprobs,
): Record<string, unknown> {
  const stop = shape.stop ? stopsTaken(prompt.stop, shape) : [];
  const body = {
    model: shape.model,
    prompt: completionText(prompt) + answer,
    [shape.limitField]: TOKENS_AFTER,
    ...(shape.temperature === null ? {} : { temperature: shape.temperature }),
    ...(stop.length > 0 ? { stop } : {}),
    ...(means === 'echo' ? { echo: true, logprobs: 1 } : { prompt_logprobs: 1 }),
  };
  return withExtra(body, shape.extra);
}

/** The text of the right answer as the prompt's demonstrations write it. */
export function answerText({ expected, reading }: Pick<RenderedPrompt, 'expected' | 'reading'>): string {
  return reading.lead + expected.answer.join(reading.joiner);
}

export function likelihoodResult(
  reply: Fields,
  prompt: RenderedPrompt,
  answer: string,
  means: PromptLogprobs,
): LikelihoodResult {
  const choice = firstChoice(reply);
  if (choice === null || typeof choice.text !== 'string') return 'unsure';
  const tokens = means === 'echo' ? echoedTokens(choice) : promptTokens(choice);
  if (tokens === null) return 'unsure';
  const asked = completionText(prompt) + answer;
  const end = asked.length;
  const whole = means === 'echo' ? choice.text : asked;
  if (!whole.startsWith(asked)) return 'unsure';
  const spelled = tokensFrom(end - answer.length, whole, tokens);
  if (spelled === null) return 'unsure';
  let at = end - answer.length;
  for (const { text, greedy } of spelled) {
    if (at >= end) break;
    if (!greedy) return 'wrong';
    at += text.length;
  }
  // A token that is part of the answer and part of what comes after it would not come up in a generation.
  if (at !== end) return 'unsure';
  const after = means === 'echo' ? choice.text.slice(end) : choice.text;
  return endsThere(after, choice.finish_reason, prompt) ? 'right' : 'wrong';
}

/**
 * The tokens that make up a text from a place on; null where their texts don't spell it from that place to its end, so that
 * nobody knows which they are: one stands across the place, or several are one character, and have U+FFFD, bytes or nothing as
 * their texts.
 */
function tokensFrom(start: number, whole: string, tokens: readonly TokenFact[]): TokenFact[] | null {
  let at = whole.length;
  for (let i = tokens.length - 1; i >= 0; i--) {
    const { text } = tokens[i];
    if (at === start && text !== '') return tokens.slice(i + 1);
    if (text === '' || at - text.length < start || !whole.endsWith(text, at)) return null;
    at -= text.length;
  }
  return null;
}

/** Whether nothing but the end of the answer comes after it. */
function endsThere(after: string, finish: unknown, { stop }: RenderedPrompt): boolean {
  const ends = stop.map((mark) => after.indexOf(mark)).filter((at) => at !== -1);
  if (ends.length > 0) return after.slice(0, Math.min(...ends)).trim() === '';
  return finish === 'stop' && after.trim() === '';
}

interface TokenFact {
  readonly text: string;
  /** Whether it is the most probable one at its place. */
  readonly greedy: boolean;
}

/** OpenAI's format with `echo`: tokens, their log-probabilities, and the best one at each place. */
function echoedTokens(choice: Fields): TokenFact[] | null {
  const logprobs = isFields(choice.logprobs) ? choice.logprobs : {};
  const { tokens, token_logprobs: values, top_logprobs: tops } = logprobs;
  if (!Array.isArray(tokens) || !Array.isArray(values) || !Array.isArray(tops)) return null;
  return tokens.map((text: unknown, i) => {
    const own = values[i] as unknown;
    const top = tops[i] as Record<string, number> | null | undefined;
    const best = top === null || top === undefined ? NaN : Math.max(...Object.values(top));
    return { text: String(text), greedy: typeof own === 'number' && own >= best };
  });
}

/** vLLM's: for every place the token that stands there and the best one; only one entry where they are the same. */
function promptTokens(choice: Fields): TokenFact[] | null {
  const entries = choice.prompt_logprobs;
  if (!Array.isArray(entries)) return null;
  return (entries as unknown[]).map((entry) => {
    const found = Object.values((entry ?? {}) as Record<string, { rank?: number; decoded_token?: string }>);
    const own = found.toSorted((a, b) => (b.rank ?? 0) - (a.rank ?? 0)).at(0);
    return { text: own?.decoded_token ?? '', greedy: own?.rank === 1 };
  });
}
