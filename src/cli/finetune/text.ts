/** What `finetune` prints for people. */
import { learnedInRange } from '../../fix/finetuned/gaps.ts';
import type { FinetuneResult, Gap, TunedCell, TunedFormat, TunedModel } from '../../fix/finetuned/rows.ts';
import { trainedText } from '../../fix/finetuned/text.ts';
import { percent, percentDifference, percentDifferenceRange } from '../../score/tables/percent.ts';
import { textTable } from '../measure/tables.ts';

export function finetuneText(result: FinetuneResult): string {
  const { target, method, models, gaps } = result;
  const isMeasured = models.some(({ cells }) => cells.length > 0);
  return `${[
    `${target}, fine-tuned (${method}) on lengths ${trainedText(models, '-')}`,
    ...(isMeasured ? ['', accuracyText(result), ''] : []),
    ...models.map((model) => modelLine(model)),
    ...costLine(result),
    ...gaps.flatMap(gapLines),
  ].join('\n')}\n`;
}

/** A row for each task and way of asking; a column for each length, with before → after, the mean over seeds. */
function accuracyText({ before, models }: FinetuneResult): string {
  const after = models.flatMap(({ cells }) => cells);
  const beyond = [...before, ...after].filter(({ multiple }) => multiple !== null);
  const lengths = [...new Set(beyond.map(({ length }) => length))].sort((a, b) => a - b);
  const ways = [...new Map(beyond.map((cell) => [wayOf(cell), cell])).values()];
  return textTable(
    ['', ...lengths.map(String)],
    ways.map((way) => [
      wayOf(way),
      ...lengths.map((length) => {
        const here = (cells: readonly TunedCell[]) =>
          cells.filter((cell) => wayOf(cell) === wayOf(way) && cell.length === length);
        return `${meanShare(here(before))} → ${meanShare(here(after))}`;
      }),
    ]),
  );
}

function wayOf({ task, format, sources }: TunedCell): string {
  const where = sources === 'anywhere' ? '' : ', first half';
  return `${task} ${FORMATS[format]}${where}`;
}

const FORMATS: Readonly<Record<TunedFormat, string>> = {
  trained: 'as trained',
  usual: 'usual prompt',
  shifted: 'at random positions',
};

function meanShare(cells: readonly TunedCell[]): string {
  if (cells.length === 0) return '–';
  return percent(cells.reduce((sum, { right, n }) => sum + right / n, 0) / cells.length);
}

function modelLine(model: TunedModel): string {
  const { task, seed, steps, seconds, folder } = model;
  const { n, right, learned } = learnedInRange(model);
  const verdict = learned === null ? 'too few to tell' : learned ? 'learned' : 'not learned';
  const range = n === 0 ? '' : `; ${right} of ${n} right in range: ${verdict}`;
  return `${task}, seed ${seed}: ${steps} steps, ${Math.round(seconds)} s${range}; in ${folder}`;
}

function costLine({ perplexity, models }: FinetuneResult): string[] {
  if (perplexity === null) return [];
  const after = models.flatMap((model) =>
    model.perplexity === null ? [] : [`${model.task}, seed ${model.seed}: ${model.perplexity.toFixed(1)}`],
  );
  return [`perplexity on English text: ${perplexity.toFixed(1)} before; after ${after.join('; ')}`];
}

function gapLines({ first, second, sources, verdict, reason, before, lengths }: Gap): string[] {
  const where = sources === 'anywhere' ? '' : ', query in the first half';
  const at = lengths.map(
    ({ length, difference, low, high }) =>
      `  at ${length}: ${percentDifference(difference)} (${percentDifferenceRange(low, high)})`,
  );
  const was =
    before === null
      ? []
      : [
          `  before, at ${before.length}: ${percentDifference(before.difference)} (${percentDifferenceRange(before.low, before.high)})`,
        ];
  return [`${first} − ${second}${where}: ${verdict}${reason === null ? '' : ` (${reason})`}`, ...was, ...at];
}
