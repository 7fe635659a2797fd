/** What servers, and what stands before them, do to the bytes of a reply. */
import { plainReply } from '../server/behaviour.ts';
import type { Asked, Behaviour } from '../server/behaviour.ts';
import { ALL_RIGHT, SAMPLES } from './case.ts';
import type { ServerCase } from './case.ts';

const text = (asked: Asked): string => JSON.stringify(plainReply(asked));

/** A reply as server-sent events, as OpenRouter and most gateways write them. */
export function stream(asked: Asked): string {
  const { api, text: said, usage, body } = asked;
  const half = Math.ceil(said.length / 2);
  const events = [said.slice(0, half), said.slice(half)].map((piece, i) => ({
    model: body.model,
    choices: [
      {
        index: 0,
        ...(api === 'chat' ? { delta: { content: piece } } : { text: piece }),
        finish_reason: i === 1 ? 'stop' : null,
      },
    ],
    ...(i === 1 ? { usage } : { usage: null }),
  }));
  const lines = events.map((event) => `data: ${JSON.stringify(event)}\n\n`).join('');
  return `: OPENROUTER PROCESSING\n\n${lines}data: [DONE]\n\n`;
}

/** The first event of a stream, and nothing more: the connection ended as if all were well. */
function cutStream(asked: Asked): string {
  return `${stream({ ...asked, text: `${asked.text} ` })
    .split('\n\n')
    .slice(0, 2)
    .join('\n\n')}\n\n`;
}

const encoded = (
  ['gzip', 'deflate', 'deflate-raw', 'br', 'zstd'] as const satisfies Behaviour['encoding'][]
).map((encoding): ServerCase => ({
  name: `replies are compressed by ${encoding}, though nobody asked`,
  reported: ['Anionex/agent-vision-toolkit#36', 'openai/codex#37228', 'apache/apisix#13544'],
  behaviour: { encoding },
  right: ALL_RIGHT,
  mostRequests: 30,
}));

export const transportCases: readonly ServerCase[] = [
  ...encoded,
  {
    name: 'an encoding that nothing reads is named',
    reported: ['apache/apisix#13544'],
    behaviour: { encoding: 'compress' },
    options: { maxRetries: 0 },
    right: {},
    refused: /encoded as 'compress', which nothing here reads/,
  },
  {
    name: 'a byte order mark before the JSON',
    reported: ['Anionex/agent-vision-toolkit#36'],
    behaviour: { answer: (asked) => ({ body: `\ufeff${text(asked)}` }) },
    right: ALL_RIGHT,
  },
  {
    name: 'blanks before the JSON, to keep the connection alive',
    reported: ['https://openrouter.ai/docs/api-reference/streaming'],
    behaviour: { answer: (asked) => ({ body: `\n         \n${text(asked)}` }) },
    right: ALL_RIGHT,
  },
  {
    name: 'events are streamed though nobody asked',
    reported: ['openai/codex#37228', 'Oaklight/argo-proxy#91'],
    behaviour: {
      answer: (asked) => ({ body: stream(asked), headers: { 'content-type': 'text/event-stream' } }),
    },
    right: ALL_RIGHT,
    mostRequests: 30,
  },
  {
    name: 'a stream that ends without a finish reason and without [DONE] was cut off: asked again',
    reported: ['vercel/ai#19165', 'CommandCodeAI/command-code#785'],
    behaviour: {
      answer: (asked) => ({
        body: asked.ours && asked.n % 3 === 0 ? cutStream(asked) : stream(asked),
        headers: { 'content-type': 'text/event-stream' },
      }),
    },
    right: ALL_RIGHT,
    mostRequests: SAMPLES + 24,
  },
  {
    name: 'streams that never say that they are over: the probe says so, and they are read',
    reported: ['sgl-project/sglang#4550'],
    behaviour: {
      answer: (asked) => ({
        body: stream(asked)
          .replaceAll('"finish_reason":"stop"', '"finish_reason":null')
          .replace('data: [DONE]\n\n', ''),
        headers: { 'content-type': 'text/event-stream' },
      }),
    },
    right: ALL_RIGHT,
    says: [/its streams do not say that they are over/],
    mostRequests: 32,
  },
  {
    name: 'an error comes as an event',
    reported: ['Oaklight/argo-proxy#91'],
    behaviour: {
      answer: (asked) =>
        asked.ours && asked.n % 4 === 0
          ? {
              body: 'data: {"error":{"message":"Overloaded","code":529}}\n\n',
              headers: { 'content-type': 'text/event-stream' },
            }
          : null,
    },
    right: ALL_RIGHT,
  },
  ...(
    [
      [
        'an error in words',
        'event: error\ndata: upstream connect error or disconnect/reset before headers\n\n',
      ],
      [
        'an error whose fields are no `error`',
        'event: error\ndata: {"message":"Internal server error","status":500}\n\n',
      ],
      ['half a line of JSON', 'data: {"id":"x","choices":[{"index":0,"delta":{"con\n\n'],
    ] as const
  ).flatMap(([what, event]) =>
    ([true, false] as const).map((rest): ServerCase => ({
      name: `${what} stands in the stream, ${rest ? 'and the rest of the answer' : 'and [DONE] alone'} comes after it: asked again`,
      reported: ['farzaa/clicky#132', 'open-webui/open-webui#29628'],
      behaviour: {
        answer: (asked) => {
          const [comment, first, ...others] = stream(asked).split(/(?<=\n\n)/);
          const after = rest ? others : others.slice(1);
          return {
            body:
              asked.ours && asked.n % 4 === 0 ? [comment, first, event, ...after].join('') : stream(asked),
            headers: { 'content-type': 'text/event-stream' },
          };
        },
      },
      right: ALL_RIGHT,
      mostRequests: SAMPLES + 24,
    })),
  ),
  {
    name: 'the data of an event stands in several lines, and there is more after [DONE]',
    reported: ['https://html.spec.whatwg.org/multipage/server-sent-events.html'],
    behaviour: {
      answer: (asked) => ({
        body: `${stream(asked).replaceAll('"choices":[', '"choices":\ndata: [')}${stream({ ...asked, text: ' more' })}`,
        headers: { 'content-type': 'text/event-stream' },
      }),
    },
    right: ALL_RIGHT,
    mostRequests: 30,
  },
  {
    name: 'Python’s NaN and -Infinity in fields that nobody reads',
    reported: ['dphnAI/sonar#183', 'sgl-project/sglang#5984', 'vllm-project/vllm#10234'],
    behaviour: {
      answer: (asked) => ({
        body: text(asked).replace(
          '"created":',
          '"score":NaN,"least":-Infinity,"says":"NaN \\"Infinity","created":',
        ),
      }),
    },
    right: ALL_RIGHT,
    recorded: true,
  },
  {
    name: 'Latin-1',
    reported: ['apache/apisix#13544'],
    behaviour: {
      encoding: 'latin1',
      answer: (asked) => ({ body: { ...plainReply(asked), note: 'é' } }),
    },
    right: ALL_RIGHT,
  },
];
