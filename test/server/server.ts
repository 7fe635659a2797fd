/**
 * A server for tests that speaks the OpenAI-compatible protocol over real sockets: it answers with known error rates
 * per task and length, shows the quirks of real servers, and has faults to order.
 */
import { createHash } from 'node:crypto';
import { createServer } from 'node:http';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { understand } from './oracle.ts';
import { misbehave, send } from './replies.ts';
import type { Fault } from './replies.ts';

export { FAULTS } from './replies.ts';

export interface ServerOptions {
  /** The chance of a right answer; decided by the prompt, so that the same prompt gets the same answer. */
  readonly accuracy?: (task: string, length: number) => number;
  /** Which fault befalls request number `n` (from 0) of those that ask for an answer. */
  readonly fault?: (n: number, prompt: string) => Fault | null;
  /** A key that requests must carry. */
  readonly key?: string;
  readonly model?: string;
  /** Default: one that is free. */
  readonly port?: number;
  readonly apis?: readonly ('completions' | 'chat')[];
  /** Whether it answers for no model but its own. */
  readonly onlyModel?: boolean;
  readonly host?: string;
  /** What the fault '429-wait' asks to wait, and how it says so. */
  readonly waitMs?: number;
  readonly waitForm?: 'seconds' | 'date';
  /** Milliseconds before an answer. */
  readonly delay?: number;
  /** Requests, and tokens, a window that are allowed and advertised; more are refused with 429 and counted. */
  readonly rate?: { readonly requests: number; readonly tokens?: number; readonly windowMs: number };
  /** More requests at once are refused with 429 and counted. */
  readonly concurrency?: number;
  /** Prompts are cut to their last tokens, silently. */
  readonly context?: number;
  readonly quirks?: {
    readonly stopIgnored?: boolean;
    readonly echo?: 'given' | 'ignored' | 'refused';
    readonly promptLogprobs?: boolean;
    readonly listsRefused?: boolean;
    readonly seedRefused?: boolean;
    readonly contentLogprobs?: boolean;
    readonly onlyMaxCompletionTokens?: boolean;
    readonly noUsage?: boolean;
    readonly namesItself?: string;
    readonly noModels?: boolean;
    /** Every request for an answer is a 500. */
    readonly alwaysFails?: boolean;
    /** Tells the ids of tokens in replies that ask for `return_token_ids`. */
    readonly tokenIds?: boolean;
    /** Cuts texts into tokens at `/tokenize`, in one of two forms. */
    readonly tokenizer?: 'content' | 'prompt';
    /** Marks for the beginning that its tokenizer puts before every text. */
    readonly marks?: number;
    /** Tokens that it puts before the prompt of a completion besides. */
    readonly around?: number;
    /** Reads `<bos>` as the mark. */
    readonly readsMark?: boolean;
    /** Says the key that it was given back in its errors. */
    readonly leaksKey?: boolean;
    /** Characters that its errors begin with. */
    readonly wordy?: number;
    /** Answers every request with a redirection. */
    readonly movedTo?: string;
  };
}

export interface Seen {
  /** Every prompt that was answered, in order. */
  readonly answered: string[];
  requests: number;
  /** Tokens that it has read and written, told or not. */
  tokens: number;
  /** Requests beyond an advertised limit. */
  violations: number;
  mostAtOnce: number;
  /** Milliseconds between a '429-wait' and the next request. */
  gapAfterWait: number;
  readonly bodies: Record<string, unknown>[];
}

export interface TestServer {
  readonly url: string;
  readonly seen: Seen;
  close(): Promise<void>;
}

type Fields = Record<string, unknown>;

export async function startServer(options: ServerOptions = {}): Promise<TestServer> {
  const seen: Seen = {
    answered: [],
    requests: 0,
    tokens: 0,
    violations: 0,
    mostAtOnce: 0,
    gapAfterWait: 0,
    bodies: [],
  };
  const state = { waitingSince: 0, asked: 0, atOnce: 0, windowStart: 0, inWindow: 0, tokensInWindow: 0 };
  const server = createServer((request, response) => {
    void readBody(request).then((text) => {
      seen.requests += 1;
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
    const headers = limitHeaders(text);
    if (headers === null) {
      seen.violations += 1;
      return send(response, 429, { error: { message: 'rate limit' } });
    }
    const path = request.url ?? '';
    if (!/^\/(v1\/(?!x)|tokenize)/.test(path)) return send(response, 404, {}, headers);
    if (path.endsWith('/models') && !options.quirks?.noModels) {
      return send(response, 200, { object: 'list', data: [{ id: options.model ?? 'test' }] }, headers);
    }
    if (path === '/tokenize' && options.quirks?.tokenizer !== undefined) {
      const said = JSON.parse(text) as Fields;
      const ids = idsOf(String(said[options.quirks.tokenizer]), options);
      return send(response, 200, { count: ids.length, tokens: ids }, headers);
    }
    const api = path.endsWith('/chat/completions')
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
    const deliver = (): void => {
      if (fault === null || !/^[45]/.test(fault)) seen.tokens += reply.tokens;
      if (fault === '429-wait') state.waitingSince = Date.now();
      if (fault !== null) return misbehave(response, fault, reply, headers, options);
      if (ours && reply.status === 200) seen.answered.push(prompt);
      send(response, reply.status, reply.body, headers);
    };
    if (options.delay === undefined) deliver();
    else setTimeout(deliver, options.delay);
  }

  /** The advertised limits' headers, or null when this request is beyond one of them. */
  function limitHeaders(text: string): Record<string, string> | null {
    const { rate } = options;
    if (rate === undefined) return {};
    const now = Date.now();
    if (now - state.windowStart >= rate.windowMs) {
      Object.assign(state, { windowStart: now, inWindow: 0, tokensInWindow: 0 });
    }
    state.inWindow += 1;
    state.tokensInWindow += text === '' ? 0 : mostTokensOf(JSON.parse(text) as Fields);
    const tokens = rate.tokens ?? Infinity;
    if (state.inWindow > rate.requests || state.tokensInWindow > tokens) return null;
    const reset = `${state.windowStart + rate.windowMs - now}ms`;
    return {
      'x-ratelimit-limit-requests': String(rate.requests),
      'x-ratelimit-remaining-requests': String(rate.requests - state.inWindow),
      'x-ratelimit-reset-requests': reset,
      ...(rate.tokens === undefined
        ? {}
        : {
            'x-ratelimit-limit-tokens': String(tokens),
            'x-ratelimit-remaining-tokens': String(tokens - state.tokensInWindow),
            'x-ratelimit-reset-tokens': reset,
          }),
    };
  }

  const { host = '127.0.0.1' } = options;
  await new Promise<void>((resolve) => server.listen(options.port ?? 0, host, resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://${host.includes(':') ? `[${host}]` : host}:${port}/v1`,
    seen,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

function promptOf(body: Fields): string {
  if (typeof body.prompt === 'string') return body.prompt;
  const messages = Array.isArray(body.messages) ? (body.messages as Fields[]) : [];
  // Turns of a conversation are read as the examples that they are.
  return messages
    .filter(({ role }) => role !== 'system')
    .map(
      ({ role, content }, i) =>
        (role === 'assistant' ? '\nOutput: ' : i === 0 ? '' : '\n\n') + String(content),
    )
    .join('');
}

/** What a hosted server takes off a limit on tokens: the prompt's, and as many as may be answered. */
function mostTokensOf(body: Fields): number {
  return tokenize(promptOf(body)).length + Number(body.max_tokens ?? body.max_completion_tokens ?? 0);
}

/** Tokens as this server counts them: a blank and the character after it are one. */
function tokenize(text: string): string[] {
  return text.match(/ ?<\w+>| ?\S|\s/gu) ?? [];
}

/** The id of the mark for the beginning. */
const MARK = 1;

function idsOf(text: string, { quirks = {} }: ServerOptions): number[] {
  const marks = new Array<number>(quirks.marks ?? 0).fill(MARK);
  const ids = tokenize(text).map((token) =>
    quirks.readsMark && token.trim() === '<bos>' ? MARK : 100 + (token.codePointAt(token.length - 1) ?? 0),
  );
  return [...marks, ...ids];
}

function answer(
  api: 'completions' | 'chat',
  body: Fields,
  prompt: string,
  options: ServerOptions,
): { status: number; body: object; tokens: number } {
  const refused = refusal(body, options);
  if (refused !== null) return { ...refused, tokens: 0 };
  const read = options.context === undefined ? prompt : tokenize(prompt).slice(-options.context).join('');
  const generated = generate(read, options);
  const limit = Number(body.max_tokens ?? body.max_completion_tokens ?? 0);
  const stops = options.quirks?.stopIgnored ? [] : ((body.stop as string[] | undefined) ?? []);
  const { text, finish } = cut(generated, limit, stops);
  const around = api === 'chat' ? 12 : (options.quirks?.around ?? 0);
  const usage = {
    prompt_tokens: idsOf(read, options).length + around,
    completion_tokens: tokenize(text).length,
  };
  const name = options.quirks?.namesItself ?? body.model;
  const choice =
    api === 'chat'
      ? { index: 0, message: { role: 'assistant', content: text.trimStart() }, finish_reason: finish }
      : { index: 0, text, finish_reason: finish, ...logprobs(body, prompt, text, options) };
  const told = options.quirks?.tokenIds === true && body.return_token_ids === true;
  const ids = told
    ? { prompt_token_ids: idsOf(prompt, options), token_ids: idsOf(text, { quirks: { marks: 0 } }) }
    : {};
  return {
    status: 200,
    body: {
      id: 'x',
      object: 'text_completion',
      model: name,
      choices: [{ ...choice, ...ids }],
      ...(options.quirks?.noUsage ? {} : { usage }),
    },
    tokens: usage.prompt_tokens + usage.completion_tokens,
  };
}

function refusal(body: Fields, { quirks = {} }: ServerOptions): { status: number; body: object } | null {
  const bad = (message: string, status = 400): { status: number; body: object } => ({
    status,
    body: { error: { message } },
  });
  if (Array.isArray(body.prompt)) {
    if (quirks.listsRefused) return bad('internal error', 500);
    const choices = (body.prompt as string[]).map((_, index) => ({
      index,
      text: ' x',
      finish_reason: 'length',
    }));
    return { status: 200, body: { model: body.model, choices } };
  }
  if (quirks.seedRefused && body.seed !== undefined) return bad('unknown field seed', 422);
  if (quirks.onlyMaxCompletionTokens && body.max_tokens !== undefined)
    return bad('use max_completion_tokens');
  if (quirks.echo === 'refused' && body.echo === true) return bad('echo is not supported');
  return null;
}

/** The right answer, or a wrong one with the configured chance; counting goes on for prompts that are not ours. */
function generate(prompt: string, options: ServerOptions): string {
  const { accuracy = () => 1 } = options;
  const understood = understand(prompt);
  if (understood === null) {
    const rest = continuation(prompt, options);
    if (rest !== null) return rest;
  }
  if (understood === null) return ' seven eight nine ten one two three four'.repeat(4);
  const draw = createHash('sha256').update(prompt).digest().readUInt32BE(0) / 2 ** 32;
  if (draw < accuracy(understood.task, understood.length)) return `${understood.text} and so on`;
  const { symbols, text } = understood;
  if (symbols.length === 1) return ` ?${text.slice(text.indexOf('\n'))}`;
  return text.replace(` ${symbols[1]} `, ' '); // a symbol skipped
}

/** What is still to be said after a question and a beginning of its answer; null where the prompt is nothing like it. */
function continuation(prompt: string, options: ServerOptions): string | null {
  const question = prompt.slice(0, prompt.lastIndexOf(':') + 1);
  if (question === prompt || understand(question) === null) return null;
  const [said, begun] = [generate(question, options), prompt.slice(question.length)];
  return said.startsWith(begun) ? said.slice(begun.length) : ' something else';
}

function cut(text: string, limit: number, stops: readonly string[]): { text: string; finish: string } {
  const ends = stops.map((stop) => text.indexOf(stop)).filter((at) => at !== -1);
  const stopped = ends.length === 0 ? text : text.slice(0, Math.min(...ends));
  const tokens = tokenize(stopped);
  // Like some real servers: no limit at all, when it is 0.
  if (limit === 0 || tokens.length <= limit) return { text: stopped, finish: 'stop' };
  return { text: tokens.slice(0, limit).join(''), finish: 'length' };
}

/** Log-probabilities in one of the two formats; of the prompt, too, where it is echoed or vLLM's field is sent. */
function logprobs(body: Fields, prompt: string, text: string, options: ServerOptions): Fields {
  const { echo = 'given', promptLogprobs = false, contentLogprobs = false } = options.quirks ?? {};
  if (promptLogprobs && body.prompt_logprobs !== undefined) {
    const ranks = greedyRanks(prompt, options);
    const entries = ranks.map(({ token, greedy }, i) =>
      i === 0 ? null : { [i]: { logprob: greedy ? -0.1 : -3, rank: greedy ? 1 : 2, decoded_token: token } },
    );
    return { prompt_logprobs: entries };
  }
  if (body.logprobs === undefined) return {};
  if (contentLogprobs)
    return { logprobs: { content: tokenize(text).map((token) => ({ token, logprob: -0.1 })) } };
  const echoed = body.echo === true && echo === 'given';
  const generated = tokenize(text).map((token) => ({ token, greedy: true }));
  const all = echoed ? [...greedyRanks(prompt, options), ...generated] : generated;
  return {
    ...(echoed ? { text: prompt + text } : {}),
    logprobs: {
      tokens: all.map(({ token }) => token),
      token_logprobs: all.map(({ greedy }, i) => (echoed && i === 0 ? null : greedy ? -0.1 : -3)),
      top_logprobs: all.map(({ token, greedy }, i) =>
        echoed && i === 0 ? null : { [greedy ? token : ' #']: -0.1 },
      ),
    },
  };
}

/** For every token of a text, whether this server would have said it there: known for answers to its questions. */
function greedyRanks(text: string, options: ServerOptions): { token: string; greedy: boolean }[] {
  const marks = [text.lastIndexOf(':') + 1];
  const [at] = marks;
  const question = text.slice(0, at);
  const said = tokenize(generate(question, options));
  return [
    ...tokenize(question).map((token) => ({ token, greedy: false })),
    ...tokenize(text.slice(at)).map((token, i) => ({ token, greedy: said[i] === token })),
  ];
}

async function readBody(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString();
}
