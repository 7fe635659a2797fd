/** Servers that refuse the limit on an answer, and gateways that pass on what the server behind them has refused. */
import { plainReply } from '../server/behaviour.ts';
import type { Asked, Sent } from '../server/behaviour.ts';
import { ALL_RIGHT, error, SAMPLES } from './case.ts';
import type { ServerCase } from './case.ts';
import { stream } from './transport.ts';

/** OpenRouter's: what the server behind it has said is a text of JSON beside a message that says nothing. */
const passedOn = (message: string, more: object = {}): Sent =>
  error(400, 'Provider returned error', {
    code: 400,
    metadata: { raw: JSON.stringify({ error: { message, ...more } }), provider_name: 'Together' },
  });

/** Thinks each time, and refuses a larger limit. */
const thinksBelow =
  (most: number, refuse: (limit: number) => Sent) =>
  (asked: Asked): Sent =>
    asked.limit > most ? refuse(asked.limit) : { body: plainReply(asked, { reasoning_content: 'I look.' }) };

/** Requests of the probe, and those that are refused while others like them are under way. */
const BESIDES = 2 + 16;

/** A limit of 2048 on answers with thoughts, as it is refused in forms that have no word in a field of their own. */
const forms: readonly ServerCase[] = (
  [
    [
      'Bedrock’s schema',
      'aws-samples/bedrock-access-gateway#41',
      (limit: number) => ({
        status: 400,
        body: {
          message: `Malformed input request: #/max_tokens: ${limit} is not less or equal to 2048, please reformat your input and try again.`,
        },
      }),
    ],
    [
      'Cloudflare',
      'anomalyco/models.dev#5824',
      () => ({
        status: 400,
        body: {
          ...{ success: false, result: {}, messages: [] },
          errors: [
            {
              code: 5006,
              message:
                "AiError: Bad input: Error: oneOf at '/' not met, 0 matches: required properties at '/' are 'prompt', Error: 0 of 0 in '/max_tokens' must be <= 2048",
            },
          ],
        },
      }),
    ],
    [
      'Zod',
      'https://zod.dev/error-formatting',
      () => ({
        status: 400,
        body: {
          success: false,
          error: {
            name: 'ZodError',
            issues: [
              {
                ...{ code: 'too_big', maximum: 2048, inclusive: true, path: ['max_tokens'] },
                message: 'Number must be less than or equal to 2048',
              },
            ],
          },
        },
      }),
    ],
    [
      'Anthropic, passed on by OpenRouter',
      'open-webui/computer#293',
      (limit: number) =>
        passedOn(
          `max_tokens: ${limit} > 2048, which is the maximum allowed number of output tokens for claude-3-haiku-20240307`,
        ),
    ],
  ] as const
).map(([whose, reported, refuse]): ServerCase => ({
  name: `the limit on an answer is too large, in the form of ${whose}: asked with the limit that is named`,
  reported: [reported],
  apis: ['chat'],
  behaviour: { answer: thinksBelow(2048, refuse) },
  options: { concurrency: 2 },
  right: ALL_RIGHT,
  says: [/the server takes no limit on an answer above 2048 tokens/],
  mostRequests: SAMPLES + BESIDES,
}));

export const answerLimitCases: readonly ServerCase[] = [
  ...forms,
  {
    name: 'OpenRouter passes on that the context has no room: asked with less, it answers',
    reported: ['cline/cline#13194', 'truefoundry/models#873'],
    apis: ['chat'],
    behaviour: {
      answer: thinksBelow(1500, (limit) =>
        passedOn(
          `This model's maximum context length is 2048 tokens. However, you requested ${limit + 90} tokens (90 in the messages, ${limit} in the completion). Please reduce the length of the messages or completion.`,
          { type: 'invalid_request_error', param: 'messages', code: 'context_length_exceeded' },
        ),
      ),
    },
    options: { concurrency: 2 },
    right: ALL_RIGHT,
    says: [/the context has no room for all the thoughts/],
    mostRequests: SAMPLES + BESIDES,
  },
  {
    name: 'OpenRouter passes on that a filter refuses some prompts: in its words',
    reported: ['open-webui/computer#293'],
    behaviour: {
      answer: ({ ours, n }) =>
        ours && n % 3 === 0
          ? passedOn(
              "The response was filtered due to the prompt triggering Azure OpenAI's content management policy.",
            )
          : null,
    },
    right: { right: 8, failed: 4 },
    refusedPrompts: 4,
    says: [/status 400: Provider returned error: The response was filtered/],
    mostRequests: 36,
  },
  {
    name: 'the limit on an answer without thoughts is too large: asked with the limit that is named, however small',
    reported: ['AQBot-Desktop/AQBot#93'],
    behaviour: {
      answer: ({ ours, limit }) =>
        ours && limit > 4
          ? error(
              400,
              `max_tokens is too large: ${limit}. This model supports at most 4 completion tokens, whereas you provided ${limit}.`,
            )
          : null,
    },
    options: { concurrency: 2 },
    right: ALL_RIGHT,
    says: [/the server takes no limit on an answer above 4 tokens/],
    mostRequests: SAMPLES + BESIDES,
  },
  {
    name: 'the limit on an answer without thoughts is too large, and no other is named: asked with less, it answers',
    reported: ['ChatGPTNextWeb/NextChat#3195'],
    behaviour: {
      answer: ({ ours, limit }) =>
        ours && limit > 7
          ? error(400, 'max_tokens is too large for this model', { param: 'max_tokens' })
          : null,
    },
    options: { concurrency: 2 },
    right: ALL_RIGHT,
    says: [/the server refuses a limit on an answer of 8 tokens and does not say which it takes; it takes 7/],
    mostRequests: SAMPLES + BESIDES,
  },
  {
    name: 'answers that are allowed many tokens are given as a stream only (Fireworks): asked for as one',
    reported: ['nextlevelbuilder/goclaw#660'],
    apis: ['chat'],
    behaviour: {
      answer: (asked) => {
        const thought = plainReply(asked, { reasoning_content: 'I look.' });
        if (asked.limit <= 4096) return { body: thought };
        if (asked.body.stream !== true)
          return error(400, 'Requests with max_tokens > 4096 must have stream=true', {
            type: 'invalid_request_error',
          });
        return { body: stream(asked), headers: { 'content-type': 'text/event-stream' } };
      },
    },
    options: { concurrency: 2 },
    right: ALL_RIGHT,
    says: [/more than 4096 tokens are refused in one piece .*: they are asked for as a stream/],
    saysNot: [/takes no limit/],
    mostRequests: SAMPLES + BESIDES,
  },
  {
    name: 'prompt and limit together are too much (SambaNova): asked with less, it answers',
    reported: ['cline/cline#294'],
    apis: ['chat'],
    behaviour: {
      answer: thinksBelow(2000, (limit) =>
        error(
          400,
          `Requested generation length ${limit} is not possible! The provided prompt is 90 tokens long, so generating ${limit} tokens requires a sequence length of ${limit + 90}, but the maximum supported sequence length is just 2090!`,
        ),
      ),
    },
    options: { concurrency: 2 },
    right: ALL_RIGHT,
    says: [/the context has no room for all the thoughts/],
    mostRequests: SAMPLES + BESIDES,
  },
  {
    name: 'the same of prompts that do not fit: the context ends there',
    reported: ['cline/cline#294'],
    behaviour: {
      answer: ({ ours, limit, prompt }) =>
        ours && prompt.length > 150
          ? error(
              400,
              `Requested generation length ${limit} is not possible! The provided prompt is 170 tokens long, so generating ${limit} tokens requires a sequence length of ${limit + 170}, but the maximum supported sequence length is just 131!`,
            )
          : null,
    },
    // No more of a length than are asked before it is known whether it fits.
    options: { lengths: [5, 10, 40] },
    right: { right: (2 * SAMPLES) / 3, failed: SAMPLES / 3 },
    tooLong: SAMPLES / 3,
  },
  {
    name: 'no limit on an answer is small enough: it ends after a few, and says that it is for the limit',
    reported: ['ChatGPTNextWeb/NextChat#3195'],
    behaviour: {
      answer: ({ ours }) => (ours ? error(400, 'max_tokens is too large for this model') : null),
    },
    options: { concurrency: 1 },
    right: { failed: 5 },
    ending: 'stopped',
    says: [/max_tokens is too large for this model/],
    mostRequests: 30,
  },
];
