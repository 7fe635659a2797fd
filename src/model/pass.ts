/** What every step of a forward pass gets. */
import type { Graph, Value } from '../graph/index.ts';
import type { ModelConfig } from './config.ts';
import type { Hooks } from './hooks.ts';
import type { ForwardInputs, Layout } from './layout.ts';

export interface Pass extends ForwardInputs {
  readonly graph: Graph;
  readonly config: ModelConfig;
  readonly layout: Layout;
  /** A parameter, in the shape that `parameters(config)` says. */
  readonly weights: (name: string) => Value;
  readonly hooks: Hooks;
}
