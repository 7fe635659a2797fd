/** What a server says of the weights and the software behind a model's name. */
import path from 'node:path';
import type { Revision } from '../request/capabilities.ts';
import type { Listed } from './models.node.ts';
import { good } from './probe-requests.node.ts';
import type { Ask } from './probe-requests.node.ts';

/** llama.cpp's own description of what it runs. */
const PROPS = '/props';

/** A name, a hash; what is longer is none. */
const LONGEST = 200;

/** Undefined where nothing is said. `fingerprints` are those of the probe's answers. */
export async function findRevision(
  ask: Ask,
  listed: Listed | null,
  fingerprints: readonly string[],
  redact: (text: string) => string,
): Promise<Revision | undefined> {
  const text = (value: unknown): string | null =>
    typeof value === 'string' && value !== '' ? redact(value).slice(0, LONGEST) : null;
  const reply = await ask('GET', PROPS, null, 'server');
  const props = good(reply) ? reply.json : {};
  // The folder says who runs it, not what.
  const file = text(typeof props.model_path === 'string' ? path.basename(props.model_path) : null);
  const build = text(props.build_info);
  const { root = null, created = null } = listed ?? {};
  const found: Revision = {
    ...(fingerprints.length === 0 ? {} : { fingerprints: [...new Set(fingerprints)] }),
    ...(root === null ? {} : { root }),
    ...(created === null ? {} : { created }),
    ...(file === null ? {} : { file }),
    ...(build === null ? {} : { build }),
  };
  return Object.keys(found).length === 0 ? undefined : found;
}
