import { describe, expect, it } from 'vitest';
import { statusFault } from './faults.ts';
import type { Fault } from './faults.ts';
import { readWords } from './words.ts';

const CONTEXT = "This model's maximum context length is 4096 tokens. However, you requested 5000 tokens";
const LIMIT = 'max_tokens is too large: 5000. This model supports at most 2048 completion tokens';
const FILTER =
  "The response was filtered due to the prompt triggering Azure OpenAI's content management policy.";

const openRouter = (raw: unknown): object => ({
  error: { message: 'Provider returned error', code: 400, metadata: { raw, provider_name: 'Together' } },
  user_id: 'user_1',
});

/** In how many ways servers wrap the same words. */
const ENVELOPES: readonly (readonly [string, (words: string) => object])[] = [
  ['OpenAI', (message) => ({ error: { message, type: 'invalid_request_error' } })],
  ['vLLM', (message) => ({ object: 'error', message, type: 'BadRequestError', code: 400 })],
  ['FastAPI', (detail) => ({ detail })],
  ['Hugging Face', (error) => ({ error })],
  ['OpenRouter, with JSON', (message) => openRouter(JSON.stringify({ error: { message } }))],
  ['OpenRouter, with an object', (message) => openRouter({ error: { message } })],
  ['OpenRouter, with words', (words) => openRouter(words)],
  [
    'OpenRouter, of a gateway whose message is JSON',
    (message) =>
      openRouter(JSON.stringify({ error: { message: JSON.stringify({ error: { message }, code: 400 }) } })),
  ],
  [
    'LiteLLM, of Bedrock',
    (message) => ({
      error: { message: `litellm.BadRequestError: BedrockException - ${JSON.stringify({ message })}` },
    }),
  ],
  ['Cloudflare', (message) => ({ success: false, result: {}, errors: [{ message, code: 5006 }] })],
  ['a list of texts', (words) => ({ errors: [words] })],
  ['NestJS', (words) => ({ statusCode: 400, message: [words], error: 'Bad Request' })],
  [
    'a general message, with details beside it',
    (message) => ({ error: { message: 'Validation failed', details: [{ message }] } }),
  ],
  [
    'Google, with details that have no words',
    (message) => ({
      error: {
        code: 400,
        message,
        details: [{ '@type': 'google.rpc.ErrorInfo', reason: 'BAD', domain: 'x' }],
      },
    }),
  ],
];

const faultOf = (body: object): Fault =>
  statusFault({ status: 400, headers: {}, body: JSON.stringify(body) }, (text) => text, 0);

describe.each(ENVELOPES)('the words of a refusal in the envelope of %s', (_, wrapped) => {
  it('are those that it is judged by, and that are told', () => {
    expect(faultOf(wrapped(CONTEXT))).toMatchObject({ failure: 'too-long', limitsNamed: null });
    expect(faultOf(wrapped(CONTEXT)).reason).toContain(CONTEXT);
    expect(faultOf(wrapped(LIMIT))).toMatchObject({ failure: 'form', limitsNamed: [2048] });
    expect(faultOf(wrapped(FILTER))).toMatchObject({ failure: 'content' });
  });
});

describe('the words of an error', () => {
  const too = 'Number must be less than or equal to 2048';

  it.each([
    ['Zod', { issues: [{ code: 'too_big', message: too, path: ['max_tokens'] }], name: 'ZodError' }],
    ['Zod, as its message', { message: JSON.stringify([{ message: too, path: ['max_tokens'] }]) }],
    ['Ajv', [{ instancePath: '/max_tokens', message: too, params: { limit: 2048 } }]],
    ['Laravel', { message: 'The given data was invalid.', errors: { max_tokens: [too] } }],
    ['ASP.NET', { title: 'Bad Request', status: 400, errors: { max_tokens: [too] } }],
  ])('name the field that each is about (%s)', (_, error) => {
    expect(readWords(error).words).toMatch(/(^|[: /])max_tokens: Number must be less than or equal to 2048$/);
    expect(faultOf({ error }).limitsNamed).toEqual([2048]);
  });

  it('are told once', () => {
    const message = 'Invalid value';
    expect(readWords({ message, errors: [{ message, domain: 'global' }] }).words).toBe(message);
  });

  it('come with the codes and the field of the error that was passed on', () => {
    const inner = { message: 'not supported', param: 'stop', code: 'unsupported_parameter' };
    expect(faultOf(openRouter(JSON.stringify({ error: inner })))).toMatchObject({
      field: 'stop',
      failure: 'form',
    });
    const filtered = { message: 'no', code: 'content_filter' };
    expect(faultOf(openRouter(JSON.stringify({ error: filtered })))).toMatchObject({ failure: 'content' });
  });

  it('are the whole body where they stand in no field that is known', () => {
    const body = { error: { max_tokens: ['Ensure this value is less than or equal to 2048.'] } };
    expect(faultOf(body).reason).toContain(JSON.stringify(body));
    expect(faultOf(body).limitsNamed).toEqual([2048]);
  });

  it('are left as they are where they have braces that are no JSON, or JSON that is no error', () => {
    for (const text of [
      "{'message': 'python'}",
      'f{"a',
      'sent: {"messages":[{"role":"user"}]}',
      '[{"a":1}]x]',
    ])
      expect(readWords({ message: text }).words).toBe(text);
  });

  it('are looked for so deep, and in so many places', () => {
    let deep: object = { message: 'found' };
    for (let depth = 0; depth < 5; depth++) deep = { error: deep };
    expect(readWords(deep).words).toBe('found');
    for (let depth = 0; depth < 20; depth++) deep = { error: deep };
    expect(readWords(deep).words).toBeNull();
    let text = 'found';
    for (let depth = 0; depth < 9; depth++) text = JSON.stringify({ message: text });
    expect(readWords(text).words).toContain('found');
    const wide = (depth: number): unknown =>
      depth === 0
        ? 'x'
        : Object.fromEntries(['errors', 'issues', 'details'].map((name) => [name, [wide(depth - 1)]]));
    expect(readWords(wide(7)).errors.length).toBeLessThan(64);
    expect(readWords({ message: 'x'.repeat(1_000_000) }).words).toHaveLength(20_000);
  });
});
