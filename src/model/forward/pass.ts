/** What every step of a forward pass gets. */
import type { Graph, Value } from '../../graph/index.ts';
import type { ModelConfig } from '../config/config.ts';
import type { Hooks } from '../sites/hooks.ts';
import type { ForwardInputs, Layout } from './layout.ts';

export interface Pass extends ForwardInputs {
  readonly graph: Graph;
  readonly config: ModelConfig;
  readonly layout: Layout;
  /** A parameter, in the shape that `parameters(config)` says. */
  readonly weights: (name: string) => Value;
  readonly hooks: Hooks;
  /** What the sequences have before the tokens of this pass. Only for layouts of one group with logits everywhere. */
  readonly past?: Past;
}

/** Keys, rotated where the model rotates them, and values of positions that were computed before. */
export interface Past {
  /** By layer, [B, K, P, d] each. */
  readonly layers: readonly { readonly keys: Value; readonly values: Value }[];
  /** Who may see which of them, and of the pass's own L positions: [B, 1, L, P + L]. */
  readonly mask: Value;
}
