/**
 * The inside of a norm, for when somebody looks into it: otherwise LayerNorm and RMSNorm are one operation each, and
 * their scale is nowhere to be seen.
 */
import type { Value } from '../../graph/index.ts';
import { add, divide, reduceMean, sqrt, square, subtract } from '../../graph/index.ts';
import type { Pass } from './pass.ts';

/** x minus its mean over the width: [·, D] → [·, D]. */
export function centred(x: Value): Value {
  return subtract(x, reduceMean(x, [1], true));
}

/** x / scale, where the scale √(mean(x²) + ε) [·, 1] is the site `hook_scale`: [·, D] → [·, D]. */
export function divideByScale(pass: Pass, site: string, x: Value): Value {
  const scale = sqrt(add(reduceMean(square(x), [1], true), pass.config.epsilon)); // [·, 1]
  return divide(x, pass.hooks.at(`${site}.hook_scale`, scale, 'flat'));
}
