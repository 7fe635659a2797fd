/** How large figures of explanations are: two tasks stand beside each other on a wide screen. */
import type { Explanation } from '../../../explain/rows.ts';
import type { Column } from '../figure.ts';

export interface Size {
  readonly width: number;
  readonly height: number;
}

const WIDE: Size = { width: 716, height: 270 };
const NARROW: Size = { width: 343, height: 240 };
const HALF: Size = { width: 346, height: 240 };

/** One drawing serves all screens where two stand beside each other: half of a wide screen is a narrow one. */
export function sizesFor(panels: number): { readonly wide: Size; readonly narrow?: Size } {
  return panels > 1 ? { wide: HALF } : { wide: WIDE, narrow: NARROW };
}

/** The column that says of which task a row is, where there are several. */
export function columnsOf(shown: readonly Explanation[]): readonly Column[] {
  return shown.length > 1 ? [{ label: 'task' }] : [];
}
