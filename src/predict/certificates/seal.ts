/** Puts a certificate together: what it speaks of gets a hash, and the whole a seal. */
import { canonicalJson } from '../../common/json.ts';
import { sha256 } from '../../common/sha256.ts';
import type { Certificate, Evidence, Fragment, Read, Scope, Subject } from '../verdict.ts';

export interface Claim {
  readonly verdict: 'in' | 'out';
  readonly fragment: Fragment;
  readonly read: Read;
  readonly scope: Scope;
}

export function sealed(claim: Claim, about: Subject, evidence: Evidence): Certificate {
  const unsealed = {
    verdict: claim.verdict,
    subject: about.name,
    fragment: claim.fragment,
    read: claim.read,
    scope: claim.scope,
    format: 'lengthwise certificate' as const,
    version: 2 as const,
    about,
    hash: sha256(canonicalJson(about)),
    evidence,
  };
  return { ...unsealed, seal: sha256(canonicalJson(unsealed)) };
}
