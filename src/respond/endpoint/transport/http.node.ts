/** One request and its whole reply, over connections that are kept open. Nothing is read into the reply here. */
import type { Agent, AgentOptions } from 'node:http';
import { messageOf } from '../../../common/errors.ts';
import { proxyFor, type Proxy } from './proxy.node.ts';
import type { HttpReply } from '../protocol/protocol.ts';
import { bodyText, isPlain } from './decode.node.ts';

// Importing them would also load what they export for others, WebSocket with a second HTTP client: a tenth of a run's start.
const http = process.getBuiltinModule('node:http');
const https = process.getBuiltinModule('node:https');

/** Why there is no whole reply. `retry`: another attempt may do better. */
export class TransportError extends Error {
  override readonly name = 'TransportError';
  readonly reason: string;
  /** Whether no connection came about, for a reason that more attempts don't change soon. */
  readonly nobody: boolean;

  constructor(reason: string, nobody = false) {
    super(reason);
    this.reason = reason;
    this.nobody = nobody;
  }
}

/**
 * No answer to one of our questions is this large; a server that sends more is broken or hostile. Reading JSON blocks
 * everything else: this much of the worst takes less than a second.
 */
export const MAX_BODY_BYTES = 4 * 1024 * 1024;

export class HttpConnection {
  private readonly base: URL;
  private readonly agent: Agent;
  private readonly request: typeof http.request;
  private readonly proxy: Proxy | null;
  /** What ends when a signal says so: one listener a signal, since adding one a request costs as much as its JSON. */
  private readonly waiting = new WeakMap<AbortSignal, Set<() => void>>();

  /** @param base whose protocol, host and port count */
  constructor(base: URL, maxSockets: number) {
    this.base = base;
    this.proxy = proxyFor(base, process.env);
    const proxyEnv = this.proxy?.environment;
    const options: AgentOptions = { keepAlive: true, maxSockets, scheduling: 'fifo', proxyEnv };
    this.agent = base.protocol === 'https:' ? new https.Agent(options) : new http.Agent(options);
    this.request = base.protocol === 'https:' ? https.request : http.request;
  }

  /** Sends and waits for the end of the reply, at most `timeoutMs` in all. Rejects with TransportError. */
  send(
    method: 'GET' | 'POST',
    path: string,
    headers: Readonly<Record<string, string>>,
    body: string | null,
    timeoutMs: number,
    signal: AbortSignal,
  ): Promise<HttpReply> {
    if (signal.aborted) return Promise.reject(new TransportError('interrupted'));
    return new Promise((resolve, reject) => {
      const length: Record<string, string> =
        body === null
          ? {}
          : { 'content-length': String(Buffer.byteLength(body)), 'content-type': 'application/json' };
      const request = this.request(
        {
          protocol: this.base.protocol,
          hostname: this.base.hostname.replace(/^\[|\]$/g, ''),
          port: this.base.port,
          path,
          method,
          agent: this.agent,
          headers: { accept: 'application/json', 'accept-encoding': 'identity', ...length, ...headers },
        },
        (response) => {
          const chunks: Buffer[] = [];
          let size = 0;
          response.on('data', (chunk: Buffer) => {
            chunks.push(chunk);
            size += chunk.length;
            if (size > MAX_BODY_BYTES) fail(`the reply is larger than ${MAX_BODY_BYTES} bytes`);
          });
          response.on('end', () => {
            if (!response.complete) return fail('the reply was cut off in the middle');
            settle();
            const whole = chunks.length === 1 ? chunks[0] : Buffer.concat(chunks);
            const { statusCode: status = 0, headers } = response;
            if (isPlain(headers)) return resolve({ status, headers, body: whole.toString() });
            bodyText(whole, headers, MAX_BODY_BYTES).then(
              (body) => resolve({ status, headers, body }),
              (error: unknown) => reject(new TransportError(messageOf(error))),
            );
          });
          response.on('error', () => fail('the reply was cut off in the middle'));
          response.on('aborted', () => fail('the reply was cut off in the middle'));
        },
      );
      const timer = setTimeout(() => fail(`no answer within ${timeoutMs / 1000} s`), timeoutMs);
      const waiting = this.waitingFor(signal);
      const onAbort = (): void => fail('interrupted');
      const settle = (): void => {
        clearTimeout(timer);
        waiting.delete(onAbort);
      };
      const fail = (reason: string, nobody = false): void => {
        settle();
        reject(new TransportError(reason, nobody));
        request.destroy();
      };
      waiting.add(onAbort);
      request.on('error', (error: NodeJS.ErrnoException) => {
        const { code, message } = error;
        if (code === 'ERR_PROXY_TUNNEL')
          return fail(`the proxy made no way there${tunnelStatus(message)}`, true);
        const known = NOBODY[code ?? ''];
        if (known !== undefined)
          return fail(this.proxy === null ? known : `${known} (${this.proxy.hint})`, true);
        fail(
          code === undefined
            ? message
            : CUT_OFF.has(code)
              ? 'the connection was cut off'
              : `the connection failed (${code})`,
        );
      });
      request.end(body ?? undefined);
    });
  }

  close(): void {
    this.agent.destroy();
  }

  private waitingFor(signal: AbortSignal): Set<() => void> {
    const known = this.waiting.get(signal);
    if (known !== undefined) return known;
    const fresh = new Set<() => void>();
    this.waiting.set(signal, fresh);
    signal.addEventListener('abort', () => {
      for (const end of [...fresh]) end();
    });
    return fresh;
  }
}

/** What the proxy answered, such as `407 Proxy Authentication Required`, from Node's message. */
function tunnelStatus(message: string): string {
  const status = /HTTP\/\d(?:\.\d)? (\d{3}[^\r\n]{0,100})/.exec(message);
  return status === null ? '' : `: ${status[1]}`;
}

const CUT_OFF = new Set(['ECONNRESET', 'EPIPE']);

const CERTIFICATE =
  'its certificate is not trusted here; where that is meant to be, name a file with the one to trust in NODE_EXTRA_CA_CERTS';

/** Why nobody is there, by the code of the error. */
const NOBODY: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'the connection was refused: is the server running there?',
  ENOTFOUND: 'the host name is not known (ENOTFOUND)',
  EAI_AGAIN: 'the host name is not known (EAI_AGAIN)',
  EHOSTUNREACH: 'there is no way to that host (EHOSTUNREACH)',
  ENETUNREACH: 'there is no way to that host (ENETUNREACH)',
  EPROTO: 'no https is spoken there: does the address begin with http://?',
  ERR_SSL_WRONG_VERSION_NUMBER: 'no https is spoken there: does the address begin with http://?',
  DEPTH_ZERO_SELF_SIGNED_CERT: CERTIFICATE,
  SELF_SIGNED_CERT_IN_CHAIN: CERTIFICATE,
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: CERTIFICATE,
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: CERTIFICATE,
  CERT_HAS_EXPIRED: 'its certificate has expired',
  ERR_TLS_CERT_ALTNAME_INVALID: 'its certificate is for another host name',
};
