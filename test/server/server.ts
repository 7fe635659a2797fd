/**
 * A server for tests that speaks the OpenAI-compatible protocol over real sockets: it answers with known error rates
 * per task and length, shows the quirks of real servers, and has faults to order.
 */
import { createServer } from 'node:http';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { plainReply, refusalOf, sendAs } from './behaviour.ts';
import { Window } from './limits.ts';
import { answer, idsOf, promptOf, spoken } from './model.ts';
import type { Fields } from './model.ts';
import type { Seen, ServerOptions, TestServer } from './options.ts';
import { understand } from './oracle.ts';
import { misbehave, send } from './replies.ts';

export type { Seen, ServerOptions, TestServer } from './options.ts';
export { FAULTS } from './replies.ts';

export async function startServer(options: ServerOptions = {}): Promise<TestServer> {
  const seen: Seen = {
    answered: [],
    requests: 0,
    tokens: 0,
    violations: 0,
    mostAtOnce: 0,
    gapAfterWait: 0,
    bodies: [],
    paths: [],
    headers: [],
    replies: [],
  };
  const state = { waitingSince: 0, asked: 0, atOnce: 0, ours: 0, delayed: 0 };
  const window = new Window(options.rate);
  const server = createServer((request, response) => {
    void readBody(request).then((text) => {
      seen.requests += 1;
      seen.paths.push(request.url ?? '');
      seen.headers.push(request.headers);
      if (state.waitingSince > 0) {
        seen.gapAfterWait = Date.now() - state.waitingSince;
        state.waitingSince = 0;
      }
      state.atOnce += 1;
      seen.mostAtOnce = Math.max(seen.mostAtOnce, state.atOnce);
      response.on('close', () => (state.atOnce -= 1));
      handle(request, response, text);
    });
  });

  if (options.quirks?.keepsConnections) server.keepAliveTimeout = 0;

  function handle(request: IncomingMessage, response: ServerResponse, text: string): void {
    const authorization = request.headers.authorization ?? '';
    if (options.key !== undefined && authorization !== `Bearer ${options.key}`) {
      const said = options.quirks?.leaksKey
        ? `${'.'.repeat(options.quirks.wordy ?? 0)}: ${authorization}`
        : '';
      return send(response, 401, { error: { message: `bad key${said}` } });
    }
    if (options.quirks?.movedTo !== undefined) {
      return send(response, 308, {}, { location: options.quirks.movedTo });
    }
    const headers = window.headers(text);
    if (headers === null) {
      seen.violations += 1;
      return send(response, 429, { error: { message: 'rate limit' } });
    }
    const [path] = (request.url ?? '').split('?', 1);
    if (!/^\/(v1\/(?!x)|tokenize|props)/.test(path)) return send(response, 404, {}, headers);
    if (path.endsWith('/models') && !options.quirks?.noModels) {
      return send(
        response,
        200,
        { object: 'list', data: [{ id: options.model ?? 'test', ...options.quirks?.listed }] },
        headers,
      );
    }
    if (path === '/props' && options.quirks?.props !== undefined) {
      return send(response, 200, options.quirks.props, headers);
    }
    if (path === '/tokenize' && options.quirks?.tokenizer !== undefined) {
      const said = JSON.parse(text) as Fields;
      const ids = idsOf(String(said[options.quirks.tokenizer]), options);
      return send(response, 200, { count: ids.length, tokens: ids }, headers);
    }
    const api: 'chat' | 'completions' | null = path.endsWith('/chat/completions')
      ? 'chat'
      : path.endsWith('/completions')
        ? 'completions'
        : null;
    if (api === null || !(options.apis ?? ['completions', 'chat']).includes(api)) {
      return send(response, 404, { error: { message: `no ${path}` } }, headers);
    }
    if (options.concurrency !== undefined && state.atOnce > options.concurrency) {
      return send(response, 429, { error: { message: 'too many at once' } }, headers);
    }
    if (options.quirks?.alwaysFails) return send(response, 500, { error: { message: 'out of order' } });
    const body = JSON.parse(text) as Fields;
    seen.bodies.push(body);
    if (options.onlyModel && body.model !== options.model) {
      return send(response, 404, { error: { message: `no model ${String(body.model)}` } }, headers);
    }
    const prompt = promptOf(body);
    const ours = understand(prompt) !== null;
    const fault = ours ? (options.fault?.(state.asked++, prompt) ?? null) : null;
    const reply = answer(api, body, prompt, options);
    const { behaviour } = options;
    if (ours) state.ours += 1;
    const refused = behaviour === undefined ? null : refusalOf(behaviour, body, api);
    const asked = { api, body, prompt, ours, n: state.ours, ...spoken(api, body, prompt, options) };
    const special = refused ?? behaviour?.answer?.(asked) ?? null;
    const deliver = (): void => {
      if (behaviour !== undefined) {
        const sent = special ?? { body: plainReply(asked) };
        const text = sendAs(
          response,
          sent,
          { ...headers, ...behaviour.headers?.(asked) },
          behaviour.encoding,
        );
        if (ours) seen.replies.push({ prompt, status: sent.status ?? 200, body: text });
        if (ours && (sent.status ?? 200) === 200) seen.answered.push(prompt);
        return;
      }
      if (fault === null || !/^[45]/.test(fault)) seen.tokens += reply.tokens;
      if (fault === '429-wait') state.waitingSince = Date.now();
      if (fault !== null) return misbehave(response, fault, reply, headers, options);
      if (ours && reply.status === 200) seen.answered.push(prompt);
      send(response, reply.status, reply.body, headers);
    };
    const { delay } = options;
    if (delay === undefined) return deliver();
    state.delayed += 1;
    setTimeout(
      () => {
        state.delayed -= 1;
        deliver();
      },
      typeof delay === 'number' ? delay : delay(),
    );
  }

  const { host = '127.0.0.1' } = options;
  await new Promise<void>((resolve) => server.listen(options.port ?? 0, host, resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://${host.includes(':') ? `[${host}]` : host}:${port}/v1`,
    seen,
    idle: async () => {
      const connections = (): Promise<number> =>
        new Promise((resolve, reject) =>
          server.getConnections((error, count) => (error === null ? resolve(count) : reject(error))),
        );
      while ((await connections()) + state.delayed > 0) await sleep(5);
    },
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

async function readBody(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString();
}
