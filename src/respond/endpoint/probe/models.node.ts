/** The models that a server lists, and how long their contexts are. */
import { isFields } from '../protocol/protocol.ts';
import { good } from './probe-requests.node.ts';
import type { Ask } from './probe-requests.node.ts';

export interface Listed {
  readonly names: readonly string[];
  /** In tokens; null where it is not said. */
  readonly context: number | null;
  /** Of the model that is asked: what its name stands for, and since when. */
  readonly root: string | null;
  readonly created: string | null;
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
    root: typeof asked[0]?.root === 'string' && asked[0].root !== model ? redact(asked[0].root) : null,
    created: createdAt(asked[0]?.created, Date.now()),
  };
}

const DAY_MS = 86_400_000;

/** A time in seconds since 1970, as ISO 8601. vLLM and llama.cpp say when they were asked: that is none. */
function createdAt(seconds: unknown, now: number): string | null {
  if (typeof seconds !== 'number' || !(seconds > 0) || seconds * 1000 > now - DAY_MS) return null;
  return new Date(seconds * 1000).toISOString();
}
