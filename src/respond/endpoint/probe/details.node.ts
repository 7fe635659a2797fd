/** What else a server can do, found by asking for it: stop marks, log-probabilities, prompts given back, lists of prompts. */
import { isFields, pathOf } from '../protocol/protocol.ts';
import type { Api, Fields } from '../protocol/protocol.ts';
import { firstChoice } from '../reply/choice.ts';
import { saidIn } from '../reply/content.ts';
import type { RawReply } from '../endpoint.node.ts';
import type { Wishes } from '../request/shape.ts';
import type { Capabilities, FoundShape } from '../request/capabilities.ts';
import { good, TOKENS } from './probe-requests.node.ts';
import type { Ask } from './probe-requests.node.ts';
import { COUNTING, plainBody } from './shapes.node.ts';

export type Details = Pick<
  Capabilities,
  'stop' | 'limit' | 'logprobs' | 'promptLogprobs' | 'echo' | 'promptLists'
>;

/** Asks with the fields that were found to be taken, and more. */
type Try = (
  text: string,
  tokens: number,
  more: Readonly<Record<string, unknown>>,
) => Promise<RawReply | null>;

function tryWith(api: Api, ask: Ask, wishes: Wishes, shape: FoundShape): Try {
  return async (text, tokens, more) => {
    const reply = await ask('POST', pathOf(api), { ...plainBody(wishes, api, text, shape, tokens), ...more });
    return good(reply) ? reply : null;
  };
}

/** Of a server with completions. `text` is what it said to COUNTING. */
export async function completionDetails(
  ask: Ask,
  wishes: Wishes,
  shape: FoundShape,
  text: string,
): Promise<Details> {
  const tries = tryWith('completions', ask, wishes, shape);
  const stop = shape.stop ? await stopBehaviour(tries, text) : 'refused';
  const echoed = await echoBehaviour(tries);
  const vllm = echoed.withLogprobs ? false : await takesPromptLogprobs(tries);
  return {
    stop,
    limit: limitOf(text),
    logprobs: echoed.logprobs,
    echo: echoed.echo,
    promptLogprobs: echoed.withLogprobs ? 'echo' : vllm ? 'prompt_logprobs' : 'none',
    promptLists: await takesLists(tries),
  };
}

/** Of a server with chat only. */
export async function chatDetails(
  ask: Ask,
  wishes: Wishes,
  shape: FoundShape,
  text: string,
): Promise<Details> {
  return {
    stop: shape.stop ? 'unknown' : 'refused',
    limit: limitOf(text),
    logprobs: await chatLogprobs(tryWith('chat', ask, wishes, shape)),
    promptLogprobs: 'none',
    echo: 'refused',
    promptLists: false,
  };
}

/** Six tokens are six words here, some fifty characters at the very most. */
function limitOf(text: string): Capabilities['limit'] {
  return text.length > 16 * TOKENS ? 'ignored' : 'honoured';
}

/** Takes a piece from the middle of what the server just said, and asks it to stop there. */
async function stopBehaviour(tries: Try, text: string): Promise<Capabilities['stop']> {
  const mark = Array.from(text.trim())
    .slice(1)
    .find((character) => /\S/.test(character) && text.indexOf(character) > 1);
  if (mark === undefined) return 'unknown';
  const reply = await tries(COUNTING, TOKENS, { stop: [mark] });
  if (reply === null) return 'unknown';
  return textOf(reply).includes(mark) ? 'ignored' : 'honoured';
}

interface Echoed {
  readonly echo: Capabilities['echo'];
  readonly logprobs: Capabilities['logprobs'];
  /** Whether the prompt's tokens came with log-probabilities, so that they can decide an answer. */
  readonly withLogprobs: boolean;
}

async function echoBehaviour(tries: Try): Promise<Echoed> {
  const prompt = 'red green blue red green blue red';
  const reply = await tries(prompt, 1, { echo: true, logprobs: 1 });
  if (reply === null) return { echo: 'refused', logprobs: 'none', withLogprobs: false };
  const logprobs = logprobsOf(reply);
  const tokens = listIn(logprobs.tokens);
  const values = listIn(logprobs.token_logprobs);
  const tops = listIn(logprobs.top_logprobs);
  const given = textOf(reply).startsWith(prompt);
  // Not the first token (nothing predicts it); of the others all but at most the last must have a number.
  const numbers = values.filter((value) => typeof value === 'number').length;
  const covered = tokens
    .filter((token) => typeof token === 'string')
    .join('')
    .startsWith(prompt.slice(0, 12));
  return {
    echo: given ? 'given' : 'ignored',
    logprobs: values.length > 0 ? 'list' : Array.isArray(logprobs.content) ? 'content' : 'none',
    withLogprobs:
      given && covered && numbers >= tokens.length - 1 && tops.length === tokens.length && tokens.length > 3,
  };
}

async function takesPromptLogprobs(tries: Try): Promise<boolean> {
  const reply = await tries('up down up down up', 1, { prompt_logprobs: 1 });
  return Array.isArray(choiceOf(reply).prompt_logprobs);
}

async function takesLists(tries: Try): Promise<boolean> {
  const reply = await tries('', 1, { prompt: ['left right left right', 'north south north south'] });
  return listIn(reply?.json?.choices).length === 2;
}

async function chatLogprobs(tries: Try): Promise<Capabilities['logprobs']> {
  const reply = await tries('Say red.', 1, { logprobs: true });
  const logprobs = reply === null ? {} : logprobsOf(reply);
  if (Array.isArray(logprobs.content)) return 'content';
  return Array.isArray(logprobs.token_logprobs) ? 'list' : 'none';
}

function choiceOf(reply: RawReply | null): Fields {
  return (reply?.json === undefined || reply.json === null ? null : firstChoice(reply.json)) ?? {};
}

function logprobsOf(reply: RawReply): Fields {
  const { logprobs } = choiceOf(reply);
  return isFields(logprobs) ? logprobs : {};
}

function textOf(reply: RawReply): string {
  return saidIn(choiceOf(reply))?.text ?? '';
}

function listIn(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? (value as unknown[]) : [];
}
