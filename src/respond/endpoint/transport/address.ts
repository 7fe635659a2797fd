/** The address of an endpoint: what is asked, and what names it in every row. */
import { UserError } from '../../../common/errors.ts';
import { isKeyInPath, KEY_TEXT, namesKeyOfAddress } from './key-look.ts';

/** What people copy along with an address; it is added by itself. */
const PATHS_OF_REQUESTS = /\/(chat\/completions|completions|models|responses|embeddings)\/?$/;

/**
 * The address that requests go below, without anything secret in it. A query (`?api-version=`) stays, and is part of
 * every request; the path of a request is taken off. `option` is what gave it.
 * @throws UserError for what is no such address; nothing that may be a password is repeated
 */
export function endpointUrl(text: string, option = '--endpoint'): URL {
  let url: URL;
  try {
    url = new URL(text);
  } catch {
    throw new UserError(`${option} takes an address such as http://127.0.0.1:8000/v1, not '${shown(text)}'`);
  }
  if (url.protocol !== 'http:' && url.protocol !== 'https:') {
    throw new UserError(`${option} takes an address that begins with http:// or https://`);
  }
  if (url.username !== '' || url.password !== '') {
    throw new UserError(
      `${option}: no names and passwords in the address; use LENGTHWISE_API_KEY or a header`,
    );
  }
  if (url.hash !== '') throw new UserError(`${option}: nothing after # in the address`);
  const key = keyIn(url);
  if (key !== null) {
    throw new UserError(
      `${option}: ${key} in the address looks like a key, and addresses are stored; use LENGTHWISE_API_KEY or --header 'Name: env:VARIABLE'`,
    );
  }
  url.pathname = url.pathname.replace(PATHS_OF_REQUESTS, '');
  return url;
}

/** Whether an address is that of chat requests: whoever copies it along means chat. */
export function isOfChat(text: string): boolean {
  return URL.canParse(text) && /\/chat\/completions\/?$/.test(new URL(text).pathname);
}

/** Where something that looks like a key stands in an address, without repeating it; null: nowhere. */
function keyIn({ search, pathname }: URL): string | null {
  for (const [name, value] of parametersIn(search)) {
    if (KEY_TEXT.test(name)) return 'the name of a parameter';
    if (namesKeyOfAddress(name) || KEY_TEXT.test(value)) return `'${name}'`;
  }
  return pathname.split('/').map(decoded).some(isKeyInPath) ? 'a part of the path' : null;
}

/** The parameters of a query. Some servers separate them by `;`, so that it is read so, too. */
function parametersIn(search: string): [name: string, value: string][] {
  return search
    .slice(1)
    .split(/[&;]/)
    .flatMap((parameter) => [...new URLSearchParams(parameter)]);
}

function decoded(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part; // no UTF-8: it stands for itself
  }
}

/** What is no address, without what may be a secret in it. */
function shown(text: string): string {
  const named = text.replace(/^.*@/s, '…@').replace(/\?.*$/s, '?…');
  return named.split('/').some(isKeyInPath) ? '…' : named;
}

/** The address as rows and messages name it: without a slash at the end of its path. */
export function addressOf(url: URL): string {
  const { origin, pathname, search } = url;
  return origin + pathname.replace(/\/+$/, '') + search;
}

/** The path and query of a request. `server`: of the server that the API (`/v1`) is part of. */
export function pathFor(url: URL, path: string, from: 'api' | 'server' = 'api'): string {
  const base = url.pathname.replace(/\/+$/, '');
  return (from === 'api' ? base : base.replace(/\/v\d+$/, '')) + path + url.search;
}

/** Azure's hosts take their keys in a header of their own. */
export function isAzure({ hostname }: URL): boolean {
  return /\.(openai\.azure|cognitiveservices\.azure|services\.ai\.azure)\.(com|us|cn)$/.test(hostname);
}
