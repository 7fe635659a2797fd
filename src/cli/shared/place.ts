/** Where in the source evidence is to lie, as commands take it. */
import { placingFrom } from '../../tasks/placing-text.ts';
import type { Placing } from '../../tasks/index.ts';
import type { Parser } from './options.ts';

export { PLACE_HELP } from '../../tasks/placing-text.ts';

/** `0.4-0.6` (shares of the source, the first below the second), or `stratified`. */
export function sourcePlace(option: string): Parser<Placing> {
  return (text) => placingFrom(text, option);
}
