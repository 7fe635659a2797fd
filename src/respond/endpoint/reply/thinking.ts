/** Whether a reply is from a model that thinks before it answers, wherever it shows. */
import type { Answered } from './read.ts';
import type { Thinking } from '../request/capabilities.ts';

/** Marks of thoughts in a text: DeepSeek's and Qwen's, Kimi's, Seed's, Mistral's, gpt-oss's channel, and their ends. */
const MARKS =
  /<\/?(think|thinking|thought|reasoning|reflection|seed:think|\|begin_of_thought\||\|end_of_thought\|)>|◁\/?think▷|\[\/?THINK\]|<\|channel\|>\s*(analysis|commentary)|<unused9[45]>/i;

/** A mark stands at the beginning of a thought, or at its end. Texts may be of any length. */
const LOOKED_AT = 20_000;

export function thinkingIn({ text, thoughts, reasoningTokens }: Answered): Thinking | null {
  if (text !== null && MARKS.test(text.slice(0, LOOKED_AT))) return 'text';
  if (thoughts !== null) return 'beside';
  return reasoningTokens > 0 ? 'counted' : null;
}
