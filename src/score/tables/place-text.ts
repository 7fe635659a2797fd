/** Parts of the source in words: the one way to name those that are weak, and those to which a failure is due. */
import type { HorizonRow, PlaceAtLength } from './rows.ts';

/** `40–60 %`: a part of the source. */
export function placeText(from: number, to: number): string {
  return `${Math.round(100 * from)}–${Math.round(100 * to)} %`;
}

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

/** `weak at 40–60 % of the source (length 20)`: each part once, with its lengths. */
export function placeTexts(horizon: HorizonRow): string[] {
  const lengths = new Map<string, number[]>();
  for (const { mark, place } of namedPlaces(horizon)) {
    const part = placeText(place.from, place.to);
    const text = mark === 'weak' ? `weak at ${part} of the source` : `fails at ${part} of the source only`;
    lengths.set(text, [...(lengths.get(text) ?? []), place.length]);
  }
  return [...lengths].map(([text, at]) =>
    at.length === 1 ? `${text} (length ${at[0]})` : `${text} (lengths ${at.join(', ')})`,
  );
}
