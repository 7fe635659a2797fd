/**
 * A list in another form than that of the sample: without its brackets, quotation marks or blanks, or with some. Only for
 * answers whose symbols are separated by a mark such as a comma.
 */
import type { Change, Context, Draft } from '../draft.ts';
import { withCore } from '../draft.ts';
import { listItems, separatorIn } from '../list-items.ts';

export function list({ text }: Draft, context: Context): Change | null {
  const { lead, trail } = context.reading;
  const core = text.trim();
  const written = core === context.gold ? core : rewritten(core, context);
  if (written === null) return null;
  const isAsAsked = core === lead + written + trail;
  if (isAsAsked && written === core) return null;
  return { text: withCore(text, () => written) ?? '', asAsked: isAsAsked };
}

/** A list with the sample's own mark between its items, and nothing around them; null where it is none. */
function rewritten(core: string, { reading: { joiner }, expected }: Context): string | null {
  const separator = separatorIn(joiner);
  if (separator === null || core === '') return null;
  const symbols = new Set([...expected.answer, ...(expected.symbols ?? [])]);
  if (isWritten(core.split(joiner), separator, symbols)) return core;
  const spaced = [...symbols].some((symbol) => symbol.includes(separator));
  const items = listItems(core, separator, spaced);
  return items.length === 0 || items.includes('') ? null : items.join(joiner);
}

/** Whether these are a list's items already: none is in quotation marks, or several. */
function isWritten(items: readonly string[], separator: string, symbols: ReadonlySet<string>): boolean {
  if (items.length < 2) return false;
  return items.every(
    (item) => symbols.has(item) || !(item.includes(separator) || /^[\s"'[({]|[\s"'\])}]$/u.test(item)),
  );
}
