/**
 * What values that a program wrote as texts are as symbols: arrays of numpy, what Python shows (`array([4, 8])`, `tensor(4.)`), lists of
 * texts in a table (`['b']`), numbers of another type. Lists with commas alone, which a text may also be, are told by others.
 */
import { numberAsSymbol } from '../../common/written-number.ts';
import { isArray, isElided, isList, itemsOf, leavesOf, valueIn } from './written-value.ts';
import type { ValueInText, WrittenItem, WrittenList, WrittenValue } from './written-value.ts';

/** A list of texts, or of such lists. */
export type ListOfTexts = readonly (string | ListOfTexts)[];

/**
 * The items of an array, a tensor or a list in a call, the one value in a call, or the items of a batch of one (`[[4, 8]]`). null where a text
 * is none of these, or the middle of its array is left out.
 * @param symbols numbers are written as among these: `4.` is the symbol `4` where there is no `4.`
 */
export function shownValue(text: string, symbols: readonly string[] = []): string | readonly string[] | null {
  const found = valueIn(text);
  if (found === null) return null;
  const { value, hasCalls } = found;
  if (!isList(value)) return hasCalls ? asNumber(value, symbols) : null;
  const list = onlyOfBatch(value, hasCalls);
  if (list === value && !hasCalls && !isArray(list)) return null;
  const items = itemsOf(list);
  if (items === null) return null;
  return inTypeOf(
    items.map((item) => asNumber(item, symbols)),
    symbols,
  );
}

/** Whether a text is an array whose middle is left out. */
export function isElidedText(text: string): boolean {
  const found = valueIn(text);
  return found !== null && isElided(found.value);
}

/** What is in a batch of one, or in a batch of that; the list itself where it is none. */
function onlyOfBatch(list: WrittenList, hasCalls: boolean): WrittenList {
  const inner = list.items.length === 1 ? list.items[0] : null;
  if (inner === null || !isList(inner) || inner.open !== '[') return list;
  const only = onlyOfBatch(inner, hasCalls);
  const isOne = itemsOf(only) !== null && (hasCalls || only.hasCommas || isArray(only));
  return isOne ? only : list;
}

/** Whole numbers with a point and nothing behind it but zeros. */
const POINTED = /^[-+]?\d+\.0*$/;
const FRACTION = /^[-+]?\d+\.\d*$/;
const WHOLE = /^[-+]?\d+$/;

function asNumber({ text, isQuoted }: WrittenItem, symbols: readonly string[]): string {
  return isQuoted || !POINTED.test(text) ? text : (numberAsSymbol(text, symbols) ?? text);
}

/**
 * Items as the sample's symbols write them, where they are numbers of another type: all of them with a point, and the same numbers without
 * one among the symbols; or all of them without, and all symbols whole with a point. The items themselves where they are not.
 * @param symbols of the sample
 */
export function inTypeOf(items: readonly string[], symbols: readonly string[]): readonly string[] {
  if (items.length === 0 || symbols.length === 0) return items;
  const isPointed = items.every((item) => FRACTION.test(item));
  const isWhole = items.every((item) => WHOLE.test(item)) && symbols.every((symbol) => POINTED.test(symbol));
  if (!isPointed && !isWhole) return items;
  const others = symbols.every((symbol) => WHOLE.test(symbol)) ? /\.0*$/ : /(?!)/;
  const known = new Map<string, string | null>();
  return items.map((item) => {
    if (!known.has(item)) known.set(item, numberAsSymbol(item, symbols));
    return known.get(item) ?? item.replace(others, '');
  });
}

/** The one text in a list that a tool wrote as a text (`['b']`, `[['b']]`), or the one number (`[4]`); null where a text is none, or has several. */
export function onlyTextIn(text: string): string | null {
  return onlyIn(valueIn(text))?.text ?? null;
}

/**
 * The same among a sample's symbols: a number counts only as one of these, unless it stands in a call; one value in a call counts, too
 * (`np.str_('b')`).
 */
export function onlySymbolIn(text: string, symbols: readonly string[]): string | null {
  const found = valueIn(text);
  const only = onlyIn(found);
  if (found === null || only === null) {
    return found !== null && found.hasCalls && !isList(found.value) ? asNumber(found.value, symbols) : null;
  }
  if (only.isQuoted) return only.text;
  return numberAsSymbol(only.text, symbols) ?? (found.hasCalls ? only.text : null);
}

const NUMBER = /^[-+]?\d+(?:\.\d*)?$/;

function onlyIn(found: ValueInText | null): WrittenItem | null {
  if (found === null || !isList(found.value)) return null;
  // Brackets of a call are no list, those of a tuple have a comma behind one item.
  if (found.value.open === '(' && !found.value.hasCommas) return null;
  const leaves = leavesOf(found.value);
  return leaves.length === 1 && (leaves[0].isQuoted || NUMBER.test(leaves[0].text)) ? leaves[0] : null;
}

/** The list of texts that a text is; null where it is none. */
export function textsIn(text: string): ListOfTexts | null {
  const found = valueIn(text);
  if (found === null || !isList(found.value)) return null;
  return leavesOf(found.value).every(({ isQuoted }) => isQuoted) ? textsOf(found.value) : null;
}

function textsOf({ items }: WrittenList): ListOfTexts {
  return items.map((each: WrittenValue) => (isList(each) ? textsOf(each) : each.text));
}
