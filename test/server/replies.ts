/** What can go wrong with a reply, and sending it so. */
import type { ServerResponse } from 'node:http';
import type { ServerOptions } from './options.ts';

/** What befalls one request, and not the next. */
export const FAULTS = [
  '429',
  '429-retry-after',
  '500',
  '502-html',
  '503',
  'cut-connection',
  'cut-body',
  'invalid-json',
  'silence',
  'wrong-content-type',
  'other-model',
  'html-200',
] as const;

/** Those, and one that says how long to wait. */
export type Fault = (typeof FAULTS)[number] | '429-wait';

export function misbehave(
  response: ServerResponse,
  fault: Fault,
  reply: { body: object },
  headers: Record<string, string>,
  options: ServerOptions,
): void {
  const text = JSON.stringify(reply.body);
  switch (fault) {
    case '429':
      return send(response, 429, { error: { message: 'slow down' } }, headers);
    case '429-retry-after':
      return send(response, 429, { error: { message: 'slow down' } }, { ...headers, 'retry-after': '0' });
    case '429-wait': {
      const { waitMs = 0, waitForm = 'seconds' } = options;
      const until = new Date(Date.now() + waitMs).toUTCString();
      const after = waitForm === 'date' ? until : String(waitMs / 1000);
      return send(response, 429, { error: { message: 'slow down' } }, { ...headers, 'retry-after': after });
    }
    case '500':
    case '503':
      return send(response, Number(fault), { error: { message: 'out of order' } }, headers);
    case '502-html':
      return sendText(response, 502, '<html><body>Bad gateway</body></html>', 'text/html');
    case 'html-200':
      return sendText(response, 200, '<html><body>Please log in</body></html>', 'text/html');
    case 'cut-connection':
      response.socket?.destroy();
      return;
    case 'cut-body':
      response.writeHead(200, { 'content-type': 'application/json', 'content-length': String(text.length) });
      response.write(text.slice(0, text.length >> 1), () => response.socket?.destroy());
      return;
    case 'invalid-json':
      return sendText(response, 200, text.slice(0, text.length >> 1), 'application/json');
    case 'silence':
      return;
    case 'wrong-content-type':
      return sendText(response, 200, 'all is well', 'text/plain');
    case 'other-model':
      return send(response, 200, { ...reply.body, model: `${options.model ?? 'test'}-other` }, headers);
  }
}

export function send(
  response: ServerResponse,
  status: number,
  body: object,
  headers: Record<string, string> = {},
): void {
  sendText(response, status, JSON.stringify(body), 'application/json', headers);
}

function sendText(
  response: ServerResponse,
  status: number,
  text: string,
  type: string,
  headers: Record<string, string> = {},
): void {
  response.writeHead(status, { 'content-type': type, 'content-length': Buffer.byteLength(text), ...headers });
  response.end(text);
}
