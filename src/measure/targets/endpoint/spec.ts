/** What is asked of an endpoint, and what of that can't be. */
import { canonicalJson } from '../../../common/json.ts';
import type { Json } from '../../../common/json.ts';
import { UserError } from '../../../common/errors.ts';
import { checkExtra } from '../../../respond/endpoint/request/extra.ts';
import { DEFAULT_THINK_TOKENS } from '../../../respond/endpoint/request/shape.ts';
import type { Wishes } from '../../../respond/endpoint/request/shape.ts';
import { addressOf } from '../../../respond/endpoint/transport/address.ts';
import type { Credentials } from '../../../respond/endpoint/transport/secrets.ts';
import type { PromptedSpec } from '../../plan/prompted-spec.ts';

export interface EndpointSpec extends PromptedSpec {
  readonly url: URL;
  readonly model: string;
  readonly temperature: number;
  /** Whether right answers are told by log-probabilities of the prompt, where the server gives them. */
  readonly byLikelihood: boolean;
  readonly extra: Readonly<Record<string, Json>>;
  readonly thinkTokens?: number;
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
