/** What `lengthwise train` says: a line while it runs, the learning curve and the result afterwards. */
import type { ProgressRow, TrainedRow, TrainRow } from '../train/rows.ts';
import type { TrainSpec } from '../train/spec.ts';

const BARS = ' ▁▂▃▄▅▆▇█';
/** As wide as fits beside a label on a narrow terminal. */
const CURVE_WIDTH = 60;

export function progressLine(row: ProgressRow, seed: number | undefined): string {
  const name = seed === undefined ? '' : `seed ${seed}: `;
  const accuracy = (row.accuracy ?? []).map(
    ({ min, max, n, correct }) => `${min}-${max}: ${percent(correct / n)}`,
  );
  return `${name}step ${row.step}/${row.steps}, loss ${row.loss.toFixed(3)}, ${accuracy.join(' ')}, ${Math.round(row.tokensPerSecond)} tokens/s, at most ${duration(row.left)} left`;
}

/** The learning curve in two rows of bars: how much of the training range is right, and the loss. */
export function curveText(rows: readonly TrainRow[]): string {
  const points = rows.filter((row) => row.kind === 'progress');
  if (points.length < 2) return '';
  const picked = spread(points, CURVE_WIDTH);
  const highest = Math.max(...picked.map(({ loss }) => loss));
  const accuracy = picked.map((point) => bar(accuracyOf(point))).join('');
  const loss = picked.map((point) => bar(point.loss / highest)).join('');
  const last = points.at(-1)!;
  return [
    `accuracy  ${accuracy}  ${percent(accuracyOf(last))}`,
    `loss      ${loss}  ${last.loss.toFixed(3)} (highest ${highest.toFixed(3)})`,
    `step      ${`${points[0].step}`.padEnd(picked.length - `${last.step}`.length)}${last.step}`,
    '',
  ].join('\n');
}

export function trainedText(spec: TrainSpec, folder: string, trained: TrainedRow): string {
  const { min, max } = spec.lengths;
  const why =
    trained.reason === 'perfect'
      ? `100 % on lengths ${min}-${max} after ${trained.step} steps`
      : `${percent(trained.accuracy)} on lengths ${min}-${max} after all ${trained.step} steps`;
  return [
    `${spec.task}: ${why}, ${duration(trained.seconds)} (${trained.parameters} parameters, seed ${spec.seed})`,
    `saved in ${folder}; measure it: lengthwise measure ${folder} --task ${spec.task} --lengths ${suggestedLengths(spec)}`,
    '',
  ].join('\n');
}

function suggestedLengths({ lengths, maxLength }: TrainSpec): string {
  return [lengths.max, Math.round((lengths.max + maxLength) / 2), maxLength].join(',');
}

function accuracyOf({ accuracy = [] }: ProgressRow): number {
  const n = accuracy.reduce((sum, bucket) => sum + bucket.n, 0);
  return n === 0 ? 0 : accuracy.reduce((sum, bucket) => sum + bucket.correct, 0) / n;
}

function spread<T>(items: readonly T[], count: number): T[] {
  if (items.length <= count) return [...items];
  return Array.from({ length: count }, (_, i) => items[Math.round((i * (items.length - 1)) / (count - 1))]);
}

function bar(share: number): string {
  return BARS[Math.max(0, Math.min(BARS.length - 1, Math.round(share * (BARS.length - 1))))];
}

function percent(share: number): string {
  const rounded = Math.round(share * 1000) / 10;
  return `${share < 1 && rounded === 100 ? 99.9 : rounded} %`;
}

function duration(seconds: number): string {
  if (seconds < 90) return `${Math.round(seconds)} s`;
  return seconds < 5400 ? `${Math.round(seconds / 60)} min` : `${(seconds / 3600).toFixed(1)} h`;
}
