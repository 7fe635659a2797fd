/**
 * The words of an error, whatever they are wrapped in: objects in objects, lists of what is wrong with a request, JSON within a text,
 * and the error of the server behind a gateway. The one place that knows where servers put them.
 */
import { isFields } from '../protocol/protocol.ts';
import type { Fields } from '../protocol/protocol.ts';

/** What is looked at of a text that may be large. */
export const LOOKED_AT = 20_000;

/** Errors stand in errors where one server passes on another's: no deeper than this, and no more of them. */
const DEEPEST = 8;
const MOST_READ = 64;

/** So many entries of a list are read. */
const MOST_LISTED = 4;

export const A_PAGE = 'a page of HTML';

export interface WordsRead {
  /** null: there are none. */
  readonly words: string | null;
  /** The objects of errors that were read on the way, the outermost first. */
  readonly errors: readonly Fields[];
}

/** Where servers put the words of an error; Baidu's and MiniMax's last. The first that has any is read. */
const WORDS = [
  ...['message', 'msg', 'detail', 'details', 'description', 'reason', 'error', 'errors', 'issues', 'Message'],
  ...['error_msg', 'status_msg', 'base_resp', 'raw'],
];

/** What says more beside the words of an error that may be general ("Validation failed", "Provider returned error"). */
const BESIDE = ['errors', 'issues', 'details', 'detail'];

/** Reads an error, or a list of them. */
export function readWords(error: unknown): WordsRead {
  const reader = new Reader();
  return { words: reader.read(error, DEEPEST)?.slice(0, LOOKED_AT) ?? null, errors: reader.errors };
}

class Reader {
  readonly errors: Fields[] = [];
  private left = MOST_READ;

  read(value: unknown, deepest: number): string | null {
    if (this.left === 0) return null;
    this.left -= 1;
    if (typeof value === 'string') return value.trim() === '' ? null : this.text(value, deepest);
    if (deepest === 0) return null;
    if (Array.isArray(value)) return this.list(value as unknown[], deepest - 1);
    return isFields(value) ? this.fields(value, deepest - 1) : null;
  }

  /** Mistral's, Google's and LiteLLM's gateways write the JSON of an error into a text, some behind words of their own. */
  private text(text: string, deepest: number): string {
    if (/^\s*<(?:!doctype|html)/i.test(text.slice(0, 100))) return A_PAGE;
    const from = text.length > LOOKED_AT ? -1 : text.search(/\{\s*"|\[\s*\{/);
    const to = Math.max(text.lastIndexOf('}'), text.lastIndexOf(']')) + 1;
    if (from === -1 || to <= from) return text;
    try {
      const inner = this.read(JSON.parse(text.slice(from, to)), deepest);
      return inner === null ? text : text.slice(0, from) + inner + text.slice(to);
    } catch {
      return text;
    }
  }

  private list(values: readonly unknown[], deepest: number): string | null {
    const lines = values.slice(0, MOST_LISTED).flatMap((value) => this.listed(value, deepest) ?? []);
    return lines.length === 0 ? null : lines.join('; ');
  }

  /** FastAPI, Zod, Ajv and others list what is wrong with a request: where, and what. */
  private listed(value: unknown, deepest: number): string | null {
    if (!isFields(value)) return this.read(value, deepest);
    const what = [value.msg, value.message].find((one) => typeof one === 'string');
    const place = placeIn(value);
    if (place !== null && what !== undefined) return `${place}: ${this.read(what, deepest) ?? ''}`;
    // Google's details are of many types; only some of them have words.
    return this.read('@type' in value ? what : value, deepest);
  }

  /** ASP.NET's and Laravel's: `{"max_tokens": ["must be at most 2048"]}`. */
  private byField(errors: Fields, deepest: number): string | null {
    const lines = Object.keys(errors)
      .slice(0, MOST_LISTED)
      .flatMap((name) => {
        const words = Array.isArray(errors[name]) ? this.read(errors[name], deepest) : null;
        return words === null ? [] : [`${name}: ${words}`];
      });
    return lines.length === 0 ? null : lines.join('; ');
  }

  private fields(error: Fields, deepest: number): string | null {
    this.errors.push(error);
    let own: string | null = null;
    for (const name of WORDS) own ??= this.read(error[name], deepest);
    // OpenRouter's: what the server behind it has said.
    const raw = isFields(error.metadata) ? this.read(error.metadata.raw, deepest) : null;
    const listed = BESIDE.map((name) =>
      Array.isArray(error[name]) ? this.read(error[name], deepest) : null,
    );
    const byField = isFields(error.errors) ? this.byField(error.errors, deepest) : null;
    for (const words of [...listed, byField, raw]) {
      if (words !== null && own?.includes(words) !== true) own = own === null ? words : `${own}: ${words}`;
    }
    return own;
  }
}

/** Where in a request something is wrong; null where it isn't said. */
function placeIn({ loc, path, instancePath, field }: Fields): string | null {
  for (const place of [loc, path, instancePath, field]) {
    if (typeof place === 'string' && place !== '') return place;
    if (Array.isArray(place)) return (place as unknown[]).slice(0, 6).map(String).join('.');
  }
  return null;
}
