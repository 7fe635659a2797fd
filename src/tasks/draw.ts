/** Which instance is meant by "number `index` of seed `seed`": the same everywhere, whatever is drawn before it. */
import { rng } from '../common/random.ts';
import type { Instance, Task, TaskOptions } from './task.ts';

/** Where an instance stands among all that can be drawn. */
export interface Draw {
  readonly length: number;
  readonly seed: number;
  readonly index: number;
}

/**
 * Instance `index` of a seed. It depends on nothing else, so that any part of a set can be drawn alone; nor on the
 * task's name, so that UF and UB (NF and NB) ask about the same sources and can be compared in pairs.
 */
export function drawInstance(task: Task, { length, seed, index }: Draw, options: TaskOptions = {}): Instance {
  return task.sample(length, rng('instance', length, seed, index), options);
}
