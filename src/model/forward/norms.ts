/** LayerNorm and RMSNorm, as one operation each; in steps where somebody looks into them, who wants to see their scale. */
import type { Value } from '../../graph/index.ts';
import { add, affine, divide, layerNorm, multiply, reduceMean, rmsNorm } from '../../graph/index.ts';
import { sqrt, square, subtract } from '../../graph/index.ts';
import type { Pass } from './pass.ts';

/** How an RMSNorm's weight is stored: as what it multiplies with, or as what that is beyond 1 (Gemma). */
export type StoredScale = 'weight' | 'one plus weight';

/**
 * LayerNorm: [·, D] → [·, D]. TransformerLens's `hook_normalized` is its result, weight and bias included.
 * @param site where its sites stand: `blocks.0.ln1`
 * @param at the name of its parameters, without `.weight` and `.bias`
 */
export function layerNormAt(pass: Pass, site: string, at: string, x: Value): Value {
  const { config, weights, hooks } = pass;
  const scale = weights(`${at}.weight`); // [D]
  const bias = weights(`${at}.bias`); // [D]
  const normalized = hooks.touches(`${site}.hook_scale`)
    ? add(multiply(divideByScale(pass, site, centred(x)), scale), bias)
    : layerNorm(x, scale, bias, config.epsilon);
  return hooks.at(`${site}.hook_normalized`, normalized, 'flat');
}

/** RMSNorm: [·, D] → [·, D]. TransformerLens's `hook_normalized` is what the weight is then multiplied with. */
export function rmsNormAt(pass: Pass, site: string, at: string, x: Value, stored: StoredScale): Value {
  const { config, hooks } = pass;
  const scale = scaleOf(pass, at, stored); // [D]
  const observed = hooks.touches(`${site}.hook_scale`) || hooks.touches(`${site}.hook_normalized`);
  if (!observed) return rmsNorm(x, scale, config.epsilon);
  const normalized = hooks.at(`${site}.hook_normalized`, divideByScale(pass, site, x), 'flat'); // [·, D]
  return multiply(normalized, scale);
}

/** RMSNorm of every head on its own: [B, heads, ·, d] → [B, heads, ·, d]. */
export function rmsNormOfHeads(pass: Pass, at: string, x: Value, stored: StoredScale): Value {
  return rmsNorm(x, scaleOf(pass, at, stored), pass.config.epsilon);
}

function scaleOf({ weights }: Pass, at: string, stored: StoredScale): Value {
  const weight = weights(`${at}.weight`); // [D]
  return stored === 'weight' ? weight : affine(weight, 1, 1);
}

/** x minus its mean over the width: [·, D] → [·, D]. */
function centred(x: Value): Value {
  return subtract(x, reduceMean(x, [1], true));
}

/** x / scale, where the scale √(mean(x²) + ε) [·, 1] is the site `hook_scale`: [·, D] → [·, D]. */
function divideByScale(pass: Pass, site: string, x: Value): Value {
  const scale = sqrt(add(reduceMean(square(x), [1], true), pass.config.epsilon)); // [·, 1]
  return divide(x, pass.hooks.at(`${site}.hook_scale`, scale, 'flat'));
}
