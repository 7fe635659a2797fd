import { afterEach, describe, expect, it } from 'vitest';
import type { Json } from '../../src/common/json.ts';
import { connect } from '../../src/respond/endpoint/connection.node.ts';
import type { Connection } from '../../src/respond/endpoint/connection.node.ts';
import type { EndpointRespondentOptions } from '../../src/respond/endpoint/endpoint-respondent.node.ts';
import type { Capabilities } from '../../src/respond/endpoint/request/capabilities.ts';
import { endpointRespondent } from '../../src/respond/endpoint/endpoint-respondent.node.ts';
import { probe, speaksNow } from '../../src/respond/endpoint/probe/probe.node.ts';
import { endpointUrl } from '../../src/respond/endpoint/transport/address.ts';
import { credentials } from '../../src/respond/endpoint/transport/secrets.ts';
import type {
  AskState,
  Ending,
  Prompted,
  Questions,
  Respondent,
  Responded,
} from '../../src/respond/respondent.ts';
import { textOutput } from '../../src/score/output.ts';
import { choiceReply, plainReply } from '../server/behaviour.ts';
import type { Asked, Sent } from '../server/behaviour.ts';
import { startServer } from '../server/server.ts';
import type { ServerOptions, TestServer } from '../server/server.ts';
import { ask, samples } from './asking.ts';
import { error } from './case.ts';

const closing: (() => void | Promise<void>)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0)) await close();
});

async function serve(options: ServerOptions = {}): Promise<TestServer> {
  const server = await startServer(options);
  closing.push(() => server.close());
  return server;
}

const wishes = { model: 'test', temperature: 0, seed: 1, extra: {} };

function connectionTo(url: string, concurrency = 8, timeoutMs = 5000): Connection {
  const connection = connect({
    url: endpointUrl(url),
    credentials: credentials({}, []),
    timeoutMs,
    concurrency,
    maxRetries: 2,
    limits: {},
    prices: null,
  });
  closing.push(() => connection.close());
  return connection;
}

function capabilitiesAt(url: string, connection = connectionTo(url)): Promise<Capabilities> {
  return probe(connection, {
    ...wishes,
    signal: new AbortController().signal,
    onWait: () => undefined,
  });
}

/** Who answers at an address, probed. */
async function respondentAt(
  url: string,
  {
    concurrency,
    ...more
  }: { readonly concurrency?: number } & Pick<
    Partial<EndpointRespondentOptions>,
    'onFingerprint' | 'likelihoodOf'
  > = {},
): Promise<Respondent> {
  const connection = connectionTo(url, concurrency);
  const capabilities = await capabilitiesAt(url, connection);
  return endpointRespondent({
    ...wishes,
    ...more,
    connection,
    api: capabilities.completions ? 'completions' : 'chat',
    capabilities,
  });
}

function listed(prompts: readonly Prompted[]): Questions<Prompted> {
  const left = [...prompts];
  return { next: () => left.shift() ?? 'done' };
}

async function all(
  outputs: AsyncGenerator<readonly Responded<Prompted>[], Ending>,
): Promise<{ responded: Responded<Prompted>[]; ending: Ending }> {
  const responded: Responded<Prompted>[] = [];
  for (;;) {
    const batch = await outputs.next();
    if (batch.done) return { responded, ending: batch.value };
    responded.push(...batch.value);
  }
}

const signal = (): AbortSignal => new AbortController().signal;

describe('an endpoint that is asked', () => {
  it('answers each sample once, in batches, with all that is known of it', async () => {
    const { url, seen } = await serve();
    const respondent = await respondentAt(url);
    const before = seen.requests;
    const asked = samples(50);
    const { responded, ending } = await all(respondent.ask(listed(asked), { signal: signal() }));
    expect(ending).toEqual({ kind: 'done' });
    expect(new Set(responded.map(({ prompted }) => prompted))).toEqual(new Set(asked));
    expect(seen.requests - before).toBe(50);
    for (const { prompted, output } of responded) {
      expect(output).toMatchObject({
        text: ` ${prompted.sample.answer.join(' ')}`,
        finishReason: 'stop',
        attempts: 1,
        tokenLimit: prompted.prompt.maxTokens,
        error: null,
        failure: null,
      });
      expect(output.promptTokens).toBeGreaterThan(10);
      expect(output.latencyMs).toBeGreaterThan(0);
    }
  });

  it('asks nobody else until it was taken that a prompt does not fit with any room for thoughts', async () => {
    const answer = ({ ours }: Asked): Sent | null =>
      ours
        ? error(400, "This model's maximum context length is 64 tokens", { code: 'context_length_exceeded' })
        : null;
    const { url, seen } = await serve({ behaviour: { answer } });
    const connection = connectionTo(url, 1);
    const capabilities = await capabilitiesAt(url, connection);
    const respondent = endpointRespondent({
      ...{ ...wishes, connection, api: 'completions', capabilities },
      ...{ thinkTokens: 4096, thinkTokensGiven: true },
    });
    const asked = samples(3);
    const before = seen.bodies.length;
    const outputs = respondent.ask(listed(asked), { signal: signal() });
    const first = await outputs.next();
    await new Promise((resolve) => setTimeout(resolve, 100));
    const prompts = seen.bodies.slice(before).map(({ prompt }) => prompt);
    expect(first.value).toMatchObject([{ prompted: asked[0], output: { failure: 'too-long' } }]);
    expect(prompts).toEqual(prompts.map(() => asked[0].prompt.text));
    expect(prompts.length).toBeGreaterThan(1);
    await outputs.return({ kind: 'interrupted' });
  });

  it('comes again at once where questions are still looked for, and can be interrupted meanwhile', async () => {
    const { url } = await serve();
    const respondent = await respondentAt(url);
    const left = samples(6);
    let turn = 0;
    const next = () => (turn++ % 3 === 0 ? (left.shift() ?? 'done') : 'soon');
    const { responded, ending } = await all(respondent.ask({ next }, { signal: signal() }));
    expect([responded.length, ending]).toEqual([6, { kind: 'done' }]);
    const endless = respondent.ask<Prompted>({ next: () => 'soon' }, { signal: AbortSignal.timeout(50) });
    expect((await all(endless)).ending).toEqual({ kind: 'interrupted' });
  });

  it('asks nothing more where it is told to wait, until what came was taken', async () => {
    const { url, seen } = await serve();
    const respondent = await respondentAt(url);
    const before = seen.requests;
    const left = samples(9);
    let [open, most] = [0, 0];
    const questions: Questions<Prompted> = {
      next: () => {
        if (left.length === 0) return 'done';
        if (open >= 3) return 'wait';
        open += 1;
        most = Math.max(most, open);
        return left.shift() ?? 'done';
      },
    };
    const outputs = respondent.ask(questions, { signal: signal() });
    let taken = 0;
    for (let batch = await outputs.next(); !batch.done; batch = await outputs.next()) {
      // No more is asked than was taken, however long it takes to store it.
      await new Promise((resolve) => setTimeout(resolve, 20));
      expect(seen.requests - before).toBeLessThanOrEqual(taken + 3);
      open -= batch.value.length;
      taken += batch.value.length;
    }
    expect([taken, most]).toEqual([9, 3]);
  });

  it('an interruption lets what is under way arrive, and asks nothing more', async () => {
    const { url, seen } = await serve({ delay: 60 });
    const respondent = await respondentAt(url, { concurrency: 4 });
    const before = seen.requests;
    const stop = new AbortController();
    const outputs = respondent.ask(listed(samples(40)), { signal: stop.signal });
    setTimeout(() => stop.abort(), 100);
    const { responded, ending } = await all(outputs);
    expect(ending).toEqual({ kind: 'interrupted' });
    expect(responded.length).toBe(seen.requests - before);
    expect(responded.length).toBeLessThan(20);
    expect(responded.every(({ output }) => output.error === null)).toBe(true);
  });

  it('whoever takes no more outputs ends what is under way', async () => {
    const { url, seen } = await serve({ delay: 20 });
    const respondent = await respondentAt(url, { concurrency: 4 });
    for await (const batch of respondent.ask(listed(samples(40)), { signal: signal() })) {
      expect(batch.length).toBeGreaterThan(0);
      break;
    }
    const asked = seen.requests;
    await new Promise((resolve) => setTimeout(resolve, 100));
    expect(seen.requests).toBe(asked);
  });

  it('a wait is told while it lasts: how long, and what for', async () => {
    const { url } = await serve({
      behaviour: {
        answer: ({ ours, n }) =>
          ours && n === 3 ? error(429, 'slow down', {}, { 'retry-after': '1' }) : null,
      },
    });
    const respondent = await respondentAt(url, { concurrency: 2 });
    const states: AskState[] = [];
    const { responded } = await all(
      respondent.ask(listed(samples(6)), { signal: signal(), onState: (state) => states.push(state) }),
    );
    expect(responded.map(({ output }) => output.error)).toEqual(Array(6).fill(null));
    const waits = states.filter(({ waitMs }) => waitMs > 0);
    expect(waits.length).toBeGreaterThan(0);
    for (const { waitMs, waitFor } of waits) {
      expect(waitMs).toBeLessThanOrEqual(1000);
      expect(waitFor).toBe('the server asks for it');
    }
    expect(states.at(-1)).toMatchObject({ inFlight: 0, waitMs: 0, waitFor: null, retries: 1, requests: 7 });
  });

  it('an error of whoever is told of answers ends the asking, and is theirs', async () => {
    const { url } = await serve({
      behaviour: { answer: (asked) => ({ body: plainReply(asked, {}, { system_fingerprint: 'fp' }) }) },
    });
    const onFingerprint = (): void => {
      throw new Error('what I was told is too much');
    };
    const respondent = await respondentAt(url, { onFingerprint });
    await expect(all(respondent.ask(listed(samples(6)), { signal: signal() }))).rejects.toThrow('too much');
  });

  it.each<[string, (asked: Asked) => Sent | null]>([
    [
      'refused with a wait',
      ({ ours, n }) => (ours && n % 3 === 0 ? error(429, 'slow down', {}, { 'retry-after': '0' }) : null),
    ],
    ['failed', ({ ours, n }) => (ours && n % 4 === 1 ? error(500, 'out of order') : null)],
    [
      'cut and asked with room for thoughts',
      (asked) =>
        asked.ours && asked.limit < 300
          ? {
              body: choiceReply(
                asked,
                { message: { content: '' }, finish_reason: 'length' },
                { usage: { prompt_tokens: 50, completion_tokens: asked.limit } },
              ),
            }
          : null,
    ],
  ])('says how many requests each answer took, where some were %s', async (_, answer) => {
    const { url, seen } = await serve({ apis: ['chat'], behaviour: { answer } });
    const respondent = await respondentAt(url, { concurrency: 2 });
    const before = seen.requests;
    const { responded } = await all(respondent.ask(listed(samples(6)), { signal: signal() }));
    const taken = responded.reduce((sum, { output }) => sum + output.attempts, 0);
    expect([responded.length, taken]).toEqual([6, seen.requests - before]);
    expect(taken).toBeGreaterThan(6);
  });

  it('counts the requests by which likelihood found nothing out, and the answer was generated', async () => {
    const { url, seen } = await serve({ quirks: { promptLogprobs: true } });
    const respondent = await respondentAt(url, { likelihoodOf: () => ' no answer' });
    const before = seen.requests;
    const { responded } = await all(respondent.ask(listed(samples(6)), { signal: signal() }));
    const taken = responded.reduce((sum, { output }) => sum + output.attempts, 0);
    expect(taken).toBe(seen.requests - before);
    expect(taken).toBe(12);
  });

  it('is asked whether it speaks by one request, without the fields that it was found to refuse', async () => {
    const fields = ['temperature', 'max_tokens', 'seed', 'stop'];
    const refuses = fields.map((field) => ({ field, says: `Unsupported parameter: '${field}'` }));
    const { url, seen } = await serve({ apis: ['chat'], behaviour: { refuses } });
    const connection = connectionTo(url);
    const capabilities = await capabilitiesAt(url, connection);
    const before = seen.bodies.length;
    const probing = { ...wishes, signal: signal(), onWait: () => undefined };
    const [{ prompt }] = samples(1);
    for (const question of [null, prompt])
      expect(await speaksNow(connection, probing, { api: 'chat', capabilities }, question)).toBe(true);
    expect(seen.bodies.slice(before).map((body) => Object.keys(body).sort())).toEqual([
      ['max_completion_tokens', 'messages', 'model'],
      ['max_completion_tokens', 'messages', 'model'],
    ]);
  });

  it.each(['length', 'max_output_tokens', 'incomplete', 'truncated', 'token_limit'])(
    'thoughts that are not told are seen by the probe, where %s says that they had no room',
    async (word) => {
      const { url } = await serve({
        apis: ['chat'],
        behaviour: {
          answer: (asked) =>
            asked.limit > 300
              ? null
              : { body: choiceReply(asked, { message: { content: '' }, finish_reason: word }) },
        },
      });
      expect((await capabilitiesAt(url)).shapes?.chat?.thinking).toBe('unsaid');
    },
  );

  it('asks again what an older store has as answered, though the server broke it off', async () => {
    const { url } = await serve();
    const respondent = await respondentAt(url);
    const [prompted] = samples(1);
    const again = (finishReason: string | null): boolean | undefined =>
      respondent.asksAgain?.(prompted, textOutput(' b', { finishReason }));
    for (const word of ['abort', 'insufficient_system_resource', 'ERROR']) expect(again(word)).toBe(true);
    for (const word of ['stop', 'length', 'content_filter', null]) expect(again(word)).toBe(false);
  });

  it('one server in the key of its answers: what can change them, and nothing secret', async () => {
    const { url } = await serve({ behaviour: { refuses: [{ field: 'seed', says: 'unknown field: seed' }] } });
    const { identity } = await respondentAt(`${url}/completions?api-version=1`);
    expect(identity).toEqual({
      kind: 'endpoint',
      endpoint: `${url}?api-version=1`,
      model: 'test',
      api: 'completions',
      temperature: 0,
      decide: 'generation',
      seed: null,
      stop: true,
      extra: {},
    });
  });
});

describe('a server that answers one request at a time (llama.cpp with one slot, Ollama)', () => {
  /** Each after the one before, so many milliseconds each; asked 30 questions. */
  async function asked(eachMs: number, timeoutMs: number) {
    let free = 0;
    const delay = (): number => {
      const now = Date.now();
      free = Math.max(now, free) + (isProbed ? eachMs : 0);
      return free - now;
    };
    let isProbed = false;
    const { url, seen } = await serve({ delay });
    const connection = connectionTo(url, 64, timeoutMs);
    const capabilities = await capabilitiesAt(url, connection);
    isProbed = true;
    const before = seen.requests;
    const respondent = endpointRespondent({ ...wishes, connection, api: 'completions', capabilities });
    const waits = new Set<string>();
    const outputs = respondent.ask(listed(samples(30)), {
      signal: signal(),
      onState: ({ waitFor }) => waitFor !== null && waits.add(waitFor),
    });
    const { responded } = await all(outputs);
    const failed = responded.filter(({ output }) => output.error !== null).length;
    return { failed, waits: [...waits], requests: seen.requests - before, mostAtOnce: seen.mostAtOnce };
  }

  it('is asked few at once, so that none is given up for having waited behind the others', async () => {
    const { mostAtOnce, ...came } = await asked(300, 5000);
    expect(came).toEqual({ failed: 0, waits: [], requests: 30 });
    expect(mostAtOnce).toBeLessThanOrEqual(8);
  });

  it('in the time of which few come: fewer are asked at once, and it is not said to be in trouble', async () => {
    const { failed, waits } = await asked(400, 1000);
    expect(failed).toBe(0);
    expect(waits.join()).toMatch(/more at once than the server works on: [12] at a time now/);
    expect(waits.join()).not.toMatch(/in trouble/);
  });
});

it('a server that hangs from one moment on is said to be in trouble, not to be asked too much at once', async () => {
  let isHanging = true;
  const server = await serve({ fault: (n) => (n >= 20 && isHanging ? 'silence' : null) });
  const connection = connectionTo(server.url, 16, 1000);
  const capabilities = await capabilitiesAt(server.url, connection);
  const respondent = endpointRespondent({ ...wishes, connection, api: 'completions', capabilities });
  const waits = new Set<string>();
  const outputs = respondent.ask(listed(samples(60)), {
    signal: signal(),
    onState: ({ waitFor }) => {
      if (waitFor === null) return;
      waits.add(waitFor);
      isHanging = false;
    },
  });
  const { responded } = await all(outputs);
  expect(responded.filter(({ output }) => output.error !== null)).toEqual([]);
  expect([...waits].join()).toMatch(/in trouble \(no answer within 1 s\)/);
  expect([...waits].join()).not.toMatch(/more at once/);
});

describe('a budget', () => {
  const most = (body: Readonly<Record<string, unknown>>): number => {
    const reasoning = body.reasoning as { max_tokens?: number } | undefined;
    const limits = [body.max_tokens, body.max_completion_tokens, body.n_predict, body.min_tokens];
    return Math.max(...limits.map((limit) => Number(limit ?? 0))) + (reasoning?.max_tokens ?? 0);
  };

  it.each<[string, Readonly<Record<string, Json>>]>([
    ['two limits', { max_tokens: 10, max_completion_tokens: 300 }],
    ['a least number', { min_tokens: 300 }],
    ['room for thoughts', { reasoning: { max_tokens: 300 } }],
    ['another server’s name for the limit', { n_predict: 300 }],
    ['a text that is long', { documents: [{ text: 'word '.repeat(200) }] }],
  ])('is not exceeded by %s in --body, by a server that takes all that it may', async (_, extra) => {
    const spent = { tokens: 0 };
    const { url } = await serve({
      behaviour: {
        answer: (asked) => {
          const tokens = {
            prompt_tokens:
              Buffer.byteLength(asked.prompt) + JSON.stringify(asked.body.documents ?? '').length,
            completion_tokens: most(asked.body),
          };
          spent.tokens += tokens.prompt_tokens + tokens.completion_tokens;
          return { body: { ...plainReply(asked), usage: tokens } };
        },
      },
    });
    const { ending, responded } = await ask(url, { extra, tokens: 20_000 });
    expect(spent.tokens).toBeLessThanOrEqual(20_000);
    expect(ending.kind).toBe(responded.length < 12 ? 'budget' : 'done');
    expect(responded.length).toBeGreaterThan(0);
  });
});

describe('addresses and keys', () => {
  it('the query of an address is part of every request, and Azure’s header is sent', async () => {
    const { url, seen } = await serve();
    process.env.LENGTHWISE_TEST_KEY = 'azure-key-1234';
    const secrets = credentials(process.env, ['api-key: env:LENGTHWISE_TEST_KEY']);
    delete process.env.LENGTHWISE_TEST_KEY;
    expect(secrets.headers).toEqual({ 'api-key': 'azure-key-1234' });
    await ask(`${url}/chat/completions?api-version=2024-10-21`);
    expect(seen.requests).toBeGreaterThan(12);
    for (const path of seen.paths) expect(path).toMatch(/\?api-version=2024-10-21$/);
  });

  it.each(['1712', 'text', 'usage', 'token', 'null', 'choices', 'test-key'])(
    'a key %j breaks no reply, and answers are counted',
    async (key) => {
      const { url } = await serve({ behaviour: { answer: (asked) => ({ body: plainReply(asked) }) }, key });
      const { responded, spent } = await ask(url, {}, { key });
      for (const { prompted, output } of responded) {
        expect(output.text?.trim()).toBe(prompted.sample.answer.join(' '));
        expect(output.promptTokens).toBeGreaterThan(0);
      }
      expect(spent.tokens).toBeGreaterThan(100);
    },
  );

  it('a key that a server says back is in no output and no line', async () => {
    const key = 'sk-very-secret-0123456789';
    const { url } = await serve({
      key,
      behaviour: {
        answer: (asked) =>
          asked.n % 2 === 0 && asked.ours
            ? error(400, `${'.'.repeat(185)} your key ${key} may not`)
            : {
                body: plainReply(
                  asked,
                  asked.api === 'chat' ? { content: key } : { text: `${key} ${asked.text}` },
                ),
              },
      },
    });
    const { responded, lines, ending } = await ask(url, {}, { key });
    const kept = JSON.stringify([responded, lines, ending]);
    expect(kept).toContain('[secret]');
    expect(kept).not.toContain('sk-very');
  });
});
