/** What `lengthwise train` says: a line while it runs, the learning curve and the result afterwards. */
import { shellWord } from '../../common/shell-word.ts';
import { taskNamed } from '../../tasks/index.ts';
import { TEXT } from '../../train/lessons/lessons.ts';
import type { ProgressRow, ProgressTick, TrainedRow } from '../../train/run/rows.ts';
import type { TrainSpec } from '../../train/spec/spec.ts';

const BARS = ' ▁▂▃▄▅▆▇█';
/** As wide as fits beside a label on a narrow terminal. */
const CURVE_WIDTH = 60;

/** Blanks between the two numbers below the curve, however short it is. */
const MIN_GAP = 2;

/** How it is going, with the accuracy where it was last evaluated. */
export function progressLine(
  tick: ProgressTick,
  accuracy: ProgressRow['accuracy'],
  seed: number | undefined,
): string {
  const buckets = (accuracy ?? []).map(
    ({ min, max, n, correct }) => `${min === max ? min : `${min}-${max}`}: ${percent(correct / n)}`,
  );
  return [
    `${seed === undefined ? '' : `seed ${seed}: `}step ${tick.step}/${tick.steps}`,
    `loss ${tick.loss.toFixed(3)}`,
    ...(buckets.length === 0 ? [] : [buckets.join(' ')]),
    `${Math.round(tick.tokensPerSecond)} tokens/s`,
    `at most ${duration(tick.left)} left`,
  ].join(', ');
}

/** The learning curve in two rows of bars: how much of the training range is right, and the loss. */
export function curveText(points: readonly ProgressRow[]): string {
  if (points.length < 2) return '';
  const picked = spread(points, CURVE_WIDTH);
  const highest = Math.max(...picked.map(({ loss }) => loss));
  const accuracy = picked.map((point) => bar(accuracyOf(point))).join('');
  const loss = picked.map((point) => bar(highest > 0 ? point.loss / highest : 0)).join('');
  const last = points.at(-1)!;
  const [start, end] = [String(points[0].step), String(last.step)];
  const axis = start.padEnd(Math.max(start.length + MIN_GAP, picked.length - end.length)) + end;
  return [
    `accuracy  ${accuracy}  ${percent(accuracyOf(last))}`,
    `loss      ${loss}  ${last.loss.toFixed(3)} (highest ${highest.toFixed(3)})`,
    `step      ${axis}`,
    '',
  ].join('\n');
}

/** @param known whether the folder held the finished model before */
export function trainedText(
  spec: TrainSpec,
  folder: string,
  trained: TrainedRow,
  { known }: { known: boolean },
): string {
  const { min, max } = spec.lengths;
  const what = spec.task === TEXT ? ' of repeated words' : '';
  const outcome =
    trained.reason === 'perfect'
      ? `100 %${what} on lengths ${min}-${max} after ${trained.step} steps`
      : `${percent(trained.accuracy)}${what} on lengths ${min}-${max} after all ${trained.step} steps`;
  return [
    `${spec.task}: ${known ? 'trained already, ' : ''}${outcome}, ${duration(trained.seconds)} (${trained.parameters} parameters, seed ${spec.seed})`,
    `${known ? 'it is' : 'saved'} in ${folder}; ${nextCommand(spec, folder)}`,
    '',
  ].join('\n');
}

/** What was trained on text is asked what text has of the tasks. */
function nextCommand(spec: TrainSpec, folder: string): string {
  const asked =
    spec.task === TEXT
      ? `--task UR,UL --lengths ${TEXT_LENGTHS}`
      : `--task ${spec.task} --lengths ${suggestedLengths(spec)}`;
  return `measure it: lengthwise measure ${shellWord(folder)} ${asked}`;
}

const TEXT_LENGTHS = '5,10,20';

/** The longest training length, and lengths beyond as far as the task has them. */
function suggestedLengths({ task, taskOptions, lengths, maxLength }: TrainSpec): string {
  const longest = Math.min(maxLength, taskNamed(task).admits(taskOptions).max);
  return [...new Set([lengths.max, Math.round((lengths.max + longest) / 2), longest])].join(',');
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
