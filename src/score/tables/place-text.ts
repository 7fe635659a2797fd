/** Parts of the source in words: the one way to name those that are weak, and those to which a failure is due. */
import { countText } from './percent.ts';
import type { HorizonRow, PlaceAtLength } from './rows.ts';

/** `40–60 %`: a part of the source. */
export function placeText(from: number, to: number): string {
  return `${Math.round(100 * from)}–${Math.round(100 * to)} %`;
}

/** What the parts of a copy are about, where those of look-ups are about the place of the evidence. */
export const COPIES_BY_PLACE = 'copies that were right up to there';

/** The parts that are named of a horizon, with what is said of them. */
export function namedPlaces({
  weakPlaces = [],
  failingPlaces = [],
}: HorizonRow): { readonly mark: 'weak' | 'fails'; readonly place: PlaceAtLength }[] {
  return [
    ...weakPlaces.map((place) => ({ mark: 'weak', place }) as const),
    ...failingPlaces.map((place) => ({ mark: 'fails', place }) as const),
  ];
}

/** `weak at 40–60 % of the source: 28 of 40 right at length 20`: each part once, with its lengths. */
export function placeTexts(horizon: HorizonRow): string[] {
  const counts = new Map<string, string[]>();
  for (const { mark, place } of namedPlaces(horizon)) {
    const { from, to, n, correct, length } = place;
    const part = `${mark} at ${placeText(from, to)} of the source`;
    const count = `${countText(correct)} of ${n} right at length ${length}`;
    counts.set(part, [...(counts.get(part) ?? []), count]);
  }
  return [...counts].map(([part, at]) => `${part}: ${at.join(', ')}`);
}
