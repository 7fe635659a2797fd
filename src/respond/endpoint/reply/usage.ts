/** How many tokens a reply took, as its server counts. */
import { isFields } from '../protocol/protocol.ts';

export interface Usage {
  readonly promptTokens: number | null;
  /** Of the whole output, thoughts included. */
  readonly completionTokens: number | null;
}

/**
 * The counts in a reply's `usage`. Tokens of the prompt that came out of a cache, and thoughts, are counted where the
 * server leaves them out (xAI's and Google's completion_tokens do not have the thoughts, their totals do).
 */
export function usageOf(usage: unknown): Usage {
  if (!isFields(usage)) return { promptTokens: null, completionTokens: null };
  const told = countIn(usage.prompt_tokens) ?? countIn(usage.input_tokens);
  const cached = isFields(usage.prompt_tokens_details)
    ? countIn(usage.prompt_tokens_details.cached_tokens)
    : null;
  const prompt = told !== null && cached !== null && cached > told ? told + cached : told;
  const completion = countIn(usage.completion_tokens) ?? countIn(usage.output_tokens);
  const total = countIn(usage.total_tokens);
  const beyond = total === null || told === null ? 0 : total - told;
  return {
    promptTokens: prompt,
    // Vertex leaves out a count of 0.
    completionTokens:
      completion === null && (total === null || told === null) ? null : Math.max(completion ?? 0, beyond),
  };
}

/** How many tokens were thoughts; 0 where the server doesn't say. */
export function reasoningTokensIn(usage: unknown): number {
  if (!isFields(usage)) return 0;
  const details = usage.completion_tokens_details ?? usage.output_tokens_details ?? usage;
  return isFields(details) ? (countIn(details.reasoning_tokens) ?? 0) : 0;
}

/** No reply of ours has as many tokens: what is beyond is nonsense, or would upset a budget. */
const MOST_TOKENS = 1e9;

/** A count, also one that is written as a text. */
function countIn(value: unknown): number | null {
  const count = typeof value === 'string' && value.trim() !== '' ? Number(value) : value;
  return typeof count === 'number' && Number.isInteger(count) && count >= 0 && count <= MOST_TOKENS
    ? count
    : null;
}
