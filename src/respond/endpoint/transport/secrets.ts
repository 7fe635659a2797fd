/** Keys come from the environment, go into request headers, and nowhere else. */
import { UserError } from '../../../common/errors.ts';
import { isAzure } from './address.ts';
import { escapedForms, mayBeEscaped } from './escapes.ts';

export { endpointUrl } from './address.ts';

/** Shorter secrets are blotted out as whole words only: without every `a`, messages would be unreadable. */
const SHORTEST_BLOTTED = 4;

/** A shorter secret (`EMPTY`, `none`, `test`) is found in other texts by chance: it is one where it is the whole text. */
const SHORTEST_FOUND = 8;

export interface Credentials {
  /** Headers to send. */
  readonly headers: Readonly<Record<string, string>>;
  /** What gave the key that is sent: the name of a variable, or of a header of the user's own; null without one. */
  readonly keyFrom: string | null;
  /** Whether a secret stands in a text, or in one of the texts of a value. */
  readonly holdsKey: (value: unknown) => boolean;
  /** A text without any of the secrets, but for those that stand in `known`. */
  readonly redact: (text: string, known?: string) => string;
}

type Environment = Readonly<Record<string, string | undefined>>;

/**
 * The key (`LENGTHWISE_API_KEY`, else `OPENAI_API_KEY`) and headers of the user's own, `Name: value` or
 * `Name: env:VARIABLE`. Secrets are the key, what comes from a variable, and values of headers that are for keys; a
 * title that is given in the clear is none. `url` says where it goes: Azure has a header of its own for the key.
 */
export function credentials(environment: Environment, given: readonly string[], url?: URL): Credentials {
  const variable =
    ['LENGTHWISE_API_KEY', 'OPENAI_API_KEY'].find((name) => (environment[name] ?? '').trim() !== '') ?? null;
  const key = variable === null ? undefined : environment[variable]?.trim();
  if (key !== undefined && /[^\x21-\x7e]/.test(key)) {
    throw new UserError(
      `${variable} holds something that is no key: it has blanks or characters beyond ASCII`,
    );
  }
  const own = given.map((header) => readHeader(header, environment));
  const ownKey = own.find(({ name }) => SENDS_KEY.has(name));
  const headers = {
    ...(key === undefined || ownKey !== undefined ? {} : keyHeader(key, url)),
    ...Object.fromEntries(own.map(({ name, value }) => [name, value])),
  };
  const secret = own.filter((header) => header.secret).map(({ value }) => value);
  const all = [key ?? '', ...secret, ...secret.map((value) => value.replace(/^\w+ /, ''))];
  return {
    headers,
    keyFrom: ownKey === undefined ? variable : `the header '${ownKey.name}'`,
    ...guardOf(new Set(all.filter((one) => one !== ''))),
  };
}

/** Headers that carry a key in the place of ours. */
const SENDS_KEY = new Set(['authorization', 'api-key', 'x-api-key']);

function keyHeader(key: string, url: URL | undefined): Record<string, string> {
  return url !== undefined && isAzure(url) ? { 'api-key': key } : { authorization: `Bearer ${key}` };
}

function guardOf(secrets: ReadonlySet<string>): Pick<Credentials, 'holdsKey' | 'redact'> {
  const forms = [...secrets]
    .flatMap((secret) => [
      ...[secret, JSON.stringify(secret).slice(1, -1), encodeURIComponent(secret)],
      ...(secret.length < SHORTEST_FOUND ? [] : base64Of(secret)),
    ])
    .filter((form, i, all) => all.indexOf(form) === i)
    .sort((a, b) => b.length - a.length);
  const words = new Map(
    forms
      .filter((form) => form.length < SHORTEST_BLOTTED)
      .map((form) => [form, new RegExp(`(?<![\\w-])${escaped(form)}(?![\\w-])`, 'g')]),
  );
  const escapes = [...secrets]
    .filter((secret) => secret.length >= SHORTEST_BLOTTED)
    .sort((a, b) => b.length - a.length)
    .flatMap((secret) => escapedForms(secret) ?? []);
  const withoutEscaped = (text: string, known: string): string =>
    escapes.reduce(
      (clean, form) => clean.replace(form, (found) => (known.includes(found) ? found : '[secret]')),
      text,
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
      if (mayBeEscaped(clean)) clean = withoutEscaped(clean, known);
      for (const secret of secrets) clean = withoutMasked(clean, secret, known);
      return clean;
    },
  };
}

/**
 * A key in base64, with and without its padding: alone, and within a longer text such as `user:KEY` of basic authentication,
 * where three bytes become four characters from any of three places on.
 */
function base64Of(secret: string): string[] {
  return [0, 1, 2].flatMap((before) => {
    const bytes = Buffer.from('\0'.repeat(before) + secret);
    return [bytes.toString('base64'), bytes.toString('base64url')].flatMap((form) => {
      const whole = form.replace(/=+$/, '');
      // The first and last characters have bits of what stands beside the key.
      const inner = whole.slice(before === 0 ? 0 : before + 1, bytes.length % 3 === 0 ? undefined : -1);
      return before === 0 ? [whole, inner] : [inner];
    });
  });
}

/** Servers that mask a key show its beginning or its end, before or after such marks. */
const MASK = '(?:\\.{2,}|…|\\*{2,}|•{2,}|x{3,}|X{3,}|#{3,})';

/** Keys of one vendor begin alike (`sk-proj-`): less than this of one is no secret, and may stand in any text. */
const LEAST_MASKED = 8;

const MASKED_NEXT = new RegExp(MASK, 'y');

/** A text without the parts of a key, of eight characters or more, that a server shows before or after a mask. */
function withoutMasked(text: string, secret: string, known: string): string {
  if (secret.length <= LEAST_MASKED || secret.length > 4096) return text;
  const head = secret.slice(0, LEAST_MASKED);
  const tail = secret.slice(-LEAST_MASKED);
  const clean = known.includes(head) ? text : withoutBeginnings(text, secret, head);
  return known.includes(tail) ? clean : clean.replaceAll(tail, '[secret]');
}

/** In one pass: a text that is made anew for every finding takes time in the square of its length. */
function withoutBeginnings(text: string, secret: string, head: string): string {
  const kept: string[] = [];
  let from = 0;
  for (let at = text.indexOf(head); at !== -1;) {
    let end = head.length;
    while (end < secret.length && text[at + end] === secret[end]) end += 1;
    MASKED_NEXT.lastIndex = at + end;
    const isMasked = end > head.length || MASKED_NEXT.test(text);
    if (isMasked) {
      kept.push(text.slice(from, at), '[secret]');
      from = at + end;
    }
    at = text.indexOf(head, isMasked ? from : at + 1);
  }
  return [...kept, text.slice(from)].join('');
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

/** Headers that say where a request goes and where it ends. */
const FRAMING = new Set([
  ...['content-length', 'transfer-encoding', 'host', 'connection'],
  ...['keep-alive', 'upgrade', 'expect', 'te', 'trailer'],
]);

/** Headers whose values are secrets however they are given. */
const KEY_HEADER = /auth|key|token|secret|cookie|password/;

function readHeader(text: string, environment: Environment): Header {
  const parts = /^([!#$%&'*+.^_`|~\w-]+):\s*(.*)$/.exec(text);
  if (parts === null) throw new UserError(`--header takes 'Name: value' or 'Name: env:VARIABLE'`);
  const [, written, value] = parts;
  const name = written.toLowerCase();
  if (FRAMING.has(name)) {
    throw new UserError(`--header ${written}: this header belongs to the connection, which sets it itself`);
  }
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
