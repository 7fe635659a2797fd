/**
 * Whether lines may be one JSON value over several of them, told as they come: a file of JSON lines whose first line is
 * broken is known by its second, and never held in memory. Brackets, commas and colons are checked; numbers and words
 * roughly, since whoever reads the value then parses it.
 */
import { endOfString } from '../../common/json.ts';

/** `open`: more has to come; `complete`: this is a value; `broken`: this is none, whatever comes. */
export type Standing = 'open' | 'complete' | 'broken';

type Expected = 'value' | 'value-or-end' | 'key' | 'key-or-end' | 'colon' | 'comma-or-end' | 'nothing';

const WORD = /[-+.\w]+/y;
const BLANKS = /\s*/y;

export class WholeJson {
  private expected: Expected = 'value';
  /** The brackets that the place is in. */
  private readonly open: ('{' | '[')[] = [];

  /** Reads one line more. */
  take(line: string): Standing {
    for (let at = past(BLANKS, line, 0); at < line.length; at = past(BLANKS, line, at)) {
      const end = this.token(line, at);
      if (end === -1) return 'broken';
      at = end;
    }
    return this.expected === 'nothing' ? 'complete' : 'open';
  }

  /** The place behind the token that begins here, or -1 where it may not stand here. */
  private token(line: string, at: number): number {
    const character = line[at];
    switch (character) {
      case '"': {
        const end = endOfString(line, at); // no string goes over a line's end
        return end !== -1 && (this.key() || this.value()) ? end : -1;
      }
      case '{':
      case '[':
        if (!this.value()) return -1;
        this.open.push(character);
        this.expected = character === '{' ? 'key-or-end' : 'value-or-end';
        return at + 1;
      case '}':
      case ']':
        return this.close(character === '}' ? '{' : '[') ? at + 1 : -1;
      case ':':
        return this.step('colon', 'value') ? at + 1 : -1;
      case ',':
        return this.step('comma-or-end', this.open.at(-1) === '{' ? 'key' : 'value') ? at + 1 : -1;
      default: {
        const end = past(WORD, line, at);
        return end > at && this.value() ? end : -1;
      }
    }
  }

  private key(): boolean {
    if (this.expected !== 'key' && this.expected !== 'key-or-end') return false;
    this.expected = 'colon';
    return true;
  }

  private value(): boolean {
    if (this.expected !== 'value' && this.expected !== 'value-or-end') return false;
    this.expected = this.open.length === 0 ? 'nothing' : 'comma-or-end';
    return true;
  }

  private close(bracket: '{' | '['): boolean {
    const empty = bracket === '{' ? 'key-or-end' : 'value-or-end';
    if (this.open.at(-1) !== bracket || (this.expected !== 'comma-or-end' && this.expected !== empty))
      return false;
    this.open.pop();
    this.expected = this.open.length === 0 ? 'nothing' : 'comma-or-end';
    return true;
  }

  private step(from: Expected, to: Expected): boolean {
    if (this.expected !== from) return false;
    this.expected = to;
    return true;
  }
}

/** The place behind what a sticky pattern matches here; the place itself where it matches nothing. */
function past(pattern: RegExp, text: string, at: number): number {
  pattern.lastIndex = at;
  return pattern.test(text) ? pattern.lastIndex : at;
}
