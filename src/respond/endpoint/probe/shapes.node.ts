/**
 * Which fields one of a server's two ways to ask takes: it is asked as the run will ask, and what it refuses is left out,
 * one field after the other, by what the refusal names; where it names nothing, by trying.
 */
import { UserError } from '../../../common/errors.ts';
import type { Json } from '../../../common/json.ts';
import { isFault } from '../endpoint.node.ts';
import type { RawReply } from '../endpoint.node.ts';
import type { Fault } from '../reply/faults.ts';
import { pathOf } from '../protocol/protocol.ts';
import type { Api } from '../protocol/protocol.ts';
import { saysNoRoomLeft } from '../reply/refusals.ts';
import { wantsStream } from '../reply/stream-refusals.ts';
import { brokenOrCut, readReply } from '../reply/read.ts';
import type { Answered } from '../reply/read.ts';
import { STREAMED, withExtra } from '../request/body.ts';
import type { LimitField } from '../request/body.ts';
import { LIMIT_FIELDS, limitFields, limitsIn } from '../request/limits.ts';
import type { Wishes } from '../request/shape.ts';
import type { FoundShape } from '../request/capabilities.ts';
import { faultOf, good, isReply, TOKENS } from './probe-requests.node.ts';
import type { Ask } from './probe-requests.node.ts';
import { thinkingIn } from '../reply/thinking.ts';

/** A prompt whose continuation even small models are sure of. */
export const COUNTING = 'one two three four five six seven eight nine ten one two three four five six';

/** Something that does not stand in an answer to the probe. */
const STOP = ['###'];

/** Sent in the place of 0 to servers that want a temperature above it: nearly nothing but the likeliest is drawn. */
const NEARLY_ZERO = 0.01;

/** No server's least limit is beyond this. */
const MOST_LEAST_TOKENS = 1024;

/** A model whose thoughts leave no room for an answer is asked once more, with this. */
export const ROOM_FOR_THOUGHTS = 1024;

/** More refusals than there are fields, each with two values, is a server that goes in a circle. */
const MOST_REFUSALS = 10;

type Sent = Pick<FoundShape, 'limitField' | 'temperature' | 'seed' | 'stop' | 'leastTokens' | 'stream'>;

export interface Tried {
  readonly api: Api;
  /** What was read from the first good reply, and the reply; absent where there was none. */
  readonly found?: { readonly shape: FoundShape; readonly answered: Answered; readonly reply: RawReply };
  readonly fault?: Fault;
  /** Whether anything whole came back, if only an error. */
  readonly answered: boolean;
}

/** The fields of the user's own as the probe sends them: not those that say how long an answer gets, and when it ends. */
export function probedExtra(extra: Readonly<Record<string, Json>>): Record<string, Json> {
  const ours = new Set<string>([...LIMIT_FIELDS, 'min_tokens', 'min_new_tokens', 'min_length', 'stop']);
  return Object.fromEntries(Object.entries(extra).filter(([name]) => !ours.has(name)));
}

/** What every request of the probe has: the model, a limit, and what was found to be taken. */
export function plainBody(
  wishes: Wishes,
  api: Api,
  text: string,
  sent: Pick<Sent, 'limitField' | 'temperature' | 'leastTokens' | 'stream'>,
  tokens: number,
): Record<string, unknown> {
  const { model, extra } = wishes;
  const asked = api === 'chat' ? { messages: [{ role: 'user', content: text }] } : { prompt: text };
  const limit = Math.max(tokens, sent.leastTokens) + limitsIn(extra).added;
  const body: Record<string, unknown> = { model, ...asked, [sent.limitField]: limit };
  if (sent.temperature !== null) body.temperature = sent.temperature;
  if (sent.stream === true) Object.assign(body, STREAMED);
  return withExtra(body, probedExtra(extra));
}

/**
 * Asks as the run will, and leaves out what is refused.
 * @throws UserError where a field of the user's own is what is refused
 */
export async function findShape(
  api: Api,
  ask: Ask,
  wishes: Wishes,
  redact: (text: string) => string,
): Promise<Tried> {
  const search = new ShapeSearch(api, ask, wishes, redact);
  return search.run();
}

class ShapeSearch {
  private readonly api: Api;
  private readonly ask: Ask;
  private readonly wishes: Wishes;
  private readonly redact: (text: string) => string;
  private readonly dropped: string[] = [];
  private answered = false;
  private fault: Fault | undefined;
  private room = TOKENS;
  /** Whether a stream came that does not say that it is over. */
  private unended = false;

  constructor(api: Api, ask: Ask, wishes: Wishes, redact: (text: string) => string) {
    this.api = api;
    this.ask = ask;
    this.wishes = wishes;
    this.redact = redact;
  }

  async run(): Promise<Tried> {
    const { temperature, extra } = this.wishes;
    const has = (name: string): boolean => Object.hasOwn(extra, name);
    let sent: Sent = {
      limitField: limitFields(extra)[0] ?? 'max_tokens',
      temperature: has('temperature') ? null : temperature,
      seed: !has('seed'),
      stop: !has('stop'),
      leastTokens: 1,
    };
    for (let refusals = 0; refusals < MOST_REFUSALS; refusals++) {
      const found = await this.try(sent);
      if (found !== null) return found;
      if (this.fault === undefined || !isRefusal(this.fault)) return this.nothing();
      const next = this.without(sent, this.fault);
      if (next === null) return this.byTrying(sent);
      sent = next;
    }
    return this.nothing();
  }

  private nothing(): Tried {
    const { api, answered, fault } = this;
    return { api, answered, ...(fault === undefined ? {} : { fault }) };
  }

  private async try(sent: Sent): Promise<Tried | null> {
    const body = plainBody(this.wishes, this.api, COUNTING, sent, this.room);
    if (sent.seed) body.seed = this.wishes.seed;
    if (sent.stop) body.stop = STOP;
    const reply = await this.ask('POST', pathOf(this.api), body);
    if (!isReply(reply)) {
      this.fault = reply;
      return null;
    }
    this.answered = true;
    const unended = good(reply) && brokenOrCut(reply) === 'unended';
    if (unended && !this.unended) {
      // One may have been cut off; two are how this server streams.
      this.unended = true;
      return this.try(sent);
    }
    const habits = unended ? { unendedStreams: true } : undefined;
    const read = good(reply)
      ? readReply(reply, this.redact, Date.now(), habits)
      : faultOf(reply, this.redact);
    if (read === null || isFault(read)) {
      this.fault = read ?? undefined;
      return null;
    }
    const counted = this.room > TOKENS ? ('counted' as const) : null;
    const thinking = thinkingIn(read) ?? counted;
    const echoes = this.api === 'completions' && read.text?.startsWith(COUNTING) === true;
    if (echoes)
      this.dropped.push(
        'the server gives the prompt back before its answer: it is kept, and no part of the answer',
      );
    if (unended)
      this.dropped.push(
        'its streams do not say that they are over: an answer that was cut off can not be told',
      );
    const shape: FoundShape = {
      ...{ ...sent, thinking, dropped: this.dropped },
      ...(echoes ? { echoes } : {}),
      ...(habits === undefined ? {} : { habits }),
    };
    const answered = echoes ? { ...read, text: (read.text ?? '').slice(COUNTING.length) } : read;
    return { api: this.api, found: { shape, answered, reply }, answered: true };
  }

  /** Without what a refusal names; null where it names nothing of what was sent. */
  private without(sent: Sent, fault: Fault): Sent | null {
    if (saysNoRoomLeft(fault) && this.room === TOKENS) {
      this.room = ROOM_FOR_THOUGHTS;
      return sent;
    }
    if (sent.stream !== true && wantsStream(fault.reason)) {
      this.drop('an answer in one piece', 'it is asked for as a stream, and read whole', fault);
      return { ...sent, stream: true };
    }
    const field = fieldNamed(fault, sentFields(sent, this.wishes.extra));
    if (field === null) return null;
    if (Object.hasOwn(probedExtra(this.wishes.extra), field)) {
      throw new UserError(`--body: the server refuses '${field}': ${fault.reason}`);
    }
    switch (field) {
      case 'seed':
        this.drop('seed', 'none is sent, so that repeats may be the same', fault);
        return { ...sent, seed: false };
      case 'stop':
        this.drop('stop', 'stop marks are not sent, and cut out when answers are read', fault);
        return { ...sent, stop: false };
      case 'temperature':
        return this.otherTemperature(sent, fault);
      default:
        return this.otherLimit(sent, field, fault);
    }
  }

  private otherTemperature(sent: Sent, fault: Fault): Sent {
    const wished = `temperature ${sent.temperature}`;
    const { least, most } = rangeNamed(fault.reason);
    if (sent.temperature !== null && least !== null && sent.temperature < least) {
      this.drop(wished, `${least} is sent, the lowest that it takes`, fault);
      return { ...sent, temperature: least };
    }
    if (sent.temperature !== null && most !== null && sent.temperature > most) {
      this.drop(wished, `${most} is sent, the highest that it takes`, fault);
      return { ...sent, temperature: most };
    }
    if (
      sent.temperature === 0 &&
      /positive|(greater|larger|more|higher) than 0|> ?0|above 0|\(0/i.test(fault.reason)
    ) {
      this.drop(wished, `${NEARLY_ZERO} is sent, the nearest that it may take`, fault);
      return { ...sent, temperature: NEARLY_ZERO };
    }
    this.drop(
      wished,
      "none is sent, so the server's own counts, and answers may differ from time to time",
      fault,
    );
    return { ...sent, temperature: null };
  }

  /** The other name for the limit, or a larger limit where this is too small. */
  private otherLimit(sent: Sent, field: string, fault: Fault): Sent | null {
    const least = leastNamed(fault.reason);
    if (least !== null && least > Math.max(TOKENS, sent.leastTokens)) {
      this.drop(`a limit of fewer than ${least} tokens`, 'as many are allowed', fault);
      return { ...sent, leastTokens: least };
    }
    const other: LimitField = field === 'max_tokens' ? 'max_completion_tokens' : 'max_tokens';
    if (this.tried.has(other) || !limitFields(this.wishes.extra).includes(other)) return null;
    this.tried.add(field as LimitField);
    return { ...sent, limitField: other };
  }

  private readonly tried = new Set<LimitField>();

  private drop(what: string, instead: string, { reason }: Fault): void {
    this.dropped.push(`${what} is refused (${reason}): ${instead}`);
  }

  /** The refusal names nothing: as little as can be is sent, and then one field more at a time. */
  private async byTrying(sent: Sent): Promise<Tried> {
    const first = this.fault;
    for (const limitField of limitFields(this.wishes.extra)) {
      let least: Sent = { ...sent, limitField, temperature: null, seed: false, stop: false };
      if (same(least, sent)) continue;
      let found = await this.try(least);
      if (found === null) continue;
      for (const more of [{ temperature: sent.temperature }, { seed: sent.seed }, { stop: sent.stop }]) {
        const wider = { ...least, ...more };
        if (same(wider, least)) continue;
        const better = await this.try(wider);
        if (better !== null) [least, found] = [wider, better];
        else if (first !== undefined) this.dropUnnamed(Object.keys(more)[0], this.fault ?? first);
      }
      return found;
    }
    this.fault = first;
    return this.nothing();
  }

  private dropUnnamed(field: string, fault: Fault): void {
    this.drop(field, field === 'stop' ? 'it is cut out when answers are read' : 'it is not sent', fault);
  }
}

/** Only a refusal of the request's form is worth another form. */
function isRefusal({ status, failure }: Fault): boolean {
  return (status === 400 || status === 422) && failure !== 'content' && failure !== 'access';
}

function sentFields(sent: Sent, extra: Readonly<Record<string, Json>>): string[] {
  return [
    sent.limitField,
    ...(sent.temperature === null ? [] : ['temperature']),
    ...(sent.seed ? ['seed'] : []),
    ...(sent.stop ? ['stop'] : []),
    ...Object.keys(probedExtra(extra)),
  ];
}

/** The field that a refusal is about: the one in `param`, else the first of those sent that its words name. */
function fieldNamed({ field, reason }: Fault, sent: readonly string[]): string | null {
  const last = field?.split(/[.[\]]/).findLast((part) => part !== '' && !/^\d+$/.test(part));
  const named = sent.find((name) => name === field || name === last);
  if (named !== undefined) return named;
  const places = sent
    .map((name) => ({ name, at: placeOf(name, reason) }))
    .filter(({ at }) => at !== -1)
    .sort((a, b) => a.at - b.at);
  return places[0]?.name ?? null;
}

/** Other words for a field, in the refusals of gateways that translate for other APIs. */
const ALSO: Readonly<Record<string, string>> = {
  stop: 'stop_?sequences?|stop words?',
  seed: 'random_?seed',
  max_tokens: 'maxTokens|max_output_tokens',
  max_completion_tokens: 'maxCompletionTokens',
};

function placeOf(name: string, words: string): number {
  const escaped = name.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
  const also = Object.hasOwn(ALSO, name) ? `|${ALSO[name]}` : '';
  return words.search(new RegExp(`(?<![\\w-])(?:${escaped}${also})(?![\\w-])`, 'i'));
}

/** `Expected a value >= 16`, `must be at least 16`: the least that is allowed; null where none is named. */
function leastNamed(words: string): number | null {
  const found = /(?:>=|≥|at least|minimum(?: value)?(?: of| is)?|greater than or equal to)\s*(\d{1,6})/i.exec(
    words,
  );
  const least = Number(found?.[1] ?? NaN);
  return Number.isInteger(least) && least <= MOST_LEAST_TOKENS ? least : null;
}

/** The ends of a range, as far as they are told. */
interface Range {
  /** Above 0, or null. */
  readonly least: number | null;
  readonly most: number | null;
}

/** `in [0.01, 2.0]`, `between 0.01 and 1.99`, `(0, 1]`, `less than or equal to 1`. */
function rangeNamed(words: string): Range {
  const pair =
    /(?:\b(?:in|between|range|from)\b|范围)[^\d\n]{0,20}?(\d*\.?\d+)\s*(?:,|and|to|-|–)\s*(\d*\.?\d+)/i.exec(
      words,
    );
  const [from, to] = [Number(pair?.[1] ?? NaN), Number(pair?.[2] ?? NaN)];
  if (from < to) return { least: from > 0 ? from : null, most: to };
  const end = /(?:<=|≤|at most|less than or equal to|maximum(?: value)?(?: of| is)?)\s*(\d*\.?\d+)/i.exec(
    words,
  );
  return { least: null, most: end === null ? null : Number(end[1]) };
}

function same(a: Sent, b: Sent): boolean {
  return (['limitField', 'temperature', 'seed', 'stop'] as const).every((name) => a[name] === b[name]);
}
