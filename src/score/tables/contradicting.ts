/** Recorded right answers that contradict the oracle of the task that was named, counted into a measurement's rows. */
import type { CellRow, ContradictingPart, HorizonRow } from './rows.ts';
import type { Summary } from './summary.ts';

/** The records of one length in a file that have a right answer of their own, and those of them that contradict the oracle. */
export interface OracleCheck {
  /** Absent in older stores, which have all files together. */
  readonly file?: string;
  readonly length: number;
  readonly of: number;
  readonly records: number;
}

type Count = Pick<OracleCheck, 'records' | 'of'>;

function sumOf(checks: readonly Count[]): Count {
  const sum = (field: keyof Count): number => checks.reduce((total, check) => total + check[field], 0);
  return { records: sum('records'), of: sum('of') };
}

/**
 * Fewer say nothing of the task: the right answers themselves may be wrong. Where one in ten is, the first three of a file are in one of a
 * thousand files.
 */
const FEWEST = 3;

/** What right answers say that contradict the oracle: of a few, that they do; of most, that the records are of another task; or neither. */
export type Contradicting = 'few' | 'most' | 'too few to tell';

export function whatContradicts({ records, of }: Count): Contradicting {
  if (records <= of / 2) return 'few';
  return records >= FEWEST ? 'most' : 'too few to tell';
}

/** Whether most right answers contradict the oracle, and enough of them: the records are of another task. */
export function doMostContradict(count: Count): boolean {
  return whatContradicts(count) === 'most';
}

/**
 * Where most right answers contradict the oracle: in whole files, and at lengths of the others. A file is named where there are
 * several. Of one file, it is none: that is the whole.
 */
function partsOf(checks: readonly OracleCheck[]): readonly ContradictingPart[] {
  const byFile = Map.groupBy(checks, ({ file }) => file);
  const parts = [...byFile].flatMap(([file, own]): ContradictingPart[] => {
    const named = byFile.size === 1 || file === undefined ? {} : { file };
    const whole = sumOf(own);
    if (doMostContradict(whole)) return [{ ...named, ...whole }];
    return own
      .filter(doMostContradict)
      .map(({ length, records, of }) => ({ ...named, length, records, of }))
      .toSorted((a, b) => a.length - b.length);
  });
  return parts.filter(({ file, length }) => file !== undefined || length !== undefined);
}

/** A summary whose rows and horizons say how many recorded right answers contradict the oracle, where any do. */
export function withContradictions(
  summary: Summary,
  checksOf: (task: string) => readonly OracleCheck[],
): Summary {
  return {
    ...summary,
    rows: summary.rows.map((row): CellRow => {
      const { records } = sumOf(checksOf(row.task).filter(({ length }) => length === row.length));
      return records === 0 ? row : { ...row, contradicting: records };
    }),
    horizons: summary.horizons.map((row): HorizonRow => {
      const checks = checksOf(row.task);
      const whole = sumOf(checks);
      const parts = partsOf(checks);
      if (whole.records === 0) return row;
      return { ...row, contradicting: { ...whole, ...(parts.length === 0 ? {} : { parts }) } };
    }),
  };
}
