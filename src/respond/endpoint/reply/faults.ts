/** What can go wrong with a request, what kind of failure it is, and whether it is worth another attempt. */
import type { FailureKind } from '../../../score/output.ts';
import { serverTime } from '../pace/duration.ts';
import { retryAfter, waitInBody } from '../pace/hints.ts';
import { isFields } from '../protocol/protocol.ts';
import type { Fields, HttpReply, ResponseHeaders } from '../protocol/protocol.ts';
import {
  exceedsAllowance,
  isOfOtherField,
  isPassing,
  kindOfRefusal,
  refusedFor,
  refusesUs,
  statusMeant,
  statusWithin,
} from './refusals.ts';
import type { RefusedFor } from './refusals.ts';
import { limitsNamed } from './limit-refusals.ts';
import { saidError } from './errors.ts';
import type { SaidError } from './errors.ts';
import { jsonObject } from './json.ts';
import { usageOf } from './usage.ts';
import type { Usage } from './usage.ts';

export interface Fault {
  /** One line, without any secret. */
  readonly reason: string;
  readonly failure: FailureKind;
  /** Whether the same request may succeed later. */
  readonly retry: boolean;
  /** Whether every further request would fail in the same way (`yes`: the run ends here), or it can't be told. */
  readonly fatal: 'yes' | 'perhaps' | 'no';
  /** For what it is that who asks is refused; null where nobody is, or it isn't said. */
  readonly refusedFor: RefusedFor | null;
  /** Whether it says that we ask too much at once. */
  readonly congested: boolean;
  /** Whether it is the pace that is refused: a server that says so is not in trouble. */
  readonly ofPace: boolean;
  /** Whether the account may use fewer tokens in a minute than this request takes: one that takes fewer may pass. */
  readonly overAllowance: boolean;
  /** Whether the server may have done the work, and charge for it, all the same. */
  readonly charged: boolean;
  /** Whether there is nobody to ask at this address; a first question that meets this is not asked again. */
  readonly nobody: boolean;
  /** What the server asks to wait, in milliseconds; null when it doesn't say. */
  readonly waitMs: number | null;
  /** The status of the reply; null where none came, or it was a success. */
  readonly status: number | null;
  /** The field of the request that is named as what is wrong with it. */
  readonly field: string | null;
  /** Where the limit on the answer is what is too large: the numbers that it names, the largest limit that is taken perhaps among them. */
  readonly limitsNamed: readonly number[] | null;
  /** The model that answered in the place of the one that was asked; null where that is not what went wrong. */
  readonly otherModel: string | null;
  /** What the server says that it counts for the request all the same; null where it doesn't say. */
  readonly usage: Usage | null;
}

const CONGESTION = new Set([429, 498, 503, 529]);

/** Those of them that speak of how much is asked, and not of a server that is not ready. */
const PACE = new Set([429, 498]);

/** A wait of 0, as whole seconds are written, is one of less than a second. */
const LEAST_WAIT_MS = 250;

const OVER_ALLOWANCE = "one request takes more tokens than the account's limit allows";

/** The most of a server's own words that is repeated. */
const MAX_WORDS = 200;

type Redact = (text: string) => string;

const USUAL: Omit<Fault, 'reason' | 'failure'> = {
  retry: true,
  fatal: 'no',
  refusedFor: null,
  congested: false,
  ofPace: false,
  overAllowance: false,
  charged: false,
  nobody: false,
  waitMs: null,
  status: null,
  field: null,
  limitsNamed: null,
  otherModel: null,
  usage: null,
};

/** Nothing whole came back. */
export function transportFault(reason: string, nobody = false): Fault {
  const congested = reason.startsWith('no answer within');
  const tooLarge = reason.startsWith('the reply is larger than');
  const retry = reason !== 'interrupted' && !tooLarge;
  return {
    ...USUAL,
    reason,
    failure: tooLarge ? 'form' : 'connection',
    retry,
    congested,
    charged: !nobody,
    nobody,
  };
}

/** A reply with a status that is no success. `now` in milliseconds since 1970. */
export function statusFault(reply: HttpReply, redact: Redact, now: number): Fault {
  const { status, headers } = reply;
  const json = jsonObject(reply.body);
  if (status >= 300 && status < 400) {
    const reason = `status ${status}: ${movedTo(headers, redact)}`;
    return { ...USUAL, reason, failure: 'form', retry: false, status };
  }
  return judged(status, saidError(reply, json), json, headers, redact, now);
}

/** An error that a reply with status 200 holds. It is retried where what it says of itself would be. */
export function saidFault(
  error: SaidError,
  json: Fields,
  headers: ResponseHeaders,
  redact: Redact,
  now: number,
): Fault {
  const fault = judged(error.status ?? statusWithin(error), error, json, headers, redact, now);
  const words = lineOf(error.words, redact);
  const kinds = error.kinds === '' ? '' : ` (${lineOf(error.kinds, redact)})`;
  return { ...fault, reason: `the server says: ${words}${kinds}`, charged: true, status: null };
}

function judged(
  said: number,
  error: SaidError,
  json: Fields | null,
  headers: ResponseHeaders,
  redact: Redact,
  now: number,
): Fault {
  const status = statusMeant(said, error);
  const words = lineOf(error.words, redact);
  const theirs = serverTime(headers, now);
  const overAllowance = exceedsAllowance(error);
  // A period's end is told then, too, but no period has room for such a request.
  const asked = overAllowance ? null : (retryAfter(headers, theirs) ?? waitInBody(json, error.words, theirs));
  const waitMs = asked === null ? null : Math.max(LEAST_WAIT_MS, asked);
  const fatal = overAllowance ? 'no' : refusesUs(status, error, waitMs !== null);
  const failure = kindOfRefusal(status, error, fatal);
  const ofLimit = failure === 'form' ? limitsNamed(status, error) : null;
  const about = isOfOtherField(error.field) ? ` (about '${lineOf(error.field, redact)}')` : '';
  const hopeless = failure === 'too-long' || (failure === 'content' && status !== 429);
  return {
    ...USUAL,
    reason: `status ${said}${about}${overAllowance ? ` (${OVER_ALLOWANCE})` : ''}${words === '' ? '' : `: ${words}`}`,
    failure,
    retry: isPassing(status) && fatal !== 'yes' && !hopeless && !overAllowance && ofLimit === null,
    fatal,
    refusedFor: fatal === 'yes' ? refusedFor(status, error) : null,
    congested: CONGESTION.has(status) && fatal !== 'yes' && !overAllowance && failure !== 'too-long',
    ofPace: PACE.has(status),
    overAllowance,
    waitMs,
    status,
    field: error.field,
    limitsNamed: ofLimit,
    usage: isFields(json?.usage) ? usageOf(json.usage) : null,
  };
}

/** A reply with status 200 that is no answer: broken JSON, a proxy's page, another model's answer. */
export function replyFault(
  reason: string,
  { retry = true, usage = null }: { readonly retry?: boolean; readonly usage?: Usage | null } = {},
): Fault {
  return { ...USUAL, reason, failure: retry ? 'server' : 'form', retry, charged: true, usage };
}

/** An answer from a model that was not asked: a gateway's, while the one that was is not there, or a server's that knows it by several names. */
export function otherModelFault(model: string, usage: Usage): Fault {
  const reason = `the answer is from the model '${model}', which was not asked`;
  return { ...replyFault(reason, { usage }), otherModel: model };
}

/** Redirections are not followed: the address is in the name of every row, and keys go only where they were sent. */
function movedTo({ location }: ResponseHeaders, redact: Redact): string {
  if (location === undefined) return 'a redirection to nowhere';
  return `it points to ${lineOf(location, redact)}; give the address there`;
}

/** A server's words on one short line. Secrets go first: nothing of one is left where the line is cut. */
function lineOf(words: string, redact: Redact): string {
  const line = redact(words).replace(/\s+/g, ' ').trim();
  return line.length > MAX_WORDS ? `${line.slice(0, MAX_WORDS)}…` : line;
}
