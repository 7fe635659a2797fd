import { describe, expect, it } from 'vitest';
import { isFault } from './endpoint.node.ts';
import { statusFault } from './reply/faults.ts';
import { advertised } from './pace/advertised.ts';
import { serverTime } from './pace/duration.ts';
import { waitInBody } from './pace/hints.ts';
import { readReply } from './reply/read.ts';
import { credentials } from './transport/secrets.ts';

const same = (text: string): string => text;
const reply = (status: number, body: object | string) => ({
  status,
  headers: {},
  body: typeof body === 'string' ? body : JSON.stringify(body),
});
const faultOf = (status: number, body: object) => {
  const came = reply(status, body);
  return status === 200 ? readReply(came, same, 0) : statusFault(came, same, 0);
};

describe('more than the account may use', () => {
  const tooLarge = (numbers: string, more = '') => ({
    error: {
      message: `Request too large for m on tokens per minute (TPM): ${numbers}, please reduce your message size.${more}`,
      code: 'rate_limit_exceeded',
    },
  });

  it.each([413, 429])(
    'by one request alone, with %i, is not waited for and says nothing of the model',
    (status) => {
      expect(faultOf(status, tooLarge('Limit 8000, Requested 9214', ' See /settings/billing'))).toMatchObject(
        {
          ...{
            overAllowance: true,
            retry: false,
            congested: false,
            fatal: 'no',
            failure: 'server',
            waitMs: null,
          },
          reason: expect.stringMatching(
            /the account's limit allows\): .*Limit 8000, Requested 9214/,
          ) as string,
        },
      );
    },
  );

  it.each<[string, number, object]>([
    [
      'by what was asked before',
      429,
      {
        error: {
          message:
            'Rate limit reached on tokens per minute (TPM): Limit 7000, Used 6000, Requested 2000. Please try again in 2s',
        },
      },
    ],
    [
      'though its words are of a request alone, by numbers that fit',
      413,
      tooLarge('Limit 8,000, Requested 7,999'),
    ],
  ])('%s, is', (_, status, body) => {
    expect(faultOf(status, body)).toMatchObject({ overAllowance: false, retry: true, congested: true });
  });

  it.each([
    ['by the code', { message: 'Too large.', code: 'tokens_limit_reached' }],
    ['by the words', { message: 'Request body too large for o1-mini model. Max size: 4000 tokens' }],
  ])('in one request says nothing of the model: %s', (_, error) => {
    expect(faultOf(413, { error })).toMatchObject({
      ...{ overAllowance: true, retry: false, congested: false, fatal: 'no', failure: 'server' },
    });
  });

  it('is no prompt that is too large for the server', () => {
    const error = { message: 'Request too large: the prompt is longer than the context' };
    expect(faultOf(413, { error })).toMatchObject({ overAllowance: false, failure: 'too-long' });
  });
});

describe('a clock that is not ours', () => {
  const NOW = Date.UTC(2026, 0, 1, 12);
  const headersAt = (clock: number, more: object) => ({ date: new Date(clock).toUTCString(), ...more });

  it.each([0, 7_200_000, -7_200_000, 600_000, -3 * 86_400_000])(
    '%i ms from ours is what its times are by',
    (ahead) => {
      const clock = NOW + ahead;
      const at = (ms: number): Date => new Date(clock + ms);
      const waitOf = (headers: object, body: object = {}): number | null => {
        const came = { status: 429, headers: headersAt(clock, headers), body: JSON.stringify(body) };
        return statusFault(came, same, NOW).waitMs;
      };
      expect(waitOf({ 'retry-after': at(2000).toUTCString() })).toBe(2000);
      expect(waitOf({ 'retry-after': '3' })).toBe(3000);
      const passedOn = { 'X-RateLimit-Reset': String(at(4000).getTime()) };
      expect(waitOf({}, { error: { message: 'no', metadata: { headers: passedOn } } })).toBe(4000);
      const limit = {
        'anthropic-ratelimit-requests-remaining': '0',
        'anthropic-ratelimit-requests-reset': at(5000).toISOString(),
      };
      const [{ resetAt }] = [...advertised(headersAt(clock, limit), NOW).values()];
      expect(resetAt - NOW).toBeLessThan(5100);
      expect(resetAt - NOW).toBeGreaterThanOrEqual(5000);
    },
  );

  it('a date that is none is not gone by', () => {
    expect(serverTime({ date: 'yesterday' }, NOW)).toBe(NOW);
    expect(serverTime({}, NOW)).toBe(NOW);
  });
});

describe('trouble that passes', () => {
  it.each<[string, number, object]>([
    [
      'MiniMax’s limit',
      200,
      { choices: null, base_resp: { status_code: 1002, status_msg: 'rate limit exceeded(RPM)' } },
    ],
    ['Baidu’s limit', 200, { error_code: 336501, error_msg: 'Rate limit reached for RPM' }],
    [
      'Bedrock’s limit by 400',
      400,
      {
        error: {
          message:
            'An error occurred (ThrottlingException) when calling the Converse operation: Too many requests, please wait before trying again.',
        },
      },
    ],
    ['LM Studio without its model', 400, { error: 'Model unloaded.' }],
    [
      'OpenAI’s limit, which speaks of billing',
      429,
      {
        error: {
          message:
            'Rate limit reached for m on requests per min. Visit https://platform.openai.com/account/billing to add a payment method.',
          type: 'requests',
          code: 'rate_limit_exceeded',
        },
      },
    ],
    [
      'a cold start',
      200,
      {
        choices: [{ message: { content: '' }, finish_reason: null }],
        usage: { prompt_tokens: 0, completion_tokens: 0 },
      },
    ],
  ])('%s is asked again', (_, status, body) => {
    expect(faultOf(status, body)).toMatchObject({ retry: true, fatal: 'no', failure: 'server' });
  });

  it.each([424, 425, 498, 499, 520, 530, 599])('status %i is asked again', (status) => {
    expect(faultOf(status, { error: { message: 'try again' } })).toMatchObject({
      retry: true,
      failure: 'server',
    });
  });

  it.each([400, 404, 405, 501, 505])('status %i is not', (status) => {
    expect(faultOf(status, { error: { message: 'no' } })).toMatchObject({ retry: false });
  });

  it('a model that was let go is no limit on the pace', () => {
    const error = 'Model was unloaded while the request was still in queue';
    expect(faultOf(400, { error })).toMatchObject({ retry: true, congested: false, failure: 'server' });
    expect(faultOf(400, { error: 'Server is busy' })).toMatchObject({ retry: true, congested: true });
  });

  it('a limit on the pace slows everybody down, whatever its status', () => {
    expect(faultOf(400, { error: { message: 'ThrottlingException: Too many requests' } })).toMatchObject({
      congested: true,
    });
  });

  it.each<[number, object, object]>([
    [
      429,
      { error: { message: 'You exceeded your current quota, check billing', code: 'insufficient_quota' } },
      { fatal: 'yes', retry: false },
    ],
    [
      400,
      { error: { message: "This model's maximum context length is 4096 tokens" } },
      { retry: false, failure: 'too-long' },
    ],
    [400, { error: { message: 'Unknown field: seed' } }, { retry: false, failure: 'form' }],
    [
      400,
      { error: { message: "Invalid 'stop': array too long. Expected maximum length 1", param: 'stop' } },
      {
        retry: false,
        failure: 'form',
        reason: "status 400 (about 'stop'): Invalid 'stop': array too long. Expected maximum length 1",
      },
    ],
    [
      400,
      { error: { message: 'maximum context length is 4096 tokens', param: 'messages' } },
      { retry: false, failure: 'too-long' },
    ],
    [400, { error: { code: '1261', message: 'Prompt 超长' } }, { retry: false, failure: 'too-long' }],
  ])('%i %j stays what it is', (status, body, expected) => {
    expect(faultOf(status, body)).toMatchObject(expected);
  });

  it('an empty answer that has ended is an answer', () => {
    const body = { choices: [{ message: { content: '' }, finish_reason: 'stop' }] };
    expect(isFault(readReply(reply(200, body), same, 0))).toBe(false);
  });
});

describe('an event stream', () => {
  const stream = (choices: object[][]): string =>
    choices.map((each) => `data: ${JSON.stringify({ choices: each })}\n\n`).join('') + 'data: [DONE]\n\n';
  const read = (choices: object[][]) => readReply(reply(200, stream(choices)), same, 0);

  it('has content in parts, thoughts among them', () => {
    expect(
      read([
        [{ index: 0, delta: { content: [{ type: 'thinking', thinking: [{ type: 'text', text: 'hm' }] }] } }],
        [{ index: 0, delta: { content: [{ type: 'text', text: 'a' }] } }],
        [{ index: 0, delta: { content: ' b' }, finish_reason: 'stop' }],
      ]),
    ).toMatchObject({ text: 'a b', thoughts: 'hm', finishReason: 'stop' });
  });

  it.each<[string, unknown]>([
    ['thinking', 'hm'],
    ['thinking_blocks', [{ type: 'thinking', thinking: 'hm' }]],
    ['reasoning_details', [{ type: 'reasoning.text', text: 'hm' }]],
  ])('has thoughts in %s', (field, value) => {
    expect(read([[{ delta: { [field]: value } }], [{ delta: { content: 'a' } }]])).toMatchObject({
      text: 'a',
      thoughts: 'hm',
    });
  });

  it('has several answers: the first is what was asked for', () => {
    expect(
      read([[{ index: 1, delta: { content: 'zzz' } }], [{ index: 0, delta: { content: 'a' } }]]),
    ).toMatchObject({ text: 'a' });
  });
});

describe('a wait in words', () => {
  it.each<[string, number | null]>([
    ['Please try again in 20s.', 20_000],
    ['retry after 26 seconds', 26_000],
    ['wait 1m30s', 90_000],
    ['Rate limited: please retry, limit 60 requests in 1 minute (and 5000 in 1 day)', null],
    ['Please try again later. Your plan allows 500 requests per 24 hours', null],
    ['retry: at most 1 minute of audio', null],
  ])('%s', (words, ms) => {
    expect(waitInBody(null, words, 0)).toBe(ms);
  });
});

describe('a key', () => {
  const key = 'zz-Secret+Key/9f8e7d6c5b4a=="q';
  const { redact } = credentials({ LENGTHWISE_API_KEY: key }, []);

  it.each([
    Buffer.from(key).toString('base64'),
    'zz-Secret+Ke...',
    'zz-Secre****',
    'zz-Secre…',
    '****5b4a=="q',
  ])('is blotted out as %s', (form) => {
    const clean = redact(`bad key ${form} given`);
    expect(clean).toContain('[secret]');
    expect(clean).not.toMatch(/zz-Secre|enotU2Vj|5b4a/);
  });

  it('what only begins alike is none', () => {
    expect(redact('a zz-Secr and zz-Secre')).toBe('a zz-Secr and zz-Secre');
  });
});
