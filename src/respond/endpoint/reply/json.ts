/** The JSON of a reply, as servers write it: with a byte order mark, with Python's numbers, as an event stream. */
import { isFields } from '../protocol.ts';
import type { Fields } from '../protocol.ts';
import { joinStream } from './stream.ts';

/** The object that a body holds; null where there is none. */
export function jsonObject(body: string): Fields | null {
  const text = body.charCodeAt(0) === 0xfeff ? body.slice(1) : body;
  const value = parsed(text) ?? parsed(withoutPythonNumbers(text));
  if (isFields(value)) return value;
  // Google's gateways wrap an error into a list of one.
  if (Array.isArray(value)) return isFields(value[0]) ? value[0] : null;
  return looksLikeStream(text) ? joinStream(text) : null;
}

function parsed(text: string | null): unknown {
  if (text === null) return undefined;
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** The first line of a server-sent event stream is a field or a comment. */
function looksLikeStream(text: string): boolean {
  return /^\s*(?:data|event|id|retry)?:/.test(text.slice(0, 200));
}

const NUMBERS = /"|NaN|-?Infinity/g;

/**
 * The text with `NaN`, `Infinity` and `-Infinity` outside of strings as null, as Python's json module writes numbers that
 * JSON doesn't have; null where there are none. Linear in the text, whatever it is.
 */
function withoutPythonNumbers(text: string): string | null {
  const kept: string[] = [];
  let from = 0;
  NUMBERS.lastIndex = 0;
  for (let found = NUMBERS.exec(text); found !== null; found = NUMBERS.exec(text)) {
    if (found[0] === '"') {
      const end = endOfString(text, found.index);
      if (end === -1) break;
      NUMBERS.lastIndex = end;
      continue;
    }
    kept.push(text.slice(from, found.index));
    from = found.index + found[0].length;
  }
  return kept.length === 0 ? null : [...kept, text.slice(from)].join('null');
}

/** The place after the quotation mark that ends the string that begins at `start`; -1 without. */
function endOfString(text: string, start: number): number {
  for (let at = text.indexOf('"', start + 1); at !== -1; at = text.indexOf('"', at + 1)) {
    let backslashes = 0;
    while (text.charCodeAt(at - 1 - backslashes) === 0x5c) backslashes += 1;
    if (backslashes % 2 === 0) return at + 1;
  }
  return -1;
}
