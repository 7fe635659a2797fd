/** Servers whose replies have forms of their own. */
import { choiceReply, plainReply } from '../server/behaviour.ts';
import type { Behaviour } from '../server/behaviour.ts';
import { ALL_RIGHT, goneAfter, SAMPLES } from './case.ts';
import type { ServerCase } from './case.ts';

/** A reply to questions of ours alone; the probe's are answered plainly. */
const toOurs = (answer: NonNullable<Behaviour['answer']>): Behaviour => ({
  answer: (asked) => (asked.ours ? answer(asked) : null),
});

const none = { truncated: SAMPLES } as const;

export const replyCases: readonly ServerCase[] = [
  {
    name: 'content is a list of parts',
    reported: ['vercel/ai#13703', 'spring-projects/spring-ai#5019'],
    apis: ['chat'],
    behaviour: {
      answer: (asked) => ({ body: plainReply(asked, { content: [{ type: 'text', text: asked.text }] }) }),
    },
    right: ALL_RIGHT,
    mostRequests: 24,
    recorded: true,
  },
  {
    name: 'parts of kinds that nobody knows are passed over',
    reported: ['vercel/ai#13703'],
    apis: ['chat'],
    behaviour: {
      answer: (asked) => ({
        body: plainReply(asked, {
          content: [
            { type: 'reference', reference_ids: [1] },
            { type: 'text', text: asked.text },
            { type: 'chart' },
          ],
        }),
      }),
    },
    right: ALL_RIGHT,
    recorded: true,
  },
  {
    name: 'a content that can’t be read is said once, not asked for seven times',
    reported: ['vercel/ai#13703'],
    apis: ['chat'],
    behaviour: { answer: (asked) => ({ body: plainReply(asked, { content: 7 }) }) },
    right: {},
    refused: /chat: the reply has no text \(its content is of type number\)/,
    mostRequests: 4,
  },
  {
    name: 'the same in the middle of a run: not asked again',
    reported: ['vercel/ai#13703'],
    apis: ['chat'],
    behaviour: toOurs((asked) => (asked.n % 3 === 0 ? { body: plainReply(asked, { content: 7 }) } : null)),
    right: { right: 8, failed: 4 },
    mostRequests: 24,
  },
  {
    name: 'an error of the upstream in the choice of a 200',
    reported: ['UKGovernmentBEIS/inspect_ai#1536', 'BerriAI/litellm#21755'],
    apis: ['chat'],
    behaviour: toOurs((asked) =>
      asked.n % 3 === 0
        ? {
            body: choiceReply(asked, {
              finish_reason: 'error',
              message: { role: 'assistant', content: '' },
              error: { code: 502, message: 'Upstream error from provider' },
            }),
          }
        : null,
    ),
    right: ALL_RIGHT,
  },
  {
    name: 'an error in name only, with fields of nothing, beside a good answer (one-api, new-api)',
    reported: ['https://github.com/songquanpeng/one-api'],
    behaviour: {
      answer: (asked) => ({
        body: plainReply(asked, {}, { error: { message: '', type: '', param: '', code: null } }),
      }),
    },
    right: ALL_RIGHT,
    mostRequests: 30,
    recorded: true,
  },
  ...['abort', 'insufficient_system_resource', 'user_cancel', 'MODEL_UNLOADED', 'timeout'].map(
    (word): ServerCase => ({
      name: `an answer that the server broke off (${word}): asked again`,
      reported: ['InternLM/xtuner#1755', 'https://api-docs.deepseek.com/api/create-chat-completion'],
      apis: ['chat'],
      behaviour: toOurs((asked) =>
        asked.n % 3 === 0
          ? {
              body: choiceReply(asked, {
                message: { role: 'assistant', content: asked.text.slice(0, 1) },
                finish_reason: word,
              }),
            }
          : null,
      ),
      right: ALL_RIGHT,
      mostRequests: SAMPLES + 24,
    }),
  ),
  {
    name: 'every answer is broken off: failed in the end',
    reported: ['InternLM/xtuner#1755'],
    apis: ['chat'],
    behaviour: toOurs((asked) => ({ body: choiceReply(asked, { finish_reason: 'abort' }) })),
    options: { maxRetries: 0 },
    right: { failed: SAMPLES },
    says: [/the answer ended by an error of the server \(abort\)/],
    mostRequests: SAMPLES + 16,
  },
  {
    name: 'an empty answer without a reason why it ended, and no token of it: asked again',
    reported: ['lmstudio-ai/lmstudio-bug-tracker#204', 'MicrosoftDocs/azure-docs#109589'],
    behaviour: toOurs((asked) =>
      asked.n % 3 === 0
        ? {
            body: plainReply(
              { ...asked, text: '' },
              { finish_reason: null },
              {
                choices: [
                  asked.api === 'chat'
                    ? { index: 0, message: { role: 'assistant', content: '' }, finish_reason: null }
                    : { index: 0, text: '', finish_reason: null },
                ],
                usage: { prompt_tokens: 50, completion_tokens: 0, total_tokens: 53 },
              },
            ),
          }
        : null,
    ),
    right: ALL_RIGHT,
    mostRequests: SAMPLES + 24,
  },
  {
    name: 'an error alone in a 200',
    reported: ['UKGovernmentBEIS/inspect_ai#1536', 'pydantic/pydantic-ai#2409'],
    behaviour: toOurs((asked) =>
      asked.n % 3 === 0 ? { body: { error: { code: 502, message: 'Upstream error' } } } : null,
    ),
    right: ALL_RIGHT,
  },
  {
    name: 'an error in a 200 that will not pass is not asked for again',
    reported: ['BerriAI/litellm#21755'],
    behaviour: toOurs((asked) =>
      asked.n % 3 === 0
        ? {
            body: {
              error: { code: 400, message: 'This prompt is not valid', type: 'invalid_request_error' },
            },
          }
        : null,
    ),
    right: { right: 8, failed: 4 },
    mostRequests: 36,
  },
  {
    name: 'LM Studio answers 200 to an address that is not there',
    reported: ['lmstudio-ai/lmstudio-bug-tracker#618'],
    behaviour: {
      answer: ({ api }) => ({
        body: { error: `Unexpected endpoint or method. (POST /${api === 'chat' ? 'chat/' : ''}completions)` },
      }),
    },
    right: {},
    refused: /Unexpected endpoint or method/,
    mostRequests: 12,
  },
  {
    name: 'no choices now and then',
    reported: ['BerriAI/litellm#36881'],
    behaviour: toOurs((asked) =>
      asked.n % 4 === 0 ? { body: { ...plainReply(asked), choices: [] } } : null,
    ),
    right: ALL_RIGHT,
  },
  ...(
    [
      ['choices are null', { choices: null }],
      ['choices are a list of null', { choices: [null] }],
      ['choices are null beside null everywhere', { id: null, choices: null, model: null, usage: null }],
      ['there are no choices', { id: 'gen-1', object: 'chat.completion', created: 1 }],
      ['the message is null', { choices: [{ index: 0, message: null, finish_reason: null }] }],
      ['an object of nothing', {}],
      ['a list of nothing', []],
      ['what a page for its health says', { status: 'starting' }],
    ] as const
  ).map(([what, body]): ServerCase => ({
    name: `nothing inside of a 200 now and then: ${what}`,
    reported: ['UKGovernmentBEIS/inspect_ai#1534', 'NVIDIA/garak#1758'],
    apis: ['chat'],
    behaviour: toOurs((asked) => (asked.n % 4 === 0 ? { body } : null)),
    options: { concurrency: 1 },
    right: ALL_RIGHT,
    mostRequests: SAMPLES + 24,
  })),
  {
    name: 'nothing inside of every 200: the reason is said',
    reported: ['NVIDIA/garak#1758'],
    apis: ['chat'],
    behaviour: { answer: () => ({ body: {} }) },
    options: { maxRetries: 0 },
    right: { failed: SAMPLES },
    says: [/the server answers with errors \(the reply has no choices\)/],
  },
  {
    name: 'an address of something else, such as a page for the server’s health: said at once',
    reported: ['langchain-ai/langchain#35236'],
    apis: ['chat'],
    behaviour: { answer: () => ({ body: { status: 'ok' } }) },
    right: {},
    refused: /nothing at .* answers \(.*chat: the reply has no choices\)/,
    mostRequests: 6,
  },
  {
    name: 'a page of HTML inside of every 200: the probe and the run call it the same',
    reported: ['UKGovernmentBEIS/inspect_ai#1536'],
    apis: ['chat'],
    behaviour: { answer: () => ({ body: '<html>We will be back soon</html>' }) },
    options: { maxRetries: 0 },
    right: { failed: SAMPLES },
    says: [/the server answers with errors \(a page of HTML came instead of an answer\)/],
    saysNot: [/is no JSON/],
  },
  {
    name: 'an answer withheld by a content filter',
    reported: ['promptfoo/promptfoo#5859', 'BerriAI/litellm#8953'],
    apis: ['chat'],
    behaviour: toOurs((asked) => ({
      body: choiceReply(asked, {
        message: { role: 'assistant', content: '' },
        finish_reason: 'content_filter',
      }),
    })),
    right: { withheld: SAMPLES },
    recorded: true,
  },
  {
    name: 'Bedrock’s guardrail, by its own word, with its own text',
    reported: ['mozilla-ai/any-llm#1358', 'BerriAI/litellm#5360'],
    apis: ['chat'],
    behaviour: toOurs((asked) => ({
      body: choiceReply(asked, {
        message: { role: 'assistant', content: 'Sorry, the model cannot answer this question.' },
        finish_reason: 'guardrail_intervened',
      }),
    })),
    right: { withheld: SAMPLES },
    recorded: true,
  },
  ...(
    [
      ['MiniMax: output_sensitive', {}, { output_sensitive: true }],
      ['OpenRouter: native_finish_reason', { native_finish_reason: 'PROHIBITED_CONTENT' }, {}],
    ] as const
  ).map(([what, choice, whole]): ServerCase => ({
    name: `a filter keeps the answer back, and finish_reason says stop (${what})`,
    reported: ['https://platform.minimax.io/docs/api-reference/text-post', 'BerriAI/litellm#10768'],
    apis: ['chat'],
    behaviour: toOurs((asked) => ({
      body: choiceReply(
        asked,
        { message: { role: 'assistant', content: '' }, finish_reason: 'stop', ...choice },
        { ...whole, usage: { prompt_tokens: 50, completion_tokens: 0 } },
      ),
    })),
    right: { withheld: SAMPLES },
    mostRequests: SAMPLES + 16,
    recorded: true,
  })),
  {
    name: 'a refusal in a field of its own',
    reported: ['openai/openai-agents-python#4159'],
    apis: ['chat'],
    behaviour: toOurs((asked) => ({
      body: plainReply(asked, { content: null, refusal: "I can't help with that." }),
    })),
    right: { refused: SAMPLES },
    recorded: true,
  },
  {
    name: 'a tool is called instead of an answer',
    reported: ['promptfoo/promptfoo#5859'],
    apis: ['chat'],
    behaviour: toOurs((asked) => ({
      body: choiceReply(asked, {
        message: {
          role: 'assistant',
          content: null,
          tool_calls: [{ id: 'a', type: 'function', function: { name: 'lookup', arguments: '{}' } }],
        },
        finish_reason: 'tool_calls',
      }),
    })),
    right: { refused: SAMPLES },
    recorded: true,
  },
  ...['length', 'MAX_TOKENS', 'max_tokens', 'model_context_window_exceeded'].map((finish): ServerCase => ({
    name: `an answer that was cut says ${finish}`,
    reported: ['UKGovernmentBEIS/inspect_ai#5143', 'ai-dynamo/dynamo#3226', 'andrewyng/aisuite#333'],
    behaviour: toOurs((asked) => ({
      body: choiceReply(asked, {
        text: ' the symbols',
        message: { content: ' the symbols' },
        finish_reason: finish,
      }),
    })),
    right: none,
    recorded: true,
  })),
  ...(['stop', null] as const).map((finish): ServerCase => ({
    name: `an answer that was cut says ${finish ?? 'nothing'}: as many tokens came as were allowed`,
    reported: ['UKGovernmentBEIS/inspect_ai#5143', 'agent0ai/agent-zero#1836'],
    behaviour: toOurs((asked) => ({
      body: choiceReply(
        asked,
        { text: ' the symbols', message: { content: ' the symbols' }, finish_reason: finish },
        { usage: { prompt_tokens: 50, completion_tokens: asked.limit } },
      ),
    })),
    right: none,
  })),
  {
    name: 'SGLang: the finish reason is an object',
    reported: ['sgl-project/sglang#1407'],
    behaviour: {
      answer: (asked) => ({
        body: choiceReply(asked, { finish_reason: { type: 'stop', matched: 128_009 } }),
      }),
    },
    right: ALL_RIGHT,
    recorded: true,
  },
  {
    name: 'SGLang, TGI: the finish reason is empty, or of no standard',
    reported: ['sgl-project/sglang#3912', 'dstackai/dstack#2229'],
    behaviour: {
      answer: (asked) => ({
        body: choiceReply(asked, { finish_reason: asked.n % 2 === 0 ? '' : 'eos_token' }),
      }),
    },
    right: ALL_RIGHT,
    recorded: true,
  },
  {
    name: 'choices in another order',
    reported: ['https://platform.openai.com/docs/api-reference/completions/object'],
    behaviour: {
      answer: (asked) => {
        const [right] = plainReply(asked).choices as object[];
        return { body: { ...plainReply(asked), choices: [{ ...right, index: 1, text: ' no' }, right] } };
      },
    },
    right: ALL_RIGHT,
  },
  {
    name: 'replies name the model by its path, its owner, its date, or not at all',
    reported: ['vllm-project/vllm#15845', 'LMCache/LMCache#3809'],
    behaviour: toOurs((asked) => ({
      body: {
        ...plainReply(asked),
        model: ['/models/test', 'openai/test', 'test-2024-08-06', 'Test:latest', '', 'test'][asked.n % 6],
      },
    })),
    right: ALL_RIGHT,
    mostRequests: SAMPLES + 14,
  },
  {
    name: 'prompts out of a cache count next to nothing, or only beside',
    reported: ['ollama/ollama#2068', 'ollama/ollama#5370', 'ollama/ollama#16428'],
    behaviour: toOurs((asked) => ({
      body: {
        ...plainReply(asked),
        usage:
          asked.n % 2 === 0
            ? { prompt_tokens: 1, completion_tokens: 2 }
            : { prompt_tokens: 3, prompt_tokens_details: { cached_tokens: 60 }, completion_tokens: 2 },
      },
    })),
    right: ALL_RIGHT,
    recorded: true,
  },
  ...([null, 'text', { prompt_tokens: '12', completion_tokens: null }, { prompt_tokens: -1 }] as const).map(
    (usage): ServerCase => ({
      name: `usage is ${JSON.stringify(usage)}`,
      reported: ['ollama/ollama#16428'],
      behaviour: { answer: (asked) => ({ body: { ...plainReply(asked), usage } }) },
      right: ALL_RIGHT,
    }),
  ),
  ...(
    [
      [
        'limit',
        'length',
        { truncated: SAMPLES },
        ['agentgateway/agentgateway#1464', 'google/generative-ai-docs#235'],
      ],
      ['filter', 'content_filter', { withheld: SAMPLES }, ['BerriAI/litellm#40864']],
    ] as const
  ).map(([what, finish, right, reported]): ServerCase => ({
    name: `Google’s: a ${what} has ended the answer before its first word, and the choice has no message`,
    reported,
    apis: ['chat'],
    behaviour: toOurs((asked) => ({
      body: {
        ...plainReply(asked),
        choices: [{ index: 0, finish_reason: finish }],
        usage: { prompt_tokens: 50, total_tokens: 50 },
      },
    })),
    right,
    mostRequests: SAMPLES + 16,
    recorded: true,
  })),
  {
    name: 'nothing was read and nothing written, now and then, though it says stop',
    reported: ['BerriAI/litellm#38199', 'sunholo-data/ailang#842'],
    apis: ['chat'],
    behaviour: toOurs((asked) =>
      asked.n % 4 === 0
        ? {
            body: choiceReply(
              asked,
              { message: { role: 'assistant', content: '' }, finish_reason: 'stop' },
              { usage: { prompt_tokens: 0, completion_tokens: 0, total_tokens: 0 } },
            ),
          }
        : null,
    ),
    right: ALL_RIGHT,
  },
  ...(
    [
      [
        'content is null',
        { message: { role: 'assistant', content: null } },
        { prompt_tokens: 50, completion_tokens: 0 },
      ],
      ['there is no content, and nothing is counted', { message: { role: 'assistant' } }, undefined],
      ['there is no message', { message: undefined }, { prompt_tokens: 50, total_tokens: 50 }],
      [
        'the content is empty',
        { message: { role: 'assistant', content: '' } },
        { prompt_tokens: 50, completion_tokens: 0 },
      ],
    ] as const
  ).map(([what, choice, usage]): ServerCase => ({
    name: `nothing was written though it says stop, now and then: ${what}`,
    reported: ['BerriAI/litellm#24442'],
    apis: ['chat'],
    behaviour: toOurs((asked) =>
      asked.n % 4 === 0
        ? { body: choiceReply(asked, { ...choice, finish_reason: 'stop' }, { usage }) }
        : null,
    ),
    right: ALL_RIGHT,
    mostRequests: SAMPLES + 24,
  })),
  {
    name: 'nothing is ever written, and the content is null: failed',
    reported: ['BerriAI/litellm#24442'],
    apis: ['chat'],
    behaviour: toOurs((asked) => ({
      body: choiceReply(
        asked,
        { message: { role: 'assistant', content: null }, finish_reason: 'stop' },
        { usage: { prompt_tokens: 50, completion_tokens: 0 } },
      ),
    })),
    options: { maxRetries: 0 },
    right: { failed: SAMPLES },
    says: [/the reply is empty/],
  },
  {
    name: 'a model that says nothing to anybody: each is asked for twice, and the answers are empty',
    reported: ['BerriAI/litellm#24442'],
    apis: ['chat'],
    behaviour: {
      answer: (asked) => ({
        body: choiceReply(
          asked,
          { message: { role: 'assistant', content: '' }, finish_reason: 'stop' },
          { usage: { prompt_tokens: 50, completion_tokens: 0 } },
        ),
      }),
    },
    options: { maxRetries: 0 },
    right: { wrong: SAMPLES },
    mostRequests: 2 * SAMPLES + 16,
    recorded: true,
  },
  {
    name: 'OpenRouter: the upstream’s error stands in native_finish_reason only',
    reported: ['earendil-works/pi#8511'],
    apis: ['chat'],
    behaviour: toOurs((asked) =>
      asked.n % 4 === 0
        ? {
            body: choiceReply(asked, {
              message: { role: 'assistant', content: '' },
              finish_reason: 'stop',
              native_finish_reason: 'network_error',
            }),
          }
        : null,
    ),
    right: ALL_RIGHT,
  },
  ...['network_error', 'insufficient_system_resource', 'abort'].map((finish): ServerCase => ({
    name: `an answer that the server broke off says ${finish}: asked again`,
    reported: ['genkit-ai/genkit#6259', 'sgl-project/sglang#6693', 'gethouston/houston#1211'],
    apis: ['chat'],
    behaviour: toOurs((asked) =>
      asked.n % 4 === 0
        ? { body: choiceReply(asked, { message: { content: 'the' }, finish_reason: finish }) }
        : null,
    ),
    right: ALL_RIGHT,
  })),
  {
    name: 'an error without a field for it, in a 200',
    reported: ['XpressAI/xaibo#36', 'modelscope/evalscope#1673'],
    behaviour: toOurs((asked) =>
      asked.n % 4 === 0
        ? { body: { code: 'rate_limit', message: 'Error code: 429 - too many requests, retry in 0.2s' } }
        : null,
    ),
    right: ALL_RIGHT,
  },
  {
    name: 'Cloudflare: a list of errors in an envelope of its own',
    reported: ['cloudflare/cloudflare-docs#15116'],
    behaviour: toOurs((asked) =>
      asked.n % 4 === 0
        ? {
            body: {
              result: null,
              success: false,
              errors: [{ code: 7009, message: 'Upstream service unavailable' }],
              messages: [],
            },
          }
        : null,
    ),
    right: ALL_RIGHT,
  },
  {
    name: 'LM Studio: another model answers than the one that was asked for, and a line says so',
    reported: ['lmstudio-ai/lmstudio-bug-tracker#619'],
    behaviour: { answer: (asked) => ({ body: { ...plainReply(asked), model: 'gemma-3-1b-it-qat:2' } }) },
    right: ALL_RIGHT,
    says: [/WARNING: the probe was answered by a model that calls itself 'gemma-3-1b-it-qat:2', not 'test'/],
  },
  {
    name: 'a router’s name is asked for, which no reply carries: whoever answers, it is an answer',
    reported: ['https://openrouter.ai/docs/features/model-routing'],
    behaviour: {
      answer: (asked) => ({
        body: {
          ...plainReply(asked),
          model: ['openai/gpt-4o-mini', 'mistralai/mistral-nemo'][asked.n % 2],
        },
      }),
    },
    right: ALL_RIGHT,
    says: [/WARNING: the probe was answered by a model that calls itself 'openai\/gpt-4o-mini', not 'test'/],
    mostRequests: SAMPLES + 14,
  },
  {
    name: 'the model that is asked for, and now and then another one: that answer is none',
    reported: ['vllm-project/vllm#15845'],
    behaviour: toOurs((asked) =>
      asked.n % 4 === 0 ? { body: { ...plainReply(asked), model: 'another' } } : null,
    ),
    options: { maxRetries: 0 },
    right: { right: 9, failed: 3 },
    says: [/the answer is from the model 'another', which was not asked/],
  },
  {
    name: 'by turns the model that is asked for and another one: no outage, and the answers of the one are all',
    reported: ['BerriAI/litellm#31722', 'agentgateway/agentgateway#1361'],
    behaviour: toOurs((asked) =>
      asked.n % 2 === 0 ? { body: { ...plainReply(asked), model: 'another' } } : null,
    ),
    options: { concurrency: 1 },
    right: ALL_RIGHT,
    saysNot: [/in trouble/],
    mostRequests: 2 * SAMPLES + 20,
  },
  {
    name: 'a gateway answers with another model while the one that is asked for is gone: waited for, and said what it is',
    reported: ['BerriAI/litellm#31722', 'agentgateway/agentgateway#1361'],
    behaviour: {
      answer: goneAfter(4, (asked) => ({ body: { ...plainReply(asked), model: 'another' } })),
    },
    right: ALL_RIGHT,
    says: [/the model 'another' answers, and not the one that is asked/],
    saysNot: [/in trouble/],
  },
  {
    name: 'Fireworks: the model’s name, and its name as deployed',
    reported: ['rllm-org/rllm#665'],
    behaviour: {
      answer: (asked) => ({
        body: {
          ...plainReply(asked),
          model: asked.n % 2 === 0 ? 'accounts/a/models/test' : 'accounts/a/deployedModels/test-1f2e3d4c',
        },
      }),
    },
    right: ALL_RIGHT,
    saysNot: [/WARNING/, /in trouble/],
    mostRequests: SAMPLES + 14,
  },
  {
    name: 'the prompt is given back before the answer (TGI’s return_full_text, vLLM’s own server)',
    reported: ['vllm-project/vllm#1043', 'vllm-project/vllm#8864', 'dottxt-ai/outlines#752'],
    apis: ['completions'],
    behaviour: {
      answer: (asked) => ({ body: plainReply(asked, { text: asked.prompt + asked.text }) }),
    },
    right: ALL_RIGHT,
    says: [/gives the prompt back before its answer: it is kept, and no part of the answer/],
  },
  {
    name: 'the prompt is given back, with a mark for the beginning before it',
    reported: ['triton-inference-server/tensorrtllm_backend#57'],
    apis: ['completions'],
    behaviour: toOurs((asked) => ({
      body: plainReply(asked, { text: `<s> ${asked.prompt.trimStart()}${asked.text}` }),
    })),
    right: ALL_RIGHT,
  },
  {
    name: 'a prompt that the server cuts to its context (Ollama’s num_ctx): its tokens stop growing',
    reported: ['ollama/ollama#17889', 'esengine/DeepSeek-Reasonix#10245', 'NousResearch/hermes-agent#43900'],
    behaviour: toOurs((asked) => {
      const words = asked.prompt.split(/\s+/).length;
      const usage = { prompt_tokens: Math.min(words, 60), completion_tokens: 2 };
      return {
        body:
          words > 60
            ? choiceReply(asked, { text: ' ?', message: { content: '?' } }, { usage })
            : { ...plainReply(asked), usage },
      };
    }),
    options: { lengths: [5, 90] },
    right: { right: SAMPLES / 2, truncated: SAMPLES / 2 },
    byMeasure: true,
  },
  ...(
    [
      ['one token', () => 1],
      ['what is not in a block', (prompt: string) => prompt.length % 16],
      ['a quarter of the characters (an estimate)', (prompt: string) => Math.ceil(prompt.length / 4)],
    ] as const
  ).map(([what, count]): ServerCase => ({
    name: `prompts out of a cache that is warm count ${what}: wrong answers are wrong`,
    reported: ['ollama/ollama#5370', 'ollama/ollama#16414'],
    behaviour: toOurs((asked) => ({
      body: choiceReply(
        asked,
        { text: ' ?', message: { content: '?' } },
        { usage: { prompt_tokens: count(asked.prompt), completion_tokens: 2 } },
      ),
    })),
    options: { lengths: [5, 40] },
    right: { wrong: SAMPLES },
  })),
];
