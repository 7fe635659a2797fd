/** What every table of accuracy says of a length, in the same columns and words. */
import { count, percent, percentRange } from '../format.ts';
import type { Content } from '../html.ts';
import type { Column } from './figure.ts';

interface Accuracy {
  readonly n: number;
  readonly correct: number;
  readonly accuracy: number;
  readonly low: number;
  readonly high: number;
}

export const accuracyColumns: readonly Column[] = [
  { label: 'n', numeric: true },
  { label: 'Right', numeric: true },
  { label: 'Accuracy', numeric: true },
  { label: '95 % interval', numeric: true },
];

export function accuracyOf({ n, correct, accuracy, low, high }: Accuracy): Content[] {
  return [
    count(n),
    count(correct),
    n === 0 ? 'no answers' : percent(accuracy),
    n === 0 ? '–' : percentRange(low, high),
  ];
}

/** Answers that a limit cut off, and questions without one: where there is a server between us and the model. */
export const missingColumns: readonly Column[] = [
  { label: 'Truncated', numeric: true },
  { label: 'Failed', numeric: true },
];

export function missingOf({ truncated = 0, failed = 0 }: { truncated?: number; failed?: number }): Content[] {
  return [count(truncated), count(failed)];
}
