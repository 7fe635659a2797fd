/** Asking through the proxy that the environment names. */
import { readdirSync, readFileSync } from 'node:fs';
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { folder, measureArgv, run, serve } from './measuring.ts';
import type { Result } from './measuring.ts';

const ASKED = ['--task', 'UR', '--lengths', '6', '--n', '10'];

interface TestProxy {
  readonly url: string;
  /** The request lines' addresses, and what the proxy was told of who asks. */
  readonly asked: { readonly address: string; readonly authorization: string | undefined }[];
}

const proxies: http.Server[] = [];
afterEach(() => {
  for (const proxy of proxies.splice(0)) {
    proxy.close();
    proxy.closeAllConnections();
  }
});

/** A proxy that knows model.test, a name that nobody else knows, as the server at `target`; it tunnels nothing. */
async function proxyTo(target: string): Promise<TestProxy> {
  const asked: TestProxy['asked'] = [];
  const note = (request: http.IncomingMessage): void => {
    asked.push({ address: request.url ?? '', authorization: request.headers['proxy-authorization'] });
  };
  const proxy = http.createServer((request, response) => {
    note(request);
    const { method, headers } = request;
    const forward = http.request(
      new URL(new URL(request.url ?? '').pathname, target),
      { method, headers },
      (answer) => {
        response.writeHead(answer.statusCode ?? 502, answer.headers);
        answer.pipe(response);
      },
    );
    request.pipe(forward);
  });
  proxy.on('connect', (request: http.IncomingMessage, socket) => {
    note(request);
    socket.end('HTTP/1.1 407 Proxy Authentication Required\r\n\r\n');
  });
  await new Promise<void>((resolve) => proxy.listen(0, '127.0.0.1', resolve));
  proxies.push(proxy);
  return { url: `127.0.0.1:${(proxy.address() as AddressInfo).port}`, asked };
}

describe('a proxy', () => {
  it('is asked for what lies behind it, and its password is nowhere', async () => {
    const { url } = await serve();
    const { url: proxy, asked } = await proxyTo(url);
    const env = { HTTP_PROXY: `http://me:pass-word@${proxy}`, NO_PROXY: 'other.test' };
    const out = folder();
    const {
      code,
      out: text,
      err,
    } = await run(measureArgv('http://model.test:8000/v1', '--json', '--out', out, ...ASKED), { env });
    expect(err).not.toMatch(/lengthwise: /);
    expect(code).toBe(0);
    expect((JSON.parse(text) as Result).rows).toMatchObject([{ n: 10, correct: 10, failed: 0 }]);
    expect(asked.length).toBeGreaterThan(10);
    for (const { address, authorization } of asked) {
      expect(address).toMatch(/^http:\/\/model\.test:8000\//);
      expect(authorization).toBe(`Basic ${btoa('me:pass-word')}`);
    }
    const kept = readdirSync(out).map((name) => readFileSync(join(out, name), 'latin1'));
    expect(kept.length).toBeGreaterThan(0);
    expect([text, err, ...kept].join('\n')).not.toMatch(/pass-word|bWU6cGFzcy13b3Jk/); // nor in base64
  });

  it('is not asked for this machine', async () => {
    const { url } = await serve();
    const { url: proxy, asked } = await proxyTo(url);
    const { code } = await run(measureArgv(url, ...ASKED), { env: { HTTP_PROXY: `http://${proxy}` } });
    expect(code).toBe(0);
    expect(asked).toEqual([]);
  });

  it('that refuses is told in one line', async () => {
    const { url: proxy, asked } = await proxyTo('http://127.0.0.1:9');
    const { code, err } = await run(measureArgv('https://model.test/v1', ...ASKED), {
      env: { HTTPS_PROXY: `http://me:pass-word@${proxy}` },
    });
    expect(asked[0].address).toBe('model.test:443');
    expect({ code, err }).toMatchObject({
      code: 2,
      err: expect.stringMatching(/the proxy made no way there: 407/),
    });
    expect(err).not.toMatch(/pass-word/);
  });

  it('that is not there is named', async () => {
    const { code, err } = await run(measureArgv('http://model.test/v1', ...ASKED), {
      env: { HTTP_PROXY: 'http://me:pass-word@127.0.0.1:9' },
    });
    expect({ code, err }).toMatchObject({
      code: 2,
      err: expect.stringMatching(/refused.*HTTP_PROXY is set/),
    });
    expect(err).not.toMatch(/pass-word/);
  });

  it('that is none is the user’s mistake', async () => {
    const { code, err } = await run(measureArgv('http://model.test/v1', ...ASKED), {
      env: { HTTP_PROXY: 'socks5://me:pass-word@proxy:1080' },
    });
    expect(code).toBe(2);
    expect(err).toMatch(/^lengthwise: HTTP_PROXY names no proxy that can be asked/m);
    expect(err).not.toMatch(/pass-word/);
  });
});
