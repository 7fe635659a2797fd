/**
 * A server that answers at once: what it costs is next to nothing, so that what is measured is whoever asks. It reads
 * the look-up in the last line of a prompt (` a b c | b:`) and gives the right neighbour, by completions and by chat.
 * `GET /counts` says what was asked since the last time.
 */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

/** What was asked: requests for an answer, and how many different prompts they had. */
export interface Counts {
  readonly requests: number;
  readonly prompts: number;
}

let requests = 0;
let prompts = new Set<string>();

const server = createServer((request, response) => {
  if (request.url === '/counts') {
    const said: Counts = { requests, prompts: prompts.size };
    requests = 0;
    prompts = new Set();
    return void response.end(JSON.stringify(said));
  }
  const chunks: Buffer[] = [];
  request.on('data', (chunk: Buffer) => chunks.push(chunk));
  request.on('end', () => {
    const reply = request.method === 'POST' ? answer(Buffer.concat(chunks).toString()) : MODELS;
    response.writeHead(200, {
      'content-type': 'application/json',
      'content-length': Buffer.byteLength(reply),
    });
    response.end(reply);
  });
});

const MODELS = '{"object":"list","data":[{"id":"test","object":"model"}]}';

interface Asked {
  readonly prompt?: string | readonly string[];
  readonly messages?: readonly { readonly content: string | readonly { readonly text: string }[] }[];
}

function answer(text: string): string {
  const { prompt, messages } = JSON.parse(text) as Asked;
  requests += 1;
  const content = messages?.at(-1)?.content ?? prompt ?? '';
  const asked = typeof content === 'string' ? [content] : content.map((part) => partText(part));
  const choices = asked.map((one, index) => {
    prompts.add(one);
    const said = rightNeighbour(one);
    const message = { role: 'assistant', content: said };
    const form = messages === undefined ? { text: ` ${said}` } : { message };
    return { index, finish_reason: 'stop', ...form };
  });
  const usage = { prompt_tokens: 40, completion_tokens: 1, total_tokens: 41 };
  const object = messages === undefined ? 'text_completion' : 'chat.completion';
  return JSON.stringify({ id: 'x', object, created: 0, model: 'test', choices, usage });
}

function partText(part: string | { readonly text: string }): string {
  return typeof part === 'string' ? part : part.text;
}

/** The symbol after the query in ` a b c | b:`, the last line. */
function rightNeighbour(prompt: string): string {
  const line = prompt.trimEnd().slice(prompt.trimEnd().lastIndexOf('\n') + 1);
  const bar = line.lastIndexOf(' | ');
  const query = line.slice(bar + 3, -1);
  const at = line.indexOf(` ${query} `);
  return bar === -1 || at === -1 ? 'x' : (line.slice(at + query.length + 2).split(' ', 1)[0] ?? 'x');
}

server.listen(0, '127.0.0.1', () => {
  process.stdout.write(`http://127.0.0.1:${(server.address() as AddressInfo).port}/v1\n`);
});
