/** A text before the first of the marks that end it. */
export function cutAt(
  text: string,
  stop: readonly string[],
): { readonly text: string; readonly isCut: boolean } {
  const places = stop.map((mark) => text.indexOf(mark)).filter((place) => place >= 0);
  return places.length === 0
    ? { text, isCut: false }
    : { text: text.slice(0, Math.min(...places)), isCut: true };
}
