/** What every oracle asks of a source before it reads it. */
import { symbolFault } from './check-options.ts';
import type { Symbols } from './task.ts';

/** Why this is no source of any task, or null when it is one. */
export function sourceFault(source: Symbols): string | null {
  if (!Array.isArray(source)) return `the source is a list of symbols; ${kindOf(source)} is given`;
  if (source.length === 0) return 'the source is empty';
  for (const [place, symbol] of source.entries()) {
    const fault = symbolFault(symbol);
    if (fault !== null) return `symbol ${place + 1} of the source ${fault}`;
  }
  return null;
}

/** What JavaScript without types can give instead. */
function kindOf(value: unknown): string {
  return value === null || value === undefined ? String(value) : `a ${typeof value}`;
}
