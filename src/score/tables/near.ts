/** Where no difference could be seen: cells that all guess, and cells that are all right nearly always. */
import type { CellRow, Near } from './rows.ts';

/** A cell is at the ceiling where its interval reaches up to here and hardly anything was wrong. */
const CEILING = 0.99;
const HARDLY_WRONG = 0.9;

/** What the cells have in common; null where they have neither. An accuracy is near chance where its interval has it. */
export function nearOf(rows: readonly Pick<CellRow, 'accuracy' | 'low' | 'high' | 'chance'>[]): Near | null {
  if (rows.length === 0) return null;
  if (rows.every(({ chance, low }) => chance !== undefined && low <= chance)) return 'chance';
  return rows.every(({ accuracy, high }) => accuracy >= HARDLY_WRONG && high >= CEILING) ? 'ceiling' : null;
}

/** `both near chance`, `both at the ceiling`: what is printed instead of a p-value. */
export function nearText(near: Near): string {
  return near === 'chance' ? 'both near chance' : 'both at the ceiling';
}
