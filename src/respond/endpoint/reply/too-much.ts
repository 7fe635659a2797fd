/** Replies that would take seconds to parse, in which nothing else goes on. */

/** Bodies that are larger are looked over before they are parsed, which costs a fraction of parsing them. */
const LARGE = 64 * 1024;

/**
 * Values in a reply: one with log-probabilities of a prompt of 30,000 tokens has fewer. Millions of them, or brackets
 * within brackets, take seconds to parse, and nothing else goes on in the meantime.
 */
export const MOST_VALUES = 250_000;
const DEEPEST = 500;

/** Whether a body has more values in it, or deeper ones, than any answer has. */
export function isTooMuch(text: string): boolean {
  if (text.length <= LARGE) return false;
  let [values, depth] = [0, 0];
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code === QUOTE) {
      values += 1;
      at = endOfString(text, at) - 1;
      if (at < 0) return false;
    } else if (code === COMMA || code === COLON) values += 1;
    else if (code === OPEN_LIST || code === OPEN_OBJECT) depth += 1;
    else if (code === CLOSE_LIST || code === CLOSE_OBJECT) depth -= 1;
    if (values > 2 * MOST_VALUES || depth > DEEPEST) return true;
  }
  return false;
}

export const QUOTE = 0x22;
const [COMMA, COLON, BACKSLASH] = [0x2c, 0x3a, 0x5c];
const [OPEN_LIST, CLOSE_LIST, OPEN_OBJECT, CLOSE_OBJECT] = [0x5b, 0x5d, 0x7b, 0x7d];

/** The place after the quotation mark that ends the string that begins at `start`; -1 without. */
export function endOfString(text: string, start: number): number {
  for (let at = start + 1; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code === BACKSLASH) at += 1;
    else if (code === QUOTE) return at + 1;
  }
  return -1;
}
