/** Why an answer is empty, where its `finish_reason` says no more than that it ended: asked over a socket or recorded. */
import { finishMeaning } from '../score/reading/finish.ts';

/**
 * That a filter kept an answer back, or an error broke it off, as these fields say it beside the finish reason:
 * OpenRouter's `native_finish_reason` in a choice, MiniMax's `output_sensitive` and `input_sensitive` in a reply. It
 * counts only for an answer with nothing in it. null where they say nothing of the kind.
 */
export function unsaidReason(fields: Readonly<Record<string, unknown>>): string | null {
  const { native_finish_reason: native, output_sensitive: output, input_sensitive: input } = fields;
  if (typeof native === 'string' && ['filter', 'error'].includes(finishMeaning(native) ?? '')) return native;
  return output === true || input === true ? 'sensitive' : null;
}
