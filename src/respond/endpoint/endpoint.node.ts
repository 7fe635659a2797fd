/** An OpenAI-compatible address: one attempt at a question, and what became of it. */
import type { ResponseHeaders } from './protocol.ts';
import type { RenderedPrompt } from '../../prompt/render.ts';
import { replyFault, statusFault, transportFault } from './faults.ts';
import type { Fault } from './faults.ts';
import { HttpConnection, TransportError } from './transport/http.node.ts';
import { likelihoodBody, likelihoodVerdict } from './likelihood.ts';
import type { PromptLogprobs } from './likelihood.ts';
import { bodyOf, completionText, jsonObject, pathOf, readReply, usageOf } from './protocol.ts';
import type { Answered, RequestShape, Usage } from './protocol.ts';
import type { Credentials } from './transport/secrets.ts';

/** A server that was asked whether it would say the right answer, and would not, or can't tell: it has to be asked. */
export interface Undecided {
  readonly undecided: true;
  readonly usage: Usage;
}

export interface Attempt<Result = Answered | Fault> {
  readonly result: Result;
  readonly headers: ResponseHeaders | null;
  readonly latencyMs: number;
}

/** A reply as it came, for the probe. */
export interface RawReply {
  readonly status: number;
  readonly headers: ResponseHeaders;
  readonly json: Record<string, unknown> | null;
  readonly body: string;
}

/** Where a path begins: at the API (`/v1`), or at the server that it is part of. */
export type From = 'api' | 'server';

export function isFault(result: object): result is Fault {
  return 'reason' in result;
}

export class Endpoint {
  readonly url: URL;
  private readonly connection: HttpConnection;
  private readonly credentials: Credentials;
  private readonly timeoutMs: number;

  constructor(url: URL, credentials: Credentials, options: { timeoutMs: number; connections: number }) {
    this.url = url;
    this.credentials = credentials;
    this.timeoutMs = options.timeoutMs;
    this.connection = new HttpConnection(url, options.connections);
  }

  /** One attempt. Never throws: what goes wrong is a Fault, with secrets blotted out. */
  async ask(
    prompt: RenderedPrompt,
    shape: RequestShape,
    models: ReadonlySet<string>,
    signal: AbortSignal,
  ): Promise<Attempt> {
    const sent = performance.now();
    const body = JSON.stringify(bodyOf(prompt, shape));
    try {
      const { headers } = this.credentials;
      const reply = await this.connection.send(
        'POST',
        this.path(pathOf(shape.api)),
        headers,
        body,
        this.timeoutMs,
        signal,
      );
      const latencyMs = performance.now() - sent;
      // What the prompt says itself is no secret, and has to stay as it is in the answer.
      const text = this.credentials.redact(reply.body, completionText(prompt));
      const result =
        reply.status >= 200 && reply.status < 300
          ? readReply(shape.api, text, reply.headers['content-type'])
          : statusFault(reply.status, this.redacted(reply.headers), text, Date.now());
      return { result: otherModel(result, models), headers: reply.headers, latencyMs };
    } catch (error) {
      return { result: this.faultOf(error), headers: null, latencyMs: performance.now() - sent };
    }
  }

  /**
   * One attempt that asks whether the server would say the right answer, where that can be told without generating.
   * Where it can't, or would say something else, which has to be known, it is undecided.
   */
  async askByLikelihood(
    prompt: RenderedPrompt,
    answer: string,
    means: PromptLogprobs,
    shape: RequestShape,
    models: ReadonlySet<string>,
    signal: AbortSignal,
  ): Promise<Attempt<Answered | Fault | Undecided>> {
    const sent = performance.now();
    const reply = await this.raw(
      'POST',
      pathOf('completions'),
      likelihoodBody(prompt, answer, shape, means),
      signal,
    );
    if (!('status' in reply)) return { result: reply, headers: null, latencyMs: performance.now() - sent };
    const { headers } = reply;
    if (reply.status >= 300) {
      const fault = statusFault(reply.status, this.redacted(headers), reply.body, Date.now());
      return { result: fault, headers, latencyMs: performance.now() - sent };
    }
    const verdict = reply.json === null ? 'unsure' : likelihoodVerdict(reply.json, prompt, answer, means);
    if (verdict !== 'right') {
      const undecided = { undecided: true, usage: usageOf(reply.json?.usage) } as const;
      return { result: undecided, headers, latencyMs: performance.now() - sent };
    }
    const read = readReply('completions', reply.body, headers['content-type']);
    const answered = isFault(read) ? read : { ...read, output: answer, finishReason: 'likelihood' };
    return { result: otherModel(answered, models), headers, latencyMs: performance.now() - sent };
  }

  /** A request of the probe, as raw as it comes; a Fault when nothing whole comes back. */
  async raw(
    method: 'GET' | 'POST',
    path: string,
    body: object | null,
    signal: AbortSignal,
    from: From = 'api',
  ): Promise<RawReply | Fault> {
    try {
      const payload = body === null ? null : JSON.stringify(body);
      const { headers } = this.credentials;
      const reply = await this.connection.send(
        method,
        this.path(path, from),
        headers,
        payload,
        this.timeoutMs,
        signal,
      );
      const text = this.credentials.redact(reply.body);
      return { ...reply, headers: this.redacted(reply.headers), body: text, json: jsonObject(text) };
    } catch (error) {
      return this.faultOf(error);
    }
  }

  redact(text: string): string {
    return this.credentials.redact(text);
  }

  close(): void {
    this.connection.close();
  }

  private path(path: string, from: From = 'api'): string {
    const base = this.url.pathname.replace(/\/$/, '');
    return (from === 'api' ? base : base.replace(/\/v\d+$/, '')) + path;
  }

  /** Of the headers only one is ever repeated: where a redirection points. */
  private redacted(headers: ResponseHeaders): ResponseHeaders {
    const { location } = headers;
    return location === undefined ? headers : { ...headers, location: this.credentials.redact(location) };
  }

  private faultOf(error: unknown): Fault {
    if (!(error instanceof TransportError)) throw error;
    return transportFault(this.credentials.redact(error.reason), error.nobody);
  }
}

/** An answer that says it comes from a model we did not ask is no answer. */
function otherModel(result: Answered | Fault, models: ReadonlySet<string>): Answered | Fault {
  if (isFault(result) || result.model === null || models.size === 0 || models.has(result.model))
    return result;
  return replyFault(`the answer is from the model '${result.model.slice(0, 80)}', which was not asked`);
}
