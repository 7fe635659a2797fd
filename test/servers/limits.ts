/** Servers that limit how much they are asked, and how they say so. */
import { ALL_RIGHT, error, goneAfter, SAMPLES } from './case.ts';
import type { ServerCase } from './case.ts';
import { plainReply } from '../server/behaviour.ts';
import type { Asked, Sent } from '../server/behaviour.ts';

/** Every fifth question of ours is refused, in words and headers made when it is. */
const fifth = (sent: () => Sent) => (asked: Asked) => (asked.ours && asked.n % 5 === 0 ? sent() : null);
const once = (sent: () => Sent) => (asked: Asked) => (asked.ours && asked.n === 4 ? sent() : null);
const slow = (headers: Readonly<Record<string, string>>): Sent => error(429, 'slow down', {}, headers);

/** Lets one request through in so many milliseconds, of ours, and tells when the next one may come. */
function politeLimiter(everyMs: number): ServerCase['behaviour'] {
  const free = new WeakMap<object, number>();
  const key = {};
  return {
    answer: (asked) => {
      const now = Date.now();
      if (asked.n === 1) free.set(key, now);
      const at = free.get(key) ?? now;
      if (!asked.ours) return null;
      if (at > now) return slow({ 'retry-after': `${at - now + 1}ms` });
      free.set(key, now + everyMs);
      return null;
    },
  };
}

/** A clock that shows another time than ours, as the headers and times that it writes show it. */
function clock(aheadMs: number): { date: () => string; in: (ms: number) => Date } {
  const at = (ms: number): Date => new Date(Date.now() + aheadMs + ms);
  return { date: () => at(0).toUTCString(), in: at };
}

const TWO_HOURS_MS = 7_200_000;

/** Refuses prompts of more than so many characters, in words and with a status of its own. */
const beyond = (characters: number, sent: () => Sent) => (asked: Asked) =>
  asked.ours && asked.prompt.length > characters ? sent() : null;

/** So long is asked to wait, in seconds: more than is said of short waits, and less than a test takes. */
const SOON = 0.4;

export const limitCases: readonly ServerCase[] = [
  {
    name: 'the reset is in milliseconds since 1970',
    reported: ['dirge-code/dirge#719'],
    behaviour: {
      answer: fifth(() =>
        error(
          429,
          'Rate limit exceeded: free-models-per-min',
          { code: 429 },
          {
            'x-ratelimit-limit': '6',
            'x-ratelimit-remaining': '0',
            'x-ratelimit-reset': String(Date.now() + 300),
          },
        ),
      ),
    },
    right: ALL_RIGHT,
  },
  {
    name: 'the wait is told in the body only: Google’s retryDelay, with fractions',
    reported: ['dcdpr/jp#1061', 'vercel/ai#18627', 'NousResearch/hermes-agent#30017'],
    behaviour: {
      answer: fifth(() => ({
        status: 429,
        body: [
          {
            error: {
              code: 429,
              message: 'You exceeded your current quota, please check your plan and billing details.',
              status: 'RESOURCE_EXHAUSTED',
              details: [{ '@type': 'type.googleapis.com/google.rpc.RetryInfo', retryDelay: '0.387906927s' }],
            },
          },
        ],
      })),
    },
    right: ALL_RIGHT,
  },
  {
    name: 'the wait is told in the body only: headers that OpenRouter passes on',
    reported: ['dirge-code/dirge#719', 'NousResearch/hermes-agent#30017'],
    behaviour: {
      answer: fifth(() =>
        error(429, 'Rate limit exceeded: free-models-per-min. ', {
          code: 429,
          metadata: {
            headers: { 'X-RateLimit-Remaining': '0', 'X-RateLimit-Reset': String(Date.now() + 300) },
          },
        }),
      ),
    },
    right: ALL_RIGHT,
  },
  {
    name: 'the wait is told in words: Groq’s, Azure’s',
    reported: ['danielmiessler/Fabric#364', 'firecrawl/firecrawl#81'],
    behaviour: {
      answer: fifth(() =>
        error(
          429,
          'Rate limit reached for model `m` on tokens per minute (TPM): Limit 7000, Used 0, Requested ~12903. Please try again in 397.142857ms. Visit https://example.com for more.',
          {
            type: 'tokens',
            code: 'rate_limit_exceeded',
          },
        ),
      ),
    },
    right: ALL_RIGHT,
  },
  {
    name: 'all requests of a period are used up by the probe: it says how long it waits, and why',
    reported: ['https://inference-docs.cerebras.ai/support/rate-limits'],
    behaviour: {
      headers: ({ ours }): Readonly<Record<string, string>> =>
        ours
          ? {}
          : {
              'x-ratelimit-limit-requests': '3',
              'x-ratelimit-remaining-requests': '0',
              'x-ratelimit-reset-requests': '0.2s',
            },
    },
    right: ALL_RIGHT,
    says: [/the server says that its 3 requests of this period are used up/],
  },
  {
    name: 'all requests of more than a day are used up by the probe: it ends, and says so',
    reported: ['https://inference-docs.cerebras.ai/support/rate-limits'],
    behaviour: {
      headers: () => ({
        'x-ratelimit-limit-requests-day': '14400',
        'x-ratelimit-remaining-requests-day': '0',
        'x-ratelimit-reset-requests-day': '100000.38',
      }),
    },
    right: {},
    refused: /its 14400 requests of this period are used up, which takes 28 hours: more than a day/,
    mostRequests: 2,
  },
  {
    name: 'the wait is longer than a day: it ends, and says so',
    reported: ['dirge-code/dirge#719'],
    behaviour: { answer: once(() => slow({ 'retry-after': '200000' })) },
    options: { concurrency: 1 },
    right: { right: 3 },
    ending: 'stopped',
    says: [/56 hours: more than a day is not waited for/],
    saysNot: [/waiting for/],
    mostRequests: 20,
  },
  {
    name: 'the wait is longer than anybody lives: it ends, and says so alone',
    reported: ['dirge-code/dirge#719'],
    behaviour: { answer: once(() => slow({ 'retry-after': '99999999999999999999' })) },
    options: { concurrency: 1 },
    right: { right: 3 },
    ending: 'stopped',
    says: [/more than a day is not waited for/],
    saysNot: [/waiting for/],
    mostRequests: 20,
  },
  {
    name: 'one request at a time is let through, at times that are told: no refusal is a failure',
    reported: ['NousResearch/hermes-agent#30017'],
    behaviour: politeLimiter(300),
    options: { maxRetries: 1 },
    right: ALL_RIGHT,
    says: [/the server asks for it|after the wait that it asked for/],
  },
  {
    name: 'waits of no second, as whole seconds are written: more refusals than attempts that may fail',
    reported: ['https://www.rfc-editor.org/rfc/rfc9110#field.retry-after'],
    behaviour: { answer: (asked) => (asked.ours && asked.n <= 4 ? slow({ 'retry-after': '0' }) : null) },
    options: { maxRetries: 0, concurrency: 1 },
    right: ALL_RIGHT,
  },
  ...[TWO_HOURS_MS, -TWO_HOURS_MS].flatMap((ahead): ServerCase[] => {
    const theirs = clock(ahead);
    const how = ahead > 0 ? 'ahead' : 'behind';
    const says = [/the server asks for it|used up|after the wait that it asked for/];
    return [
      {
        name: `a clock two hours ${how} of ours: a wait until a date is as long as by its own`,
        reported: ['https://www.rfc-editor.org/rfc/rfc9110#field.date'],
        behaviour: {
          answer: once(() =>
            error(
              429,
              'slow down',
              {},
              { date: theirs.date(), 'retry-after': theirs.in(2000).toUTCString() },
            ),
          ),
        },
        right: ALL_RIGHT,
        says,
      },
      {
        name: `a clock two hours ${how} of ours: a period ends by its own (Anthropic)`,
        reported: ['https://docs.anthropic.com/en/api/rate-limits'],
        behaviour: {
          headers: ({ n }) => ({
            date: theirs.date(),
            'anthropic-ratelimit-requests-limit': '50',
            'anthropic-ratelimit-requests-remaining': n === 3 ? '0' : '50',
            'anthropic-ratelimit-requests-reset': theirs.in(n === 3 ? 1500 : 1).toISOString(),
          }),
        },
        options: { concurrency: 1 },
        right: ALL_RIGHT,
        says,
      },
      {
        name: `a clock two hours ${how} of ours: the wait in the body is by its own`,
        reported: ['dirge-code/dirge#719'],
        behaviour: {
          answer: once(() =>
            error(
              429,
              'Rate limit exceeded',
              {
                code: 429,
                metadata: { headers: { 'X-RateLimit-Reset': String(theirs.in(2000).getTime()) } },
              },
              { date: theirs.date() },
            ),
          ),
        },
        right: ALL_RIGHT,
        says,
      },
    ];
  }),
  ...(
    [
      [
        413,
        'Request too large for model `openai/gpt-oss-20b` in organization `org_1` service tier `on_demand` on tokens per minute (TPM): Limit 8000, Requested 9214, please reduce your message size and try again. Need more tokens? Upgrade to Dev Tier today at https://console.groq.com/settings/billing',
        'continuedev/continue#10218',
        /status 413 \(one request takes more tokens than the account's limit allows\): .*Limit 8000, Requested 9214/,
      ],
      [
        429,
        'Request too large for gpt-4o in organization org-x on tokens per min (TPM): Limit 30000, Requested 33007. The input or output tokens must be reduced in order to run successfully. Visit https://platform.openai.com/account/rate-limits to learn more.',
        'Aider-AI/aider#1880',
        /status 429 \(one request takes more tokens than the account's limit allows\): .*Limit 30000, Requested 33007/,
      ],
    ] as const
  ).map(([status, words, reported, says]): ServerCase => ({
    name: `one request is more than the account's tokens per minute, by ${status}: no limit of the model, and no wait helps`,
    reported: [reported],
    behaviour: {
      answer: beyond(200, () =>
        error(
          status,
          words,
          { type: 'tokens', code: 'rate_limit_exceeded' },
          { 'x-ratelimit-reset-tokens': '1s' },
        ),
      ),
    },
    options: { lengths: [5, 80] },
    right: { right: SAMPLES / 2, failed: SAMPLES / 2 },
    tooLong: 0,
    says: [says],
    saysNot: [/the context ends there/, /refuses to be asked so much/],
    mostRequests: SAMPLES + 24,
  })),
  {
    name: "one request is more than the account may ask at once, by GitHub Models' 413: no limit of the model",
    reported: ['cline/cline#2115', 'Aider-AI/aider#2296'],
    behaviour: {
      answer: beyond(200, () => {
        const words = 'Request body too large for gpt-4o model. Max size: 8000 tokens.';
        return error(413, words, { code: 'tokens_limit_reached', details: words });
      }),
    },
    options: { lengths: [5, 80] },
    right: { right: SAMPLES / 2, failed: SAMPLES / 2 },
    tooLong: 0,
    says: [/status 413 \(one request takes more tokens than the account's limit allows\): .*Max size: 8000/],
    saysNot: [/the context ends there/, /refuses to be asked so much/, /refused from/],
    mostRequests: SAMPLES + 24,
  },
  {
    name: "more than the account's tokens per minute with the room for thoughts: asked with less room",
    reported: ['continuedev/continue#10218'],
    behaviour: {
      answer: (asked) => {
        if (!asked.ours) return { body: plainReply(asked, { reasoning_content: 'I look.' }) };
        if (asked.limit <= 3000) return { body: plainReply(asked, { reasoning_content: 'I look.' }) };
        return error(
          413,
          `Request too large for model m on tokens per minute (TPM): Limit 3000, Requested ${asked.limit + 50}, please reduce your message size and try again.`,
          { type: 'tokens', code: 'rate_limit_exceeded' },
        );
      },
    },
    apis: ['chat'],
    right: ALL_RIGHT,
  },
  ...([424, 498, 499] as const).map((status): ServerCase => ({
    name: `trouble that passes, by ${status}`,
    reported: ['https://console.groq.com/docs/errors', 'google-gemini/gemini-cli#20432'],
    behaviour: { answer: fifth(() => error(status, 'Request failed during generation')) },
    right: ALL_RIGHT,
  })),
  ...(
    [
      ['Bedrock', 400, { message: 'Too many tokens, please wait before trying again.' }],
      [
        'LiteLLM before Bedrock',
        400,
        error(
          400,
          'litellm.BadRequestError: BedrockException - {"message":"Too many tokens, please wait before trying again."}',
          { code: '400' },
        ).body,
      ],
    ] as const
  ).map(([whose, status, body]): ServerCase => ({
    name: `too much is asked, in the words of ${whose}, which speak of tokens: no end of the context`,
    reported: ['ranxianglei/billion-context-pi#169', 'RooCodeInc/Roo-Code#5050'],
    behaviour: { answer: fifth(() => ({ status, body })) },
    right: ALL_RIGHT,
    tooLong: 0,
    saysNot: [/context ends/],
  })),
  {
    name: 'a prompt is said to be too long although a longer one was answered: asked again',
    reported: ['ranxianglei/billion-context-pi#169'],
    behaviour: {
      answer: onceAfterLonger(() => error(400, "This model's maximum context length is 120 tokens")),
    },
    options: { lengths: [80, 40, 5], concurrency: 1 },
    right: ALL_RIGHT,
    tooLong: 0,
  },
  {
    name: 'the model is let go while a request waits (LM Studio): asked again, and not slower',
    reported: ['anomalyco/opencode#18532', 'lmstudio-ai/lmstudio-bug-tracker#1796'],
    behaviour: {
      answer: fifth(() => error(400, 'Model was unloaded while the request was still in queue.')),
    },
    right: ALL_RIGHT,
    saysNot: [/refuses to be asked so much/],
  },
  {
    name: 'a negative wait is none',
    reported: ['NousResearch/hermes-agent#30017'],
    behaviour: { answer: fifth(() => slow({ 'retry-after': '-3' })) },
    right: ALL_RIGHT,
  },
  {
    name: 'a wait as a duration, and one until a time',
    reported: ['https://docs.anthropic.com/en/api/rate-limits'],
    behaviour: {
      answer: fifth(() =>
        slow({ 'retry-after': `${SOON * 1000}ms`, 'x-ratelimit-reset': new Date().toISOString() }),
      ),
    },
    right: ALL_RIGHT,
  },
  {
    name: 'a wait that is not told: everybody pauses, and then goes on',
    reported: ['NousResearch/hermes-agent#30017', 'google-gemini/gemini-cli#19152'],
    behaviour: { answer: (asked) => (asked.ours && asked.n > 4 && asked.n < 8 ? slow({}) : null) },
    right: ALL_RIGHT,
    mostRequests: SAMPLES + 24,
  },
  {
    name: '-1 is no limit (Azure)',
    reported: ['openai/openai-dotnet#838'],
    behaviour: {
      headers: () => ({
        'x-ratelimit-limit-tokens': '-1',
        'x-ratelimit-remaining-tokens': '-1',
        'x-ratelimit-reset-tokens': '0',
      }),
    },
    right: ALL_RIGHT,
    saysNot: [/used up/],
  },
  {
    name: '-1 without a reset is no limit',
    reported: ['openai/openai-dotnet#838'],
    behaviour: {
      headers: () => ({ 'x-ratelimit-remaining-requests': '-1', 'x-ratelimit-remaining-tokens': '-1' }),
    },
    right: ALL_RIGHT,
    saysNot: [/used up/],
  },
  ...(
    [
      ['its gateway says 502', () => ({ status: 502, body: '<html><h1>502 Bad Gateway</h1></html>' })],
      ['its gateway says 503', () => ({ status: 503, body: 'no healthy upstream' })],
      ['its model does not exist', () => error(404, 'The model `test` does not exist.', { code: 404 })],
    ] as const
  ).map(([what, sent]): ServerCase => ({
    name: `a server that was there is gone for a while (${what}): waited for by all, and nothing has failed`,
    reported: ['llm-d/llm-d-benchmark#680', 'ollama/ollama#15027', 'ollama/ollama#8481'],
    behaviour: { answer: goneAfter(3, sent) },
    options: { maxRetries: 2 },
    right: ALL_RIGHT,
    says: [/the server is in trouble \(status/],
    mostRequests: SAMPLES + 30,
  })),
  {
    name: 'the model is still being loaded (llama.cpp)',
    reported: ['mostlygeek/llama-swap#146', 'mindverse/Second-Me#20'],
    behaviour: {
      answer: (asked) =>
        asked.ours && asked.n < 3
          ? error(503, 'Loading model', { code: 503, type: 'unavailable_error' })
          : null,
    },
    right: ALL_RIGHT,
  },
  {
    name: 'the model is still being loaded, for an estimated time (Hugging Face)',
    reported: ['huggingface/transformers#23793', 'huggingface/huggingface_hub#1454'],
    behaviour: {
      answer: fifth(() => ({
        status: 503,
        body: { error: 'Model m is currently loading', estimated_time: 0.3 },
      })),
    },
    right: ALL_RIGHT,
  },
];

/** Sent once, to the first question that is less than half as long as one before. (The command asks the shortest first: never.) */
function onceAfterLonger(sent: () => Sent): (asked: Asked) => Sent | null {
  const [longest, times] = [{ length: 0 }, { done: 0 }];
  return ({ ours, prompt }) => {
    if (!ours) return null;
    longest.length = Math.max(longest.length, prompt.length);
    return 2 * prompt.length < longest.length && times.done++ === 0 ? sent() : null;
  };
}
