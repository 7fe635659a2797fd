/** Whether a reply is from a model that thinks before it answers, wherever it shows. */
import { hasChannelThought } from '../../../score/reading/filters/channels.ts';
import { hasThoughtMark } from '../../../score/reading/filters/thoughts.ts';
import type { Answered } from './read.ts';
import type { Thinking } from '../request/capabilities.ts';

/** A mark stands at the beginning of a thought, or at its end. Texts may be of any length. */
const LOOKED_AT = 20_000;

export function thinkingIn({ text, thoughts, reasoningTokens }: Answered): Thinking | null {
  const beginning = text?.slice(0, LOOKED_AT) ?? '';
  if (hasThoughtMark(beginning) || hasChannelThought(beginning)) return 'text';
  if (thoughts !== null) return 'beside';
  return reasoningTokens > 0 ? 'counted' : null;
}
