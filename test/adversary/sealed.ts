/** The adversary's own hash and seal: it knows the format (docs/certificates.md) and uses nothing of ours to write it. */
import { createHash } from 'node:crypto';

export type Json = null | boolean | number | string | Json[] | { [key: string]: Json };
export type Fields = Record<string, Json>;

/** Keys sorted, no blanks. */
function canonical(value: Json): string {
  if (Array.isArray(value)) return `[${value.map(canonical).join(',')}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  const keys = Object.keys(value).sort((a, b) => (a < b ? -1 : 1));
  return `{${keys.map((key) => `${JSON.stringify(key)}:${canonical(value[key])}`).join(',')}}`;
}

function sha256(value: Json): string {
  return createHash('sha256').update(canonical(value)).digest('hex');
}

/** Of evidence, or of what a certificate speaks of. */
export function kindOf({ kind }: Fields): string {
  return typeof kind === 'string' ? kind : 'no kind';
}

/** What a certificate claims, and of what. */
export interface Claim {
  readonly about: Fields;
  readonly verdict: 'in' | 'out';
  readonly fragment: 'plain' | 'pos';
  readonly read: 'eos' | 'last';
}

/** A certificate with that claim and evidence, its hash and seal right. */
export function certificateFor(claim: Claim, evidence: Fields): Fields {
  const { about } = claim;
  return sealed({
    ...claim,
    subject: about.name,
    scope: about.kind === 'task' ? 'every alphabet' : 'this alphabet',
    format: 'lengthwise certificate',
    version: 2,
    evidence,
  });
}

/** Any fields, with the hash and the seal that fit them. */
export function sealed(fields: Fields): Fields {
  const unsealed: Fields = { ...fields, hash: sha256(fields.about ?? null) };
  delete unsealed.seal;
  return { ...unsealed, seal: sha256(unsealed) };
}
