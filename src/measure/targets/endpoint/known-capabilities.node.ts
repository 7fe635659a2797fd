/** What the server can do: as the folder knows it, else as the probe finds it. */
import { canonicalJson } from '../../../common/json.ts';
import type { Connection } from '../../../respond/endpoint/connection.node.ts';
import { probe, probeAsRun } from '../../../respond/endpoint/probe/probe.node.ts';
import type { ProbeOptions } from '../../../respond/endpoint/probe/probe.node.ts';
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
    return found;
  }
  // Answers that came after a probe in vain rest on what was assumed then.
  const assumed = store.fact('assumed') as Capabilities | undefined;
  if (known === undefined && assumed !== undefined && store.holdsAnswers && sameWish) return assumed;
  const found = await probe(connection, probing);
  // What another respondent's answers rest on is left alone: this one is about to be refused.
  if (store.holdsAnswers) return found;
  store.setFact(found.trouble === null ? 'capabilities' : 'assumed', found);
  store.setFact('probed', wished);
  return found;
}
