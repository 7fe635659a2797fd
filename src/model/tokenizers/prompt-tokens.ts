/** Prompts in tokens, and what stands behind them. */
import type { TextTokenizer } from './text.ts';

/** A prompt as text and as the tokens that are read of it. */
export interface PromptTokens {
  readonly text: string;
  readonly ids: readonly number[];
}

/** Tokens of a text, with the one that begins texts where the tokenizer has one: once, also where the text writes it. */
export function begun(tokenizer: Pick<TextTokenizer, 'encode' | 'begin'>, text: string): number[] {
  const ids = tokenizer.encode(text);
  return tokenizer.begin === undefined || ids[0] === tokenizer.begin ? ids : [tokenizer.begin, ...ids];
}

/** The tokens of a text behind a prompt; null where the prompt's own would be other ones with it. */
export function tokensBehind(
  tokenizer: Pick<TextTokenizer, 'encode' | 'begin'>,
  { text, ids }: PromptTokens,
  behind: string,
): number[] | null {
  const all = begun(tokenizer, text + behind);
  return ids.every((id, i) => id === all[i]) ? all.slice(ids.length) : null;
}
