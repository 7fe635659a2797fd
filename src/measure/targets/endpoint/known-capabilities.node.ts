/** What the server can do: as the folder knows it, else as the probe finds it. */
import { canonicalJson } from '../../../common/json.ts';
import type { Connection } from '../../../respond/endpoint/connection.node.ts';
import { probe, probeAsRun, speaksNow } from '../../../respond/endpoint/probe/probe.node.ts';
import type { ProbeOptions } from '../../../respond/endpoint/probe/probe.node.ts';
import type { Api } from '../../../respond/endpoint/protocol/protocol.ts';
import type { Capabilities } from '../../../respond/endpoint/request/capabilities.ts';
import type { RowStore } from '../../store/row-store.ts';
import { wishesOf } from './spec.ts';
import type { EndpointSpec } from './spec.ts';

/** From the store where an earlier run that wished for the same has found out, else by asking. */
export async function knownCapabilities(
  spec: EndpointSpec,
  store: RowStore,
  connection: Connection,
  probing: ProbeOptions,
): Promise<Capabilities> {
  const { temperature, extra } = wishesOf(spec);
  const wished = { temperature, extra };
  const known = store.fact('capabilities') as Capabilities | undefined;
  const knownFor = store.fact('probed') ?? wished; // older stores did not note it
  const sameWish = canonicalJson(knownFor) === canonicalJson(wished);
  const knows = known?.shapes !== undefined && (spec.api === null || known.shapes[spec.api] !== undefined);
  if (knows && sameWish) {
    const api = spec.api ?? (known.completions ? 'completions' : 'chat');
    const found = await probeAsRun(connection, probing, known, api);
    if (found !== known) store.setFact('capabilities', found);
    return withSpeech(found, api, connection, probing);
  }
  // Answers that came after a probe in vain rest on what was assumed then.
  const assumed = store.fact('assumed') as Capabilities | undefined;
  if (known === undefined && assumed !== undefined && store.holdsAnswers && sameWish) {
    const api = spec.api ?? (assumed.completions ? 'completions' : 'chat');
    return withSpeech(assumed, api, connection, probing);
  }
  const found = await probe(connection, probing);
  // What another respondent's answers rest on is left alone: this one is about to be refused.
  if (store.holdsAnswers) return found;
  store.setFact(found.trouble === null ? 'capabilities' : 'assumed', found);
  store.setFact('probed', wished);
  return found;
}

/** Where no answer has ever said anything, whether one does now: kept once the empty ones were asked for again (`noteHeard`). */
async function withSpeech(
  known: Capabilities,
  api: Api,
  connection: Connection,
  probing: ProbeOptions,
): Promise<Capabilities> {
  if (known.speaks !== false) return known;
  return { ...known, speaks: await speaksNow(connection, probing, { api, capabilities: known }) };
}

/** Whether answers were stored when the server had never said anything, so that empty ones may be none. */
export function isUnheard(store: RowStore): boolean {
  return factOfServer(store)?.known.speaks === false;
}

/** Keeps that the server speaks, once nothing is left of what it answered before it did. */
export function noteHeard(store: RowStore): void {
  const fact = factOfServer(store);
  if (fact !== null) store.setFact(fact.name, { ...fact.known, speaks: true });
}

function factOfServer(store: RowStore): { readonly name: string; readonly known: Capabilities } | null {
  for (const name of ['capabilities', 'assumed']) {
    const known = store.fact(name) as Capabilities | undefined;
    if (known !== undefined) return { name, known };
  }
  return null;
}
