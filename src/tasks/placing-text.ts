/** Where in the source evidence is to lie, as people write it: in commands and in study files. */
import { UserError } from '../common/errors.ts';
import { NARROWEST } from './place.ts';
import type { Placing } from './task.ts';

export const PLACE_HELP = 'a part of the source such as 0.4-0.6, or stratified (evenly over its fifths)';

/**
 * `0.4-0.6` (shares of the source, the first below the second), or `stratified`.
 * @param named what was given it, for messages: an option or a key
 * @throws UserError for anything else
 */
export function placingFrom(text: string, named: string): Placing {
  if (text === 'stratified') return text;
  const ends = /^(\d*\.?\d+)-(\d*\.?\d+)$/.exec(text);
  const place = { from: Number(ends?.[1]), to: Number(ends?.[2]) };
  if (ends === null || place.to > 1) throw new UserError(`${named} takes ${PLACE_HELP}, not '${text}'`);
  if (place.to < place.from)
    throw new UserError(`${named}: ${text} runs backwards; write ${ends[2]}-${ends[1]}`);
  if (place.to - place.from < NARROWEST)
    throw new UserError(
      `${named}: ${text} is too narrow; a part of the source is at least ${NARROWEST} wide`,
    );
  return place;
}
