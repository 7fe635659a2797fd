/** How much arithmetic a training step needs: what its matrix products take, and nothing else. */
import type { Task } from '../src/tasks/index.ts';
import { sequenceSize } from '../src/tasks/sequence.ts';
import type { TrainSpec } from '../src/train/spec/spec.ts';

/**
 * Floating-point operations of the products in one step, forward and backward (three times the forward pass), for
 * sequences without padding: all layers at every position, but in the last one queries, output and MLP only where there
 * is a loss; logits only there; attention over the causal half.
 */
export function stepArithmetic(spec: TrainSpec, task: Task): number {
  const { min, max } = spec.lengths;
  const d = spec.dim;
  const vocabulary = (spec.taskOptions?.alphabet?.length ?? 62) + 4;
  let flops = 0;
  for (let length = min; length <= max; length++) {
    const { prompt, target } = sequenceSize(task, length);
    const n = prompt + target - 1;
    const m = target;
    const keysValues = 2 * n * d * 2 * d;
    const perRow = 2 * d * (d + d + 4 * d + 4 * d); // queries, output, MLP
    const pairs = (n * (n + 1)) / 2;
    const lastPairs = pairs - ((n - m) * (n - m + 1)) / 2;
    flops += (spec.layers - 1) * (keysValues + n * perRow + 4 * d * pairs);
    flops += keysValues + m * perRow + 4 * d * lastPairs + 2 * m * d * vocabulary;
  }
  return (3 * spec.batch * flops) / (max - min + 1);
}
