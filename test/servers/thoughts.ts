/** Models that think before they answer, and where servers put what they think. */
import { choiceReply, plainReply } from '../server/behaviour.ts';
import type { Asked, Behaviour, Sent } from '../server/behaviour.ts';
import { error } from './case.ts';
import { ALL_RIGHT, SAMPLES } from './case.ts';
import type { ServerCase } from './case.ts';

const THINKS = /this model thinks before it answers/;
const THOUGHT = 'I look for the query.';

/** Whether there is room for a thought. */
const roomy = ({ limit }: Asked): boolean => limit > 300;

/** A text as a model would go on with it, cut where a stop mark stands, and at as many words as are allowed. */
function cut({ body, limit }: Asked, text: string): { readonly text: string; readonly finish: string } {
  const stops = Array.isArray(body.stop) ? (body.stop as string[]) : [];
  const ends = stops.map((mark) => text.indexOf(mark)).filter((at) => at !== -1);
  const stopped = ends.length === 0 ? text : text.slice(0, Math.min(...ends));
  const words = stopped.match(/\s*\S+|\s+/g) ?? [];
  return words.length > limit
    ? { text: words.slice(0, limit).join(''), finish: 'length' }
    : { text: stopped, finish: 'stop' };
}

/** Thoughts in the content, before the answer. */
function inContent(before: string, after: string, end = ''): Behaviour {
  return {
    answer: (asked) => {
      const said = cut(asked, `${before}\n${THOUGHT}\n${after}\n\n${asked.right ?? 'four'}${end}`);
      return { body: choiceReply(asked, { message: { content: said.text }, finish_reason: said.finish }) };
    },
  };
}

/** Thoughts beside the content, which use up the limit where it has no room for them. */
function beside(fields: object): Behaviour {
  return {
    answer: (asked) => ({
      body: choiceReply(
        asked,
        {
          message: { role: 'assistant', content: roomy(asked) ? asked.text : null, ...fields },
          finish_reason: roomy(asked) ? 'stop' : 'length',
        },
        { usage: { prompt_tokens: 50, completion_tokens: Math.min(asked.limit, 310) } },
      ),
    }),
  };
}

const REPORTED = [
  'EleutherAI/lm-evaluation-harness#3700',
  'huggingface/lighteval#869',
  'EuroEval/EuroEval#752',
];

/** Of a model that thinks about some questions only: what it thinks, and how it is cut where there is no room. */
const later = ({ from = 5 }: { readonly from?: number }, answer: (asked: Asked) => Sent): Behaviour => ({
  answer: (asked) => (asked.ours && asked.n >= from ? answer(asked) : null),
});

/** An answer without room: cut, with so much of it. */
function cutReply(asked: Asked, message: object, usage: object = {}): Sent {
  return {
    body: choiceReply(
      asked,
      { message: { role: 'assistant', content: null, ...message }, finish_reason: 'length' },
      { usage: { prompt_tokens: 50, completion_tokens: asked.limit, ...usage } },
    ),
  };
}

const NOTICED = /this model thinks before some of its answers/;
const COMES_WHOLE = /some answers are cut off and come whole with more room/;

/** Each is asked twice at most, a trial included. */
const TWICE = 2 * SAMPLES + 14;

/** Models whose answers to the probe show no thoughts. */
const onlyLater: readonly ServerCase[] = [
  {
    name: 'thoughts beside the answer from the fifth on: room from then on, and what was cut is asked again',
    reported: ['vllm-project/vllm#52640', 'xorbitsai/xagent#626'],
    apis: ['chat'],
    behaviour: later({}, (asked) =>
      roomy(asked)
        ? { body: plainReply(asked, { reasoning_content: THOUGHT }) }
        : cutReply(asked, { reasoning_content: THOUGHT }),
    ),
    right: ALL_RIGHT,
    says: [NOTICED],
    saysNot: [THINKS],
    mostRequests: TWICE,
  },
  {
    name: 'thoughts in the content from the fifth on, which a stop mark ends',
    reported: [...REPORTED],
    apis: ['chat'],
    behaviour: later({}, (asked) => {
      const said = cut(asked, `<think>\n${THOUGHT}\n</think>\n\n${asked.right ?? 'four'}`);
      return { body: choiceReply(asked, { message: { content: said.text }, finish_reason: said.finish }) };
    }),
    right: ALL_RIGHT,
    says: [NOTICED],
    mostRequests: TWICE,
  },
  {
    name: 'a stop mark ends the thoughts beside the answer (vLLM)',
    reported: ['vllm-project/vllm#38499', 'vllm-project/vllm#14550'],
    apis: ['chat'],
    behaviour: later({ from: 3 }, (asked) => ({
      body:
        asked.body.stop === undefined
          ? plainReply(asked, { reasoning_content: THOUGHT })
          : choiceReply(asked, {
              message: { role: 'assistant', content: null, reasoning_content: 'I look' },
              finish_reason: 'stop',
            }),
    })),
    right: ALL_RIGHT,
    says: [NOTICED],
    mostRequests: TWICE,
  },
  {
    name: 'thoughts that are only counted, from the fifth on',
    reported: ['vllm-project/vllm#52640', 'BerriAI/litellm#36881'],
    apis: ['chat'],
    behaviour: later({}, (asked) =>
      roomy(asked)
        ? { body: plainReply(asked) }
        : cutReply(asked, { content: '' }, { completion_tokens_details: { reasoning_tokens: asked.limit } }),
    ),
    right: ALL_RIGHT,
    says: [NOTICED],
    mostRequests: TWICE,
  },
  {
    name: 'a cut thought stands in the content without any mark (OpenVINO): one is tried with room',
    reported: ['openvinotoolkit/model_server#4495'],
    apis: ['chat'],
    behaviour: later({ from: 1 }, (asked) =>
      roomy(asked)
        ? { body: plainReply(asked, { reasoning_content: THOUGHT }) }
        : cutReply(asked, { content: ' thinking okay, let us see the list' }),
    ),
    right: ALL_RIGHT,
    says: [NOTICED],
    mostRequests: TWICE,
  },
  {
    name: 'empty answers at the limit, and full ones with room, from the first question on',
    reported: ['lmstudio-ai/lmstudio-bug-tracker#1990'],
    apis: ['chat'],
    behaviour: later({ from: 1 }, (asked) =>
      roomy(asked) ? { body: plainReply(asked) } : cutReply(asked, { content: '' }),
    ),
    right: ALL_RIGHT,
    says: [/thinks before some of its answers \(its thoughts: not shown/],
    mostRequests: TWICE,
  },
  {
    name: 'hidden thoughts, the first of them longer than the room: another one is tried',
    reported: ['lmstudio-ai/lmstudio-bug-tracker#1990', 'BerriAI/litellm#36881'],
    apis: ['chat'],
    get behaviour() {
      let long: string | null = null;
      return later({}, (asked) => {
        if (!roomy(asked)) return cutReply(asked, { content: '' });
        long ??= asked.prompt;
        return asked.prompt === long ? cutReply(asked, { content: '' }) : { body: plainReply(asked) };
      });
    },
    right: { right: SAMPLES - 1, truncated: 1 },
    says: [NOTICED],
    mostRequests: TWICE,
  },
  {
    name: 'a model that talks on and never ends: five are tried with room, and all stay cut',
    reported: ['openvinotoolkit/model_server#4495'],
    apis: ['chat'],
    behaviour: later({ from: 1 }, (asked) => cutReply(asked, { content: 'the symbols are' })),
    right: { truncated: SAMPLES },
    saysNot: [NOTICED],
    mostRequests: SAMPLES + 5 + 14,
  },
  {
    name: 'a model that talks for long and comes to an end: its answers are wrong, not cut',
    reported: ['openvinotoolkit/model_server#4495'],
    apis: ['chat'],
    behaviour: later({ from: 1 }, (asked) =>
      roomy(asked)
        ? { body: plainReply(asked, { content: 'the symbols are many, and so on' }) }
        : cutReply(asked, { content: 'the symbols are' }),
    ),
    right: { wrong: SAMPLES },
    says: [COMES_WHOLE],
    mostRequests: TWICE,
  },
  {
    name: 'hidden thoughts after a first word, which are whole with room',
    reported: ['lmstudio-ai/lmstudio-bug-tracker#1990', 'openvinotoolkit/model_server#4495'],
    apis: ['chat'],
    behaviour: later({ from: 1 }, (asked) =>
      roomy(asked) ? { body: plainReply(asked) } : cutReply(asked, { content: 'I' }),
    ),
    right: ALL_RIGHT,
    says: [COMES_WHOLE],
    mostRequests: TWICE,
  },
  {
    name: 'a model that reasons in the open before the tagged answer',
    reported: ['EleutherAI/lm-evaluation-harness#3700'],
    apis: ['chat'],
    options: { prompt: 'instruct' },
    behaviour: later({ from: 1 }, (asked) => {
      const said = cut(asked, `${THOUGHT.repeat(40)} <answer>${asked.right ?? ''}</answer>`);
      return { body: choiceReply(asked, { message: { content: said.text }, finish_reason: said.finish }) };
    }),
    right: ALL_RIGHT,
    says: [COMES_WHOLE],
    mostRequests: TWICE,
  },
  {
    name: 'a model that goes on after its answers, where no stop mark ends them, and talks for long now and then: room for those alone',
    reported: ['openvinotoolkit/model_server#4495'],
    apis: ['chat'],
    get behaviour() {
      const talks = new Set<string>();
      return later({ from: 1 }, (asked) => {
        if (talks.size < 2) talks.add(asked.prompt);
        if (!talks.has(asked.prompt))
          return roomy(asked) ? cutReply(asked, { content: 'on and on' }) : { body: plainReply(asked) };
        return roomy(asked) ? { body: plainReply(asked) } : cutReply(asked, { content: 'the symbols are' });
      });
    },
    options: { concurrency: 1 },
    right: ALL_RIGHT,
    says: [COMES_WHOLE],
    mostRequests: SAMPLES + 2 + 14,
  },
  {
    name: 'hidden thoughts, and others that talk on and never end, six of which come first: room is tried for each kind',
    reported: ['lmstudio-ai/lmstudio-bug-tracker#1990', 'openvinotoolkit/model_server#4495'],
    apis: ['chat'],
    get behaviour() {
      const endless = new Set<string>();
      return later({ from: 1 }, (asked) => {
        if (endless.size < SAMPLES / 2) endless.add(asked.prompt);
        if (endless.has(asked.prompt)) return cutReply(asked, { content: 'the symbols are' });
        return roomy(asked) ? { body: plainReply(asked) } : cutReply(asked, { content: '' });
      });
    },
    options: { concurrency: 1 },
    right: { right: SAMPLES / 2, truncated: SAMPLES / 2 },
    says: [/thinks before some of its answers \(its thoughts: not shown/],
    mostRequests: TWICE,
  },
];

/** First replies with room that say nothing of whether it helps, and what these are; another cut answer is tried. */
const odd: readonly ServerCase[] = (
  [
    ['one token and no text', { message: { content: '' }, finish_reason: 'stop' }, { wrong: 1 }],
    ['kept back', { message: { content: '' }, finish_reason: 'content_filter' }, { withheld: 1 }],
    [
      'a refusal',
      { message: { content: null, refusal: 'I cannot.' }, finish_reason: 'stop' },
      { refused: 1 },
    ],
    [
      'the call of a tool',
      {
        message: {
          content: null,
          tool_calls: [{ id: 'a', type: 'function', function: { name: 'find', arguments: '{}' } }],
        },
        finish_reason: 'tool_calls',
      },
      { refused: 1 },
    ],
  ] as const
).map(([what, choice, one]): ServerCase => ({
  name: `hidden thoughts, and the first answer with room for them is ${what}: another one is tried`,
  reported: ['lmstudio-ai/lmstudio-bug-tracker#1990', 'BerriAI/litellm#36881'],
  apis: ['chat'],
  get behaviour() {
    let tries = 0;
    return later({ from: 1 }, (asked) => {
      if (!roomy(asked)) return cutReply(asked, { content: '' });
      if (++tries > 1) return { body: plainReply(asked) };
      return { body: choiceReply(asked, choice, { usage: { prompt_tokens: 50, completion_tokens: 1 } }) };
    });
  },
  right: { right: SAMPLES - 1, ...one },
  says: [NOTICED],
  mostRequests: TWICE,
}));

/** How long a thought is that needs more room than a quarter of what a limit of 4096 allows. */
const LONG = 2000;

/** A limit of 4096, as they refuse what is above it; each is right only where as much is asked for, once it is known. */
const caps: readonly ServerCase[] = (
  [
    [
      'OpenAI',
      'tailcallhq/forgecode#1185',
      400,
      (limit: number) =>
        `max_tokens is too large: ${limit}. This model supports at most 4096 completion tokens, whereas you provided ${limit}.`,
    ],
    [
      'Anthropic',
      'coolcline/CoolCline#23',
      400,
      (limit: number) =>
        `max_tokens: ${limit} > 4096, which is the maximum allowed number of output tokens for claude-3-haiku-20240307`,
    ],
    [
      'Google',
      'https://cloud.google.com/vertex-ai/generative-ai/docs/model-reference/api-errors',
      400,
      (limit: number) =>
        `Unable to submit request because it has a maxOutputTokens value of ${limit} but the supported range is from 1 (inclusive) to 4097 (exclusive). Update the value and try again.`,
    ],
    [
      'Bedrock',
      'vercel/ai#2772',
      400,
      () =>
        'The maximum tokens you requested exceeds the model limit of 4096. Try again with a maximum tokens value that is lower than 4096.',
    ],
    [
      'Groq',
      'Alishahryar1/free-claude-code#955',
      400,
      () =>
        'max_completion_tokens must be less than or equal to 4096, the maximum value for max_completion_tokens is less than the context_window for this model',
    ],
    [
      'DashScope, passed on as a 500',
      'pollinations/pollinations#1290',
      500,
      () => '<400> InternalError.Algo.InvalidParameter: Range of max_tokens should be [1, 4096]',
    ],
  ] as const
).map(([whose, reported, status, says]): ServerCase => ({
  name: `the limit that room for thoughts takes is too large, in the words of ${whose}: asked with the limit that they name`,
  reported: [reported],
  apis: ['chat'],
  behaviour: {
    answer: (asked) =>
      asked.limit > 4096
        ? error(status, says(asked.limit))
        : asked.limit > LONG || !asked.ours
          ? { body: plainReply(asked, { reasoning_content: THOUGHT }) }
          : cutReply(asked, { reasoning_content: THOUGHT }),
  },
  options: { concurrency: 2 },
  right: ALL_RIGHT,
  says: [THINKS, /the server takes no limit on an answer above (4096|4095) tokens/],
  // It is refused once for each that is under way, not for every question.
  mostRequests: SAMPLES + 2 + 16,
}));

/** Replies to the first request with room for thoughts that say nothing of whether room helps. */
const once: readonly ServerCase[] = (
  [
    ['503', () => error(503, 'overloaded')],
    [
      'no choices',
      (asked) => ({ body: { id: 'x', object: 'chat.completion', model: asked.body.model, choices: null } }),
    ],
    [
      'an empty answer',
      (asked) => ({
        body: choiceReply(
          asked,
          { message: { content: '' }, finish_reason: 'stop' },
          { usage: { prompt_tokens: 50, completion_tokens: 0 } },
        ),
      }),
    ],
    ['a wait', () => error(429, 'slow down', {}, { 'retry-after': '1' })],
  ] as const satisfies readonly (readonly [string, (asked: Asked) => Sent])[]
).map(([what, sent]): ServerCase => {
  const behaviour = (): Behaviour => {
    let tries = 0;
    return later({}, (asked) => {
      if (!roomy(asked)) return cutReply(asked, { content: '' });
      return ++tries === 1 ? sent(asked) : { body: plainReply(asked) };
    });
  };
  return {
    name: `hidden thoughts, and the first request with room for them meets ${what}: it is tried again`,
    reported: ['lmstudio-ai/lmstudio-bug-tracker#1990', 'BerriAI/litellm#36881'],
    apis: ['chat'],
    get behaviour() {
      return behaviour();
    },
    right: ALL_RIGHT,
    says: [NOTICED],
    mostRequests: TWICE + 4,
  };
});

export const thoughtCases: readonly ServerCase[] = [
  {
    name: 'thoughts in the content',
    reported: [...REPORTED, 'sgl-project/sglang#40529'],
    apis: ['chat'],
    behaviour: inContent('<think>', '</think>'),
    right: ALL_RIGHT,
    says: [THINKS],
    neverSent: ['stop'],
    recorded: true,
  },
  {
    name: 'only the end of the thoughts is marked',
    reported: REPORTED,
    apis: ['chat'],
    behaviour: {
      answer: (asked) => ({
        body: choiceReply(asked, {
          message: { content: `${THOUGHT} It is what was asked.\n</think>\n\n${asked.right ?? 'four'}` },
        }),
      }),
    },
    right: ALL_RIGHT,
    says: [THINKS],
    recorded: true,
  },
  {
    name: 'Mistral’s and Seed’s marks',
    reported: ['vercel/ai#13703'],
    apis: ['chat'],
    behaviour: inContent('[THINK]', '[/THINK]'),
    right: ALL_RIGHT,
    says: [THINKS],
  },
  ...(
    [
      ['LongCat’s', '<longcat_think>', '</longcat_think>', ['ai-dynamo/dynamo#5424']],
      ['Apertus’', '<|inner_prefix|>', '<|inner_suffix|>', ['sgl-project/sglang#25100']],
    ] as const
  ).map(([whose, open, close, reported]): ServerCase => ({
    name: `${whose} marks: they get room, and no stop mark ends them`,
    reported,
    apis: ['chat'],
    behaviour: {
      answer: (asked) => {
        const said = cut(asked, `${open}${THOUGHT.repeat(20)}${close}${asked.right ?? 'four'}`);
        return { body: choiceReply(asked, { message: { content: said.text }, finish_reason: said.finish }) };
      },
    },
    right: ALL_RIGHT,
    says: [THINKS],
    neverSent: ['stop'],
    recorded: true,
  })),
  ...(
    [
      ['around the answer', 'paper', '', ''],
      ['within the prompt’s tags', 'instruct', '<answer>', '</answer>'],
    ] as const
  ).map(([where, prompt, open, close]): ServerCase => ({
    name: `GLM’s box ${where}, after thoughts`,
    reported: ['zai-org/GLM-V#79', 'zai-org/GLM-V#133'],
    apis: ['chat'],
    options: { prompt },
    behaviour: inContent('<think>', `</think>${open}<|begin_of_box|>`, `<|end_of_box|>${close}`),
    right: ALL_RIGHT,
    says: [THINKS],
  })),
  {
    name: 'GLM’s box, its thoughts beside the content',
    reported: ['zai-org/GLM-V#79'],
    apis: ['chat'],
    behaviour: {
      answer: (asked) => ({
        body: plainReply(asked, {
          reasoning_content: THOUGHT,
          content: `\n<|begin_of_box|>${asked.right ?? 'four'}<|end_of_box|>`,
        }),
      }),
    },
    right: ALL_RIGHT,
    says: [THINKS],
    recorded: true,
  },
  {
    name: 'a thought that never ends is no answer',
    reported: ['huggingface/lighteval#869'],
    apis: ['chat'],
    behaviour: {
      answer: (asked) => ({
        body: choiceReply(
          asked,
          { message: { content: `<think>\n${THOUGHT.repeat(9)}` }, finish_reason: 'length' },
          { usage: { prompt_tokens: 50, completion_tokens: asked.limit } },
        ),
      }),
    },
    right: { truncated: SAMPLES },
    says: [THINKS],
    recorded: true,
  },
  {
    name: 'gpt-oss by channels',
    reported: ['vllm-project/vllm#48253', 'EleutherAI/lm-evaluation-harness#3369'],
    apis: ['chat'],
    behaviour: {
      answer: (asked) => ({
        body: plainReply(asked, {
          content: `<|channel|>analysis<|message|>${THOUGHT}<|end|><|start|>assistant<|channel|>final<|message|>${asked.right ?? 'four'}`,
        }),
      }),
    },
    right: ALL_RIGHT,
    says: [THINKS],
    recorded: true,
  },
  ...(['', '\n\n'] as const).map((around): ServerCase => ({
    name: `gpt-oss, its marks dropped${around === '' ? '' : ' and line breaks in their place'}: its thoughts get room`,
    reported: ['vllm-project/vllm#48253', 'EleutherAI/lm-evaluation-harness#3369'],
    apis: ['chat'],
    behaviour: {
      answer: (asked) => {
        const text = `analysis${THOUGHT.repeat(30)}${around}assistantfinal${around}${asked.right ?? 'four'}`;
        const said = cut(asked, text);
        return { body: choiceReply(asked, { message: { content: said.text }, finish_reason: said.finish }) };
      },
    },
    right: ALL_RIGHT,
    says: [THINKS],
    neverSent: ['stop'],
    recorded: true,
  })),
  ...(
    [
      ['vLLM’s, DeepSeek’s', { reasoning_content: THOUGHT }, ['mindcraft-bots/mindcraft#789']],
      ['OpenRouter’s, Ollama’s', { reasoning: THOUGHT }, ['anomalyco/opencode#46061', 'ollama/ollama#15288']],
      [
        'OpenRouter’s details',
        { reasoning_details: [{ type: 'reasoning.text', text: THOUGHT }] },
        ['pydantic/pydantic-ai#2409'],
      ],
      [
        'LiteLLM’s blocks',
        { thinking_blocks: [{ type: 'thinking', thinking: THOUGHT }] },
        ['NVIDIA/RULER#99'],
      ],
      ['Ollama’s own', { thinking: THOUGHT }, ['promptfoo/promptfoo#10954']],
    ] as const
  ).map(([whose, fields, reported]): ServerCase => ({
    name: `thoughts beside the content, ${whose}: they get room`,
    reported: ['HazyResearch/legalbench#55', ...reported],
    apis: ['chat'],
    behaviour: beside(fields),
    right: ALL_RIGHT,
    says: [THINKS],
    neverSent: ['stop'],
    recorded: true,
  })),
  {
    name: 'thoughts in parts of their own',
    reported: ['vercel/ai#13703', 'spring-projects/spring-ai#5019'],
    apis: ['chat'],
    behaviour: {
      answer: (asked) => ({
        body: plainReply(asked, {
          content: [
            { type: 'thinking', thinking: [{ type: 'text', text: THOUGHT }] },
            { type: 'text', text: asked.text },
          ],
        }),
      }),
    },
    right: ALL_RIGHT,
    says: [THINKS],
    recorded: true,
  },
  {
    name: 'thoughts in parts that say so by a field (Gemini’s gateways)',
    reported: ['zhudotexe/kani#60', 'envoyproxy/ai-gateway#1521'],
    apis: ['chat'],
    behaviour: {
      answer: (asked) => ({
        body: plainReply(asked, {
          content: [
            { type: 'text', text: THOUGHT, thought: true },
            { type: 'text', text: asked.text },
          ],
        }),
      }),
    },
    right: ALL_RIGHT,
    says: [THINKS],
  },
  {
    name: 'thoughts in HTML’s details (Open WebUI)',
    reported: ['jrkropp/open-webui-developer-toolkit#367'],
    apis: ['chat'],
    behaviour: inContent('<details type="reasoning" done="true">', '</details>'),
    right: ALL_RIGHT,
    says: [THINKS],
    byMeasure: true,
    recorded: true,
  },
  {
    name: 'thoughts are turned off, and the whole answer stands where they would (vLLM’s parsers)',
    reported: ['QwenLM/Qwen3#1297', 'vllm-project/vllm#17609'],
    apis: ['chat'],
    behaviour: {
      answer: (asked) => ({
        body: plainReply(asked, { content: null, reasoning_content: asked.text }),
      }),
    },
    right: ALL_RIGHT,
    says: [/the answers stand where thoughts do/],
    saysNot: [THINKS],
    mostRequests: SAMPLES + 16,
  },
  {
    name: 'thoughts that are only counted, and not in completion_tokens (xAI, Google)',
    reported: ['Portkey-AI/gateway#1458', 'router-for-me/CLIProxyAPI#5743'],
    apis: ['chat'],
    behaviour: {
      answer: (asked) => ({
        body: {
          ...plainReply(asked, { content: roomy(asked) ? asked.text : '' }),
          usage: {
            prompt_tokens: 50,
            completion_tokens: 2,
            total_tokens: 352,
            completion_tokens_details: { reasoning_tokens: 300 },
          },
        },
      }),
    },
    right: ALL_RIGHT,
    says: [THINKS],
  },
  {
    name: 'no room for the thoughts is told by a refusal',
    reported: ['nextlevelbuilder/goclaw#245', 'spiceai/spiceai#7126', 'openai/openai-python#3182'],
    apis: ['chat'],
    behaviour: {
      answer: (asked) =>
        roomy(asked)
          ? { body: plainReply(asked) }
          : error(
              400,
              'Could not finish the message because max_tokens or model output limit was reached. Please try again with higher max_tokens.',
              { type: 'invalid_request_error' },
            ),
    },
    right: ALL_RIGHT,
    says: [THINKS],
  },
  {
    name: 'the same with too little room for one: cut off, not failed',
    reported: ['nextlevelbuilder/goclaw#245'],
    apis: ['chat'],
    behaviour: {
      answer: (asked) =>
        asked.ours || !roomy(asked)
          ? error(400, 'Could not finish the message because max_tokens or model output limit was reached.')
          : null,
    },
    right: { truncated: SAMPLES },
    says: [THINKS],
  },
  {
    name: 'the context has no room for all that is allowed: asked with less, it answers',
    reported: ['vllm-project/vllm#42474', 'ogx-ai/ogx#4534', 'continuedev/continue#6080'],
    apis: ['chat'],
    behaviour: {
      answer: (asked) =>
        asked.limit > 1500
          ? error(
              400,
              `This model's maximum context length is 2048 tokens. However, you requested ${asked.limit} output tokens and your prompt contains at least 90 input tokens, for a total of at least ${asked.limit + 90} tokens.`,
            )
          : { body: plainReply(asked, { reasoning_content: THOUGHT }) },
    },
    right: ALL_RIGHT,
    says: [THINKS],
    mostRequests: 2 * SAMPLES + 14,
  },
  ...caps,
  {
    name: 'the limit that room for thoughts takes is too large, and no other is named: asked with less, it answers',
    reported: ['ChatGPTNextWeb/NextChat#3195', 'Gitlawb/openclaude#331'],
    apis: ['chat'],
    behaviour: {
      answer: (asked) =>
        asked.limit > 1100
          ? error(400, 'max_tokens exceeds the maximum of this model')
          : { body: plainReply(asked, { reasoning_content: THOUGHT }) },
    },
    options: { concurrency: 2 },
    right: ALL_RIGHT,
    says: [THINKS, /does not say which it takes: there are 1024 tokens for thoughts, not 4096/],
    mostRequests: SAMPLES + 2 + 16,
  },
  {
    name: 'room for thoughts is refused in words that say nothing: asked with less, it answers',
    reported: ['MetaGLM/glm-cookbook#24'],
    apis: ['chat'],
    behaviour: {
      answer: (asked) =>
        asked.limit > 1100
          ? error(400, 'invalid parameter, see the documentation')
          : { body: plainReply(asked, { reasoning_content: THOUGHT }) },
    },
    options: { concurrency: 2 },
    right: ALL_RIGHT,
    says: [THINKS, /does not say which it takes: there are 1024 tokens for thoughts, not 4096/],
    mostRequests: SAMPLES + 3 + 16,
  },
  {
    name: 'the end of a thought that was cut by a budget stands in the content (llama.cpp)',
    reported: ['ggml-org/llama.cpp#28182'],
    apis: ['chat'],
    behaviour: {
      answer: (asked) => ({
        body: plainReply(asked, {
          reasoning_content: THOUGHT,
          content: `and it is there.\n</think>\n\n${asked.right ?? 'four'}`,
        }),
      }),
    },
    right: ALL_RIGHT,
    says: [THINKS],
    recorded: true,
  },
  {
    name: 'thoughts are told by nothing but their tokens: with little room the answers are empty',
    reported: ['experientiallabs/experiential#954', 'project-arbr/arbr-control-plane#253'],
    apis: ['chat'],
    behaviour: {
      answer: (asked) => ({
        body: choiceReply(asked, roomy(asked) ? {} : { message: { content: '' }, finish_reason: 'length' }, {
          usage: { prompt_tokens: 50, completion_tokens: Math.min(asked.limit, 310) },
        }),
      }),
    },
    right: ALL_RIGHT,
    says: [/this model thinks before it answers \(its thoughts: not shown/],
  },
  {
    name: 'some thoughts end without an answer (gpt-oss behind Ollama): more room is not advised',
    reported: ['omeryasirkucuk/amx#372'],
    apis: ['chat'],
    behaviour: {
      answer: (asked) => ({
        body: plainReply(asked, {
          reasoning: THOUGHT,
          ...(asked.ours && asked.n % 3 === 0 ? { content: '' } : {}),
        }),
      }),
    },
    right: { right: 8, truncated: 4 },
    says: [THINKS],
    saysNot: [/more room .*--think-tokens|were not enough|cut off by the token limit/],
    mostRequests: SAMPLES + 16,
  },
  ...onlyLater,
  ...once,
  ...odd,
];
