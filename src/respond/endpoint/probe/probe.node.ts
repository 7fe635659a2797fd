/**
 * Finds out what a server can do by asking it, not by its name: servers that go by one name differ, and some ignore
 * silently what they don't know. One request after the other, a dozen in all, each with its own prompt.
 */
import type { RenderedPrompt } from '../../../prompt/render.ts';
import { finishMeaning } from '../../../score/reading/finish.ts';
import type { Connection } from '../connection.node.ts';
import { isFault } from '../endpoint.node.ts';
import { pathOf } from '../protocol/protocol.ts';
import type { Api } from '../protocol/protocol.ts';
import { inTrouble } from '../pace/limiter.ts';
import { readReply } from '../reply/read.ts';
import type { Capabilities, FoundShape } from '../request/capabilities.ts';
import type { Answered } from '../reply/read.ts';
import { saysNoRoomLeft } from '../reply/refusals.ts';
import { bodyOf } from '../request/body.ts';
import { shapeOf } from '../request/shape.ts';
import { shapeAsRun, untried } from './as-run.node.ts';
import { chatDetails, completionDetails } from './details.node.ts';
import { listModels } from './models.node.ts';
import type { Listed } from './models.node.ts';
import { nothingWorks } from './nothing-works.ts';
import { asker, faultOf, good, sleep, TOKENS } from './probe-requests.node.ts';
import type { Ask, ProbeOptions } from './probe-requests.node.ts';
import { COUNTING, findShape, plainBody, ROOM_FOR_THOUGHTS } from './shapes.node.ts';
import type { Tried } from './shapes.node.ts';
import { findRevision } from './revision.node.ts';
import { thinkingIn } from '../reply/thinking.ts';
import { isDown } from '../trouble.ts';
import { findTokens } from './tokens.node.ts';

export type { ProbeOptions } from './probe-requests.node.ts';

/**
 * What the server can do. While it only answers with trouble of its own it is waited for, as questions wait, and then asked once
 * more. `trouble` in what comes says that it was waited for in vain: that is not worth keeping.
 * @throws UserError of one line where nothing there can be asked: what is wrong, and the way out
 */
export async function probe(connection: Connection, options: ProbeOptions): Promise<Capabilities> {
  for (;;) {
    const found = await look(connection, options);
    if (!('troubled' in found)) {
      connection.outage.answered();
      return found;
    }
    if (!(await comesBack(connection, options, found.troubled))) return assumed(found, options);
  }
}

/** A server that is there and answers with nothing but trouble. */
interface InTrouble {
  /** At least one. */
  readonly troubled: readonly Tried[];
  readonly models: Listed | null;
}

/** Waits as long as a server may be gone, and asks in each of the ways that were in trouble. Whether any is not any more. */
async function comesBack(
  connection: Connection,
  options: ProbeOptions,
  troubled: readonly Tried[],
): Promise<boolean> {
  const { outage, endpoint } = connection;
  const { signal } = options;
  const down = troubled.filter(({ fault }) => fault !== undefined && isDown(fault));
  const knock = asker(connection, options, 0);
  while (down.length > 0) {
    const waitMs = outage.gone(Date.now());
    if (waitMs === null) break;
    options.onWait(waitMs, inTrouble(down[0].fault?.reason ?? ''));
    await sleep(waitMs, signal);
    signal.throwIfAborted();
    for (const { api } of down) {
      const again = await findShape(api, knock, options, endpoint.redact);
      if (!isTroubled(again)) return true;
    }
  }
  return false;
}

async function look(connection: Connection, options: ProbeOptions): Promise<Capabilities | InTrouble> {
  const { maxRetries, endpoint } = connection;
  const { redact } = endpoint;
  const ask = asker(connection, options, maxRetries);
  const askOnce = asker(connection, options, Math.min(1, maxRetries));
  const { model } = options;
  const find = (api: Api) => findShape(api, ask, options, redact);
  const early = await listModels(ask, model, redact);
  const firstCompletions = options.api === 'chat' ? null : await find('completions');
  const chat = options.api === 'completions' ? null : await find('chat');
  // What came to nothing by trouble says nothing of what the server can do: once anything answers, it is asked again.
  const isBack = chat?.found !== undefined && firstCompletions !== null && isTroubled(firstCompletions);
  const completions = isBack ? await find('completions') : firstCompletions;
  const models = isBack && early === null ? await listModels(ask, model, redact) : early;
  const first = completions?.found ?? chat?.found;
  if (first === undefined) {
    const tried = [completions, chat].filter((one) => one !== null);
    const troubled = tried.filter((one) => isTroubled(one) && one.answered);
    if (troubled.length > 0) return { troubled, models };
    const beneath = /\/v\d+$/.test(endpoint.url.pathname)
      ? null
      : await listModels(ask, model, redact, '/v1/models');
    throw nothingWorks({ endpoint, tried, models, beneath: beneath !== null, model });
  }
  const api = completions?.found === undefined ? 'chat' : 'completions';
  const { answered } = first;
  const shape = await shapeAsRun(api, askOnce, options, first.shape, redact);
  // A thought may be of any length, and says nothing about limits and stop marks.
  const text = shape.thinking === 'text' ? '' : (answered.text ?? '');
  const details = api === 'chat' ? chatDetails : completionDetails;
  const fingerprints = [completions, chat].flatMap((one) => one?.found?.answered.fingerprint ?? []);
  const revision = await findRevision(askOnce, models, fingerprints, redact);
  return {
    models: models?.names ?? null,
    trouble: null,
    completions: completions?.found !== undefined,
    chat: chat?.found !== undefined,
    answersAs: answersAs(model, [completions, chat], redact),
    limitField: shape.limitField,
    seed: shape.seed,
    temperature: shape.temperature === options.temperature || Object.hasOwn(options.extra, 'temperature'),
    context: models?.context ?? null,
    usage: answered.usage.promptTokens !== null,
    speaks: [completions, chat].some(
      (one) => one?.found !== undefined && one.found.answered.isEmpty !== true,
    ),
    ...(await details(askOnce, options, shape, text)),
    ...(revision === undefined ? {} : { revision }),
    tokens: await findTokens(askOnce, api, options, shape, redact),
    shapes: {
      ...(completions?.found === undefined ? {} : { completions: shape }),
      ...(chat?.found === undefined
        ? {}
        : {
            chat: await withThinking(askOnce, options, api === 'chat' ? shape : chat.found.shape, redact),
          }),
    },
  };
}

/**
 * What was found out before, with what the prompts of this run have and no run before had: asked for that alone, once.
 * The same object where there is nothing of the kind.
 */
export async function probeAsRun(
  connection: Connection,
  options: ProbeOptions,
  known: Capabilities,
  api: Api,
): Promise<Capabilities> {
  const shape = known.shapes?.[api];
  const own = options.runsOwn?.(api);
  if (shape === undefined || own === undefined) return known;
  const open = untried(own, shape, api);
  if (!open.system && !open.stop) return known;
  const ask = asker(connection, options, Math.min(1, connection.maxRetries));
  const found = await shapeAsRun(api, ask, options, shape, connection.endpoint.redact);
  return { ...known, shapes: { ...known.shapes, [api]: found } };
}

/**
 * Whether a server says something now: asked once, in the way that it was found to take.
 * @param question one that it has answered; null: the probe's
 */
export async function speaksNow(
  connection: Connection,
  options: ProbeOptions,
  { api, capabilities }: { readonly api: Api; readonly capabilities: Capabilities },
  question: RenderedPrompt | null = null,
): Promise<boolean> {
  const { redact } = connection.endpoint;
  const ask = asker(connection, options, Math.min(1, connection.maxRetries));
  const shape = shapeOf(options, api, capabilities);
  const room = shape.thinkTokens === 0 ? TOKENS : ROOM_FOR_THOUGHTS;
  const body = question === null ? plainBody(options, api, COUNTING, shape, room) : bodyOf(question, shape);
  const reply = await ask('POST', pathOf(api), body);
  if (!good(reply)) {
    const fault = faultOf(reply, redact);
    return fault !== null && saysNoRoomLeft(fault);
  }
  const read = readReply(reply, redact, Date.now(), shape.habits);
  return !isFault(read) && read.isEmpty !== true;
}

/** What a chat model that thinks does with a question that a child can answer: think about it, and then say so. */
const QUESTION = 'What is two plus two? Say the number only.';

/** Thoughts about that are shorter; a mark at their end only comes when they are over. */
const QUESTION_TOKENS = 160;

/** A few tokens may not show that a model thinks: some mark only the end of a thought. It is given room for one. */
async function withThinking(
  ask: Ask,
  options: ProbeOptions,
  shape: FoundShape,
  redact: (text: string) => string,
): Promise<FoundShape> {
  const isBeside = shape.thinking === 'beside';
  if (shape.thinking !== null && !isBeside) return shape;
  const answerWithin = async (tokens: number): Promise<Answered | null> => {
    const body = plainBody(options, 'chat', QUESTION, shape, tokens);
    const reply = await ask('POST', pathOf('chat'), body);
    const read = good(reply) ? readReply(reply, redact, Date.now(), shape.habits) : null;
    return read === null || isFault(read) ? null : read;
  };
  const first = await answerWithin(QUESTION_TOKENS);
  if (first === null) return shape;
  if (isAnswerInThoughts(first)) {
    const line =
      'the answers stand where thoughts do, beside an empty content: they are read as answers (thinking that is turned off by --body, on vLLM)';
    return {
      ...shape,
      thinking: null,
      habits: { ...shape.habits, answersInThoughts: true },
      dropped: [...shape.dropped, line],
    };
  }
  if (isBeside) return shape;
  const thinking = thinkingIn(first);
  if (thinking !== null || !isCutOffEmpty(first)) return { ...shape, thinking };
  // Nothing was said, and the room was used up: thoughts that are not told, if more room brings an answer.
  const second = await answerWithin(ROOM_FOR_THOUGHTS);
  if (second === null || (second.text ?? '').trim() === '') return shape;
  return { ...shape, thinking: thinkingIn(second) ?? 'unsaid' };
}

/** A model that ends by itself, and has said something in the place of thoughts alone, doesn't think. */
function isAnswerInThoughts({ text, thoughts, refusal, finishReason }: Answered): boolean {
  const isAlone = (text ?? '').trim() === '' && thoughts !== null && refusal === null;
  return isAlone && finishMeaning(finishReason) === 'ended';
}

function isCutOffEmpty({ text, finishReason }: Answered): boolean {
  return (text ?? '').trim() === '' && finishMeaning(finishReason) === 'limit';
}

/** Whether nothing came of it but trouble that may pass. */
function isTroubled({ found, fault }: Tried): boolean {
  return found === undefined && fault?.retry === true;
}

/** What to go by when a server is there but only says that it is in trouble: every question will tell for itself. */
function assumed({ troubled: [{ api, fault }], models }: InTrouble, { model }: ProbeOptions): Capabilities {
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
    speaks: false,
  };
}

/** The name asked for, and what the answers call it. */
function answersAs(
  model: string,
  tried: readonly (Tried | null)[],
  redact: (text: string) => string,
): string[] {
  const names = tried.flatMap((one) => one?.found?.answered.model ?? []);
  return [...new Set([model, ...names.map(redact)])];
}
