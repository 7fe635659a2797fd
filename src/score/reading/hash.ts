/** A score is a function of the stored output: of which function, these say. */
import { canonicalJson } from '../../common/json.ts';
import { sha256 } from '../../common/sha256.ts';
import type { Reading } from './reading.ts';

/**
 * The version of the scoring. Goes up with every change after which some output gets another score; what was stored
 * with another one is scored again when it is read, and said to be (CHANGELOG.md says what changed).
 */
export const SCORING = 11;

/** 64 bits tell readings apart. */
const DIGITS = 16;

/** Names the scoring and how outputs are read: two scores of one output may differ only where these differ. */
export function readingHash(reading: Reading): string {
  const { filters, stop, tags, joiner, lead, trail } = reading;
  const named = { scoring: SCORING, filters, stop, tags, joiner, lead, trail };
  return sha256(canonicalJson(named)).slice(0, DIGITS);
}
