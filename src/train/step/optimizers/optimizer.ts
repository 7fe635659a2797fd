/** What an optimizer is to the training step: a way to continue a graph from gradients to new parameters. */
import type { Graph, Value } from '../../../graph/index.ts';

/** Scalars that change from step to step; they are inputs of the step's graph. */
export interface StepScalars {
  /** The learning rate of this step. */
  readonly rate: Value;
  /** 1 / (1 − β₁ᵗ): undoes the bias of the first moment towards zero. */
  readonly correction1: Value;
  /** 1 / (1 − β₂ᵗ): the same for the second. */
  readonly correction2: Value;
}

export interface Update {
  readonly parameter: Value;
  /** The new moments, in the order of `slots`. */
  readonly slots: readonly Value[];
}

export interface Optimizer {
  /** Names of the arrays, of the parameter's shape, that are kept from step to step. */
  readonly slots: readonly string[];
  /** What an update costs per element of a parameter of that shape, in element-wise operations. */
  work(shape: readonly number[]): number;
  update(
    graph: Graph,
    parameter: Value,
    gradient: Value,
    slots: readonly Value[],
    scalars: StepScalars,
    weightDecay: number,
  ): Update;
}
