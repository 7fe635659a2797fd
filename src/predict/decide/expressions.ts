/** Boolean expressions of C-RASP as text, put together so that what is trivial disappears. */

export interface Text {
  readonly text: string;
  /** How tightly it binds: an atom needs no brackets anywhere, a test none under `not`, and so on. */
  readonly binds: 'atom' | 'test' | 'not' | 'and' | 'or';
}

export const TRUE: Text = { text: 'true', binds: 'atom' };
export const FALSE: Text = { text: 'false', binds: 'atom' };

const STRENGTH = { or: 0, and: 1, not: 2, test: 3, atom: 4 } as const;

export function atom(text: string): Text {
  return { text, binds: 'atom' };
}

/** A comparison of counts. */
export function test(text: string): Text {
  return { text, binds: 'test' };
}

export function and(...parts: readonly Text[]): Text {
  return junction('and', parts, TRUE, FALSE);
}

export function or(...parts: readonly Text[]): Text {
  return junction('or', parts, FALSE, TRUE);
}

function junction(which: 'and' | 'or', parts: readonly Text[], neutral: Text, absorbing: Text): Text {
  if (parts.some((part) => part.text === absorbing.text)) return absorbing;
  const different = new Map(parts.map((part) => [part.text, part]));
  different.delete(neutral.text);
  const kept = [...different.values()];
  if (kept.length === 0) return neutral;
  if (kept.length === 1) return kept[0];
  return { text: kept.map((part) => bracketed(part, which)).join(` ${which} `), binds: which };
}

export function not(part: Text): Text {
  if (part.text === 'true') return FALSE;
  if (part.text === 'false') return TRUE;
  return { text: `not ${bracketed(part, 'not')}`, binds: 'not' };
}

/** The text, in brackets where something that binds like `where` stands around it (or a reader might hesitate). */
export function bracketed(part: Text, where: Text['binds']): string {
  const hesitates = (where === 'or' && part.binds === 'and') || (where === 'not' && part.binds === 'not');
  return STRENGTH[part.binds] >= STRENGTH[where] && !hesitates ? part.text : `(${part.text})`;
}
