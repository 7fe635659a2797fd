import { describe, expect, it } from 'vitest';
import { proxyFor } from './proxy.node.ts';

const http = 'http://model.test:8000/v1';
const https = 'https://model.test/v1';

describe('the proxy for an address', () => {
  it.each<[string, string, Record<string, string>, Record<string, string> | null]>([
    ['none', http, {}, null],
    ['an empty one', http, { HTTP_PROXY: ' ' }, null],
    ['for http', http, { HTTP_PROXY: 'http://p:1', HTTPS_PROXY: 'http://q:2' }, { http_proxy: 'http://p:1' }],
    [
      'for https',
      https,
      { HTTP_PROXY: 'http://p:1', HTTPS_PROXY: 'http://q:2' },
      { https_proxy: 'http://q:2' },
    ],
    ['for http only', https, { HTTP_PROXY: 'http://p:1' }, null],
    [
      'in small letters first',
      http,
      { HTTP_PROXY: 'http://p:1', http_proxy: 'http://q:2' },
      { http_proxy: 'http://q:2' },
    ],
    ['without a scheme', http, { HTTP_PROXY: 'p:1' }, { http_proxy: 'http://p:1' }],
    [
      'with exceptions',
      http,
      { HTTP_PROXY: 'http://p:1', NO_PROXY: 'a,b' },
      { http_proxy: 'http://p:1', no_proxy: 'a,b' },
    ],
    ['this machine by number', 'http://127.0.0.1:8000/v1', { HTTP_PROXY: 'http://p:1' }, null],
    ['this machine by name', 'http://localhost:8000/v1', { HTTP_PROXY: 'http://p:1' }, null],
    ['this machine by its other number', 'http://[::1]:8000/v1', { HTTP_PROXY: 'http://p:1' }, null],
    [
      'a host that is only called so',
      'http://127.evil.test/v1',
      { HTTP_PROXY: 'http://p:1' },
      { http_proxy: 'http://p:1' },
    ],
  ])('%s', (_, address, environment, wanted) => {
    expect(proxyFor(new URL(address), environment)?.environment ?? null).toEqual(wanted);
  });

  it.each(['socks5://user:secret@p:1', 'http://user:secret@', '://secret'])(
    'refuses %s without repeating it',
    (value) => {
      const ask = () => proxyFor(new URL(http), { HTTP_PROXY: value });
      expect(ask).toThrow(/^HTTP_PROXY names no proxy/);
      expect(ask).not.toThrow(/secret/);
    },
  );

  it('says where Node can’t follow it', () => {
    const hint = (node: string) => proxyFor(new URL(http), { HTTP_PROXY: 'http://p:1' }, node)?.hint;
    expect(hint('22.18.0')).toMatch(/does not follow/);
    expect(hint('24.4.1')).toMatch(/does not follow/);
    expect(hint('24.5.0')).toMatch(/NO_PROXY/);
    expect(hint('25.0.0')).toMatch(/NO_PROXY/);
  });
});
