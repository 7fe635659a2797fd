/**
 * Sources of whole numbers that were written as floats: `tensor([51., 3., 7.])`, `[51. 3. 7.]`, `51.0, 3.0, 7.0`. Their symbols are 51, 3
 * and 7, unless the record itself writes one of them in another form.
 */
import { arrayIn, plainList } from '../../score/reading/array-text.ts';
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
  const plain = typeof source === 'string' ? plainList(source) : source;
  const items = itemsIn(plain);
  if (items.length === 0 || !items.every((item) => WHOLE.test(item))) return source;
  const isArray = typeof source === 'string' && (plain !== source || arrayIn(source) !== null);
  const written = new Set(
    beside.filter((text) => plainList(text) === text && arrayIn(text) === null).flatMap(itemsIn),
  );
  if (items.some((item) => written.has(item))) return source;
  const said = ENDS.find((end) => items.some((item) => written.has(withoutPoint(item) + end)));
  const end = said ?? (isArray ? '' : null);
  if (end === null) return source;
  return typeof plain === 'string'
    ? plain.replace(IN_TEXT, `$1${end}`)
    : plain.map((item) => withoutPoint(item) + end);
}

function itemsIn(text: Text): readonly string[] {
  return typeof text === 'string' ? text.split(/[\s,;[\](){}]+/u).filter((item) => item !== '') : text;
}

function withoutPoint(item: string): string {
  return item.replace(/\.0*$/, '');
}
