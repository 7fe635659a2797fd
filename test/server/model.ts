/** What the model behind the test server says: right answers with a known chance, cut as it is told. */
import { createHash } from 'node:crypto';
import { understand } from './oracle.ts';
import type { ServerOptions } from './options.ts';

export type Fields = Record<string, unknown>;

export function promptOf(body: Fields): string {
  if (typeof body.prompt === 'string') return body.prompt;
  const messages = Array.isArray(body.messages) ? (body.messages as Fields[]) : [];
  // Turns of a conversation are read as the examples that they are.
  return messages
    .filter(({ role }) => role !== 'system')
    .map(
      ({ role, content }, i) =>
        (role === 'assistant' ? '\nOutput: ' : i === 0 ? '' : '\n\n') +
        (typeof content === 'string' ? content : ''),
    )
    .join('');
}

/** What a hosted server takes off a limit on tokens: the prompt's, and as many as may be answered. */
export function mostTokensOf(body: Fields): number {
  return tokenize(promptOf(body)).length + Number(body.max_tokens ?? body.max_completion_tokens ?? 0);
}

/** Tokens as this server counts them: a blank and the character after it are one. */
export function tokenize(text: string): string[] {
  return text.match(/ ?<\w+>| ?\S|\s/gu) ?? [];
}

/** The id of the mark for the beginning. */
const MARK = 1;

export function idsOf(text: string, { quirks = {} }: ServerOptions): number[] {
  const marks = new Array<number>(quirks.marks ?? 0).fill(MARK);
  const ids = tokenize(text).map((token) =>
    quirks.readsMark && token.trim() === '<bos>' ? MARK : 100 + (token.codePointAt(token.length - 1) ?? 0),
  );
  return [...marks, ...ids];
}

export function answer(
  api: 'completions' | 'chat',
  body: Fields,
  prompt: string,
  options: ServerOptions,
): { status: number; body: object; tokens: number } {
  const refused = refusal(body, options);
  if (refused !== null) return { ...refused, tokens: 0 };
  const read = options.context === undefined ? prompt : tokenize(prompt).slice(-options.context).join('');
  const generated = generate(read, options);
  const limit = Number(body.max_tokens ?? body.max_completion_tokens ?? 0);
  const stops = options.quirks?.stopIgnored ? [] : ((body.stop as string[] | undefined) ?? []);
  const said = options.says?.(prompt);
  const { text, finish } = said === undefined ? cut(generated, limit, stops) : { text: said, finish: 'stop' };
  const around = api === 'chat' ? 12 : (options.quirks?.around ?? 0);
  const promptTokens =
    options.quirks?.estimates === true ? Math.floor(read.length / 4) : idsOf(read, options).length + around;
  const usage = {
    prompt_tokens: promptTokens,
    completion_tokens: tokenize(text).length,
    total_tokens: promptTokens + tokenize(text).length,
  };
  const name = options.quirks?.namesItself ?? body.model;
  const choice =
    api === 'chat'
      ? { index: 0, message: { role: 'assistant', content: text.trimStart() }, finish_reason: finish }
      : { index: 0, text, finish_reason: finish, ...logprobs(body, prompt, text, options) };
  const told = options.quirks?.tokenIds === true && body.return_token_ids === true;
  const ids = told
    ? { prompt_token_ids: idsOf(prompt, options), token_ids: idsOf(text, { quirks: { marks: 0 } }) }
    : {};
  return {
    status: 200,
    body: {
      id: 'x',
      object: 'text_completion',
      model: name,
      choices: [{ ...choice, ...ids }],
      ...(options.quirks?.noUsage ? {} : { usage }),
    },
    tokens: usage.prompt_tokens + usage.completion_tokens,
  };
}

/** What is said to a prompt: the whole, and as it was cut; and the right answer, where the prompt is one of ours. */
export interface Spoken {
  readonly right: string | null;
  readonly text: string;
  readonly finish: string;
  /** The most tokens that were allowed. */
  readonly limit: number;
  readonly usage: { readonly prompt_tokens: number; readonly completion_tokens: number };
}

export function spoken(
  api: 'completions' | 'chat',
  body: Fields,
  prompt: string,
  options: ServerOptions,
): Spoken {
  const limit = Number(body.max_tokens ?? body.max_completion_tokens ?? 0);
  const stops = Array.isArray(body.stop) ? (body.stop as string[]) : [];
  const { text, finish } = cut(generate(prompt, options), limit, stops);
  return {
    right: understand(prompt)?.text.trim() ?? null,
    text: api === 'chat' ? text.trimStart() : text,
    finish,
    limit,
    usage: { prompt_tokens: tokenize(prompt).length, completion_tokens: tokenize(text).length },
  };
}

function refusal(body: Fields, { quirks = {} }: ServerOptions): { status: number; body: object } | null {
  const bad = (message: string, status = 400): { status: number; body: object } => ({
    status,
    body: { error: { message } },
  });
  if (Array.isArray(body.prompt)) {
    if (quirks.listsRefused) return bad('internal error', 500);
    const choices = (body.prompt as string[]).map((_, index) => ({
      index,
      text: ' x',
      finish_reason: 'length',
    }));
    return { status: 200, body: { model: body.model, choices } };
  }
  if (quirks.seedRefused && body.seed !== undefined) return bad('unknown field seed', 422);
  if (quirks.onlyMaxCompletionTokens && body.max_tokens !== undefined)
    return bad('use max_completion_tokens');
  if (quirks.echo === 'refused' && body.echo === true) return bad('echo is not supported');
  return null;
}

/** The right answer, or a wrong one with the configured chance; counting goes on for prompts that are not ours. */
function generate(prompt: string, options: ServerOptions): string {
  const { accuracy = () => 1 } = options;
  const understood = understand(prompt);
  if (understood === null) {
    const rest = continuation(prompt, options);
    if (rest !== null) return rest;
  }
  if (understood === null) return ' seven eight nine ten one two three four'.repeat(4);
  const draw = createHash('sha256').update(prompt).digest().readUInt32BE(0) / 2 ** 32;
  if (draw < accuracy(understood.task, understood.length)) {
    // A reply that nothing ends but itself is over after the answer.
    return /[\n>]$/.test(understood.text) ? `${understood.text} and so on` : understood.text;
  }
  const { symbols, text } = understood;
  if (symbols.length === 1) return ` ?${text.slice(text.indexOf('\n'))}`;
  return text.replace(` ${symbols[1]} `, ' '); // a symbol skipped
}

/** What is still to be said after a question and a beginning of its answer; null where the prompt is nothing like it. */
function continuation(prompt: string, options: ServerOptions): string | null {
  const question = prompt.slice(0, questionEnd(prompt));
  if (question === prompt || understand(question) === null) return null;
  const [said, begun] = [generate(question, options), prompt.slice(question.length)];
  return said.startsWith(begun) ? said.slice(begun.length) : ' something else';
}

/** Where the answer begins in a question with its answer: behind the colon, or the comma, that the question ends in. */
function questionEnd(text: string): number {
  const ends = [':', ','].map((mark) => text.lastIndexOf(mark) + 1);
  return ends.find((end) => understand(text.slice(0, end)) !== null) ?? ends[0];
}

function cut(text: string, limit: number, stops: readonly string[]): { text: string; finish: string } {
  const ends = stops.map((stop) => text.indexOf(stop)).filter((at) => at !== -1);
  const stopped = ends.length === 0 ? text : text.slice(0, Math.min(...ends));
  const tokens = tokenize(stopped);
  // Like some real servers: no limit at all, when it is 0.
  if (limit === 0 || tokens.length <= limit) return { text: stopped, finish: 'stop' };
  return { text: tokens.slice(0, limit).join(''), finish: 'length' };
}

/** Log-probabilities in one of the two formats; of the prompt, too, where it is echoed or vLLM's field is sent. */
function logprobs(body: Fields, prompt: string, text: string, options: ServerOptions): Fields {
  const { echo = 'given', promptLogprobs = false, contentLogprobs = false } = options.quirks ?? {};
  if (promptLogprobs && body.prompt_logprobs !== undefined) {
    const ranks = greedyRanks(prompt, options);
    const entries = ranks.map(({ token, greedy }, i) =>
      i === 0 ? null : { [i]: { logprob: greedy ? -0.1 : -3, rank: greedy ? 1 : 2, decoded_token: token } },
    );
    return { prompt_logprobs: entries };
  }
  if (body.logprobs === undefined) return {};
  if (contentLogprobs)
    return { logprobs: { content: tokenize(text).map((token) => ({ token, logprob: -0.1 })) } };
  const echoed = body.echo === true && echo === 'given';
  const generated = tokenize(text).map((token) => ({ token, greedy: true }));
  const all = echoed ? [...greedyRanks(prompt, options), ...generated] : generated;
  return {
    ...(echoed ? { text: prompt + text } : {}),
    logprobs: {
      tokens: all.map(({ token }) => token),
      token_logprobs: all.map(({ greedy }, i) => (echoed && i === 0 ? null : greedy ? -0.1 : -3)),
      top_logprobs: all.map(({ token, greedy }, i) =>
        echoed && i === 0 ? null : { [greedy ? token : ' #']: -0.1 },
      ),
    },
  };
}

/** For every token of a text, whether this server would have said it there: known for answers to its questions. */
function greedyRanks(text: string, options: ServerOptions): { token: string; greedy: boolean }[] {
  const at = questionEnd(text);
  const question = text.slice(0, at);
  const said = tokenize(generate(question, options));
  return [
    ...tokenize(question).map((token) => ({ token, greedy: false })),
    ...tokenize(text.slice(at)).map((token, i) => ({ token, greedy: said[i] === token })),
  ];
}
