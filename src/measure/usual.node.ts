/** How much is asked and where rows are kept, where nobody says so. */
import path from 'node:path';
import { canonicalJson } from '../common/json.ts';
import { sha256 } from '../common/sha256.ts';
import type { Respondent } from '../respond/respondent.ts';
import type { MeasureSpec } from './plan/spec.ts';

/** Without lengths: how long sources get, and how many samples one length takes at most; with them, how many it takes. */
const USUAL = { maxLength: 320, most: 300, n: 100 } as const;

/** How much is asked where nothing is said. */
export function usualNumbers({
  lengths,
  n,
  maxLength,
}: {
  readonly lengths?: readonly number[];
  readonly n?: number;
  readonly maxLength?: number;
}): Pick<MeasureSpec, 'lengths' | 'n' | 'maxLength'> {
  return {
    lengths: lengths ?? null,
    n: n ?? (lengths === undefined ? USUAL.most : USUAL.n),
    maxLength: maxLength ?? USUAL.maxLength,
  };
}

/** Where rows are kept when nobody says where: named by who is asked, so that the same command goes on. */
export function defaultFolder(identity: Respondent['identity'], model: string): string {
  const name = model.replace(/[^\w.-]+/g, '-').slice(0, 40) || 'model';
  return path.join('runs', 'measure', `${name}-${sha256(canonicalJson(identity)).slice(0, 8)}`);
}
