/**
 * Certificates of version 1. They say the same in other words (`separation` for `inseparable`), and hold what is no
 * longer asked for: where the verdict is published, and how far instances were once tried. None of that is believed:
 * what is left is checked as version 2 is.
 */
import { canonicalJson, isRecord } from '../../common/json.ts';
import { sha256 } from '../../common/sha256.ts';
import { answerTo, definitionOf, ownAlphabet } from './definitions.ts';
import { must } from './refusal.ts';
import { stringsOf } from './strings.ts';

/** Fields of version 1 that version 2 doesn't have, by the kind of evidence. */
const GONE: Readonly<Record<string, readonly string[]>> = {
  'task-program': ['checked'],
  reduction: ['upTo', 'instances'],
  'index-embedding': ['upTo', 'residuals'],
};

export function isVersion1(json: unknown): json is Readonly<Record<string, unknown>> {
  return isRecord(json) && json.format === 'lengthwise certificate' && json.version === 1;
}

/** The same claim and evidence as version 2 has them, with a hash and a seal of their own; refused where the old ones don't fit. */
export function upgraded(json: Readonly<Record<string, unknown>>): unknown {
  const { seal, status, published, hash, about, evidence, ...rest } = json;
  must(
    seal === sha256(canonicalJson({ ...json, seal: undefined })),
    'something was changed after the certificate was made',
  );
  must(status === 'published' || status === 'derived', `the status is not '${String(status)}'`);
  must(published === null || typeof published === 'string', 'published is a text or null');
  must(hash === sha256(canonicalJson(definedBy(about))), 'what the certificate speaks of has another hash');
  const unsealed = {
    ...rest,
    version: 2,
    about,
    hash: sha256(canonicalJson(about)),
    evidence: upgradedEvidence(evidence),
  };
  return { ...unsealed, seal: sha256(canonicalJson(unsealed)) };
}

function upgradedEvidence(evidence: unknown): unknown {
  if (!isRecord(evidence)) return evidence;
  const { kind, separation, ...rest } = evidence;
  const gone = GONE[String(kind)] ?? [];
  for (const field of gone) must(field in evidence, `evidence.${field} is missing`);
  const kept = Object.fromEntries(Object.entries(rest).filter(([field]) => !gone.includes(field)));
  return {
    ...kept,
    kind: kind === 'separation' ? 'inseparable' : kind,
    ...(separation === undefined ? {} : { inseparable: separation }),
    ...('evidence' in kept ? { evidence: upgradedEvidence(kept.evidence) } : {}),
  };
}

/** What the hash was taken of: for a task, with its answers to all sources of up to four symbols. */
function definedBy(about: unknown): unknown {
  if (!isRecord(about) || about.kind !== 'task') return about;
  const definition = definitionOf({ name: String(about.name), title: String(about.title) });
  const symbols = ownAlphabet(definition) ?? ['a', 'b', 'c'];
  const oracle: string[] = [];
  for (let length = 1; length <= 4; length++) {
    for (const source of stringsOf(symbols, length)) {
      for (const query of definition.kind === 'look-up' ? symbols : [null]) {
        const answer = answerTo(definition, source, query);
        if (answer !== null) oracle.push([source.join(' '), query ?? '', answer.join(' ')].join(' | '));
      }
    }
  }
  return { ...about, oracle };
}
