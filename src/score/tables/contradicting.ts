/** Recorded right answers that contradict the oracle of the task that was named, counted into a measurement's rows. */
import type { CellRow, HorizonRow } from './rows.ts';
import type { Summary } from './summary.ts';

/** The records of one length that have a right answer of their own, and those of them that contradict the oracle. */
export interface OracleCheck {
  readonly length: number;
  readonly of: number;
  readonly records: number;
}

/** Adds up what several files say of the same task. */
export function addedChecks(first: readonly OracleCheck[], second: readonly OracleCheck[]): OracleCheck[] {
  const sum = (checks: readonly OracleCheck[], field: 'of' | 'records'): number =>
    checks.reduce((total, check) => total + check[field], 0);
  return [...Map.groupBy([...first, ...second], ({ length }) => length)].map(([length, checks]) => ({
    ...{ length, of: sum(checks, 'of'), records: sum(checks, 'records') },
  }));
}

/** A summary whose rows and horizons say how many recorded right answers contradict the oracle, where any do. */
export function withContradictions(
  summary: Summary,
  checksOf: (task: string) => readonly OracleCheck[],
): Summary {
  return {
    ...summary,
    rows: summary.rows.map((row): CellRow => {
      const records = checksOf(row.task).find(({ length }) => length === row.length)?.records ?? 0;
      return records === 0 ? row : { ...row, contradicting: records };
    }),
    horizons: summary.horizons.map((row): HorizonRow => {
      const checks = checksOf(row.task);
      const records = checks.reduce((sum, check) => sum + check.records, 0);
      const of = checks.reduce((sum, check) => sum + check.of, 0);
      return records === 0 ? row : { ...row, contradicting: { records, of } };
    }),
  };
}
