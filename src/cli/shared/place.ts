/** Where in the source evidence is to lie, as commands take it. */
import { UserError } from '../../common/errors.ts';
import type { Placing } from '../../tasks/index.ts';
import type { Parser } from './options.ts';

export const PLACE_HELP = 'a part of the source such as 0.4-0.6, or stratified (evenly over its fifths)';

/** `0.4-0.6` (shares of the source, the first below the second), or `stratified`. */
export function sourcePlace(option: string): Parser<Placing> {
  return (text) => {
    if (text === 'stratified') return text;
    const ends = /^(\d*\.?\d+)-(\d*\.?\d+)$/.exec(text);
    const place = { from: Number(ends?.[1]), to: Number(ends?.[2]) };
    if (ends === null || place.to > 1) throw new UserError(`${option} takes ${PLACE_HELP}, not '${text}'`);
    if (place.to < place.from)
      throw new UserError(`${option}: ${text} runs backwards; write ${ends[2]}-${ends[1]}`);
    if (place.to - place.from < NARROWEST)
      throw new UserError(
        `${option}: ${text} is too narrow; a part of the source is at least ${NARROWEST} wide`,
      );
    return place;
  };
}

/** As wide as `checkPlacing` of the tasks wants it, said here in the command's words. */
const NARROWEST = 0.001;
