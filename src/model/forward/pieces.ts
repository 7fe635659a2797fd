/**
 * A forward pass, and whatever follows from its logits, piece by piece: a piece's activations stay in the processor's
 * cache until it is done with, which is worth a third of the time where they would not fit whole (docs/graph.md).
 */
import { concatenate, overParts, slice } from '../../graph/index.ts';
import type { Graph, Value } from '../../graph/index.ts';
import { answerLayout } from '../answers/answers.ts';
import type { AnswerGroup } from '../answers/answers.ts';
import type { ModelConfig } from '../config/config.ts';
import { forward } from './forward.ts';
import { forwardInputs } from './layout.ts';
import type { ForwardInputs } from './layout.ts';

/** What comes of the pieces: added up, or put together along the first axis in the order of the rows. */
export interface PieceResults {
  readonly sums?: readonly Value[];
  readonly rows?: readonly Value[];
}

/**
 * Runs the model over groups of sequences with answers. Declares the inputs of `forwardInputs`.
 * @param body what is wanted of the logits of a piece, [rows of the piece, V]: one value a row, [rows of the piece, …]
 * @param reach position ids stay below it; the model's positions unless given
 * @returns that value for all rows, [M, …]
 */
export function overPieces(
  graph: Graph,
  config: ModelConfig,
  weights: (name: string) => Value,
  groups: readonly AnswerGroup[],
  body: (logits: Value) => Value,
  reach?: number,
): Value {
  const rows = (logits: Value) => ({ rows: [body(logits)] });
  const results = overGroups(graph, config, weights, groups, [], rows, reach);
  return concatenate(
    results.map(({ rows: [row] }) => row),
    0,
  );
}

/**
 * The same with more results, and with those of each group apart.
 * @param perRow more that is needed at each row, [M, …], cut as the rows are
 * @param body what is to be done with the logits of a piece and its share of `perRow`
 */
export function overGroups(
  graph: Graph,
  config: ModelConfig,
  weights: (name: string) => Value,
  groups: readonly AnswerGroup[],
  perRow: readonly Value[],
  body: (logits: Value, ...perRow: Value[]) => PieceResults,
  reach?: number,
): { readonly sums: readonly Value[]; readonly rows: readonly Value[] }[] {
  const inputs = forwardInputs(graph, config, answerLayout(groups));
  return cutByGroup(inputs, perRow, groups).map((part, g) => {
    const group = groups[g];
    const pieces = pieceCount(group, config.width);
    const layout = { ...answerLayout([{ ...group, batch: group.batch / pieces }]), reach };
    const fed = [part.tokens, part.starts, ...(part.positions ?? []), ...part.perRow];
    return overParts(pieces, fed, (tokens, starts, ...rest) => {
      const positions = part.positions === undefined ? undefined : rest.shift();
      const logits = forward(graph, config, weights, layout, {
        inputs: { tokens, positions, starts: [starts] },
      });
      return body(logits, ...rest);
    });
  });
}

interface GroupInputs {
  readonly tokens: Value;
  readonly starts: Value;
  /** One, or none for a model without positions. */
  readonly positions?: readonly [Value];
  readonly perRow: readonly Value[];
}

/** What is fed for all groups, cut into what belongs to each. */
function cutByGroup(
  { tokens, positions, starts }: ForwardInputs,
  perRow: readonly Value[],
  groups: readonly AnswerGroup[],
): GroupInputs[] {
  let token = 0;
  let row = 0;
  return groups.map(({ batch, prompt, target }, g) => {
    const [firstToken, firstRow] = [token, row];
    token += batch * (prompt + target - 1);
    row += batch * target;
    return {
      tokens: slice(tokens, 0, firstToken, token),
      starts: starts[g]!,
      ...(positions && { positions: [slice(positions, 0, firstToken, token)] as const }),
      perRow: perRow.map((value) => slice(value, 0, firstRow, row)),
    };
  });
}

/** The widest activation of a piece, [tokens, 4 · width] in float32, should take about half of a core's second-level cache. */
const PIECE_BYTES = 512 * 1024;
/** Matrix products over fewer rows than this lose more than the cache brings. */
export const LEAST_TOKENS = 200;

/** Into how many equal pieces a group is cut: as few as fit the cache. */
export function pieceCount({ batch, prompt, target }: AnswerGroup, width: number): number {
  const length = prompt + target - 1;
  const wanted = Math.max(LEAST_TOKENS, PIECE_BYTES / (16 * width));
  const divisors = Array.from({ length: batch }, (_, i) => i + 1).filter((pieces) => batch % pieces === 0);
  return divisors.find((pieces) => (batch / pieces) * length <= 1.5 * wanted) ?? batch;
}
