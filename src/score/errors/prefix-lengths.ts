/**
 * How far lists agree with the beginning of a list, from each of their places on: the Z-function (Gusfield 1997, section
 * 1.3). Linear, where comparing from every place anew is quadratic for lists that repeat themselves.
 */

/** For each place of `text` (of `pattern` itself, where it is left out) how many elements from there on begin `pattern`. */
export function prefixLengths(pattern: readonly string[], text?: readonly string[]): Int32Array {
  const own = new Int32Array(pattern.length);
  if (pattern.length > 0) own[0] = pattern.length;
  agreements(pattern, pattern, own, own, 1);
  if (text === undefined) return own;
  const found = new Int32Array(text.length);
  agreements(pattern, text, own, found, 0);
  return found;
}

/** Fills `found` from place `first` on; what is known of the pattern itself saves comparing anything twice. */
function agreements(
  pattern: readonly string[],
  text: readonly string[],
  own: Int32Array,
  found: Int32Array,
  first: number,
): void {
  let [left, right] = [0, 0]; // the stretch of the text that agrees and reaches furthest
  for (let i = first; i < text.length; i++) {
    let length = i < right ? Math.min(own[i - left], right - i) : 0;
    while (length < pattern.length && i + length < text.length && pattern[length] === text[i + length])
      length++;
    found[i] = length;
    if (i + length > right) [left, right] = [i, i + length];
  }
}
