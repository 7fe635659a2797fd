/** The JSON of a reply, as servers write it: with a byte order mark, with Python's numbers, as an event stream. */
import { isFields } from '../protocol/protocol.ts';
import type { Fields } from '../protocol/protocol.ts';
import { parseReply } from './parse.ts';
import { joinStream, looksLikeStream } from './stream.ts';
import { isTooMuch } from './too-much.ts';

/** The object that a body holds; null where there is none, or one that is too much to be parsed. */
export function jsonObject(body: string): Fields | null {
  const text = body.charCodeAt(0) === 0xfeff ? body.slice(1) : body;
  if (looksLikeStream(text)) return joinStream(text);
  if (isTooMuch(text)) return null;
  const value = parseReply(text);
  if (isFields(value)) return value;
  // Google's gateways wrap an error into a list of one.
  return Array.isArray(value) && isFields(value[0]) ? value[0] : null;
}
