/** The columns of what measuring brings out: the same in the tables of measurements and of studies. */
import { columnsOf } from '../../common/table/table.ts';
import type { ColumnType } from '../../common/table/table.ts';
import type { AsymmetryRow, CellRow, HorizonRow } from '../../score/tables/rows.ts';

/**
 * Fields of a `CellRow`, but for `kind` and `task`. The compiler names every one that is forgotten. Counts of what became of
 * samples are no whole numbers where samples were asked several times.
 */
export const cellColumns = columnsOf({
  length: 'whole',
  n: 'whole',
  correct: 'number',
  accuracy: 'number',
  low: 'number',
  high: 'number',
  confidence: 'number',
  lookedAgain: 'truth',
  errors: 'json',
  truncated: 'number',
  withheld: 'number',
  refused: 'number',
  failed: 'number',
  tooLong: 'number',
  lost: 'number',
  contradicting: 'whole',
  answered: 'json',
  exact: 'number',
  forced: 'truth',
  logProbability: 'number',
  retrieved: 'number',
  extra: 'number',
  chance: 'number',
  answers: 'whole',
  similarity: 'json',
  promptTokens: 'number',
  copies: 'json',
  places: 'json',
} satisfies Record<Exclude<keyof CellRow, 'kind' | 'task'>, ColumnType>);

/** Fields of a `HorizonRow`, but for `kind` and `task`. */
export const horizonColumns = columnsOf({
  threshold: 'number',
  length: 'whole',
  censored: 'truth',
  low: 'whole',
  high: 'whole',
  shortest: 'whole',
  undecided: 'json',
  withoutUnanswered: 'json',
  tokens: 'number',
  promise: 'json',
  contextEnds: 'whole',
  refusedFrom: 'whole',
  partlyFits: 'json',
  place: 'json',
  weakPlaces: 'json',
  failingPlaces: 'json',
  contradicting: 'json',
} satisfies Record<Exclude<keyof HorizonRow, 'kind' | 'task'>, ColumnType>);

/** Fields of an `AsymmetryRow`, but for `kind`. */
export const asymmetryColumns = columnsOf({
  contrast: 'text',
  first: 'text',
  second: 'text',
  length: 'whole',
  n: 'whole',
  paired: 'truth',
  difference: 'number',
  low: 'number',
  high: 'number',
  p: 'number',
  pAdjusted: 'number',
  near: 'text',
  sequential: 'truth',
  seeds: 'json',
  lost: 'number',
} satisfies Record<Exclude<keyof AsymmetryRow, 'kind'>, ColumnType>);
