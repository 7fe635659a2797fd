/** Keys come from the environment, go into request headers, and nowhere else. */
import { UserError } from '../../../common/errors.ts';

/** Shorter values than this are not taken for secrets: blotting out every `a` would make messages unreadable. */
const SHORTEST_SECRET = 4;

export interface Credentials {
  /** Headers to send. */
  readonly headers: Readonly<Record<string, string>>;
  /** The name of the variable that the key came from; null without one. */
  readonly keyFrom: string | null;
  /** Whether the key stands in a text. */
  holdsKey(text: string): boolean;
  /** A text without any of the secrets, but for those that stand in `known`. */
  redact(text: string, known?: string): string;
}

type Environment = Readonly<Record<string, string | undefined>>;

/**
 * The key (`LENGTHWISE_API_KEY`, else `OPENAI_API_KEY`) and headers of the user's own, `Name: value` or
 * `Name: env:VARIABLE`. All values of headers count as secrets.
 */
export function credentials(environment: Environment, given: readonly string[]): Credentials {
  const keyFrom =
    ['LENGTHWISE_API_KEY', 'OPENAI_API_KEY'].find((name) => (environment[name] ?? '') !== '') ?? null;
  const key = keyFrom === null ? undefined : environment[keyFrom]?.trim();
  if (key !== undefined && /[^\x21-\x7e]/.test(key)) {
    throw new UserError(
      `${keyFrom} holds something that is no key: it has blanks or characters beyond ASCII`,
    );
  }
  const own = Object.fromEntries(given.map((header) => readHeader(header, environment)));
  const authorised = Object.keys(own).includes('authorization');
  const headers = key === undefined || authorised ? own : { authorization: `Bearer ${key}`, ...own };
  const secrets = [
    key ?? '',
    ...Object.values(own),
    ...Object.values(own).map((value) => value.replace(/^\w+ /, '')),
  ]
    .filter((secret) => secret.length >= SHORTEST_SECRET)
    .flatMap((secret) => [secret, JSON.stringify(secret).slice(1, -1), encodeURIComponent(secret)])
    .sort((a, b) => b.length - a.length);
  return {
    headers,
    keyFrom,
    holdsKey: (text) => key !== undefined && text.includes(key),
    redact: (text, known = '') =>
      secrets.reduce(
        (clean, secret) => (known.includes(secret) ? clean : clean.replaceAll(secret, '[secret]')),
        text,
      ),
  };
}

function readHeader(text: string, environment: Environment): [string, string] {
  const parts = /^([!#$%&'*+.^_`|~\w-]+):\s*(.*)$/.exec(text);
  if (parts === null) throw new UserError(`--header takes 'Name: value' or 'Name: env:VARIABLE'`);
  const [, name, value] = parts;
  const variable = /^env:(\w+)$/.exec(value)?.[1];
  if (variable === undefined) return [name.toLowerCase(), value];
  const found = environment[variable];
  if (found === undefined) throw new UserError(`--header ${name}: the variable ${variable} is not set`);
  return [name.toLowerCase(), found];
}

/** The address without anything secret in it; a UserError for one that is none. `option` is what gave it. */
export function endpointUrl(text: string, option = '--endpoint'): URL {
  let url: URL;
  try {
    url = new URL(text);
  } catch {
    throw new UserError(
      `${option} takes an address such as http://127.0.0.1:8000/v1, not '${text.replace(/^.*@/s, '…@')}'`,
    );
  }
  if (url.protocol !== 'http:' && url.protocol !== 'https:') {
    throw new UserError(`${option} takes an address that begins with http:// or https://`);
  }
  if (url.username !== '' || url.password !== '') {
    throw new UserError(
      `${option}: no names and passwords in the address; use LENGTHWISE_API_KEY or a header`,
    );
  }
  if (url.search !== '' || url.hash !== '')
    throw new UserError(`${option}: nothing after ? or # in the address`);
  return url;
}
