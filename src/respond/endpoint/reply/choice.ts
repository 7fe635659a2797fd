/** Which of a reply's choices is the answer. */
import { isFields } from '../protocol/protocol.ts';
import type { Fields } from '../protocol/protocol.ts';

/** Of the choices, which may come in any order, the one that was asked for. */
export function firstChoice({ choices }: Fields): Fields | null {
  if (!Array.isArray(choices)) return null;
  // Choices may come in any order; what was asked for is one, with the index 0.
  const listed = (choices as unknown[]).slice(0, 8).filter(isFields);
  return listed.find(({ index }) => index === 0) ?? listed[0] ?? null;
}
