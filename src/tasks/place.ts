/**
 * Where in its source the evidence of a look-up lies, which is known as the depth of a needle. The place of a symbol is
 * the share of the source that lies before its middle: (position + 1/2) / length, so that the first half of the places
 * is below 1/2 whatever the length, and no place falls on the border between two fifths.
 */
import { UserError } from '../common/errors.ts';
import { rng } from '../common/random.ts';
import type { Draw } from './draw.ts';
import type { Placing, SourcePart } from './task.ts';

/** Into how many equal parts a source is divided where places are drawn evenly, and where they are reported. */
export const PARTS = 5;

/** At length L, a part that is narrower than 1/L may hold no place at all: from 1,000 symbols on, all parts do. */
export const NARROWEST = 0.001;

/** Positions `first`, `first + step`, … below `end`. */
export interface Positions {
  readonly first: number;
  readonly end: number;
  readonly step: number;
}

/** The equal parts of a source, in order. */
export const sourceParts: readonly SourcePart[] = Array.from({ length: PARTS }, (_, part) => ({
  from: part / PARTS,
  to: (part + 1) / PARTS,
}));

/** The place of a symbol as a share of its source, 0 to 1. `position` is 0-based. */
export function placeAt(position: number, length: number): number {
  return (2 * position + 1) / (2 * length);
}

/** Throws UserError unless it says where evidence is to lie. Without types, anything can be given. */
export function checkPlacing(placing: Placing): void {
  if (placing === 'stratified') return;
  const given: unknown = placing;
  const { from, to } =
    typeof given === 'object' && given !== null ? (given as SourcePart) : { from: NaN, to: NaN };
  if (!(from >= 0 && to <= 1 && to - from >= NARROWEST))
    throw new UserError(
      `'place' is 'stratified' or a part of the source such as {"from":0.4,"to":0.6}, ` +
        `at least ${NARROWEST} wide, not ${JSON.stringify(given)}`,
    );
}

/** `0.4-0.6 of the source`. */
export function partText({ from, to }: SourcePart): string {
  return `${from}-${to} of the source`;
}

/** Those positions whose places lie in a part: from its beginning on, before its end. */
export function positionsWithin(
  { first, end, step }: Positions,
  part: SourcePart,
  length: number,
): Positions {
  const reached = (share: number): number => {
    // Rounding may put the estimate one off; the quotient itself is exact enough to compare with a decimal.
    let position = Math.max(0, Math.ceil(share * length - 0.5) - 1);
    while (placeAt(position, length) < share) position += 1;
    return position;
  };
  const from = Math.max(first, reached(part.from));
  return {
    first: first + Math.ceil((from - first) / step) * step,
    end: Math.min(end, reached(part.to)),
    step,
  };
}

export function countOf({ first, end, step }: Positions): number {
  return Math.max(0, Math.ceil((end - first) / step));
}

/** The equal parts of the source in which at least one of those positions lies. */
export function partsWith(positions: Positions, length: number): readonly SourcePart[] {
  return sourceParts.filter((part) => countOf(positionsWithin(positions, part, length)) > 0);
}

/**
 * The part in which the evidence of sample `index` lies where places are drawn evenly: every block of as many samples as
 * there are parts has each part once, in an order of its own. So the parts' counts differ by at most one after any
 * number of samples, and no part is always the first or the last of its block.
 */
export function partOfDraw({ length, seed, index }: Draw, parts: readonly SourcePart[]): SourcePart {
  const block = Math.floor(index / parts.length);
  const order = rng('places', length, seed, block).shuffle([...parts]);
  return order[index % parts.length];
}
