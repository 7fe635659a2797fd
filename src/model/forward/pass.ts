/** What every step of a forward pass gets. */
import type { Graph, Value } from '../../graph/index.ts';
import type { LowRank } from './low-rank.ts';
import type { ModelConfig } from '../config/config.ts';
import type { Hooks } from '../sites/hooks.ts';
import type { ForwardInputs, Layout } from './layout.ts';

export interface Pass extends ForwardInputs {
  readonly graph: Graph;
  readonly config: ModelConfig;
  readonly layout: Layout;
  /** A parameter, in the shape that `parameters(config)` says. */
  readonly weights: (name: string) => Value;
  /** What an adapter adds to a module, by the module's name (its matrix is `NAME.weight`); undefined where nothing. */
  readonly adapter?: (module: string) => LowRank | undefined;
  readonly hooks: Hooks;
  /** What the sequences have before the tokens of this pass. Only for layouts of one group with logits everywhere. */
  readonly past?: Past;
  /** Told of each layer's own keys (as they are compared with queries: normalized, turned) and values, [B, K, L, d] each. */
  readonly keep?: (layer: number, keys: Value, values: Value) => void;
}

/** What was computed before of sequences that go on. */
export interface Past {
  /**
   * Of a layer, in parts that stand one after the other, [C, K, P, d] each (`head-products.ts`): keys as they are compared
   * with queries (normalized, turned), and values.
   */
  readonly layers: (layer: number) => readonly { readonly keys: Value; readonly values: Value }[];
  /**
   * Which of them, and of the pass's own L positions, queries at the last `rows` positions may see: [1 or B, 1, rows, P + L].
   * Where queries see `window` keys at most.
   */
  readonly mask: (window: number | undefined, rows: number) => Value;
  /** Not 0 for sequences that turn as long ones do (LongRoPE): [B]. Where it is absent, the pass's own positions say so. */
  readonly isLong?: Value;
}
