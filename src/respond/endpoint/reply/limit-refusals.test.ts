import { describe, expect, it } from 'vitest';
import { statusFault } from './faults.ts';
import type { Fault } from './faults.ts';
import { wantsStream } from './stream-refusals.ts';

/** The limit that was sent. */
const SENT = 100_000;

const faultOf = (status: number, error: object): Fault =>
  statusFault({ status, headers: {}, body: JSON.stringify({ error }) }, (text) => text, 0);

const largest = ({ limitsNamed }: Fault): number =>
  Math.max(...(limitsNamed ?? []).filter((number) => number < SENT));

describe('a refusal of the limit on an answer', () => {
  it.each([
    [
      'OpenAI',
      400,
      `max_tokens is too large: ${SENT}. This model supports at most 16384 completion tokens, whereas you provided ${SENT}.`,
      16384,
    ],
    [
      'OpenAI, an older model of a dated name',
      400,
      `max_tokens is too large for gpt-4-1106-preview: ${SENT}. This model supports at most 4,096 completion tokens`,
      4096,
    ],
    [
      'Anthropic',
      400,
      `max_tokens: ${SENT} > 64000, which is the maximum allowed number of output tokens for claude-3-7-sonnet-20250219`,
      64000,
    ],
    [
      'Google',
      400,
      `Unable to submit request because it has a maxOutputTokens value of ${SENT} but the supported range is from 1 (inclusive) to 8193 (exclusive). Update the value and try again.`,
      8192,
    ],
    ['DeepSeek', 400, 'Invalid max_tokens value, the valid range of max_tokens is [1, 8192]', 8192],
    [
      'DashScope',
      400,
      '<400> InternalError.Algo.InvalidParameter: Range of max_tokens should be [1, 32768]',
      32768,
    ],
    [
      'Volcengine',
      400,
      `The parameter \`max_tokens\` specified in the request are not valid: integer above maximum value, expected a value <= 32768, but got ${SENT} instead.`,
      32768,
    ],
    [
      'Groq',
      400,
      'max_completion_tokens must be less than or equal to 40960, the maximum value for max_completion_tokens is less than the context_window for this model',
      40960,
    ],
    ['Groq', 400, '`max_tokens` must be less than or equal to `16384`', 16384],
    [
      'Bedrock',
      400,
      'The maximum tokens you requested exceeds the model limit of 4096. Try again with a maximum tokens value that is lower than 4096.',
      4096,
    ],
    ['TGI', 422, `Input validation error: \`max_new_tokens\` must be <= 512. Given: ${SENT}`, 512],
    ['FastAPI', 422, 'body.max_tokens: Input should be less than or equal to 8192', 8192],
    ['a half-open range', 400, 'max_tokens is not in the range [1, 8193)', 8192],
    ['a range without blanks', 400, 'max_tokens must be in the range [1,8192]', 8192],
    ['an end that is not meant', 400, 'max_tokens must be less than 8193', 8192],
    [
      'a gateway, by 500',
      500,
      'DeepSeek API error: 400 Bad Request: Invalid max_tokens value, the valid range of max_tokens is [1, 8192]',
      8192,
    ],
    ['thousands', 400, 'max_tokens exceeds the limit of 32k tokens for this model', 32000],
    [
      'Bedrock’s schema',
      400,
      `Malformed input request: #/max_tokens: ${SENT} is not less or equal to 2048, please reformat your input and try again.`,
      2048,
    ],
    [
      'Bedrock’s schema, passed on by LiteLLM',
      400,
      `litellm.BadRequestError: BedrockException - {"message":"Malformed input request: #/maxTokens: ${SENT} is not less or equal to 2048, please reformat your input and try again."}`,
      2048,
    ],
    [
      'Cloudflare',
      400,
      "AiError: Bad input: Error: oneOf at '/' not met, 0 matches: required properties at '/' are 'prompt', Error: 0 of 0 in '/max_tokens' must be <= 2048",
      2048,
    ],
    [
      'a request that is addressed',
      400,
      `Your request has max_tokens=${SENT} which is above the maximum of 2048 output tokens for this model.`,
      2048,
    ],
    ['a negation', 400, 'max_tokens cannot be greater than 2048.', 2048],
    ['a negated end', 400, 'max_tokens should not be greater than or equal to 1025', 1024],
    ['a word for less', 400, 'max_tokens must be under 1025', 1024],
    ['Zod 4', 400, 'max_tokens: Too big: expected number to be <=2048', 2048],
    ['blanks in numbers', 400, 'max_tokens is too large: 100 000. At most 2 048 tokens', 2048],
    [
      'Titan by Bedrock',
      400,
      `Malformed input request: #/maxTokenCount: ${SENT} is not less or equal to 8192, please reformat your input and try again.`,
      8192,
    ],
    [
      'Titan by Bedrock, with a path',
      400,
      `Malformed input request: #/textGenerationConfig/maxTokenCount: ${SENT} is not less or equal to 3072, please reformat your input and try again.`,
      3072,
    ],
    ['two dots', 400, `max_tokens must be in range 1..4096, got ${SENT}`, 4096],
    ['two dots in brackets', 400, 'max_tokens is not in the range [1..4096]', 4096],
    ['three dots', 400, `max_tokens ${SENT} is out of range: 1...4096`, 4096],
    ['an ellipsis', 400, `max_tokens ${SENT} is out of the range from 1 … 4096`, 4096],
    ['dots with thousands', 400, `max_tokens ${SENT}: allowed range 1..8k`, 8000],
    ['a range before other numbers', 400, 'max_tokens out of range 1..4096 (code 20015)', 4096],
    ['a range whose end is no number', 422, `max_tokens: range 1 to 8x, got 9000; at most 2048`, 2048],
    ['a range without an end', 422, 'max_tokens must be in the range 1..n/a: at most 2048 of 64000', 2048],
    ['camel case', 400, `maxNewTokens: ${SENT} is larger than 2048`, 2048],
    ['camel case to the end', 400, `maxTokensToSample is too large: ${SENT}. At most 2048`, 2048],
    ['SambaNova', 400, `max_tokens_to_generate is too large: ${SENT}. At most 2048`, 2048],
    ['a name with hyphens', 400, `max-tokens is too large: ${SENT}. At most 2048`, 2048],
    ['Ollama’s name, in camel case', 400, `numPredict must be less than or equal to 2048, got ${SENT}`, 2048],
    ['a hyphen', 400, 'max_tokens is out of range: 1-4096', 4096],
    ['a bound below', 400, 'max_tokens must be greater than 0 and less than or equal to 4096', 4096],
    ['words behind', 422, `max_tokens ${SENT} is too large: only 4096 tokens are allowed`, 4096],
    ['a name between', 400, 'max_tokens is too large: the maximum for gpt-4-1106-preview is 4096', 4096],
    ['Chinese', 400, 'max_tokens参数非法：取值范围[1, 4095]', 4095],
    [
      'with the size of the context beside it',
      400,
      `max_tokens ${SENT} is too large: the model supports at most 2048 output tokens (context window 131072)`,
      2048,
    ],
    [
      'with another limit beside it',
      400,
      'max_tokens too large: model m has a 4000 token window; at most 1000 output tokens',
      1000,
    ],
    ['by 413', 413, `max_tokens ${SENT} exceeds the maximum of 1024 output tokens`, 1024],
  ] as const)('%s, by %i: %s', (_, status, message, most) => {
    const fault = faultOf(status, { message });
    expect(fault).toMatchObject({ failure: 'form', retry: false });
    expect(largest(fault)).toBe(most);
  });

  it.each([
    'Requests with max_tokens > 4096 must have stream=true',
    'For max_tokens above 4096, `stream` must be true',
    'max_tokens larger than 4096 requires streaming',
  ])('that is taken for a stream names what is taken without: %s', (message) => {
    const fault = faultOf(400, { message });
    expect(wantsStream(fault.reason)).toBe(true);
    expect(largest(fault)).toBe(4096);
  });

  it('has its words where others name the field (Xiaomi)', () => {
    const param = `max_tokens is too large: ${SENT}. This model supports at most 131 completion tokens`;
    expect(largest(faultOf(400, { message: 'Param Incorrect', param }))).toBe(131);
  });

  it.each([
    [400, 'max_tokens exceeds the maximum of this model'],
    [
      400,
      "Error code: 400 - {'object': 'error', 'message': 'max_tokens is too large for this model', 'param': None, 'code': 400}",
    ],
    [400, 'max_tokens exceeds the maximum: 400 Bad Request'],
    [400, '<400> max_tokens exceeds the maximum'],
    [500, 'upstream returned HTTP 422: max_tokens is too large'],
    [400, 'max_tokens is too large. See the 2025 limits'],
    [400, 'max_tokens exceeds the maximum for this model (limits changed on 2025/01/31)'],
    [400, 'max_tokens exceeds the maximum since 2025-01-31'],
    [400, 'max_tokens must be between 1 and 2.048'],
    [400, 'max_tokens is too large for gpt-4-1106-preview: the minimum is 1'],
  ] as const)('may name no limit that is taken: %i %s', (status, message) => {
    expect(faultOf(status, { message })).toMatchObject({ limitsNamed: [], failure: 'form', retry: false });
  });

  it('is read in time that grows with its length only', () => {
    const started = performance.now();
    for (const part of ['for x ', 'for ', 'at most ', 'of the ', '[ ', '< ', '1, ', '1 000 '])
      faultOf(400, { message: `max_tokens is too large ${part.repeat(2000)}!` });
    expect(performance.now() - started).toBeLessThan(2000);
  });

  it.each([
    [
      400,
      "This model's maximum context length is 4097 tokens. However, you requested 4500 tokens (500 in the messages, 4000 in the completion).",
      'too-long',
    ],
    [
      400,
      `'max_tokens' or 'max_completion_tokens' is too large: ${SENT}. This model's maximum context length is 4096 tokens and your request has 30 input tokens (${SENT} > 4096 - 30).`,
      'too-long',
    ],
    [
      422,
      `Input validation error: \`inputs\` tokens + \`max_new_tokens\` must be <= 4096. Given: 30 \`inputs\` tokens and ${SENT} \`max_new_tokens\``,
      'too-long',
    ],
    [
      400,
      `input length and \`max_tokens\` exceed context limit: 188240 + ${SENT} > 200000, decrease input length or \`max_tokens\` and try again`,
      'too-long',
    ],
    [
      400,
      "Unsupported parameter: 'max_tokens' is not supported with this model. Use 'max_completion_tokens' instead.",
      'form',
    ],
    [
      400,
      'The input token count (1200293) exceeds the maximum number of tokens allowed (1048576).',
      'too-long',
    ],
    [
      400,
      "Invalid 'max_output_tokens': integer below minimum value. Expected a value >= 16, but got 6 instead.",
      'form',
    ],
    [
      402,
      'This request requires more credits, or fewer max_tokens. You requested up to 65 tokens, but can only afford 20.',
      'access',
    ],
    [429, 'max_tokens exceeds the tokens per minute', 'server'],
    [400, '`max_tokens` must be greater than `thinking.budget_tokens`', 'form'],
  ] as const)('is none: %i %s', (status, message, failure) => {
    expect(faultOf(status, { message })).toMatchObject({ limitsNamed: null, failure });
  });
});
