/** What a server says of an error, wherever in a reply it says so. */
import { saysNothing } from '../../../common/json.ts';
import { isFields } from '../protocol/protocol.ts';
import type { Fields, HttpReply } from '../protocol/protocol.ts';
import { firstChoice } from './choice.ts';
import { A_PAGE, LOOKED_AT, readWords } from './words.ts';

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

/** What an error's body says. */
export function saidError({ body, headers }: HttpReply, json: Fields | null): SaidError {
  if ((headers['content-type'] ?? '').includes('html') || /^\s*</.test(body.slice(0, 1000))) {
    return { ...NOTHING_SAID, words: A_PAGE };
  }
  if (json === null) return { ...NOTHING_SAID, words: looked(body) };
  const found = errorIn(json) ?? { ...NOTHING_SAID, words: readWords(json).words ?? '' };
  return found.words === '' ? { ...found, words: looked(body) } : found;
}

const NOTHING_SAID: SaidError = { words: '', status: null, kinds: '', field: null, flagged: false };

/** The error that a reply holds: on its own, in its first choice or in that one's message; null without one. */
export function errorIn(reply: Fields): SaidError | null {
  const choice = firstChoice(reply);
  const message = choice !== null && isFields(choice.message) ? choice.message : null;
  const listed: unknown = Array.isArray(reply.errors) ? reply.errors[0] : null;
  for (const error of [reply.error, choice?.error, message?.error, listed]) {
    if (typeof error === 'string' && error !== '') return named(error, reply, choice === null);
    if (typeof error !== 'object' || error === null || Object.keys(error).length === 0) continue;
    // One-api's and new-api's replies all have an error in name only, beside a good answer.
    if (choice === null || !saysNothing(error)) return described(error === listed ? reply.errors : error);
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

/** An error as its words and its fields say it, and those of the errors in it. `around`: what it stands in, if that says more. */
function described(error: unknown, around: readonly Fields[] = []): SaidError {
  const { words, errors } = readWords(error);
  const hints = [...around, ...errors].map(hintsOf);
  const kinds = [...new Set(hints.flatMap((hint) => hint.kinds))];
  return {
    words: words ?? '',
    status: kinds.map(Number).find((kind) => Number.isInteger(kind) && kind >= 400 && kind < 600) ?? null,
    kinds: looked(kinds.join(' ')),
    field: hints.find(({ field }) => field !== null)?.field ?? null,
    flagged: hints.some(({ flagged }) => flagged),
  };
}

/** An error that is a text. On its own it may be no more than the name of its kind (NestJS, Spring): what it stands in says the rest. */
function named(error: string, reply: Fields, isAlone: boolean): SaidError {
  const said = described(error, [reply]);
  const more = isAlone ? readWords({ ...reply, error: null }).words : null;
  return more === null || said.words.includes(more)
    ? said
    : { ...said, words: looked(`${said.words}: ${more}`) };
}

interface Hints extends Pick<SaidError, 'field' | 'flagged'> {
  readonly kinds: readonly (string | number)[];
}

function hintsOf(error: Fields): Hints {
  const base = isFields(error.base_resp) ? error.base_resp : {};
  const named = [error.code, error.type, error.status, error.error_type, error.error_code, base.status_code];
  const metadata = isFields(error.metadata) ? error.metadata : {};
  const inner = isFields(error.innererror) ? error.innererror : {};
  return {
    kinds: named.filter((kind) => typeof kind === 'string' || typeof kind === 'number'),
    field: typeof error.param === 'string' && error.param !== '' ? error.param : null,
    flagged:
      Array.isArray(metadata.reasons) ||
      typeof metadata.flagged_input === 'string' ||
      error.code === 'content_filter' ||
      inner.code === 'ResponsibleAIPolicyViolation',
  };
}

/** Of a text that may be of any size, as much as is worth a look. */
function looked(words: string): string {
  return words.slice(0, LOOKED_AT);
}
