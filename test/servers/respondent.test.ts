import { afterAll, describe, expect, it } from 'vitest';
import { startServer } from '../server/server.ts';
import type { ServerOptions, TestServer } from '../server/server.ts';
import { ask, outcomes } from './asking.ts';
import { serverCases } from './cases.ts';

const servers: TestServer[] = [];
afterAll(async () => {
  for (const server of servers) await server.close();
});

async function serve(options: ServerOptions): Promise<TestServer> {
  const server = await startServer(options);
  servers.push(server);
  return server;
}

// Most of the time goes into waits: side by side they are a third as long.
describe.concurrent('a server that somebody reported, asked over a socket', () => {
  it.each(serverCases.map((one) => [one.name, one] as const))('%s', async (_, one) => {
    const { apis, behaviour, options } = one;
    const { url, seen } = await serve({ behaviour, ...(apis === undefined ? {} : { apis }) });
    if (one.refused !== undefined) {
      await expect(ask(url, options)).rejects.toThrow(one.refused);
      expect(seen.requests).toBeLessThanOrEqual(one.mostRequests ?? Infinity);
      return;
    }
    const { responded, ending, lines, spent } = await ask(url, options);
    if (one.byMeasure !== true) expect(outcomes(responded)).toEqual(one.right);
    expect(ending.kind).toBe(one.ending ?? 'done');
    for (const line of one.says ?? []) expect(lines.join('\n')).toMatch(line);
    for (const line of one.saysNot ?? []) expect(lines.join('\n')).not.toMatch(line);
    expect(seen.requests).toBeLessThanOrEqual(one.mostRequests ?? Infinity);
    if (options?.tokens !== undefined) expect(spent.tokens).toBeLessThanOrEqual(options.tokens);
    const asked = seen.bodies.filter((body) => JSON.stringify(body).includes(' | '));
    for (const field of one.neverSent ?? []) expect(asked.filter((body) => field in body)).toEqual([]);
    for (const body of asked) expect(body).toMatchObject(one.sent ?? {});
  });

  it('every row says where it is reported, and no two have one name', () => {
    for (const { name, reported } of serverCases) {
      expect(reported.length, name).toBeGreaterThan(0);
      for (const where of reported) expect(where).toMatch(/^([\w.-]+\/[\w.-]+#\d+|https:\/\/\S+)$/);
    }
    expect(new Set(serverCases.map(({ name }) => name)).size).toBe(serverCases.length);
  });
});
