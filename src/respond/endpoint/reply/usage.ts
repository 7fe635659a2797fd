/** How many tokens a reply took, as its server counts. */
import { isFields } from '../protocol/protocol.ts';
import type { Fields } from '../protocol/protocol.ts';

export interface Usage {
  readonly promptTokens: number | null;
  /** Of the whole output, thoughts included. */
  readonly completionTokens: number | null;
  /** Of both together: all that some servers say. Missing where it is not said. */
  readonly totalTokens?: number;
}

const NOT_COUNTED: Usage = { promptTokens: null, completionTokens: null };

/**
 * The counts in a reply's `usage`. Tokens of the prompt that came out of a cache, and thoughts, are counted where the
 * server leaves them out (xAI's and Google's completion_tokens do not have the thoughts, their totals do).
 */
export function usageOf(usage: unknown): Usage {
  if (!isFields(usage)) return NOT_COUNTED;
  const told = countIn(usage.prompt_tokens) ?? countIn(usage.input_tokens);
  const cached = isFields(usage.prompt_tokens_details)
    ? countIn(usage.prompt_tokens_details.cached_tokens)
    : null;
  const prompt = told !== null && cached !== null && cached > told ? told + cached : told;
  const completion = writtenIn(usage);
  const total = countIn(usage.total_tokens);
  const beyond = total === null || told === null ? 0 : total - told;
  return {
    promptTokens: prompt ?? (total === null || completion === null ? null : Math.max(0, total - completion)),
    // Vertex leaves out a count of 0.
    completionTokens:
      completion === null && (total === null || told === null) ? null : Math.max(completion ?? 0, beyond),
    ...(total === null ? {} : { totalTokens: total }),
  };
}

/** Whether a server says that it wrote no token of an answer. */
export function saysNothingWritten(usage: unknown): boolean {
  return isFields(usage) && (writtenIn(usage) ?? usageOf(usage).completionTokens) === 0;
}

function writtenIn(usage: Fields): number | null {
  return countIn(usage.completion_tokens) ?? countIn(usage.output_tokens);
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
