/** Puts a certificate together: what it speaks of gets a hash, and the whole a seal. */
import { canonicalJson } from '../../common/json.ts';
import { sha256 } from '../../common/sha256.ts';
import type { Certificate, Evidence, Fragment, Read, Scope, Status, Subject } from '../verdict.ts';

export interface Claim {
  readonly verdict: 'in' | 'out';
  readonly fragment: Fragment;
  readonly read: Read;
  readonly status: Status;
  readonly published: string | null;
  readonly scope: Scope;
}

/** `definition` is what the hash is taken of: all that determines the language or the task. */
export function sealed(claim: Claim, about: Subject, definition: unknown, evidence: Evidence): Certificate {
  const unsealed = {
    verdict: claim.verdict,
    subject: about.name,
    fragment: claim.fragment,
    read: claim.read,
    status: claim.status,
    published: claim.published,
    scope: claim.scope,
    format: 'lengthwise certificate' as const,
    version: 1 as const,
    about,
    hash: sha256(canonicalJson(definition)),
    evidence,
  };
  return { ...unsealed, seal: sha256(canonicalJson(unsealed)) };
}
