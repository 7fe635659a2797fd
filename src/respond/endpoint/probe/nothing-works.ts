/** One line for a server of which nothing can be asked: what is wrong, and the way out. */
import { UserError } from '../../../common/errors.ts';
import type { Fault } from '../reply/faults.ts';
import { saysNotThere } from '../reply/refusals.ts';
import { refusalText } from '../reply/refusal-text.ts';
import type { Refuser } from '../reply/refusal-text.ts';
import type { Api } from '../protocol/protocol.ts';
import { onOneLine } from '../../../common/legible.ts';

export interface NothingWorks {
  readonly endpoint: Refuser;
  readonly tried: readonly { readonly api: Api; readonly fault?: Fault }[];
  readonly models: { readonly names: readonly string[] } | null;
  /** Whether a list of models was found below `/v1` of the address. */
  readonly beneath: boolean;
  readonly model: string;
}

export function nothingWorks({ endpoint, tried, models, beneath, model }: NothingWorks): UserError {
  const { address, redact } = endpoint;
  const faults = tried.flatMap(({ api, fault }) => (fault === undefined ? [] : [{ api, fault }]));
  const refused = faults.find(({ fault }) => fault.fatal !== 'no');
  if (refused !== undefined) {
    return new UserError(refusalText(endpoint, refused.fault));
  }
  if (
    models !== null &&
    models.names.length > 0 &&
    !models.names.includes(model) &&
    faults.some(saysNoModel)
  ) {
    const names = models.names.slice(0, 8).map(onOneLine).join(', ');
    return new UserError(redact(`${address} has no model '${model}'; it has: ${names}`));
  }
  if (faults.length > 0 && faults.every(({ fault }) => fault.nobody)) {
    return new UserError(redact(`${address}: ${faults[0].fault.reason}`));
  }
  const words = faults.map(({ api, fault }) => `${api}: ${fault.reason}`).join('; ');
  if (faults.some(({ fault }) => saysModelMissing(fault)))
    return new UserError(redact(`${address} has no model '${model}' (${words})`));
  // A server that refuses what is asked, or answers in a form of its own, is there: its address is right.
  const there = faults.some(
    ({ fault }) => fault.status === null || fault.status === 400 || fault.status === 422,
  );
  const way = beneath
    ? `; there is something at ${address}/v1: give that`
    : there || /\/v\d+(\?|$)/.test(address)
      ? ''
      : '; the address ends in /v1 on most servers';
  return new UserError(redact(`nothing at ${address} answers (${words})${way}`));
}

/** Whether the address was understood, and it is the model that is not there: `The model 'm' does not exist.` */
function saysModelMissing({ status, reason }: Fault): boolean {
  return status === 404 && /\bmodels?\b/i.test(reason) && saysNotThere({ status, reason });
}

function saysNoModel({ fault }: { readonly fault: Fault }): boolean {
  return fault.status === 404 || /model/i.test(fault.reason);
}
