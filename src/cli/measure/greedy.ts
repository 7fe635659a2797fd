/** What makes no sense to ask of a model that is run here. */
import { UserError } from '../../common/errors.ts';
import type { MeasureOptions } from './options.ts';

/**
 * @param whom `a text model`
 * @throws UserError where each sample is to be asked several times
 */
export function checkOneAnswer({ repeat }: Pick<MeasureOptions, 'repeat'>, whom: string): void {
  if (repeat === 1) return;
  throw new UserError(`--repeat ${repeat}: ${whom} answers greedily here, the same every time: leave it out`);
}
