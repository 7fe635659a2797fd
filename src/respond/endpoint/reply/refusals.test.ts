import { describe, expect, it } from 'vitest';
import { statusFault } from './faults.ts';
import type { Fault } from './faults.ts';
import { readReply } from './read.ts';
import { refusalText } from './refusal-text.ts';
import { refusedPrompt, refusesAccess, statusWithin } from './refusals.ts';

const said = (message: string, more: object = {}) => ({ error: { message, ...more } });

const faultOf = (status: number, body: object): Fault =>
  statusFault({ status, headers: {}, body: JSON.stringify(body) }, (text) => text, 0);

/** Who asks is refused: by vendors' documents and reports. */
const ACCESS: readonly (readonly [string, number, object])[] = [
  ['Hugging Face', 401, { error: 'Invalid token: the token has expired' }],
  ['Snowflake', 401, { message: 'JWT token is invalid.' }],
  ['Databricks', 403, { error_code: '403', message: 'Invalid access token.' }],
  ['Bedrock', 403, { message: 'The security token included in the request is expired' }],
  [
    'OpenRouter without credits',
    402,
    said(
      'This request requires more credits, or fewer max_tokens. You requested up to 65 tokens, but can only afford 20.',
    ),
  ],
  ['Google', 400, said('API key not valid. Please pass a valid API key.', { status: 'INVALID_ARGUMENT' })],
  ['Google', 400, said('API key expired. Please renew the API key.', { status: 'INVALID_ARGUMENT' })],
  ['Google', 400, said('User location is not supported for the API use.')],
  [
    'Anthropic without credits',
    400,
    said('Your credit balance is too low to access the Anthropic API. Please go to Plans & Billing.'),
  ],
  ['DashScope', 400, said('Access denied, please make sure your account is in good standing.')],
  [
    'LiteLLM',
    400,
    said('Budget has been exceeded! Current cost: 1.5, Max budget: 1.0', { type: 'budget_exceeded' }),
  ],
  ['OpenAI', 429, said('You exceeded your current quota', { code: 'insufficient_quota' })],
  ['a gateway', 404, said('Token has expired')],
];

describe('a refusal of the key, the account or the money', () => {
  it.each(ACCESS)('%s, by %i: %j', (_, status, body) => {
    const fault = faultOf(status, body);
    expect(fault).toMatchObject({ fatal: 'yes', failure: 'access', retry: false });
    expect(refusedPrompt(fault.reason)).toEqual({ ofPrompt: false, ofSize: false });
    expect(refusesAccess(fault.reason)).toBe(true);
  });

  it('may be one that does not say so: a bare 403', () => {
    expect(faultOf(403, said('Forbidden'))).toMatchObject({ fatal: 'perhaps', failure: 'access' });
  });

  it.each([
    [403, said('Your input was flagged', { metadata: { reasons: ['violence'] } }), 'content'],
    [403, said('Blocked by the content filter'), 'content'],
    [451, said('Unavailable'), 'content'],
    [400, said('The prompt violates our usage policies'), 'content'],
    [400, said('maximum context length is 4096 tokens'), 'too-long'],
    [400, said('Unexpected token in JSON'), 'form'],
    [404, said('The model m does not exist or you do not have access to it'), 'form'],
  ] as const)('is none: %i %j', (status, body, failure) => {
    expect(faultOf(status, body)).toMatchObject({ fatal: 'no', failure });
  });
});

/** What whoever is refused can do about it: nothing is said of the key where no key helps. */
describe('the way in', () => {
  const KEY = /: set it to one that this server takes$/;
  const MONEY = /; there is nothing left to pay with: add credit there$/;
  const USED_UP = /; what may be used is used up$/;
  const NONE = /refuses us: [^;]*$/;
  const account = 'Your account is not active, please check your billing details on our website.';
  const body = (message: string, more: object = {}): object => said(message, more);

  it.each([
    ['a wrong key', 401, body('Incorrect API key provided'), KEY],
    ['nothing said', 401, {}, KEY],
    ['a key that may not', 403, body('Your API key has no permission for this model'), KEY],
    [
      'Anthropic',
      400,
      body('Your credit balance is too low to access the Anthropic API. Please go to Plans & Billing.'),
      MONEY,
    ],
    ['SiliconFlow', 403, { code: 30001, message: 'Sorry, your account balance is insufficient' }, MONEY],
    ['DeepSeek', 402, body('Insufficient Balance'), MONEY],
    ['Kimi, by 429', 429, body('insufficient balance', { type: 'insufficient_quota' }), MONEY],
    [
      'OpenRouter, inside a 200',
      200,
      said('Insufficient credits. Add more using https://openrouter.ai/settings/credits', { code: 402 }),
      MONEY,
    ],
    [
      'OpenAI',
      429,
      body('You exceeded your current quota, please check your plan and billing details.', {
        code: 'insufficient_quota',
      }),
      USED_UP,
    ],
    ['a key’s limit', 403, body('Key limit exceeded (total limit)'), USED_UP],
    [
      'LiteLLM',
      400,
      body('Budget has been exceeded! Current cost: 1.5, Max budget: 1.0', { type: 'budget_exceeded' }),
      USED_UP,
    ],
    ['Google, elsewhere', 400, body('User location is not supported for the API use.'), NONE],
    ['OpenAI, elsewhere', 403, body('Country, region, or territory not supported'), NONE],
    ['an account that was closed', 403, body('This account has been suspended'), NONE],
    ['an account that is not active', 429, body(account, { code: 'billing_not_active' }), USED_UP],
  ] as const)('%s, by %i: %j', (_, status, reply, words) => {
    const whole = { status, headers: {}, body: JSON.stringify(reply) };
    const fault = status === 200 ? readReply(whole, (text) => text, 0) : faultOf(status, reply);
    expect(fault).toMatchObject({ fatal: 'yes', failure: 'access' });
    const refuser = { address: 'https://a', keyFrom: 'LENGTHWISE_API_KEY', redact: (text: string) => text };
    expect(refusalText(refuser, fault as Fault)).toMatch(words);
  });
});

/** What a filter says of a prompt or an answer, and what machines say of themselves in the same words. */
describe('words of a filter', () => {
  it.each([
    'The response was filtered due to the prompt triggering Azure OpenAI’s content management policy.',
    'Your request was rejected as a result of our safety system.',
    'Output data may contain inappropriate content.',
    'Input data may contain inappropriate content. (DataInspectionFailed)',
    'Content Exists Risk',
    'Invalid prompt: your prompt was flagged as potentially violating our usage policy.',
    'input new_sensitive (1026)',
    '系统检测到输入或生成内容可能包含不安全或敏感内容',
    'This request violates our Terms of Service.',
    'Your prompt contains sensitive words.',
    'The prompt is considered unsafe.',
    'Blocked by the content filter',
    'The prompt could not be submitted: it was blocked by our moderation.',
    'The content was blocked.',
    'Guardrail intervened',
  ])('%s', (words) => {
    expect(faultOf(400, said(words))).toMatchObject({ failure: 'content', retry: false });
    expect(statusWithin({ words, status: null, kinds: '', field: null, flagged: false })).toBe(400);
  });

  it.each([
    'exception: access violation reading 0x0000000000000000',
    'duplicate key value violates unique constraint "requests_pkey"',
    'segmentation violation',
    'upstream request blocked by circuit breaker',
    'unsafe to continue, restarting',
    'the sensitive lock is held',
    'inspection of the queue timed out',
    'safety timeout of the scheduler',
  ])('none: %s', (words) => {
    expect(faultOf(400, said(words)).failure).not.toBe('content');
    expect(statusWithin({ words, status: null, kinds: '', field: null, flagged: false })).toBe(500);
  });
});

describe('words of too many tokens', () => {
  it.each([
    ['Too many tokens, please wait before trying again.', 'server'],
    ['Too many tokens. Try again later.', 'server'],
    ['Too many tokens', 'too-long'],
    ['Too many tokens: reduce the prompt and try again', 'too-long'],
    ['Too many input tokens: 5000 > 4096', 'too-long'],
    ['Input is too long. Please try again with a shorter one', 'too-long'],
  ])('%s', (words, failure) => {
    expect(faultOf(400, { message: words })).toMatchObject({ failure, retry: failure === 'server' });
  });
});

describe('a prompt that does not fit', () => {
  const samba =
    'Requested generation length 143 is not possible! The provided prompt is 170 tokens long, so generating 143 tokens requires a sequence length of 313, but the maximum supported sequence length is just 131!';

  it.each([
    ['SambaNova', 400, said(samba)],
    [
      'TensorRT-LLM',
      400,
      said(
        'The sum of prompt length (170.0), query length (0) and max_tokens (143) should not exceed max_num_tokens (131)',
      ),
    ],
    ['TabbyAPI', 400, { detail: 'Prompt length 170 is greater than max_seq_len 131' }],
    [
      'llama.cpp, behind a gateway that says 503',
      503,
      said('the request exceeds the available context size', { type: 'exceed_context_size_error' }),
    ],
  ])('is told by %s', (_, status, body) => {
    expect(faultOf(status, body)).toMatchObject({ failure: 'too-long', retry: false, congested: false });
  });
});

describe('a refusal of a prompt', () => {
  const WORDS = 'Prompt of 5000 tokens, only 4096 tokens allowed here';

  it.each([
    `status 400: ${WORDS}`,
    `status 404: ${WORDS}`,
    `status 400: ${WORDS}, see https://docs.example.com/rate-limits`,
    `status 404: ${WORDS}, see https://docs.example.com`,
    'status 422: The request is too long to generate an answer',
    `the server says: ${WORDS}`,
  ])('speaks of its size: %s', (reason) => {
    expect(refusedPrompt(reason).ofSize).toBe(true);
  });

  it.each([
    'status 400: Invalid token',
    'status 400: 6000 TPM, 9000 tokens requested',
    'status 400: no such field, see https://docs.example.com/context-length',
    'status 404: The model m-long-context does not exist',
    "status 400 (about 'stop'): array too long",
    'status 405: too long',
    'status 400: max_tokens is too large for this model',
    'status 400: max_tokens is too large: 103. This model supports at most 100 completion tokens',
  ])('does not: %s', (reason) => {
    expect(refusedPrompt(reason).ofSize).toBe(false);
  });
});
