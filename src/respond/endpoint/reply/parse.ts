/** JSON as servers write it. */
import { endOfString, MOST_VALUES, QUOTE } from './too-much.ts';

/** The value of a text of JSON, also with Python's numbers in it; undefined for what is none. */
export function parseReply(text: string): unknown {
  return parsed(text) ?? parsed(withoutPythonNumbers(text));
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
