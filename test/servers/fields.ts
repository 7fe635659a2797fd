/** Servers that refuse fields of requests. */
import { refusalOf } from '../server/behaviour.ts';
import type { Asked, Refusal, Sent } from '../server/behaviour.ts';
import { error } from './case.ts';
import { ALL_RIGHT, SAMPLES, SYSTEM_AND_STOPS } from './case.ts';
import type { ServerCase } from './case.ts';
import { stream } from './transport.ts';

const positive = (value: unknown): boolean => value === 0;
const notOne = (value: unknown): boolean => value !== 1;
const longer = (most: number) => (value: unknown) => Array.isArray(value) && value.length > most;
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

/** Nobody is there for so many requests; whoever comes then refuses some fields. */
function notYet(requests: number, refuses: readonly Refusal[]): (asked: Asked) => Sent | null {
  let left = requests;
  return ({ body, api }) =>
    left-- > 0 ? { status: 503, body: 'no healthy upstream' } : refusalOf({ refuses }, body, api);
}

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
    name: 'the same behind a gateway that has nobody yet for its first requests: what the probe finds out later is asked',
    reported: ['mostlygeek/llama-swap#146', 'huggingface/smolagents#1671'],
    apis: ['chat'],
    behaviour: { answer: notYet(3, OPENAI_O3) },
    options: { maxRetries: 1 },
    right: ALL_RIGHT,
    says: [
      /the server is in trouble \(status 503: no healthy upstream\)/,
      /stop is refused .*cut out when answers are read/,
      /temperature 0 is refused .*none is sent/,
    ],
    neverSent: ['stop', 'max_tokens', 'temperature'],
    mostRequests: 40,
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
  {
    name: 'no more than four stop marks (OpenAI, Azure, GLM), which is all that a prompt can have',
    reported: ['continuedev/continue#2461', 'QwenLM/Qwen-Agent#370', 'langchain-ai/langchain#20234'],
    behaviour: {
      refuses: [
        {
          field: 'stop',
          when: longer(4),
          says: "Invalid 'stop': array too long. Expected an array with maximum length 4.",
        },
      ],
    },
    options: { prompt: SYSTEM_AND_STOPS },
    right: ALL_RIGHT,
    saysNot: [/refused/],
    sent: { stop: ['\n', ';', '###', 'END'] },
  },
  ...(
    [
      [
        'AI21 on Bedrock',
        1,
        'Malformed input request: expected maximum item count: 1, found: 4, please reformat your input and try again.',
        ['langchain-ai/langchain#10456', 'boto/boto3#3993'],
      ],
      [
        'FastDeploy',
        2,
        'Length of stop ([2, 16, 2, 1]) exceeds the limit max_model_len(2).Please reduce the number of stop or set a lager max_stop_seqs_num by `FD_MAX_STOP_SEQS_NUM`',
        ['PaddlePaddle/FastDeploy#3216'],
      ],
    ] as const
  ).map(([whose, most, says, reported]): ServerCase => ({
    name: `no more than ${most === 1 ? 'one stop mark' : `${most} stop marks`}, in the words of ${whose}`,
    reported,
    behaviour: { refuses: [{ field: 'stop', when: longer(most), says: { error: { message: says } } }] },
    options: { prompt: SYSTEM_AND_STOPS },
    right: ALL_RIGHT,
    says: [/more than (one stop mark|\d stop marks) at once are refused .*cut out when answers are read/],
    saysNot: [/system message is refused/],
    mostRequests: SAMPLES + 20,
  })),
  {
    name: 'stop marks of white space are refused (Anthropic behind LiteLLM): the others are sent',
    reported: ['BerriAI/litellm#3286'],
    behaviour: {
      refuses: [
        {
          field: 'stop',
          when: (value) => Array.isArray(value) && value.some((mark) => String(mark).trim() === ''),
          says: 'AnthropicException - stop_sequences: each stop sequence must contain non-whitespace',
        },
      ],
    },
    options: { prompt: SYSTEM_AND_STOPS },
    right: ALL_RIGHT,
    says: [/stop marks of white space are refused/],
    sent: { stop: [';', '###', 'END'] },
  },
  {
    name: 'every stop mark of a prompt is refused, by words that name nothing (Titan)',
    reported: ['boto/boto3#3993', 'BerriAI/litellm#5592'],
    behaviour: {
      refuses: [
        {
          field: 'stop',
          when: (value) => JSON.stringify(value) !== '["###"]',
          says: 'Malformed input request: string does not match pattern ^(\\|+|User:)$, please reformat your input and try again.',
        },
      ],
    },
    options: { prompt: SYSTEM_AND_STOPS },
    right: ALL_RIGHT,
    says: [/the prompts' stop marks are refused/],
    neverSent: ['stop'],
  },
  ...(
    [
      [
        'by a 400 about roles',
        400,
        { error: { message: 'Conversation roles must alternate user/assistant/user/assistant/...' } },
        ['microsoft/autogen#1037', 'suitenumerique/conversations#197'],
      ],
      [
        'by a 400 about the role',
        400,
        { error: { message: 'System role not supported' } },
        ['dnakov/anon-kode#60'],
      ],
      ['by a 500 without words (mistral.rs)', 500, '', ['EricLBuehler/mistral.rs#506']],
      [
        'by a 500 of the template (llama.cpp)',
        500,
        {
          error: {
            code: 500,
            message:
              'Error: Jinja Exception: Conversation roles must alternate user/assistant/user/assistant/...',
            type: 'server_error',
          },
        },
        ['nextai-translator/raycast-openai-translator#34'],
      ],
    ] as const
  ).map(([how, status, says, reported]): ServerCase => ({
    name: `a system message is refused ${how}: its text is sent before the user’s`,
    reported,
    apis: ['chat'],
    behaviour: {
      answer: ({ body }) =>
        JSON.stringify(body.messages).includes('"system"') ? { status, body: says } : null,
    },
    options: { prompt: SYSTEM_AND_STOPS },
    right: ALL_RIGHT,
    says: [/a system message is refused/],
    mostRequests: SAMPLES + 20,
  })),
  {
    name: 'a temperature in (0, 1] is demanded',
    reported: ['theopenco/llmgateway#3268', 'ai-forever/gigachain#237'],
    behaviour: {
      refuses: [{ field: 'temperature', when: positive, says: 'temperature must be in range (0, 1]' }],
    },
    right: ALL_RIGHT,
    says: [/temperature 0 is refused .*0\.01 is sent, the nearest that it may take/],
    sent: { temperature: 0.01 },
  },
  {
    name: 'a temperature above the range (z.ai): the highest is sent',
    reported: ['theopenco/llmgateway#3268'],
    apis: ['chat'],
    behaviour: {
      refuses: [
        {
          field: 'temperature',
          when: (value) => Number(value) > 1,
          says: {
            error: { code: '1210', message: 'The temperature parameter is illegal.：限制数值范围[0,1]' },
          },
        },
      ],
    },
    options: { temperature: 1.5 },
    right: ALL_RIGHT,
    says: [/temperature 1\.5 is refused .*1 is sent, the highest that it takes/],
    sent: { temperature: 1 },
  },
  {
    name: 'exactly one temperature is taken (Kimi)',
    reported: ['CherryHQ/cherry-studio#14573', 'cline/cline#10620', 'QuantumNous/new-api#5372'],
    apis: ['chat'],
    behaviour: {
      refuses: [
        {
          field: 'temperature',
          when: notOne,
          says: {
            error: {
              message: 'invalid temperature: only 1 is allowed for this model',
              type: 'invalid_request_error',
            },
          },
        },
      ],
    },
    right: ALL_RIGHT,
    says: [/temperature 0 is refused .*none is sent/],
    neverSent: ['temperature'],
  },
  {
    name: 'no temperature at all is taken (Claude behind LiteLLM)',
    reported: ['BerriAI/litellm#26444', 'TutteInstitute/toponymy#185'],
    apis: ['chat'],
    behaviour: {
      refuses: [
        {
          field: 'temperature',
          says: 'litellm.BadRequestError: AnthropicException - `temperature` is deprecated for this model.',
        },
      ],
    },
    right: ALL_RIGHT,
    says: [/none is sent/],
    neverSent: ['temperature'],
  },
  {
    name: 'temperature beside the user’s top_p is refused: top_p stays',
    reported: ['BerriAI/litellm#15097', 'jekalmin/extended_openai_conversation#428'],
    apis: ['chat'],
    behaviour: {
      refuses: [
        {
          field: 'temperature',
          says: '`temperature` and `top_p` cannot both be specified for this model. Please use only one.',
        },
      ],
    },
    options: { extra: { top_p: 0.1 } },
    right: ALL_RIGHT,
    neverSent: ['temperature'],
    sent: { top_p: 0.1 },
  },
  {
    name: 'NVIDIA’s: several fields are refused in one text',
    reported: ['NVIDIA/garak#748'],
    apis: ['chat'],
    behaviour: {
      answer: ({ body }) => {
        const refused = ['seed', 'stop'].filter((field) => field in body);
        const lines = refused.map(
          (field) => `body -> ${field}\n  Extra inputs are not permitted (type=extra_forbidden)`,
        );
        return refused.length === 0
          ? null
          : {
              status: 422,
              body: {
                title: 'Unprocessable Entity',
                status: 422,
                detail: lines.join('\n'),
                instance: '/v2/x',
              },
            };
      },
    },
    right: ALL_RIGHT,
    neverSent: ['seed', 'stop'],
  },
  ...(
    [
      [
        'QwQ',
        'This model only support stream mode, please enable the stream parameter to access the model. ',
        ['infiniflow/ragflow#5912', 'CherryHQ/cherry-studio#3192', 'QuantumNous/new-api#905'],
      ],
      [
        'Qwen3',
        'parameter.enable_thinking must be set to false for non-streaming calls',
        ['modelscope/evalscope#998', 'langchain4j/langchain4j#3974'],
      ],
      [
        'ModelScope',
        'enable thinking can not be support when `stream=False`.',
        ['musistudio/claude-code-router#948'],
      ],
    ] as const
  ).map(([whose, says, reported]): ServerCase => ({
    name: `answers come as a stream only, in the words of ${whose}: they are asked for so`,
    reported,
    apis: ['chat'],
    behaviour: {
      answer: (asked) =>
        asked.body.stream === true
          ? { body: stream(asked), headers: { 'content-type': 'text/event-stream' } }
          : error(400, says, { code: 'invalid_parameter_error', type: 'invalid_request_error' }),
    },
    right: ALL_RIGHT,
    says: [/asked for as a stream, and read whole/],
    sent: { stream: true },
    mostRequests: SAMPLES + 20,
  })),
];
