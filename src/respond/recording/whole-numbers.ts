/**
 * Sources of whole numbers that were written as floats: `tensor([51., 3., 7.])`, `[51. 3. 7.]`, `51.0, 3.0, 7.0`. Their symbols are 51, 3
 * and 7, unless the record itself writes one of them in another form.
 */
import { shownValue } from '../../score/reading/shown-value.ts';
import { leavesOf, valueIn } from '../../score/reading/written-value.ts';
import type { Text } from './fields.ts';

const WHOLE = /^[-+]?\d+\.0*$/;
const IN_TEXT = /(?<![\w.'"])([-+]?\d+)\.0*(?![\w.'"])/gu;

/** What may stand behind the digits of a whole number. */
const ENDS = ['', '.0', '.'];

/**
 * The source as it is meant, where all its items are such numbers: in the form in which query or right answer have one of them, else without
 * points if it is an array as Python or numpy writes it. Any other source as it is.
 * @param beside the query and the right answer of the record, as they are written
 */
export function wholeNumbers(source: Text, beside: readonly string[]): Text {
  const shown = typeof source === 'string' && !hasTexts(source) ? shownValue(source) : null;
  const plain = shown ?? source;
  const items = itemsIn(plain);
  if (items.length === 0 || !items.every((item) => WHOLE.test(item))) return source;
  const isArray = shown !== null;
  const written = new Set(beside.filter((text) => shownValue(text) === null).flatMap(itemsIn));
  if (items.some((item) => written.has(item))) return source;
  const said = ENDS.find((end) => items.some((item) => written.has(withoutPoint(item) + end)));
  const end = said ?? (isArray ? '' : null);
  if (end === null) return source;
  if (typeof plain === 'string') return plain.replace(IN_TEXT, `$1${end}`);
  const numbers = plain.map((item) => withoutPoint(item) + end);
  return isArray ? `[${numbers.join(', ')}]` : numbers;
}

/** Whether a value has items between quotation marks, which are no numbers. */
function hasTexts(text: string): boolean {
  const found = valueIn(text);
  return found !== null && leavesOf(found.value).some(({ isQuoted }) => isQuoted);
}

function itemsIn(text: Text): readonly string[] {
  return typeof text === 'string' ? text.split(/[\s,;[\](){}]+/u).filter((item) => item !== '') : text;
}

function withoutPoint(item: string): string {
  return item.replace(/\.0*$/, '');
}
