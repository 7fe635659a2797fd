/**
 * Which verdicts on tasks stand in papers, and where. The checkers don't read this: a certificate is checked without it.
 * Afterwards, one that holds and says otherwise is named: it is a mistake of ours, or a finding.
 */
import type { Verification } from './checkers/verify.ts';
import { verifyCertificate } from './checkers/verify.ts';
import { isRecord } from '../common/json.ts';

const BORN = 'arXiv 2505.21785';

const IN_POS: ReadonlyMap<string, string> = new Map([
  ['UL', `${BORN}, Lemma 4`],
  ['UR', `${BORN}, Lemma 4`],
  ['NLFirst', `${BORN}, Lemma 5`],
  ['NRFirst', `${BORN}, Lemma 5`],
  ['UF', `${BORN}, Lemma 7`],
  ['UB', `${BORN}, Lemma 7`],
]);

/** Out of C-RASP[pos] is out of its plain part, too. */
const OUT_OF_POS: ReadonlyMap<string, string> = new Map([
  ['NLLast', `${BORN}, Lemma 6`],
  ['NRLast', `${BORN}, Lemma 6`],
  ['NF', `${BORN}, Lemma 8`],
  ['NB', `${BORN}, Lemma 8`],
  ['flip-flop', 'arXiv 2410.02140 (Lemmas 35, 36)'],
]);

interface Claim {
  readonly task: string;
  readonly verdict: string;
  readonly fragment: string;
}

/** Where a verdict on a task is published, or null. */
export function publishedAt({ task, verdict, fragment }: Claim): string | null {
  if (verdict === 'out') return OUT_OF_POS.get(task) ?? null;
  return fragment === 'pos' ? (IN_POS.get(task) ?? null) : null;
}

/** Where the opposite is published, or null. */
export function contradictedBy({ task, verdict, fragment }: Claim): string | null {
  if (verdict === 'in') return OUT_OF_POS.get(task) ?? null;
  return fragment === 'pos' ? (IN_POS.get(task) ?? null) : null;
}

/** What came of a check, beside what papers say. */
export interface ComparedVerification extends Omit<Verification, 'outcome'> {
  readonly outcome: Verification['outcome'] | 'contradicts the literature';
  /** Where the opposite verdict is published; null where nobody says so, and where the certificate does not hold. */
  readonly contradicts: string | null;
}

/** Checks a certificate, and compares one that holds with what is published. Never throws. */
export function verifyBesideLiterature(json: unknown, begins?: (step: string) => void): ComparedVerification {
  const verification = verifyCertificate(json, begins);
  const { outcome } = verification;
  const claim = outcome === 'holds' || outcome === 'holds up to a length' ? claimOf(json) : null;
  const contradicts = claim === null ? null : contradictedBy(claim);
  // What was only tried up to a length contradicts no theorem.
  const isFinding = outcome === 'holds' && contradicts !== null;
  return { ...verification, outcome: isFinding ? 'contradicts the literature' : outcome, contradicts };
}

function claimOf(certificate: unknown): Claim | null {
  if (!isRecord(certificate) || !isRecord(certificate.about) || certificate.about.kind !== 'task')
    return null;
  const { verdict, fragment, about } = certificate;
  return { task: String(about.name), verdict: String(verdict), fragment: String(fragment) };
}
