/** What a server says of an error, wherever in a reply it says so. */
import { saysNothing } from '../../../common/json.ts';
import { isFields } from '../protocol/protocol.ts';
import type { Fields, HttpReply } from '../protocol/protocol.ts';
import { firstChoice } from './choice.ts';

export interface SaidError {
  /** Its own words, of whatever length, secrets and all; '' without any. */
  readonly words: string;
  /** The status that it means, where it names one. */
  readonly status: number | null;
  /** Its kinds in the server's words: `code`, `type`, `status`. */
  readonly kinds: string;
  /** The field of the request that it is about. */
  readonly field: string | null;
  /** Whether a filter's reasons are named: what was asked is refused, not who asks. */
  readonly flagged: boolean;
}

/** What is looked at of a body that may be large. */
const LOOKED_AT = 20_000;

/** What an error's body says. */
export function saidError({ body, headers }: HttpReply, json: Fields | null): SaidError {
  if ((headers['content-type'] ?? '').includes('html') || /^\s*</.test(body.slice(0, 1000))) {
    return { ...NOTHING_SAID, words: 'a page of HTML' };
  }
  const found = json === null ? null : errorIn(json);
  return found ?? { ...NOTHING_SAID, words: json === null ? looked(body) : looked(wordsIn(json) ?? body) };
}

const NOTHING_SAID: SaidError = { words: '', status: null, kinds: '', field: null, flagged: false };

/** The error that a reply holds: on its own, in its first choice or in that one's message; null without one. */
export function errorIn(reply: Fields): SaidError | null {
  const choice = firstChoice(reply);
  const message = choice !== null && isFields(choice.message) ? choice.message : null;
  const listed: unknown = Array.isArray(reply.errors) ? reply.errors[0] : null;
  for (const error of [reply.error, choice?.error, message?.error, listed]) {
    if (typeof error === 'string' && error !== '')
      return { ...NOTHING_SAID, words: looked(error), ...hintsOf(reply) };
    if (!isFields(error) || Object.keys(error).length === 0) continue;
    // One-api's and new-api's replies all have an error in name only, beside a good answer.
    if (choice === null || !saysNothing(error)) return described(error);
  }
  // vLLM's older form, and Ollama's and Bedrock's: the reply itself is the error.
  if (choice === null && (reply.object === 'error' || reply.type === 'error')) return described(reply);
  // Baidu's, and MiniMax's, whose choices are null then: the words of an error in fields of their own.
  if (choice === null) {
    const base = isFields(reply.base_resp) ? reply.base_resp : {};
    const saysSo = Number(reply.error_code ?? 0) !== 0 || Number(base.status_code ?? 0) !== 0;
    if (saysSo) return described(reply);
  }
  // A gateway's, whose reply has no choices and says why: `{"code": "rate_limit_daily", "message": …}`.
  const hasChoices = Array.isArray(reply.choices);
  if (
    choice === null &&
    !hasChoices &&
    [reply.message, reply.detail, reply.msg].some((said) => typeof said === 'string')
  )
    return described(reply);
  const finish = choice?.finish_reason;
  if (typeof finish === 'string' && /^error$/i.test(finish)) {
    return { ...NOTHING_SAID, words: 'the answer ended in an error' };
  }
  return null;
}

function described(error: Fields): SaidError {
  return { ...NOTHING_SAID, words: looked(wordsIn(error) ?? ''), ...hintsOf(error) };
}

function hintsOf(error: Fields): Pick<SaidError, 'status' | 'kinds' | 'field' | 'flagged'> {
  const base = isFields(error.base_resp) ? error.base_resp : {};
  const named = [error.code, error.type, error.status, error.error_type, error.error_code, base.status_code];
  const kinds = named.filter(
    (kind): kind is string | number => typeof kind === 'string' || typeof kind === 'number',
  );
  const status =
    kinds.map(Number).find((kind) => Number.isInteger(kind) && kind >= 400 && kind < 600) ?? null;
  const metadata = isFields(error.metadata) ? error.metadata : {};
  const inner = isFields(error.innererror) ? error.innererror : {};
  return {
    status,
    kinds: looked(kinds.join(' ')),
    field: typeof error.param === 'string' && error.param !== '' ? error.param : null,
    flagged:
      Array.isArray(metadata.reasons) ||
      typeof metadata.flagged_input === 'string' ||
      error.code === 'content_filter' ||
      inner.code === 'ResponsibleAIPolicyViolation',
  };
}

/** Errors stand in errors where one server passes on another's: no deeper than this. */
const DEEPEST = 4;

/** Where servers put the words of an error; Baidu's and MiniMax's last. */
const WORDS = [
  ...['message', 'msg', 'detail', 'details', 'reason', 'error', 'Message'],
  ...['error_msg', 'status_msg', 'base_resp'],
];

/** The words of an error, in the fields that servers have for them; within others, or within a text of JSON. */
function wordsIn(error: Fields, deepest = DEEPEST): string | null {
  if (deepest === 0) return null;
  for (const field of WORDS) {
    const value = error[field];
    if (typeof value === 'string' && value !== '') return wordsOfJson(value, deepest) ?? value;
    // FastAPI lists what is wrong with a request: where, and what.
    if (Array.isArray(value)) {
      const lines = (value as unknown[])
        .slice(0, 4)
        .flatMap((one) => (isFields(one) ? [listedFault(one)] : []))
        .filter((line) => line !== '');
      if (lines.length > 0) return lines.join('; ');
    }
    const inner = isFields(value) ? wordsIn(value, deepest - 1) : null;
    if (inner !== null) return inner;
  }
  return null;
}

/** Mistral's and Google's gateways write the JSON of an error into its message. */
function wordsOfJson(text: string, deepest: number): string | null {
  if (!/^\s*[{[]/.test(text.slice(0, 100)) || text.length > LOOKED_AT) return null;
  try {
    const value: unknown = JSON.parse(text);
    const inner: unknown = Array.isArray(value) ? value[0] : value;
    return isFields(inner) ? wordsIn(inner, deepest - 1) : null;
  } catch {
    return null;
  }
}

function listedFault({ loc, msg, message }: Fields): string {
  const place = Array.isArray(loc) ? `${(loc as unknown[]).slice(0, 6).map(String).join('.')}: ` : '';
  return place + (typeof msg === 'string' ? msg : typeof message === 'string' ? message : '');
}

/** Of a text that may be of any size, as much as is worth a look. */
function looked(words: string): string {
  return words.slice(0, LOOKED_AT);
}
