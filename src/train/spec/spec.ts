/** What determines a training run: everything in here goes into the hash of its item. */
import type { TaskOptions } from '../../tasks/task.ts';

export type Positions = 'ape' | 'nope' | 'rope';

export const schedules = ['linear', 'constant', 'cosine', 'settle'] as const;

export interface TrainSpec {
  /** The task's name. */
  readonly task: string;
  readonly taskOptions?: TaskOptions;
  /** ape and nope: GPT-2 style; rope: Llama style. */
  readonly positions: Positions;
  readonly layers: number;
  readonly heads: number;
  /** Width of the residual stream. */
  readonly dim: number;
  /** Training lengths, inclusive. */
  readonly lengths: { readonly min: number; readonly max: number };
  /** The longest length the model must be able to take: positions are sized (and offset) for it. */
  readonly maxLength: number;
  /**
   * Which training sequences begin at a random position, so that all positions are trained (APE only): all (true), none
   * (false), or that share of them, while the others begin at position 0, as whatever is asked does.
   */
  readonly offsets: boolean | number;
  readonly batch: number;
  /** At most this many steps; it ends sooner at 100 % on held-out instances of the training range. */
  readonly steps: number;
  readonly learningRate: number;
  readonly optimizer: 'adamw' | 'muon';
  /**
   * How the learning rate goes on after the warm-up: linear and cosine fall to zero at the last step; settle stays until
   * the task is learned in the main, then halves again and again (schedule.ts).
   */
  readonly schedule: (typeof schedules)[number];
  readonly warmup: number;
  readonly weightDecay: number;
  /** Steps after which the longest training length grows by half, from the shortest on; 0: all lengths from the start. */
  readonly curriculum: number;
  /**
   * How learned absolute positions begin: as the paper's models do (normal), or as sinusoids, with which a head that
   * looks one place back is a linear map that holds at every position, and forms several times sooner.
   */
  readonly positionStart: 'normal' | 'sinusoid';
  /** Steps between evaluations on held-out instances. */
  readonly evaluateEvery: number;
  readonly seed: number;
}
