/** Whether a reply is from a model that thinks before it answers, wherever it shows. */
import { hasThoughtMark } from '../../../score/reading/filters/thoughts.ts';
import type { Answered } from './read.ts';
import type { Thinking } from '../request/capabilities.ts';

/** gpt-oss's channels are no marks of thoughts alone. */
const CHANNEL = /<\|channel\|>\s*(?:analysis|commentary)/i;

/** A mark stands at the beginning of a thought, or at its end. Texts may be of any length. */
const LOOKED_AT = 20_000;

export function thinkingIn({ text, thoughts, reasoningTokens }: Answered): Thinking | null {
  const beginning = text?.slice(0, LOOKED_AT) ?? '';
  if (hasThoughtMark(beginning) || CHANNEL.test(beginning)) return 'text';
  if (thoughts !== null) return 'beside';
  return reasoningTokens > 0 ? 'counted' : null;
}
