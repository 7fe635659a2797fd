/** The models that a server lists, and how long their contexts are. */
import { isFields } from '../protocol/protocol.ts';
import { good } from './probe-requests.node.ts';
import type { Ask } from './probe-requests.node.ts';

export interface Listed {
  readonly names: readonly string[];
  /** In tokens; null where it is not said. */
  readonly context: number | null;
}

/** More models than a router for everybody's has, and all that is looked at. */
const MOST_MODELS = 10_000;

/** null where the server lists none. */
export async function listModels(
  ask: Ask,
  model: string,
  redact: (text: string) => string,
  path = '/models',
): Promise<Listed | null> {
  const reply = await ask('GET', path, null);
  if (!good(reply) || !Array.isArray(reply.json.data)) return null;
  const entries = (reply.json.data as unknown[]).slice(0, MOST_MODELS).filter(isFields);
  // A router lists hundreds of models: the context is that of the one that is asked.
  const asked = entries.filter(({ id }) => id === model);
  const contexts = (asked.length === 0 ? entries : asked).flatMap((entry) => {
    const meta = isFields(entry.meta) ? entry.meta : {};
    const said = [
      entry.max_model_len,
      entry.context_length,
      entry.context_window,
      entry.max_context_length,
      meta.n_ctx,
      meta.n_ctx_train,
    ];
    return said.filter((value): value is number => typeof value === 'number' && value > 0).slice(0, 1);
  });
  return {
    names: entries.flatMap(({ id }) => (typeof id === 'string' ? [redact(id)] : [])),
    context: contexts.length === 0 ? null : Math.min(...contexts),
  };
}
