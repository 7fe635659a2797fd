/**
 * Attribution patching (Nanda 2023; Syed et al. 2310.10348): what every head's ablation would do, estimated from one gradient
 * instead of a pass a head. It ranks well and misses some heads; its size is not to be believed where a metric is saturated,
 * and for zero ablation the step is too large.
 */
import type { Metric } from '../../model/index.ts';
import { isOfSets, signsOf } from '../behaviour/sets.ts';
import { neighbours } from '../shots/shot.ts';
import type { Shot } from '../shots/shot.ts';
import type { Ablation, Head } from './ablate.ts';

/** What an effect is measured by: a mean over samples and rows. */
export interface EffectMetric {
  readonly name: 'rightMinusLeft' | 'crossEntropy';
  /** Its value in what `amongSymbols` gives. */
  readonly of: Metric;
}

/**
 * The estimated change of a metric by the ablation of each head, [layer][head]: Σ (value - z)·∂metric/∂z. `rightMinusLeft`
 * is the logit of the right neighbour less that of the left one; `crossEntropy` that of the right answer among the symbols.
 *
 * With m > 1 `gradients` the derivative is a mean over m inputs on the way from what takes the samples' place to the samples
 * themselves, x′ + k/m · (x − x′) for k = 0 … m − 1 (Hanna et al. 2403.17806: EAP-IG, inputs). x is the stream before the first
 * layer; x′ is that of the sample from which heads are resampled, or the mean.
 * @throws UserError for several gradients where heads are put to zero: a stream of zeros says nothing
 */
export async function attributed(
  ablation: Ablation,
  metric: EffectMetric['name'],
  gradients = 1,
): Promise<number[][]> {
  const { passes } = ablation;
  const { shots } = passes.set;
  const count = shots.reduce((sum, shot) => sum + rowsOf(shot, metric).length, 0);
  const { heads, layers } = passes.config;
  const result = Array.from({ length: layers }, () => new Array<number>(heads).fill(0));
  for (let k = 0; k < gradients; k++) {
    const { z } = await passes.derivatives(
      isOfSets(passes.set)
        ? 'set-log-probability'
        : metric === 'crossEntropy'
          ? 'log-probability'
          : 'logit-difference',
      (shot, j) => {
        if (shot.next) return { signs: signsOf(passes.set.tokens, shot.next[j]), weight: -1 / count };
        if (metric === 'crossEntropy')
          return { plus: shot.answer[j], minus: shot.answer[j], weight: -1 / count };
        const pair = neighbours(shot, shot.rows[j]);
        return pair && { plus: pair.right, minus: pair.left, weight: 1 / count };
      },
      gradients === 1 ? undefined : await ablation.inputOnTheWay(k / gradients),
    );
    for (const [layer, slope] of z.entries()) {
      const change = await ablation.change(layer);
      const size = slope.length / (shots.length * passes.positions * heads);
      for (let i = 0; i < slope.length; i++)
        result[layer][Math.floor(i / size) % heads] += (slope[i] * change[i]) / gradients;
    }
  }
  return result;
}

function rowsOf(shot: Shot, metric: EffectMetric['name']): number[] {
  return shot.rows.flatMap((row, j) =>
    metric === 'crossEntropy' || neighbours(shot, row) !== null ? [j] : [],
  );
}

/** Heads by the size of a number, the largest first. */
export function ranked(numbers: readonly (readonly number[])[]): Head[] {
  return numbers
    .flatMap((row, layer) => row.map((value, head) => ({ layer, head, size: Math.abs(value) })))
    .sort((a, b) => b.size - a.size)
    .map(({ layer, head }) => ({ layer, head }));
}
