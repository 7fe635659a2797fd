/**
 * What a recorded value says of one answer, in whatever form a server or a tool has written it: a text, a list of
 * symbols, parts of a message, a message, a chat, a choice, a whole reply (OpenAI's two and its Responses, Anthropic,
 * Gemini, Bedrock, Ollama, TGI; batches and logs around them).
 */
import { isRecord, saysNothing } from '../../common/json.ts';
import { numberIn } from '../../common/written-number.ts';
import { finishMeaning, finishReasonOf } from '../../score/reading/finish.ts';
import { inOrder } from '../choices.ts';
import { unsaidReason } from '../unsaid-reason.ts';
import { asOneText } from './fields.ts';
import type { Fields, Text } from './fields.ts';

export interface Reply {
  /** null: none came. */
  readonly text: Text | null;
  readonly thoughts: string | null;
  /** The words of a refusal, or the name of a tool that was called instead. */
  readonly refusal: string | null;
  readonly finishReason: string | null;
  /** Why it is empty, if it is: what is said beside the finish reason. */
  readonly unsaid: string | null;
  readonly promptTokens: number | null;
  readonly completionTokens: number | null;
  readonly error: string | null;
}

export const NO_REPLY: Reply = {
  text: null,
  thoughts: null,
  refusal: null,
  finishReason: null,
  unsaid: null,
  promptTokens: null,
  completionTokens: null,
  error: null,
};

/** Replies are nested some six deep; what is deeper is none. */
const DEEPEST = 12;

/** An error is told in one line. */
const LONGEST_ERROR = 500;

const ANSWERING = ['assistant', 'model', 'ai', 'bot', 'gpt', 'chatbot'];

/** Turns that belong to the answer before them: what a tool that it called gave back. */
const TOOLS = ['tool', 'function', 'ipython', 'observation', 'function_response'];

/** Where an object has its answer: the first of these that is there. */
const INSIDE = [
  ...[
    'choices',
    'candidates',
    'generations',
    'completions',
    'message',
    'content',
    'parts',
    'text',
    'output_text',
  ],
  ...['output', 'response', 'body', 'result', 'generated_text', 'completion', 'value'],
];

/**
 * What a value says: one answer, or as many as it has choices, by their index; null where its form is none that is known.
 */
export function repliesIn(value: unknown, depth = 0): readonly Reply[] | null {
  if (value === null || value === undefined) return [NO_REPLY];
  const text = asOneText(value);
  if (text !== null) return [{ ...NO_REPLY, text }];
  if (depth > DEEPEST) return null;
  if (Array.isArray(value)) return inList(value, depth);
  return isRecord(value) ? inObject(value, depth) : null;
}

/** The texts in a list of answers, in lists again or not: lm-evaluation-harness's has one list for each request. */
export function answersIn(list: readonly unknown[]): readonly Reply[] | null {
  const texts = list.flat(DEEPEST).map(asOneText);
  return texts.length === 0 || texts.includes(null) ? null : texts.map((text) => ({ ...NO_REPLY, text }));
}

function replyIn(value: unknown, depth: number): Reply | null {
  return repliesIn(value, depth)?.at(0) ?? null;
}

function inList(list: readonly unknown[], depth: number): readonly Reply[] | null {
  const texts = list.map(asOneText);
  if (!texts.includes(null)) return [{ ...NO_REPLY, text: texts as string[] }];
  if (isChat(list)) {
    const last = lastTurn(list);
    return last === null ? [NO_REPLY] : repliesIn(last, depth + 1);
  }
  if (list.every(isChoice)) return inChoices(list, depth);
  if (list.length === 1 && !isPart(list[0])) return repliesIn(list[0], depth + 1);
  const whole = inParts(list, depth);
  return whole === null ? null : [whole];
}

function inChoices(choices: readonly unknown[], depth: number): readonly Reply[] | null {
  const replies = inOrder(choices).map((choice) => replyIn(choice, depth + 1));
  return replies.includes(null) ? null : (replies as Reply[]);
}

/** Whether a value is a chat, turn by turn. */
export function isChat(value: unknown): value is readonly Fields[] {
  return Array.isArray(value) && value.length > 0 && value.every(isTurn);
}

/** The turn that answers a chat; null where it ends with another one: then it is the prompt, demonstrations and all. */
export function lastTurn(chat: readonly Fields[]): Fields | null {
  const roleOf = ({ role, from }: Fields): string => String(role ?? from).toLowerCase();
  const last = chat.findLast((turn) => !TOOLS.includes(roleOf(turn)));
  return last !== undefined && ANSWERING.includes(roleOf(last)) ? last : null;
}

/** `{"role": "assistant", "content": …}`, or ShareGPT's `{"from": "gpt", "value": …}`. */
function isTurn(value: unknown): value is Fields {
  return (
    isRecord(value) &&
    (typeof value.role === 'string' || (typeof value.from === 'string' && 'value' in value))
  );
}

/** Whether a value is one of a reply's choices, and none of a question's. */
export function isChoice(value: unknown): boolean {
  return (
    isRecord(value) && value.type === undefined && CHOICE_FIELDS.some((name) => Object.hasOwn(value, name))
  );
}

const CHOICE_FIELDS = ['message', 'finish_reason', 'finishReason', 'generated_text', 'index'];

function isPart(value: unknown): boolean {
  return isRecord(value) && (typeof value.type === 'string' || typeof value.text === 'string');
}

/** Texts are joined, thoughts set apart; null where none of the parts is of a kind that is known. */
function inParts(parts: readonly unknown[], depth: number): Reply | null {
  const read = parts.map((part) => inPart(part, depth)).filter((part) => part !== null);
  if (read.length === 0) return null;
  const text = read.map((part) => joined(part.text) ?? '').join('');
  const thoughts = read.flatMap((part) => part.thoughts ?? []);
  const refusal = text === '' ? (read.find((part) => part.refusal !== null)?.refusal ?? null) : null;
  return {
    ...NO_REPLY,
    text: refusal === null ? text : null,
    thoughts: thoughts.length === 0 ? null : thoughts.join('\n'),
    refusal,
  };
}

function inPart(part: unknown, depth: number): Reply | null {
  const text = asOneText(part);
  if (text !== null) return { ...NO_REPLY, text };
  if (!isRecord(part)) return null;
  const type = typeof part.type === 'string' ? part.type : '';
  if (isThought(type, part)) return { ...NO_REPLY, thoughts: thoughtIn(part, depth) };
  if (typeof part.refusal === 'string') return { ...NO_REPLY, refusal: part.refusal };
  const tool = toolIn(part);
  if (tool !== null) return { ...NO_REPLY, refusal: tool };
  const inner = part.text ?? part.content;
  if (inner !== undefined) return replyIn(inner, depth + 1);
  return type === '' ? null : NO_REPLY; // an image, a citation, …
}

function isThought(type: string, part: Fields): boolean {
  return /thinking|reasoning|thought/i.test(type) || part.thought === true || 'reasoningContent' in part;
}

function thoughtIn(part: Fields, depth: number): string {
  const inner =
    part.thinking ?? part.reasoning ?? part.text ?? part.content ?? part.summary ?? part.reasoningContent;
  return textIn(inner, depth + 1);
}

/** All text in a value, whatever is around it. */
function textIn(value: unknown, depth: number): string {
  const text = asOneText(value);
  if (text !== null) return text;
  if (depth > DEEPEST || typeof value !== 'object' || value === null) return '';
  if (Array.isArray(value)) return value.map((inner) => textIn(inner, depth + 1)).join('');
  const { thinking, text: plain, content, reasoningText } = value as Fields;
  return textIn(thinking ?? plain ?? content ?? reasoningText, depth + 1);
}

function inObject(object: Fields, depth: number): readonly Reply[] | null {
  const own = besideAnswer(object);
  const place = INSIDE.find((name) => Object.hasOwn(object, name) && object[name] !== null);
  const refused = httpError(object);
  const isSilent = place === undefined && refused === null && own.error === null;
  if (isSilent && answerNamedIn(object) !== null) return null;
  if (place === undefined || refused !== null) {
    const reply = { ...own, error: own.error ?? refused ?? failureIn(object) };
    return isEmptyReply(object) || Object.values(reply).some((value) => value !== null) ? [reply] : null;
  }
  const inner = repliesIn(object[place], depth + 1);
  if (inner === null) return own.error === null ? null : [own];
  return allMerged(inner, own);
}

/** A name that ends in one of these words says that it holds what somebody answered. */
export const NAMES_ANSWER =
  /(?:^|[^a-zA-Z]|(?<=[a-z])(?=[A-Z]))(?:output|answer|response|reply|prediction|predicted|predict|pred|hypothesis|generation|generated|completion|sampled)s?$/i;

/**
 * The field of an object in no server's form that seems to hold the answer, such as a structured output's `answer` beside its `reasoning`:
 * by its name, or since it is all text that stands beside thoughts. null where none does.
 */
export function answerNamedIn(object: Fields): string | null {
  const texts = Object.keys(object).filter((name) => {
    const value = object[name];
    return (
      asOneText(value) !== null ||
      (Array.isArray(value) && value.length > 0 && value.every((each) => asOneText(each) !== null))
    );
  });
  const named = texts.find((name) => NAMES_ANSWER.test(name));
  if (named !== undefined) return named;
  const own = besideAnswer(object);
  const isPlain =
    own.thoughts !== null && own.finishReason === null && own.error === null && own.completionTokens === null;
  const others = texts.filter((name) => typeof object[name] !== 'number' && !THOUGHTS.includes(name));
  return isPlain && !isEmptyReply(object) && others.length === 1 ? others[0] : null;
}

/** Whether an object is of a form that has answers, and has none: a message without its content, no choices at all. */
function isEmptyReply(object: Fields): boolean {
  return (
    Object.keys(object).length === 0 ||
    typeof object.role === 'string' ||
    INSIDE.some((name) => Object.hasOwn(object, name))
  );
}

/** The error of a line of a batch that a server answered with another status than 2xx, whatever its body looks like. */
function httpError(object: Fields): string | null {
  const status = numberIn(object.status_code ?? object.statusCode);
  if (status === null || status < 400) return null;
  const { body, response } = object;
  const said = [body, response]
    .filter(isRecord)
    .flatMap(({ error, detail, message }) => [error, detail, message]);
  const found = [...said, body].map(errorIn).find((each) => each !== null);
  return found ?? `HTTP status ${status}`;
}

/** What a reply without an answer says of itself in place of an error: Anthropic's batches `expired`, Vertex's `Internal error`. */
export function failureIn({ type, status }: Fields): string | null {
  const said = [type, status].map(asOneText);
  return said.find((each) => finishMeaning(each) === 'error') ?? null;
}

/** Several answers share what is said around them, but for the count of tokens, which is of all together. */
export function allMerged(inner: readonly Reply[], outer: Reply): readonly Reply[] {
  const around = inner.length === 1 ? outer : { ...outer, completionTokens: null };
  return inner.map((reply) => merged(reply, around));
}

/** Where an object has what was thought before its answer. */
const THOUGHTS = ['reasoning_content', 'reasoning', 'thinking', 'thoughts'];

/** What an object says of the answer beside the answer itself. */
export function besideAnswer(object: Fields): Reply {
  const { usage: counts, usageMetadata, tokenUsage, meta, meta_info: info } = object;
  const usage = [object, counts, usageMetadata, tokenUsage, meta, info].filter(isRecord);
  const thinking = THOUGHTS.map((name) => object[name]).find(
    (value) => value !== undefined && value !== null,
  );
  const thoughts = textIn(thinking, 0);
  const completion = countIn(usage, COMPLETION_TOKENS);
  const thought = countIn(usage, ['thoughtsTokenCount']); // Gemini counts them apart
  return {
    text: null,
    thoughts: thoughts === '' ? null : thoughts,
    refusal: typeof object.refusal === 'string' && object.refusal !== '' ? object.refusal : toolIn(object),
    finishReason: finishIn(object),
    unsaid: unsaidReason(object),
    promptTokens: countIn(usage, PROMPT_TOKENS),
    completionTokens: completion === null ? thought : completion + (thought ?? 0),
    error: errorIn(object.error),
  };
}

/** What the inner one does not say, the outer one does; a tool is a refusal only where there is no text. */
function merged(inner: Reply, outer: Reply): Reply {
  const silent = inner.text === null || inner.text === '' || inner.text.length === 0;
  const refusal = inner.refusal ?? (silent ? outer.refusal : null);
  return {
    text: silent && refusal !== null ? null : inner.text,
    thoughts: inner.thoughts ?? outer.thoughts,
    refusal,
    finishReason: inner.finishReason ?? outer.finishReason,
    unsaid: inner.unsaid ?? outer.unsaid,
    promptTokens: inner.promptTokens ?? outer.promptTokens,
    completionTokens: inner.completionTokens ?? outer.completionTokens,
    error: inner.error ?? outer.error,
  };
}

/** The last is llama.cpp's, whose `stop` tells nothing. */
const FINISHES = ['finish_reason', 'finishReason', 'stop_reason', 'stopReason', 'done_reason', 'stop_type'];

/** Where servers put what they say of an answer: OpenAI's Responses, TGI, SGLang. */
const FINISHES_INSIDE = ['incomplete_details', 'details', 'meta_info'];

function finishIn(object: Fields): string | null {
  const inside = FINISHES_INSIDE.map((name) => object[name]).filter(isRecord);
  for (const each of [object, ...inside]) {
    const found = FINISHES.map((name) => finishReasonOf(each[name])).find((reason) => reason !== null);
    if (found !== undefined) return found;
  }
  const { incomplete_details: incomplete, promptFeedback: feedback, stopped_limit: stopped } = object;
  if (isRecord(incomplete) && typeof incomplete.reason === 'string') return incomplete.reason;
  if (isRecord(feedback) && typeof feedback.blockReason === 'string')
    return withheldFor(feedback.blockReason);
  return stopped === true ? 'stopped_limit' : null;
}

/** Gemini's reason to block a prompt, as a finish reason: `OTHER` alone would say nothing. */
function withheldFor(reason: string): string {
  return finishMeaning(reason) === 'filter' ? reason : `blocked: ${reason}`;
}

const PROMPT_TOKENS = [
  ...['prompt_tokens', 'input_tokens', 'promptTokenCount', 'inputTokens', 'prompt_eval_count'],
  ...['promptTokens', 'tokens_evaluated'],
];
const COMPLETION_TOKENS = [
  ...['completion_tokens', 'output_tokens', 'candidatesTokenCount', 'outputTokens', 'eval_count'],
  ...['completionTokens', 'generated_tokens', 'tokens_predicted'],
];

function countIn(objects: readonly Fields[], names: readonly string[]): number | null {
  for (const object of objects) {
    for (const name of names) {
      const value = numberIn(object[name]);
      if (value !== null && Number.isSafeInteger(value) && value >= 0) return value;
    }
  }
  return null;
}

/** The name of the tool that is called, or null. */
function toolIn(object: Fields): string | null {
  const { tool_calls: calls, function_call: legacy, functionCall, toolUse, type, name } = object;
  const first: unknown = Array.isArray(calls) ? calls[0] : (legacy ?? functionCall ?? toolUse);
  if (isRecord(first)) return nameOf(first.function) ?? nameOf(first) ?? 'a tool';
  const isCall = typeof type === 'string' && /^(?:tool_use|tool_call|function_call)$/.test(type);
  return isCall ? (typeof name === 'string' ? name : 'a tool') : null;
}

function nameOf(value: unknown): string | null {
  return isRecord(value) && typeof value.name === 'string' ? value.name : null;
}

/** How tools write into every record that there was no error: C's 0, and the nothings of Python, pandas and JSON as texts. */
const NO_ERROR = /^(?:0(?:\.0*)?|none|null|nil|nan|undefined|false)?$/i;

function saysNoError(text: string): boolean {
  return NO_ERROR.test(text.trim());
}

/** The line of a recorded error; null where there is none. */
export function errorIn(value: unknown): string | null {
  const text = asOneText(value);
  if (text !== null) return saysNoError(text) ? null : oneLine(text);
  if (!isRecord(value)) return value === true ? 'an error is recorded' : null;
  const said = [
    value.message,
    isRecord(value.error) ? value.error.message : value.error,
    value.code,
    value.type,
  ];
  const found = said.map(asOneText).find((each) => each !== null && !saysNoError(each));
  return found == null ? (saysNothing(value) ? null : 'an error is recorded') : oneLine(found);
}

function oneLine(text: string): string {
  return text.slice(0, LONGEST_ERROR).replace(/\s+/g, ' ').trim();
}

/** A text of several pieces as one, where they are parts and no symbols. */
function joined(text: Text | null): string | null {
  return text === null || typeof text === 'string' ? text : text.join('');
}
