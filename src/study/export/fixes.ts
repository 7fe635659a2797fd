/** Tables of what makes tasks hold: one row a way of asking, and one a way and length. */
import type { TableRow } from '../../common/table/table.ts';
import type { Comparison, LengthRow } from '../../fix/outcome/compared.ts';
import type { FixResult, MitigationResult } from '../../fix/outcome/rows.ts';
import { itemTable } from './table.ts';
import type { Table, Types } from './table.ts';

/** All that a mitigation has; lengths have a table of their own. A new field is asked for here. */
const WAY: Types<
  'way' | 'recommended' | Exclude<keyof MitigationResult, 'name' | 'lengths' | 'comparisons'>
> = {
  way: 'text',
  recommended: 'truth',
  title: 'text',
  length: 'whole',
  n: 'whole',
  right: 'whole',
  accuracy: 'number',
  abstained: 'whole',
  accuracyOfAnswers: 'number',
  tokens: 'number',
  seconds: 'number',
  horizon: 'whole',
  holds: 'truth',
  difference: 'number',
  low: 'number',
  high: 'number',
  pAdjusted: 'number',
  helps: 'truth',
  helpsAt: 'whole',
  identity: 'text',
  theory: 'json',
  placeboOf: 'text',
  prompts: 'json',
  before: 'json',
};
const LENGTH: Types<
  'way' | keyof LengthRow | 'difference' | 'differenceLow' | 'differenceHigh' | 'pAdjusted'
> = {
  way: 'text',
  length: 'whole',
  n: 'whole',
  right: 'whole',
  accuracy: 'number',
  low: 'number',
  high: 'number',
  abstained: 'whole',
  tooLong: 'whole',
  accuracyOfAnswers: 'number',
  tokens: 'number',
  seconds: 'number',
  difference: 'number',
  differenceLow: 'number',
  differenceHigh: 'number',
  pAdjusted: 'number',
};

/** What the plain way of asking has not, since nothing is compared with itself. */
const OF_MITIGATIONS = Object.fromEntries(Object.keys(WAY).map((name) => [name, null]));

export const fixTables: readonly Table[] = [
  table(
    'fixes',
    'one way of asking that was tried to make a task hold, at the length wanted',
    WAY,
    (result) => [
      { ...OF_MITIGATIONS, ...result.plain, way: 'plain', recommended: false },
      ...result.mitigations.map(({ name, ...one }) => ({
        ...one,
        ...{ way: name, recommended: name === result.recommended },
      })),
    ],
  ),
  table('fix-lengths', 'one way of asking at one length', LENGTH, ({ plain, mitigations }) =>
    [{ name: 'plain', lengths: plain.lengths, comparisons: [] }, ...mitigations].flatMap(
      ({ name, lengths, comparisons }) =>
        lengths.map((row) => ({
          ...{ way: name, ...row },
          ...comparedIn(comparisons.find(({ length }) => length === row.length)),
        })),
    ),
  ),
];

/** `low` and `high` are the limits of accuracy there. */
function comparedIn(one: Comparison | undefined): TableRow {
  const {
    difference = null,
    low: differenceLow = null,
    high: differenceHigh = null,
    pAdjusted = null,
  } = one ?? {};
  return { difference, differenceLow, differenceHigh, pAdjusted };
}

function table(
  name: string,
  title: string,
  types: Types<string>,
  rowsOf: (result: FixResult) => readonly TableRow[],
): Table {
  return itemTable(name, title, types, (item) =>
    item.kind === 'fix' ? item.rows.flatMap((row) => (row.kind === 'fix' ? rowsOf(row) : [])) : [],
  );
}
