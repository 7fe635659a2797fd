/** From an item of a study to what `fix` is asked for. */
import type { FixSpec } from '../fix/spec.ts';
import { plainTaskOf, specFor } from '../fix/asking/measured.ts';
import { mostOf } from '../fix/most.ts';
import type { PromptedSpec } from '../measure/plan/prompted-spec.ts';
import { preview } from '../measure/targets/endpoint.node.ts';
import type { EndpointSpec, Most } from '../measure/targets/endpoint.node.ts';
import { previewText } from '../measure/targets/text-model.node.ts';
import { endpointSpecOf, materialOf, promptedSpecOf } from '../measure/targets/inquiry.node.ts';
import type { Sources } from '../prompt/askable.ts';
import { PROBE_MOST } from '../respond/endpoint/probe/probe-requests.node.ts';
import { addressOf } from '../respond/endpoint/transport/address.ts';
import { lengthOf } from './item.ts';
import type { Item } from './item.ts';
import type { FixItemSpec } from './rows.ts';

/** What is asked plainly, as `measure` takes it, of whoever is asked. */
export type PlainSpec =
  | { readonly kind: 'endpoint'; readonly spec: EndpointSpec }
  | { readonly kind: 'text-model'; readonly spec: PromptedSpec };

/** @throws UserError for what can't be asked so */
export function plainSpecOf({ model, inquiry }: FixItemSpec, lines: Sources['material'] = {}): PlainSpec {
  return model === null
    ? { kind: 'endpoint', spec: endpointSpecOf(inquiry, lines) }
    : { kind: 'text-model', spec: promptedSpecOf(inquiry, lines) };
}

/** @param name of a model of text, for the reader */
export function fixSpecOf({ only, inquiry }: FixItemSpec, { kind, spec }: PlainSpec, name: string): FixSpec {
  return {
    target: kind === 'endpoint' ? `${spec.model} at ${addressOf(spec.url)}` : name,
    plain: plainTaskOf(spec, null),
    length: lengthOf(inquiry),
    threshold: inquiry.threshold,
    n: inquiry.n,
    seed: inquiry.seed,
    only,
  };
}

/**
 * The most that an item asks: questions, and tokens by bytes, which are never too few.
 * @throws UserError for lines of the user's own that can't be read
 */
export async function mostOfFix({ spec: item, on }: Extract<Item, { kind: 'fix' }>): Promise<Most> {
  const plain = plainSpecOf(item, materialOf(on?.means?.files ?? {}));
  const spec = fixSpecOf(item, plain, '');
  const most = await mostOf(spec, ([wanted, plan]) =>
    plain.kind === 'endpoint'
      ? withoutProbe(preview(specFor(plain.spec, wanted, plan)))
      : previewText(specFor(plain.spec, wanted, plan)),
  );
  if (plain.kind === 'text-model') return most;
  return { requests: most.requests + PROBE_MOST.requests, tokens: most.tokens + PROBE_MOST.tokens };
}

/** It is found out once what the server can do. */
function withoutProbe({ requests, tokens }: Most): Most {
  return { requests: requests - PROBE_MOST.requests, tokens: tokens - PROBE_MOST.tokens };
}
