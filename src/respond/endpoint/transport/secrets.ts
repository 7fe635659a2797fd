/** Keys come from the environment, go into request headers, and nowhere else. */
import { UserError } from '../../../common/errors.ts';
import { isAzure } from './address.ts';

export { endpointUrl } from './address.ts';

/** Shorter secrets are blotted out as whole words only: without every `a`, messages would be unreadable. */
const SHORTEST_BLOTTED = 4;

/** A shorter secret (`EMPTY`, `none`, `test`) is found in other texts by chance: it is one where it is the whole text. */
const SHORTEST_FOUND = 8;

export interface Credentials {
  /** Headers to send. */
  readonly headers: Readonly<Record<string, string>>;
  /** The name of the variable that the key came from; null without one. */
  readonly keyFrom: string | null;
  /** Whether a secret stands in a text, or in one of the texts of a value. */
  holdsKey(value: unknown): boolean;
  /** A text without any of the secrets, but for those that stand in `known`. */
  redact(text: string, known?: string): string;
}

type Environment = Readonly<Record<string, string | undefined>>;

/**
 * The key (`LENGTHWISE_API_KEY`, else `OPENAI_API_KEY`) and headers of the user's own, `Name: value` or
 * `Name: env:VARIABLE`. Secrets are the key, what comes from a variable, and values of headers that are for keys; a
 * title that is given in the clear is none. `url` says where it goes: Azure has a header of its own for the key.
 */
export function credentials(environment: Environment, given: readonly string[], url?: URL): Credentials {
  const keyFrom =
    ['LENGTHWISE_API_KEY', 'OPENAI_API_KEY'].find((name) => (environment[name] ?? '').trim() !== '') ?? null;
  const key = keyFrom === null ? undefined : environment[keyFrom]?.trim();
  if (key !== undefined && /[^\x21-\x7e]/.test(key)) {
    throw new UserError(
      `${keyFrom} holds something that is no key: it has blanks or characters beyond ASCII`,
    );
  }
  const own = given.map((header) => readHeader(header, environment));
  const headers = {
    ...(key === undefined || own.some(({ name }) => SENDS_KEY.has(name)) ? {} : keyHeader(key, url)),
    ...Object.fromEntries(own.map(({ name, value }) => [name, value])),
  };
  const secret = own.filter((header) => header.secret).map(({ value }) => value);
  const all = [key ?? '', ...secret, ...secret.map((value) => value.replace(/^\w+ /, ''))];
  return { headers, keyFrom, ...guardOf(new Set(all.filter((one) => one !== ''))) };
}

/** Headers that carry a key in the place of ours. */
const SENDS_KEY = new Set(['authorization', 'api-key', 'x-api-key']);

function keyHeader(key: string, url: URL | undefined): Record<string, string> {
  return url !== undefined && isAzure(url) ? { 'api-key': key } : { authorization: `Bearer ${key}` };
}

function guardOf(secrets: ReadonlySet<string>): Pick<Credentials, 'holdsKey' | 'redact'> {
  const forms = [...secrets]
    .flatMap((secret) => [secret, JSON.stringify(secret).slice(1, -1), encodeURIComponent(secret)])
    .filter((form, i, all) => all.indexOf(form) === i)
    .sort((a, b) => b.length - a.length);
  const words = new Map(
    forms
      .filter((form) => form.length < SHORTEST_BLOTTED)
      .map((form) => [form, new RegExp(`(?<![\\w-])${escaped(form)}(?![\\w-])`, 'g')]),
  );
  const inText = (text: string): boolean =>
    forms.some((form) => (form.length < SHORTEST_FOUND ? text === form : text.includes(form)));
  return {
    holdsKey: (value) => textsIn(value).some(inText),
    redact: (text, known = '') => {
      let clean = text;
      for (const form of forms) {
        if (!clean.includes(form) || known.includes(form)) continue;
        clean = clean.replaceAll(words.get(form) ?? form, '[secret]');
      }
      return clean;
    },
  };
}

/** All texts of a value; the names of its fields where they are as long as a key. */
function textsIn(value: unknown): string[] {
  if (typeof value === 'string') return [value];
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([name, inner]) =>
    Array.isArray(value) || name.length < SHORTEST_FOUND ? textsIn(inner) : [name, ...textsIn(inner)],
  );
}

function escaped(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
}

interface Header {
  readonly name: string;
  readonly value: string;
  readonly secret: boolean;
}

/** Headers whose values are secrets however they are given. */
const KEY_HEADER = /auth|key|token|secret|cookie|password/;

function readHeader(text: string, environment: Environment): Header {
  const parts = /^([!#$%&'*+.^_`|~\w-]+):\s*(.*)$/.exec(text);
  if (parts === null) throw new UserError(`--header takes 'Name: value' or 'Name: env:VARIABLE'`);
  const [, written, value] = parts;
  const name = written.toLowerCase();
  const [, scheme = '', variable] = /^(\w+ )?env:(\w+)$/.exec(value) ?? [];
  if (variable === undefined) {
    return { name, value, secret: KEY_HEADER.test(name) && value.length >= SHORTEST_FOUND };
  }
  const found = environment[variable]?.trim();
  if (found === undefined || found === '') {
    throw new UserError(`--header ${written}: the variable ${variable} is not set`);
  }
  // Node refuses such a header with the value in its message.
  if (/[^\t\x20-\x7e]/.test(found)) {
    throw new UserError(
      `--header ${written}: the variable ${variable} holds what no header can: a line break, or characters beyond ASCII`,
    );
  }
  return { name, value: scheme + found, secret: true };
}
