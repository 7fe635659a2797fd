/** The proxy that the environment names, as curl and most programs follow it. Node itself keeps to `NO_PROXY`. */
import { UserError } from '../../../common/errors.ts';

type Environment = Readonly<Record<string, string | undefined>>;

export interface Proxy {
  /** What Node's agents take (since 24.5). */
  readonly environment: Readonly<Record<string, string>>;
  /** What to say beside a connection that did not come about: it may be the proxy that is at fault. */
  readonly hint: string;
}

/**
 * The proxy for an address, or null: this machine is always asked directly.
 * @throws UserError for a variable that holds no address of a proxy; its value is not repeated, since a password may
 * stand in it
 */
export function proxyFor(url: URL, environment: Environment, node = process.versions.node): Proxy | null {
  if (isLoopback(url.hostname)) return null;
  const scheme = url.protocol === 'https:' ? 'https' : 'http';
  const found = firstOf(environment, [`${scheme}_proxy`, `${scheme.toUpperCase()}_PROXY`]);
  if (found === null) return null;
  const { name, value } = found;
  const address = /^[a-z][a-z0-9+.-]*:\/\//i.test(value) ? value : `http://${value}`;
  if (!URL.canParse(address) || !/^https?:\/\//i.test(address)) {
    throw new UserError(
      `${name} names no proxy that can be asked: it takes an address such as http://proxy:3128`,
    );
  }
  const exceptions = firstOf(environment, ['no_proxy', 'NO_PROXY']);
  return {
    environment: {
      [`${scheme}_proxy`]: address,
      ...(exceptions === null ? {} : { no_proxy: exceptions.value }),
    },
    hint: followsProxies(node)
      ? `${name} is set; NO_PROXY names the hosts that are asked without it`
      : `${name} is set, which Node ${node} does not follow: take 24.5 or later`,
  };
}

function firstOf(environment: Environment, names: readonly string[]): { name: string; value: string } | null {
  for (const name of names) {
    const value = environment[name]?.trim() ?? '';
    if (value !== '') return { name, value };
  }
  return null;
}

function isLoopback(hostname: string): boolean {
  return /^(localhost|.*\.localhost|127(\.\d+){3}|\[::1\])$/.test(hostname);
}

function followsProxies(node: string): boolean {
  const [major, minor] = node.split('.').map(Number);
  return major > 24 || (major === 24 && minor >= 5);
}
