/** Servers that refuse fields of requests. */
import { error } from './case.ts';
import { ALL_RIGHT, SAMPLES } from './case.ts';
import type { ServerCase } from './case.ts';

const positive = (value: unknown): boolean => value === 0;
const notOne = (value: unknown): boolean => value !== 1;
const small = (least: number) => (value: unknown) => Number(value) < least;

const OPENAI_O3 = [
  {
    field: 'stop',
    says: {
      error: {
        message: "Unsupported parameter: 'stop' is not supported with this model.",
        type: 'invalid_request_error',
        param: 'stop',
        code: 'unsupported_parameter',
      },
    },
  },
  {
    field: 'max_tokens',
    says: {
      error: {
        message:
          "Unsupported parameter: 'max_tokens' is not supported with this model. Use 'max_completion_tokens' instead.",
        type: 'invalid_request_error',
        param: 'max_tokens',
        code: 'unsupported_parameter',
      },
    },
  },
  {
    field: 'temperature',
    when: notOne,
    says: {
      error: {
        message:
          "Unsupported value: 'temperature' does not support 0 with this model. Only the default (1) value is supported.",
        type: 'invalid_request_error',
        param: 'temperature',
        code: 'unsupported_value',
      },
    },
  },
] as const;

const FORBIDDEN = (field: string): object => ({
  object: 'error',
  message: {
    detail: [{ type: 'extra_forbidden', loc: ['body', field], msg: 'Extra inputs are not permitted' }],
  },
  type: 'invalid_request_error',
  param: null,
  code: null,
});

export const fieldCases: readonly ServerCase[] = [
  {
    name: 'o3, GPT-5: no stop, no max_tokens, no temperature but 1',
    reported: [
      'huggingface/smolagents#1671',
      'EleutherAI/lm-evaluation-harness#3215',
      'EleutherAI/lm-evaluation-harness#3247',
      'BerriAI/litellm#15244',
    ],
    apis: ['chat'],
    behaviour: { refuses: OPENAI_O3 },
    right: ALL_RIGHT,
    says: [/stop is refused .*cut out when answers are read/, /temperature 0 is refused .*none is sent/],
    neverSent: ['stop', 'max_tokens', 'temperature'],
    mostRequests: 28,
  },
  {
    name: 'the same, asked at temperature 1, which is taken',
    reported: ['huggingface/smolagents#1671'],
    apis: ['chat'],
    behaviour: { refuses: OPENAI_O3 },
    options: { temperature: 1 },
    right: ALL_RIGHT,
    saysNot: [/temperature/],
    neverSent: ['stop', 'max_tokens'],
    sent: { temperature: 1 },
  },
  {
    name: 'stop that --body leaves out is not sent, nor looked for',
    reported: ['huggingface/smolagents#1671'],
    apis: ['chat'],
    behaviour: { refuses: OPENAI_O3.slice(0, 1) },
    options: { extra: { stop: null } },
    right: ALL_RIGHT,
    saysNot: [/stop is refused/],
    neverSent: ['stop'],
  },
  {
    name: 'a limit of the user’s own is sent in the field that is taken',
    reported: ['nextlevelbuilder/goclaw#245', 'ITSpecialist111/ai_automation_suggester#38'],
    apis: ['chat'],
    behaviour: { refuses: OPENAI_O3 },
    options: { extra: { max_tokens: 500 } },
    right: ALL_RIGHT,
    neverSent: ['max_tokens'],
    sent: { max_completion_tokens: 500 },
  },
  {
    name: 'a limit that --body leaves out is sent in the other field',
    reported: ['editor-code-assistant/eca#231'],
    behaviour: {},
    options: { extra: { max_tokens: null } },
    right: ALL_RIGHT,
    neverSent: ['max_tokens'],
  },
  {
    name: 'a temperature above 0 is demanded, and unknown fields are refused',
    reported: ['ai-forever/gigachain#237', 'ogx-ai/ogx#796'],
    behaviour: {
      refuses: [
        {
          field: 'temperature',
          when: positive,
          status: 422,
          says: { status: 422, message: 'Invalid params: temperature must be in range (0, +inf)' },
        },
        {
          field: 'max_completion_tokens',
          status: 422,
          says: 'extra fields not permitted: max_completion_tokens',
        },
        { field: 'seed', status: 422, says: 'extra fields not permitted: seed' },
      ],
    },
    right: ALL_RIGHT,
    says: [/temperature 0 is refused .*0\.01 is sent/],
    neverSent: ['seed', 'max_completion_tokens'],
    sent: { temperature: 0.01 },
  },
  {
    name: 'a temperature of the user’s own that is taken stays',
    reported: ['ai-forever/gigachain#237', 'vibrantlabsai/ragas#264'],
    behaviour: {
      refuses: [
        {
          field: 'temperature',
          when: positive,
          status: 422,
          says: '`temperature` must be strictly positive',
        },
      ],
    },
    options: { extra: { temperature: 0.01 } },
    right: ALL_RIGHT,
    saysNot: [/temperature/],
    sent: { temperature: 0.01 },
  },
  {
    name: 'Mistral: seed is an extra input, said in a list within a message',
    reported: [
      'Vali-98/ChatterUI#143',
      'langchain-ai/langchain-azure#82',
      'mistralai/platform-docs-public#7',
    ],
    apis: ['chat'],
    behaviour: { refuses: [{ field: 'seed', status: 422, says: FORBIDDEN('seed') }] },
    right: ALL_RIGHT,
    neverSent: ['seed'],
    says: [/seed is refused/],
  },
  {
    name: 'Mistral: max_completion_tokens is an extra input',
    reported: ['editor-code-assistant/eca#231'],
    apis: ['chat'],
    behaviour: {
      refuses: [{ field: 'max_completion_tokens', status: 422, says: FORBIDDEN('max_completion_tokens') }],
    },
    right: ALL_RIGHT,
    neverSent: ['max_completion_tokens'],
  },
  {
    name: 'xAI’s reasoning models: no stop, said without a field, with the code as a text',
    reported: ['huggingface/smolagents#1766', 'langchain-ai/langchain#38335'],
    apis: ['chat'],
    behaviour: {
      refuses: [
        {
          field: 'stop',
          says: {
            code: 'Client specified an invalid argument',
            error: 'Argument not supported on this model: stop',
          },
        },
      ],
    },
    right: ALL_RIGHT,
    neverSent: ['stop'],
  },
  {
    name: 'a refusal that names nothing: found by trying, and what is taken is sent',
    reported: ['huggingface/smolagents#1671'],
    behaviour: {
      refuses: [
        { field: 'stop', says: 'Bad request' },
        { field: 'seed', says: 'Bad request' },
      ],
    },
    right: ALL_RIGHT,
    neverSent: ['stop', 'seed'],
    sent: { temperature: 0 },
  },
  {
    name: 'a least number of tokens',
    reported: ['https://platform.openai.com/docs/api-reference/responses/create'],
    apis: ['chat'],
    behaviour: {
      refuses: [
        {
          field: 'max_tokens',
          when: small(16),
          says: {
            error: {
              message:
                "Invalid 'max_tokens': integer below minimum value. Expected a value >= 16, but got 6 instead.",
              param: 'max_tokens',
              code: 'integer_below_min_value',
            },
          },
        },
      ],
    },
    right: ALL_RIGHT,
    says: [/fewer than 16 tokens is refused/],
  },
  {
    name: 'completions are refused by a status of the request’s form, chat is there',
    reported: ['https://learn.microsoft.com/azure/ai-services/openai/reference'],
    behaviour: {
      answer: ({ api }) =>
        api === 'completions'
          ? error(400, 'The completion operation does not work with the specified model, m.', {
              code: 'OperationNotSupported',
            })
          : null,
    },
    right: ALL_RIGHT,
    mostRequests: SAMPLES + 12,
  },
  {
    name: 'a field of the user’s own is refused: the line names it',
    reported: ['mistralai/platform-docs-public#7'],
    apis: ['chat'],
    behaviour: {
      refuses: [{ field: 'frequency_penalty', status: 422, says: FORBIDDEN('frequency_penalty') }],
    },
    options: { extra: { frequency_penalty: 0 } },
    right: {},
    refused: /^--body: the server refuses 'frequency_penalty': .*Extra inputs are not permitted/,
    mostRequests: 4,
  },
];
