/**
 * Finds out what a server can do by asking it, not by its name: servers that go by one name differ, and some ignore
 * silently what they don't know. One request after the other, a dozen in all, each with its own prompt.
 */
import { UserError } from '../../../common/errors.ts';
import { asker, faultOf, good, TOKENS } from './asker.node.ts';
import type { Ask, ProbeOptions } from './asker.node.ts';
import type { Capabilities } from './capabilities.ts';
import type { Endpoint, RawReply } from '../endpoint.node.ts';
import type { Fault } from '../faults.ts';
import { firstChoice } from '../protocol.ts';
import type { Api } from '../protocol.ts';
import { findTokens } from './tokens.node.ts';

/** A prompt whose continuation even small models are sure of. */
const COUNTING = 'one two three four five six seven eight nine ten one two three four five six';

type Fields = Record<string, unknown>;

export async function probe(endpoint: Endpoint, options: ProbeOptions): Promise<Capabilities> {
  const ask = asker(endpoint, options, options.maxRetries);
  const askOnce = asker(endpoint, options, Math.min(1, options.maxRetries));
  const models = await listModels(ask);
  const completion = options.api === 'chat' ? null : await tryApi('completions', ask, options);
  const chat = options.api === 'completions' ? null : await tryApi('chat', ask, options);
  const working = completion?.reply ?? chat?.reply;
  if (working === undefined) {
    const troubled = [completion, chat].find((tried) => tried?.fault?.retry === true && tried.answered);
    if (troubled !== undefined && troubled !== null) return assumed(troubled, models, options);
    const beneath = /\/v\d+$/.test(endpoint.url.pathname) ? null : await listModels(ask, '/v1/models');
    throw nothingWorks(endpoint, [completion, chat], models, beneath !== null, options);
  }
  const first = completion?.reply === undefined ? chat : completion;
  return {
    models: models?.names ?? null,
    trouble: null,
    completions: completion?.reply !== undefined,
    chat: chat?.reply !== undefined,
    answersAs: answersAs(options.model, [completion?.reply, chat?.reply]),
    limitField: (first?.fields.limitField as Capabilities['limitField'] | undefined) ?? 'max_tokens',
    seed: first?.fields.seed === true,
    temperature: first?.fields.temperature === true,
    context: models?.context ?? null,
    usage: typeof (working.json?.usage as Fields | undefined)?.prompt_tokens === 'number',
    ...(await details(askOnce, options, completion?.reply, chat?.reply)),
    tokens: await findTokens(askOnce, completion?.reply === undefined ? 'chat' : 'completions', {
      model: options.model,
      [first?.fields.limitField ?? 'max_tokens']: 1,
      ...(first?.fields.temperature === true ? { temperature: 0 } : {}),
    }),
  };
}

/** What to go by when a server is there but only says that it is in trouble: every question will tell for itself. */
function assumed({ api, fault }: Tried, models: Listed | null, { model }: ProbeOptions): Capabilities {
  return {
    models: models?.names ?? null,
    trouble: fault?.reason ?? null,
    completions: api === 'completions',
    chat: api === 'chat',
    answersAs: [model],
    limitField: 'max_tokens',
    seed: false,
    temperature: true,
    stop: 'unknown',
    limit: 'honoured',
    logprobs: 'none',
    promptLogprobs: 'none',
    echo: 'refused',
    promptLists: false,
    context: models?.context ?? null,
    usage: false,
  };
}

interface Listed {
  readonly names: readonly string[];
  readonly context: number | null;
}

async function listModels(ask: Ask, path = '/models'): Promise<Listed | null> {
  const reply = await ask('GET', path, null);
  if (!good(reply) || !Array.isArray(reply.json.data)) return null;
  const entries = (reply.json.data as unknown[]).filter(
    (entry): entry is Fields => typeof entry === 'object' && entry !== null,
  );
  const contexts = entries.flatMap((entry) => {
    const meta = (typeof entry.meta === 'object' && entry.meta !== null ? entry.meta : {}) as Fields;
    const said = [
      entry.max_model_len,
      entry.context_length,
      entry.context_window,
      meta.n_ctx,
      meta.n_ctx_train,
    ];
    return said.filter((value): value is number => typeof value === 'number' && value > 0).slice(0, 1);
  });
  return {
    names: entries.flatMap(({ id }) => (typeof id === 'string' ? [id] : [])),
    context: contexts.length === 0 ? null : Math.min(...contexts),
  };
}

interface Tried {
  readonly api: Api;
  readonly reply?: RawReply & { json: Fields };
  readonly fault?: Fault;
  /** Whether anything whole came back, if only an error. */
  readonly answered: boolean;
  readonly fields: { readonly limitField: string; readonly seed: boolean; readonly temperature: boolean };
}

/** Asks plainly; where fields of ours are refused, without them, one after the other. */
async function tryApi(api: Api, ask: Ask, options: ProbeOptions): Promise<Tried> {
  const variants = [
    { limitField: 'max_tokens', seed: true, temperature: true },
    { limitField: 'max_tokens', seed: false, temperature: true },
    { limitField: 'max_completion_tokens', seed: true, temperature: true },
    { limitField: 'max_completion_tokens', seed: false, temperature: false },
  ];
  let fault: Fault | undefined;
  let answered = false;
  for (const fields of variants) {
    const reply = await ask('POST', api === 'chat' ? '/chat/completions' : '/completions', {
      ...question(api, COUNTING, options.model),
      [fields.limitField]: TOKENS,
      ...(fields.seed ? { seed: 1 } : {}),
      ...(fields.temperature ? { temperature: 0 } : {}),
    });
    answered ||= 'status' in reply;
    if (good(reply) && hasText(api, reply.json)) return { api, reply, answered, fields };
    fault = 'status' in reply ? (faultOf(reply) ?? undefined) : reply;
    // Only a refusal of the request's form is worth another form.
    if (!('status' in reply) || (reply.status !== 400 && reply.status !== 422)) break;
  }
  return { api, ...(fault === undefined ? {} : { fault }), answered, fields: variants[0] };
}

function question(api: Api, text: string, model: string): object {
  return api === 'chat' ? { model, messages: [{ role: 'user', content: text }] } : { model, prompt: text };
}

function hasText(api: Api, reply: Fields): boolean {
  const choice = firstChoice(reply);
  return (
    choice !== null && (api === 'chat' ? typeof choice.message === 'object' : typeof choice.text === 'string')
  );
}

type Details = Pick<Capabilities, 'stop' | 'limit' | 'logprobs' | 'promptLogprobs' | 'echo' | 'promptLists'>;

async function details(
  ask: Ask,
  options: ProbeOptions,
  completion: RawReply | undefined,
  chat: RawReply | undefined,
): Promise<Details> {
  if (completion === undefined) {
    const logprobs = await chatLogprobs(ask, options);
    const text = textOf('chat', chat);
    return {
      stop: 'unknown',
      limit: limitOf(text),
      logprobs,
      promptLogprobs: 'none',
      echo: 'refused',
      promptLists: false,
    };
  }
  const text = textOf('completions', completion);
  const stop = await stopBehaviour(ask, options, text);
  const echoed = await echoBehaviour(ask, options);
  const vllm = echoed.withLogprobs ? false : await takesPromptLogprobs(ask, options);
  return {
    stop,
    limit: limitOf(text),
    logprobs: echoed.logprobs,
    echo: echoed.echo,
    promptLogprobs: echoed.withLogprobs ? 'echo' : vllm ? 'prompt_logprobs' : 'none',
    promptLists: await takesLists(ask, options),
  };
}

/** Six tokens are six words here, some fifty characters at the very most. */
function limitOf(text: string): Capabilities['limit'] {
  return text.length > 16 * TOKENS ? 'ignored' : 'honoured';
}

/** Takes a piece from the middle of what the server just said, and asks it to stop there. */
async function stopBehaviour(ask: Ask, { model }: ProbeOptions, text: string): Promise<Capabilities['stop']> {
  const mark = Array.from(text.trim())
    .slice(1)
    .find((character) => /\S/.test(character) && text.indexOf(character) > 1);
  if (mark === undefined) return 'unknown';
  const reply = await ask('POST', '/completions', {
    ...question('completions', COUNTING, model),
    max_tokens: TOKENS,
    temperature: 0,
    stop: [mark],
  });
  if (!good(reply)) return 'unknown';
  return textOf('completions', reply).includes(mark) ? 'ignored' : 'honoured';
}

interface Echoed {
  readonly echo: Capabilities['echo'];
  readonly logprobs: Capabilities['logprobs'];
  /** Whether the prompt's tokens came with log-probabilities, so that they can decide an answer. */
  readonly withLogprobs: boolean;
}

async function echoBehaviour(ask: Ask, { model }: ProbeOptions): Promise<Echoed> {
  const prompt = 'red green blue red green blue red';
  const reply = await ask('POST', '/completions', {
    ...question('completions', prompt, model),
    max_tokens: 1,
    temperature: 0,
    echo: true,
    logprobs: 1,
  });
  if (!good(reply)) return { echo: 'refused', logprobs: 'none', withLogprobs: false };
  const choice = firstChoice(reply.json);
  const logprobs = choice?.logprobs as Fields | null | undefined;
  const tokens = Array.isArray(logprobs?.tokens) ? (logprobs.tokens as unknown[]) : [];
  const values = Array.isArray(logprobs?.token_logprobs) ? (logprobs.token_logprobs as unknown[]) : [];
  const tops = Array.isArray(logprobs?.top_logprobs) ? (logprobs.top_logprobs as unknown[]) : [];
  const given = textOf('completions', reply).startsWith(prompt);
  // Not the first token (nothing predicts it); of the others all but at most the last must have a number.
  const numbers = values.filter((value) => typeof value === 'number').length;
  const covered = tokens
    .filter((token) => typeof token === 'string')
    .join('')
    .startsWith(prompt.slice(0, 12));
  return {
    echo: given ? 'given' : 'ignored',
    logprobs: values.length > 0 ? 'list' : Array.isArray(logprobs?.content) ? 'content' : 'none',
    withLogprobs:
      given && covered && numbers >= tokens.length - 1 && tops.length === tokens.length && tokens.length > 3,
  };
}

async function takesPromptLogprobs(ask: Ask, { model }: ProbeOptions): Promise<boolean> {
  const reply = await ask('POST', '/completions', {
    ...question('completions', 'up down up down up', model),
    max_tokens: 1,
    temperature: 0,
    prompt_logprobs: 1,
  });
  return good(reply) && Array.isArray(firstChoice(reply.json)?.prompt_logprobs);
}

async function takesLists(ask: Ask, { model }: ProbeOptions): Promise<boolean> {
  const reply = await ask('POST', '/completions', {
    model,
    prompt: ['left right left right', 'north south north south'],
    max_tokens: 1,
    temperature: 0,
  });
  return good(reply) && Array.isArray(reply.json.choices) && reply.json.choices.length === 2;
}

async function chatLogprobs(ask: Ask, { model }: ProbeOptions): Promise<Capabilities['logprobs']> {
  const reply = await ask('POST', '/chat/completions', {
    ...question('chat', 'Say red.', model),
    max_tokens: 1,
    temperature: 0,
    logprobs: true,
  });
  if (!good(reply)) return 'none';
  const logprobs = firstChoice(reply.json)?.logprobs as Fields | null | undefined;
  return Array.isArray(logprobs?.content)
    ? 'content'
    : Array.isArray(logprobs?.token_logprobs)
      ? 'list'
      : 'none';
}

function textOf(api: Api, reply: RawReply | undefined): string {
  const choice = reply?.json === undefined || reply.json === null ? null : firstChoice(reply.json);
  const text = api === 'chat' ? (choice?.message as Fields | undefined)?.content : choice?.text;
  return typeof text === 'string' ? text : '';
}

/** The name asked for, and what the answers call it when they agree on another. */
function answersAs(model: string, replies: readonly (RawReply | undefined)[]): string[] {
  const names = replies.flatMap((reply) =>
    typeof reply?.json?.model === 'string' ? [reply.json.model] : [],
  );
  return [...new Set([model, ...names])];
}

function nothingWorks(
  endpoint: Endpoint,
  tried: readonly (Tried | null)[],
  models: Listed | null,
  beneath: boolean,
  { model }: ProbeOptions,
): Error {
  const faults = tried.flatMap((one) =>
    one?.fault === undefined ? [] : [{ api: one.api, fault: one.fault }],
  );
  const at = endpoint.url.href;
  const refused = faults.find(({ fault }) => fault.fatal);
  if (refused !== undefined) {
    const how = 'set LENGTHWISE_API_KEY (or OPENAI_API_KEY) to a key that this server takes';
    return new UserError(endpoint.redact(`${at} refuses us: ${refused.fault.reason}; ${how}`));
  }
  if (models !== null && models.names.length > 0 && !models.names.includes(model)) {
    return new UserError(
      endpoint.redact(`${at} has no model '${model}'; it has: ${models.names.slice(0, 8).join(', ')}`),
    );
  }
  const words = faults.map(({ api, fault }) => `${api}: ${fault.reason}`).join('; ');
  const address = at.replace(/\/$/, '');
  const way = beneath
    ? `there is something at ${address}/v1: give that`
    : 'the address ends in /v1 on most servers';
  const nobody = faults.length > 0 && faults.every(({ fault }) => fault.nobody);
  return new UserError(
    endpoint.redact(
      nobody ? `${at}: ${faults[0].fault.reason}` : `nothing at ${at} answers (${words}); ${way}`,
    ),
  );
}
