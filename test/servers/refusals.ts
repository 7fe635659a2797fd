/** Servers that refuse: this prompt, the key, or all that is asked. */
import { error } from './case.ts';
import { SAMPLES } from './case.ts';
import type { ServerCase } from './case.ts';
import type { Asked, Sent } from '../server/behaviour.ts';

/** Every third question of ours. */
const third = (sent: Sent) => (asked: Asked) => (asked.ours && asked.n % 3 === 0 ? sent : null);
/** Every third prompt of ours, as often as it is sent. */
function thirdPrompt(sent: Sent): (asked: Asked) => Sent | null {
  const prompts: string[] = [];
  return ({ ours, n, prompt }) => {
    if (n === 1) prompts.length = 0;
    if (ours && !prompts.includes(prompt)) prompts.push(prompt);
    return ours && prompts.indexOf(prompt) % 3 === 2 ? sent : null;
  };
}
/** All of ours but the first three. */
const after3 = (sent: Sent) => (asked: Asked) => (asked.ours && asked.n > 3 ? sent : null);
/** All of ours. */
const all = (sent: Sent) => (asked: Asked) => (asked.ours ? sent : null);

const CONTENT_FILTER =
  "The response was filtered due to the prompt triggering Azure OpenAI's content management policy. Please modify your prompt and retry.";

/** What the run asks before it sees that it is in vain, and the probe before it. */
const FEW = 20;

const ALONE = { concurrency: 1 } as const;

export const refusalCases: readonly ServerCase[] = [
  {
    name: 'OpenRouter’s moderation refuses some prompts by 403',
    reported: ['tatsu-lab/alpaca_eval#162', 'danielsmithdevelopment/ClawQL#876'],
    behaviour: {
      answer: third(
        error(403, 'Your input was flagged', {
          code: 403,
          metadata: { reasons: ['violence'], flagged_input: 'x' },
        }),
      ),
    },
    right: { right: 8, failed: 4 },
    refusedPrompts: 4,
    mostRequests: 36,
  },
  {
    name: 'a firewall refuses some prompts by a page of HTML',
    reported: ['https://developers.cloudflare.com/waf/'],
    behaviour: {
      answer: third({
        status: 403,
        body: '<html>Attention Required!</html>',
        headers: { 'content-type': 'text/html' },
      }),
    },
    options: ALONE,
    right: { right: 8, failed: 4 },
  },
  {
    name: 'a firewall refuses everything: it ends after a few',
    reported: ['https://developers.cloudflare.com/waf/'],
    behaviour: {
      answer: all({
        status: 403,
        body: '<html>Attention Required!</html>',
        headers: { 'content-type': 'text/html' },
      }),
    },
    options: ALONE,
    right: { failed: 3 },
    ending: 'stopped',
    says: [/status 403: a page of HTML \(3 times in a row\)/],
    mostRequests: FEW,
  },
  {
    name: 'the key’s limit is used up, by 403',
    reported: ['danielsmithdevelopment/ClawQL#876'],
    behaviour: { answer: after3(error(403, 'Key limit exceeded (total limit)', { code: 403 })) },
    options: ALONE,
    right: { right: 3, failed: 1 },
    ending: 'stopped',
    says: [/Key limit exceeded/],
    mostRequests: FEW,
  },
  {
    name: 'no credits left, by 402',
    reported: ['can1357/oh-my-pi#9569', 'wandb/wandb#12628'],
    behaviour: { answer: all(error(402, 'This request requires more credits', { code: 402 })) },
    options: ALONE,
    right: { failed: 1 },
    ending: 'stopped',
    says: [/status 402/],
    mostRequests: FEW,
  },
  {
    name: 'the quota is used up, by 429',
    reported: ['https://platform.openai.com/docs/guides/error-codes'],
    behaviour: {
      answer: after3(
        error(429, 'You exceeded your current quota, please check your plan and billing details.', {
          type: 'insufficient_quota',
          code: 'insufficient_quota',
        }),
      ),
    },
    options: ALONE,
    right: { right: 3, failed: 1 },
    ending: 'stopped',
    mostRequests: FEW,
  },
  {
    name: 'Google’s quota of a day, in JSON within the message, without a time to wait',
    reported: ['gke-labs/gemini-for-kubernetes-development#1215', 'google-gemini/gemini-cli#10925'],
    behaviour: {
      answer: after3({
        status: 429,
        body: {
          error: {
            message: JSON.stringify({
              error: {
                code: 429,
                message: 'You exceeded your current quota, please check your plan and billing details.',
                status: 'RESOURCE_EXHAUSTED',
              },
            }),
            code: 429,
            status: 'Too Many Requests',
          },
        },
      }),
    },
    options: ALONE,
    right: { right: 3, failed: 1 },
    ending: 'stopped',
    says: [/You exceeded your current quota/],
    mostRequests: FEW,
  },
  ...(
    [
      [
        'OAuth',
        401,
        { error: 'invalid_token', error_description: 'The access token expired' },
        'https://www.rfc-editor.org/rfc/rfc6750#section-3.1',
      ],
      [
        'Databricks',
        403,
        { error_code: 403, message: 'Invalid access token.' },
        'databricks/databricks-sdk-go#873',
      ],
      [
        'AWS',
        403,
        { message: 'The security token included in the request is expired' },
        'aws-samples/aws-iot-twinmaker-samples#147',
      ],
      [
        'OpenRouter',
        402,
        {
          error: {
            code: 402,
            message:
              'This request requires more credits, or fewer max_tokens. You requested up to 65 tokens, but can only afford 20. To increase, visit https://openrouter.ai/settings/credits and upgrade to a paid account',
          },
        },
        'Taewan-P/gpt_mobile#284',
      ],
      [
        'Google',
        400,
        {
          error: {
            message: JSON.stringify({
              error: {
                code: 400,
                message: 'API key expired. Please renew the API key.',
                status: 'INVALID_ARGUMENT',
              },
            }),
            code: 400,
            status: 'Bad Request',
          },
        },
        'continuedev/continue#11336',
      ],
      [
        'Anthropic',
        400,
        {
          type: 'error',
          error: {
            type: 'invalid_request_error',
            message:
              'Your credit balance is too low to access the Anthropic API. Please go to Plans & Billing to upgrade or purchase credits.',
          },
        },
        'continuedev/continue#5499',
      ],
    ] as const
  ).map(([whose, status, body, reported]): ServerCase => ({
    name: `the key or the money ends when prompts get longer, in the words of ${whose}: no end of the context`,
    reported: [reported],
    behaviour: { answer: (asked) => (asked.ours && asked.prompt.length > 200 ? { status, body } : null) },
    options: { ...ALONE, lengths: [5, 80] },
    right: { right: SAMPLES / 2, failed: 1 },
    ending: 'stopped',
    tooLong: 0,
    says: [new RegExp(`status ${status}`)],
    mostRequests: FEW,
  })),
  {
    name: 'Azure’s filter refuses some prompts by 400',
    reported: ['stanford-crfm/helm#3327', 'microsoft/TinyTroupe#85', 'compl-ai/compl-ai#20'],
    behaviour: {
      answer: third(
        error(400, CONTENT_FILTER, {
          param: 'prompt',
          code: 'content_filter',
          innererror: { code: 'ResponsibleAIPolicyViolation' },
        }),
      ),
    },
    right: { right: 8, failed: 4 },
    refusedPrompts: 4,
    mostRequests: 36,
  },
  {
    name: 'LiteLLM wraps that into an error of its own, with the code as a text',
    reported: ['BerriAI/litellm#16231', 'BerriAI/litellm#13321'],
    behaviour: {
      answer: third(
        error(
          400,
          `litellm.BadRequestError: litellm.ContentPolicyViolationError: AzureException - ${CONTENT_FILTER}`,
          {
            type: null,
            param: null,
            code: '400',
          },
        ),
      ),
    },
    right: { right: 8, failed: 4 },
    refusedPrompts: 4,
  },
  {
    name: 'LiteLLM’s guardrail: the message is an object',
    reported: ['BerriAI/litellm#13321'],
    behaviour: {
      answer: third({
        status: 400,
        body: {
          error: {
            message: {
              error: 'Violated guardrail policy',
              bedrock_guardrail_response: 'Sorry, the model cannot answer this question.',
            },
            code: '400',
          },
        },
      }),
    },
    right: { right: 8, failed: 4 },
    refusedPrompts: 4,
  },
  ...(
    [
      [
        'DashScope',
        400,
        { code: 'DataInspectionFailed', message: 'Input data may contain inappropriate content.' },
        'https://help.aliyun.com/zh/model-studio/error-code',
      ],
      [
        'Zhipu',
        400,
        error(400, '系统检测到输入或生成内容可能包含不安全或敏感内容', { code: '1301' }).body,
        'https://docs.bigmodel.cn/cn/api/api-code',
      ],
      [
        'DeepSeek',
        400,
        error(400, 'Content Exists Risk', { type: 'invalid_request_error' }).body,
        'https://api-docs.deepseek.com/quick_start/error_codes',
      ],
      [
        'OpenAI’s o1',
        400,
        error(400, 'Invalid prompt: your prompt was flagged as potentially violating our usage policy.', {
          code: 'invalid_prompt',
        }).body,
        'https://platform.openai.com/docs/guides/error-codes',
      ],
      [
        'MiniMax, within a 200',
        200,
        {
          choices: null,
          input_sensitive: true,
          base_resp: { status_code: 1026, status_msg: 'input new_sensitive' },
        },
        'https://platform.minimax.io/docs/api-reference/errorcode',
      ],
    ] as const
  ).map(([whose, status, body, reported]): ServerCase => ({
    name: `a filter refuses some prompts, in the words of ${whose}`,
    reported: [reported],
    behaviour: { answer: third({ status, body }) },
    right: { right: 8, failed: 4 },
    refusedPrompts: 4,
    mostRequests: SAMPLES + 24,
  })),
  {
    name: 'nothing left to pay with, within a 200 (MiniMax): it ends at once',
    reported: ['https://platform.minimax.io/docs/api-reference/errorcode'],
    behaviour: {
      answer: after3({
        body: { choices: null, base_resp: { status_code: 1008, status_msg: 'insufficient balance' } },
      }),
    },
    options: ALONE,
    right: { right: 3, failed: 1 },
    ending: 'stopped',
    says: [/insufficient balance \(1008\)/],
    mostRequests: FEW,
  },
  {
    name: 'every question is refused for its form: it ends after a few',
    reported: ['huggingface/smolagents#1671'],
    behaviour: { answer: all(error(400, 'messages: the first must be from the system')) },
    options: ALONE,
    right: { failed: 5 },
    ending: 'stopped',
    says: [/every question is refused alike/],
    mostRequests: FEW,
  },
  ...(
    [
      [
        'OpenAI',
        400,
        {
          error: {
            message: "This model's maximum context length is 120 tokens",
            code: 'context_length_exceeded',
          },
        },
        'modelscope/evalscope#1368',
      ],
      [
        'OpenAI’s GPT-5',
        400,
        { error: { message: 'Input tokens exceed the configured limit of 272000 tokens.' } },
        'cline/cline#5474',
      ],
      [
        'vLLM',
        400,
        {
          object: 'error',
          message: 'The decoder prompt (length 10127) is longer than the maximum model length of 8192.',
          type: 'BadRequestError',
          code: 400,
        },
        'Gabesarch/grounded-rl#16',
      ],
      [
        'SGLang',
        400,
        {
          object: 'error',
          message: "The input (61709 tokens) is longer than the model's context length (40960 tokens).",
          type: 'BadRequestError',
          code: 400,
        },
        'QwenLM/Qwen3#1321',
      ],
      [
        'TGI',
        422,
        {
          error:
            'Input validation error: `inputs` tokens + `max_new_tokens` must be <= 1512. Given: 1000 `inputs` tokens and 1024 `max_new_tokens`',
          error_type: 'validation',
        },
        'huggingface/chat-ui#340',
      ],
      [
        'llama.cpp',
        400,
        {
          error: {
            code: 400,
            message:
              'the request exceeds the available context size. try increasing the context size or enable context shift',
            type: 'exceed_context_size_error',
            n_ctx: 256,
          },
        },
        'ggml-org/llama.cpp#15780',
      ],
      [
        'llama.cpp by a 500',
        500,
        { error: { code: 500, message: 'Context size has been exceeded.', type: 'server_error' } },
        'ggml-org/llama.cpp#15780',
      ],
      [
        'llama.cpp within a 200',
        200,
        {
          error: {
            code: 400,
            message: 'the request exceeds the available context size',
            type: 'exceed_context_size_error',
          },
        },
        'oobabooga/textgen#7257',
      ],
      [
        'Anthropic behind a gateway',
        400,
        {
          type: 'error',
          error: {
            type: 'invalid_request_error',
            message: 'input length and `max_tokens` exceed context limit: 199759 + 8192 > 200000',
          },
        },
        'continuedev/continue#8454',
      ],
      [
        'a proxy before it',
        413,
        '<html><h1>413 Request Entity Too Large</h1></html>',
        'https://nginx.org/en/docs/http/ngx_http_core_module.html',
      ],
    ] as const
  ).map(([whose, status, body, reported]): ServerCase => ({
    name: `the context ends, in the words of ${whose}`,
    reported: [reported],
    behaviour: { answer: thirdPrompt({ status, body }) },
    right: { right: 8, failed: 4 },
    tooLong: 4,
    // Prompts as long are answered, so that each of the four is asked once more.
    mostRequests: SAMPLES + 14 + 4,
  })),
];
