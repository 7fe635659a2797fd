/**
 * Notices prompts that a server cut silently: they count far fewer tokens than their text can have. A function of the
 * prompt and its count alone, so that no score depends on which answers came before it.
 */
import { CHARACTERS_PER_ESTIMATED_TOKEN } from './estimated-tokens.ts';

/** No tokenizer makes one token of several words; counts that are a little too low are no cut. */
const FEWEST_TOKENS_PER_WORD = 0.7;

/** Where words are long, or there are no blanks. English text takes a quarter of a token a byte. */
const FEWEST_TOKENS_PER_BYTE = 0.084;

/** Estimates have what stands around the prompt in them. */
const ESTIMATED_ROUGHLY = 0.1;

/** No context has room for so few. A prompt that was cached counts what was not in the cache: one token, a part of a block. */
const SMALLEST_CONTEXT = 50;

/**
 * @param prompt what the model read: all messages
 * @param tokens of the prompt, as the server counts; null where it doesn't
 */
export function isPromptCut(prompt: string, tokens: number | null): boolean {
  if (tokens === null || tokens < SMALLEST_CONTEXT) return false;
  const estimated = prompt.length / CHARACTERS_PER_ESTIMATED_TOKEN;
  if (Math.abs(tokens - estimated) <= ESTIMATED_ROUGHLY * estimated) return false;
  const words = prompt.match(/\S+/g)?.length ?? 0;
  const bytes = Buffer.byteLength(prompt);
  return tokens < Math.max(FEWEST_TOKENS_PER_WORD * words, FEWEST_TOKENS_PER_BYTE * bytes);
}
