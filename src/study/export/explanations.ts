/** Tables of what explained models depend on: one row an explanation, one a head, one a cut of edges. */
import type { TableRow } from '../../common/table/table.ts';
import type { ExplainedEdges, ExplainedHead, Explanation } from '../../explain/rows.ts';
import { itemTable } from './table.ts';
import type { Table, Types } from './table.ts';

/** All that an explanation has; heads have a table of their own. A new field is asked for here. */
const EXPLANATION: Types<Exclude<keyof Explanation, 'task' | 'heads'>> = {
  target: 'text',
  checksum: 'number',
  length: 'whole',
  n: 'whole',
  prompt: 'text',
  words: 'json',
  behaviour: 'json',
  nullMaximum: 'number',
  retrieval: 'json',
  copying: 'json',
  repeated: 'json',
  ranking: 'json',
  ablations: 'json',
  edges: 'json',
  edgesByLayer: 'json',
  faithfulness: 'json',
  circuit: 'json',
  paths: 'json',
  example: 'json',
};
const HEAD: Types<keyof ExplainedHead> = {
  layer: 'whole',
  head: 'whole',
  scores: 'json',
  repeated: 'json',
  lags: 'json',
  effect: 'json',
};
const EDGES: Types<'layer' | keyof ExplainedEdges> = {
  layer: 'whole',
  condition: 'text',
  n: 'whole',
  accuracy: 'number',
  tokenAccuracy: 'number',
  crossEntropy: 'number',
  rightMinusLeft: 'number',
  change: 'json',
};

export const explanationTables: readonly Table[] = [
  table('explanations', 'what one task of one model depends on', EXPLANATION, (row) => [{ ...row }]),
  table(
    'heads',
    'one head of an explained model: where it looks, and what depends on it',
    HEAD,
    ({ heads }) => heads.map((head) => ({ ...head })),
  ),
  table('edges', 'edges of attention cut in an explained model, in all layers or in one', EDGES, edgesOf),
];

/** Edges cut in all layers, without a `layer`, then those cut in one; those that its window does not reach have no row. */
function edgesOf({ n, edges, edgesByLayer }: Explanation): TableRow[] {
  return [
    ...(edges ?? []).map((row) => ({ layer: null, ...row })),
    ...(edgesByLayer ?? []).flatMap(({ layer, ...cuts }) =>
      Object.entries(cuts).flatMap(([condition, cut]) =>
        cut === null ? [] : [{ layer, condition, n, tokenAccuracy: null, change: null, ...cut }],
      ),
    ),
  ];
}

function table(
  name: string,
  title: string,
  types: Types<string>,
  rowsOf: (row: Explanation) => readonly TableRow[],
): Table {
  return itemTable(name, title, types, (item) => (item.kind === 'explain' ? item.rows.flatMap(rowsOf) : []));
}
