/** Which instance is meant by "number `index` of seed `seed`": the same everywhere, whatever is drawn before it. */
import { rng } from '../common/random.ts';
import { partOfDraw } from './place.ts';
import type { Instance, Task, TaskOptions } from './task.ts';

/** Where an instance stands among all that can be drawn. */
export interface Draw {
  readonly length: number;
  readonly seed: number;
  readonly index: number;
  /** Of a demonstration: drawn as it comes, wherever the evidence of what is asked has to lie. */
  readonly anywhere?: boolean;
}

/**
 * Instance `index` of a seed. It depends on nothing else, so that any part of a set can be drawn alone; nor on the
 * task's name, so that UF and UB (NF and NB) ask about the same sources and can be compared in pairs.
 */
export function drawInstance(task: Task, draw: Draw, options: TaskOptions = {}): Instance {
  const { length, seed, index } = draw;
  return task.sample(length, rng('instance', length, seed, index), placedOptions(task, draw, options));
}

/** The options of one draw: where places are drawn evenly, the fifth that is its turn. */
function placedOptions(task: Task, draw: Draw, options: TaskOptions): TaskOptions {
  if (draw.anywhere) return { ...options, place: undefined };
  if (options.place !== 'stratified') return options;
  const parts = task.parts?.(draw.length, options) ?? [];
  return parts.length === 0 ? options : { ...options, place: partOfDraw(draw, parts) };
}
