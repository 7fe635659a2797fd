/**
 * Graphs in a real browser: the page imports the room's own source (types stripped as it is served), trains on
 * onnxruntime-web, and gets the losses that Node gets.
 */
import { existsSync, readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { stripTypeScriptTypes } from 'node:module';
import path from 'node:path';
import { chromium } from 'playwright-core';
import { expect, it } from 'vitest';
import { trainedLosses } from './graph-training-step.ts';

const CHROMIUM = process.env.CHROMIUM ?? '/usr/bin/chromium';
const ROOT = path.resolve(import.meta.dirname, '..');
const STEPS = 8;

it('a page trains with onnxruntime-web as Node does', { timeout: 120_000 }, async ({ skip }) => {
  skip(
    !existsSync(CHROMIUM),
    `there is no browser at ${CHROMIUM}: install Debian's chromium or set CHROMIUM`,
  );
  const server = await serve();
  const browser = await chromium.launch({
    executablePath: CHROMIUM,
    args: [
      '--no-sandbox',
      '--disable-gpu',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
    ],
  });
  try {
    const page = await browser.newPage();
    const { port } = server.address() as AddressInfo;
    await page.goto(`http://127.0.0.1:${port}/`);
    // As text, because vitest rewrites `import()` in functions.
    const inPage = await page.evaluate<number[]>(
      `import('/test/graph-training-step.ts').then((module) => module.trainedLosses(${STEPS}))`,
    );
    const inNode = await trainedLosses(STEPS);
    expect(inPage).toHaveLength(STEPS);
    expect(inPage[STEPS - 1]).toBeLessThan(0.8 * inPage[0]);
    inPage.forEach((loss, step) => expect(Math.abs(loss - inNode[step]), `step ${step}`).toBeLessThan(1e-4));
  } finally {
    await browser.close();
    server.close();
  }
});

/** The page, our source as JavaScript, and onnxruntime-web, on loopback. */
async function serve(): Promise<Server> {
  const server = createServer(answer);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return server;
}

function answer(request: IncomingMessage, response: ServerResponse): void {
  const { pathname } = new URL(request.url ?? '/', 'http://localhost');
  if (pathname === '/') return reply(response, 'text/html', PAGE);
  const file = path.join(ROOT, pathname);
  if (!file.startsWith(`${ROOT}${path.sep}`) || !existsSync(file)) {
    response.writeHead(404).end();
  } else if (file.endsWith('.ts')) {
    reply(response, 'text/javascript', stripTypeScriptTypes(readFileSync(file, 'utf8')));
  } else {
    reply(response, file.endsWith('.wasm') ? 'application/wasm' : 'text/javascript', readFileSync(file));
  }
}

function reply(response: ServerResponse, type: string, body: string | Buffer): void {
  response.writeHead(200, { 'content-type': type }).end(body);
}

const PAGE = `<!doctype html>
<meta charset="utf-8">
<title>lengthwise/graph</title>
<script type="importmap">
{ "imports": { "onnxruntime-web": "/node_modules/onnxruntime-web/dist/ort.wasm.bundle.min.mjs" } }
</script>`;
