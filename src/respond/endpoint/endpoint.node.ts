/** An OpenAI-compatible address: one attempt at a prompt, and what became of it. */
import { completionText } from '../../prompt/render.ts';
import type { RenderedPrompt } from '../../prompt/render.ts';
import { otherModelFault, statusFault, transportFault } from './reply/faults.ts';
import type { Fault } from './reply/faults.ts';
import { likelihoodBody, likelihoodResult } from './likelihood.ts';
import type { PromptLogprobs } from './likelihood.ts';
import { sameModel } from './protocol/model-name.ts';
import { pathOf } from './protocol/protocol.ts';
import type { Fields, HttpReply, ResponseHeaders } from './protocol/protocol.ts';
import { jsonObject } from './reply/json.ts';
import { readReply } from './reply/read.ts';
import type { Answered } from './reply/read.ts';
import { usageOf } from './reply/usage.ts';
import type { Usage } from './reply/usage.ts';
import { bodyOf } from './request/body.ts';
import type { RequestShape } from './request/body.ts';
import { addressOf, pathFor } from './transport/address.ts';
import { HttpConnection, TransportError } from './transport/http.node.ts';
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

/** A reply as it came, for the probe. Nothing secret is blotted out yet: none of it is kept or shown as it is. */
export interface RawReply extends HttpReply {
  readonly json: Fields | null;
}

/** The names that answers may carry at present: what came meanwhile may have shown that there are fewer. None: any. */
export type AllowedNames = () => readonly string[];

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

  /** What names it, in rows and messages. */
  get address(): string {
    return addressOf(this.url);
  }

  /** What gave the key that it is sent, for messages; null without one. */
  get keyFrom(): string | null {
    return this.credentials.keyFrom;
  }

  /**
   * One attempt. Never throws: what goes wrong is a Fault, with secrets blotted out.
   * @param models the names that answers may carry when the reply has come; none: any
   */
  async ask(
    prompt: RenderedPrompt,
    repeat: number,
    shape: RequestShape,
    models: AllowedNames,
    signal: AbortSignal,
  ): Promise<Attempt> {
    const sent = performance.now();
    try {
      const body = JSON.stringify(bodyOf(prompt, shape, repeat));
      const reply = await this.send('POST', pathOf(shape.api), body, signal);
      return {
        result: this.read(reply, prompt, models, shape),
        headers: reply.headers,
        latencyMs: performance.now() - sent,
      };
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
    models: AllowedNames,
    signal: AbortSignal,
  ): Promise<Attempt<Answered | Fault | Undecided>> {
    const sent = performance.now();
    try {
      const body = JSON.stringify(likelihoodBody(prompt, answer, shape, means));
      const reply = await this.send('POST', pathOf('completions'), body, signal);
      const latencyMs = performance.now() - sent;
      const { headers } = reply;
      const read = this.read(reply, prompt, models, shape);
      if (isFault(read)) return { result: read, headers, latencyMs };
      const json = jsonObject(reply.body);
      const told = json === null ? 'unsure' : likelihoodResult(json, prompt, answer, means);
      if (told !== 'right') {
        return { result: { undecided: true, usage: usageOf(json?.usage) }, headers, latencyMs };
      }
      // Nothing had to be written after it.
      return {
        result: { ...read, text: answer, finishReason: 'likelihood', isEmpty: false },
        headers,
        latencyMs,
      };
    } catch (error) {
      return { result: this.faultOf(error), headers: null, latencyMs: performance.now() - sent };
    }
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
      const reply = await this.send(method, path, payload, signal, from);
      return { ...reply, json: jsonObject(reply.body) };
    } catch (error) {
      return this.faultOf(error);
    }
  }

  /** A text without any of the secrets. */
  readonly redact = (text: string): string => this.credentials.redact(text);

  close(): void {
    this.connection.close();
  }

  private send(
    method: 'GET' | 'POST',
    path: string,
    body: string | null,
    signal: AbortSignal,
    from: From = 'api',
  ): Promise<HttpReply> {
    const { headers } = this.credentials;
    return this.connection.send(method, pathFor(this.url, path, from), headers, body, this.timeoutMs, signal);
  }

  private read(
    reply: HttpReply,
    prompt: RenderedPrompt,
    models: AllowedNames,
    { habits }: RequestShape,
  ): Answered | Fault {
    const now = Date.now();
    if (reply.status < 200 || reply.status >= 300) return statusFault(reply, this.redact, now);
    // What the prompt says itself is no secret, and has to stay as it is in the answer.
    const known = completionText(prompt);
    const read = readReply(reply, (text) => this.credentials.redact(text, known), now, habits);
    if (isFault(read) || sameModel(read.model, models())) return read;
    const name = this.redact(read.model ?? '').slice(0, 80);
    return otherModelFault(name, read.usage);
  }

  private faultOf(error: unknown): Fault {
    if (!(error instanceof TransportError)) throw error;
    return transportFault(this.redact(error.reason), error.nobody);
  }
}
