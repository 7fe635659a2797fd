/** What is asked of an endpoint, and what of that can't be. */
import { canonicalJson } from '../../../common/json.ts';
import type { Json } from '../../../common/json.ts';
import { UserError } from '../../../common/errors.ts';
import type { Askable } from '../../../prompt/askable.ts';
import type { PromptTemplate } from '../../../prompt/template.ts';
import type { Api } from '../../../respond/endpoint/protocol/protocol.ts';
import { checkExtra } from '../../../respond/endpoint/request/extra.ts';
import { DEFAULT_THINK_TOKENS } from '../../../respond/endpoint/request/shape.ts';
import type { Wishes } from '../../../respond/endpoint/request/shape.ts';
import { addressOf } from '../../../respond/endpoint/transport/address.ts';
import type { Credentials } from '../../../respond/endpoint/transport/secrets.ts';
import type { MeasureSpec } from '../../plan/spec.ts';

export interface EndpointSpec extends Omit<MeasureSpec, 'asked'> {
  readonly url: URL;
  readonly model: string;
  /** null: completions where the server has them, else chat. */
  readonly api: Api | null;
  readonly tasks: readonly Askable[];
  /** The prompt of a task, by the interface that answers; null: a pilot chooses it. */
  readonly templateFor: (task: Askable, api: Api) => PromptTemplate | null;
  /** Whether every prompt that there is for a task is asked on the same samples, one after the other. */
  readonly everyPrompt?: boolean;
  /** Whether a length that a task doesn't admit is an error; else the task is not asked at it. */
  readonly strict: boolean;
  readonly temperature: number;
  /** Whether right answers are told by log-probabilities of the prompt, where the server gives them. */
  readonly byLikelihood: boolean;
  readonly extra: Readonly<Record<string, Json>>;
  readonly thinkTokens?: number;
  /** Whether prompts are asked, too, in which the model reads a mark as a special token. */
  readonly allowSpecialTokens?: boolean;
}

/** What is asked of whom, as far as it is known before anybody was asked: names the folder. */
export function identityWished(spec: EndpointSpec): Readonly<Record<string, Json>> {
  const { model, temperature, seed, extra, thinkTokens } = wishesOf(spec);
  const decide = spec.byLikelihood ? 'likelihood' : 'generation';
  const endpoint = addressOf(spec.url);
  return { endpoint, model, api: spec.api, temperature, seed, extra, thinkTokens, decide };
}

/** How the server is to be asked. */
export function wishesOf({
  model,
  temperature,
  seed,
  extra,
  thinkTokens,
}: EndpointSpec): Wishes & { readonly thinkTokens: number } {
  return {
    ...{ model, temperature, seed, extra },
    thinkTokens: thinkTokens ?? DEFAULT_THINK_TOKENS,
    thinkTokensGiven: thinkTokens !== undefined,
  };
}

/** @throws UserError where a secret would be stored, or a field of `--body` would break what is counted */
export function checkSecrets(spec: EndpointSpec, credentials: Credentials): void {
  checkExtra(spec.extra, credentials);
  if (!credentials.holdsKey(canonicalJson([spec.model, addressOf(spec.url), spec.extra]))) return;
  throw new UserError(
    'a secret stands in --model, --body or the address, which are stored; it is sent as a header',
  );
}

/** @throws UserError for a length that a task doesn't admit, where that is an error */
export function checkLengths({ tasks, lengths, strict }: EndpointSpec): void {
  if (!strict) return;
  for (const task of tasks) {
    const { min, max } = task.admits();
    const wrong = lengths?.find((length) => length < min || length > max);
    if (wrong === undefined) continue;
    const range = max === Infinity ? `lengths from ${min}` : `lengths ${min} to ${max}`;
    const widen = task.uses.includes('alphabet') ? '; a larger --alphabet, such as unicode, admits more' : '';
    throw new UserError(`${task.name} admits ${range}, not ${wrong}${wrong > max ? widen : ''}`);
  }
}
