/** The JSON of a reply, as servers write it: with a byte order mark, with Python's numbers, as an event stream. */
import { isFields } from '../protocol/protocol.ts';
import type { Fields } from '../protocol/protocol.ts';
import { joinStream, looksLikeStream } from './stream.ts';
import { endOfString, isTooMuch, MOST_VALUES, QUOTE } from './too-much.ts';

/** The object that a body holds; null where there is none, or one that is too much to be parsed. */
export function jsonObject(body: string): Fields | null {
  const text = body.charCodeAt(0) === 0xfeff ? body.slice(1) : body;
  if (looksLikeStream(text)) return joinStream(text);
  if (isTooMuch(text)) return null;
  const value = parsed(text) ?? parsed(withoutPythonNumbers(text));
  if (isFields(value)) return value;
  // Google's gateways wrap an error into a list of one.
  return Array.isArray(value) && isFields(value[0]) ? value[0] : null;
}

function parsed(text: string | null): unknown {
  if (text === null) return undefined;
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

const NUMBER = /NaN|-?Infinity/y;

/**
 * The text with `NaN`, `Infinity` and `-Infinity` outside of strings as null, as Python's json module writes numbers that
 * JSON doesn't have; null where there are none. Linear in the text, whatever it is.
 */
function withoutPythonNumbers(text: string): string | null {
  if (!text.includes('NaN') && !text.includes('Infinity')) return null;
  const kept: string[] = [];
  let from = 0;
  for (let at = 0; at < text.length && kept.length <= MOST_VALUES; at++) {
    const code = text.charCodeAt(at);
    if (code === QUOTE) {
      at = endOfString(text, at) - 1;
      if (at < 0) break;
    } else if (code === 0x4e || code === 0x49 || code === 0x2d) {
      NUMBER.lastIndex = at;
      const found = NUMBER.exec(text);
      if (found === null) continue;
      kept.push(text.slice(from, at));
      from = at + found[0].length;
      at = from - 1;
    }
  }
  return kept.length === 0 ? null : [...kept, text.slice(from)].join('null');
}
