/** Which of a reply's choices is the answer. */
import { inOrder } from '../../choices.ts';
import { isFields } from '../protocol/protocol.ts';
import type { Fields } from '../protocol/protocol.ts';

/** Of the choices, which may come in any order, the one that was asked for. */
export function firstChoice({ choices }: Fields): Fields | null {
  if (!Array.isArray(choices)) return null;
  const listed = (choices as unknown[]).slice(0, 8).filter(isFields);
  return inOrder(listed).at(0) ?? null;
}
