/** Synthetic histories: `1f3a9bc Fix logging`, as in the paper's data (12 actions, 11 topics, 7 hexadecimal digits). */
import type { Rng } from '../../common/random.ts';

const ACTIONS = [
  'Add',
  'Fix',
  'Update',
  'Remove',
  'Refactor',
  'Improve',
  'Optimize',
  'Document',
  'Merge',
  'Revert',
  'Cleanup',
  'Bug fix',
] as const;

const TOPICS = [
  'API',
  'UI',
  'CLI',
  'database',
  'authentication',
  'logging',
  'tests',
  'config',
  'deployment',
  'search',
  'caching',
] as const;

/** `length` commits, newest first; no two have the same hash. */
export function commitLines(length: number, rng: Rng): string[] {
  const hashes = rng.distinct(16 ** 7, length).map((hash) => hash.toString(16).padStart(7, '0'));
  return hashes.map((hash) => `${hash} ${rng.choice(ACTIONS)} ${rng.choice(TOPICS)}`);
}
