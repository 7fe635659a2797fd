/**
 * `npm run bench -- statistics [--runs N] [--seed TEXT]`: simulates the tests behind a search and prints the tables of
 * docs/statistics.md. The numbers are those of the seed, whatever the machine.
 */
import { parseArgs } from 'node:util';
import { rng } from '../src/common/random.ts';
import { HorizonSearch } from '../src/measure/plan/search.ts';
import { holdsAtAnyLook, searchHorizon, shareThatHolds } from '../src/measure/plan/simulate.ts';
import { boundedInterval } from '../src/score/statistics/bounded.ts';
import { exactInterval } from '../src/score/statistics/exact.ts';
import { horizonOf } from '../src/score/statistics/horizon.ts';
import type { Interval } from '../src/score/statistics/interval.ts';
import { PROMISE_LENGTHS } from '../src/score/statistics/promise.ts';
import { anytimeInterval } from '../src/score/statistics/sequential.ts';
import { oldBetsDecide, oldInterval } from './statistics-old-bets.ts';

const THRESHOLD = 0.9;
const ALPHA = 0.025;
const search = { threshold: THRESHOLD, min: 1, max: 320, mostPerLength: 300, alpha: ALPHA };

type Accuracy = (length: number) => number;

export async function bench(args: string[]): Promise<void> {
  const { values } = parseArgs({
    args,
    options: {
      runs: { type: 'string', default: '400' },
      seed: { type: 'string', default: 'statistics' },
    },
  });
  const runs = Number(values.runs);
  const { seed } = values;
  // Errors of 1.25 % at one length take more runs to be seen than whole searches do.
  const tables = [
    intervals,
    looks,
    () => decisions(2.5 * runs, seed),
    () => horizons(runs, seed),
    () => promises(runs, seed),
    () => seedsTable(10 * runs, seed),
  ];
  for (const table of tables) {
    process.stdout.write(`${table()}\n\n`);
    await new Promise((resolve) => setImmediate(resolve)); // so that each table is seen when it is done
  }
}

/** Intervals that may be looked at after every answer, 1.25 % a side, beside the exact ones of a number fixed beforehand. */
function intervals(): string {
  const rows = [
    [36, 36],
    [47, 47],
    [283, 300],
    [240, 300],
    [1600, 2000],
    [9000, 10000],
  ].map(([right, n]) => [
    `${right} of ${n}`,
    ...[
      anytimeInterval(right, n - right, ALPHA / 2),
      oldInterval(right, n - right, ALPHA / 2),
      exactInterval(right, n, 1 - ALPHA),
    ].map(({ low, high }) => `${percent(low)} – ${percent(high)}`),
  ]);
  return table(
    'Intervals at 97.5 %',
    ['right', 'anytime', 'the old bets', 'exact, n fixed beforehand'],
    rows,
  );
}

/** Asking for more samples until a length is shown to hold: the chance that it is, at an accuracy just below the threshold. */
function looks(): string {
  const fixed = (right: number, n: number): number => exactInterval(right, n).low;
  const again = (right: number, n: number, look: number): number =>
    look === 0 ? fixed(right, n) : anytimeInterval(right, n - right, ALPHA / 2).low;
  const rows = [
    [100, 200, 400],
    [50, 100, 200, 400],
    [36, 50, 100, 200, 400],
    [100, 200, 300, 500, 1000],
  ].flatMap((numbers) =>
    [0.8, THRESHOLD].map((threshold) => [
      numbers.join(', '),
      String(threshold),
      ...[numbers.slice(0, 1), numbers].map((seen) =>
        hundredths(holdsAtAnyLook(threshold - 1e-9, seen, threshold, fixed)),
      ),
      hundredths(holdsAtAnyLook(threshold - 1e-9, numbers, threshold, again)),
    ]),
  );
  return table(
    'Asking for more, and stopping when a length is shown to hold: the chance that it is, at an accuracy just below the threshold',
    [
      'samples, one after the other',
      'threshold',
      'first look',
      'exact intervals at every look',
      'as lengthwise does',
    ],
    rows,
  );
}

/** One length: what is decided within 2,000 samples, how often wrongly, and what it takes. */
function decisions(runs: number, seed: string): string {
  const most = 2000;
  const rows = [0.3, 0.5, 0.73, 0.8, 0.85, 0.88, 0.9, 0.92, 0.94, 0.97, 0.99, 1].map((accuracy) => {
    const counts = { now: { open: 0, wrong: 0, samples: 0 }, old: { open: 0, wrong: 0, samples: 0 } };
    const count = (into: 'now' | 'old', holds: boolean | null, samples: number): void => {
      counts[into].samples += samples;
      if (holds === null) counts[into].open += 1;
      // At the threshold itself "holds" is right; whoever wants the other error looks a little below it.
      else if (holds !== accuracy >= THRESHOLD) counts[into].wrong += 1;
    };
    for (let run = 0; run < runs; run++) {
      const options = { ...search, min: 10, max: 10, mostPerLength: most };
      const { bounds, questions } = searchHorizon(() => accuracy, options, rng(seed, 'one', accuracy, run));
      count('now', bounds.undecided === null ? bounds.length !== null : null, questions);
      const old = oldBetsDecide(accuracy, THRESHOLD, ALPHA / 2, most, rng(seed, 'one', accuracy, run));
      count('old', old.holds, old.samples);
    }
    const cells = (['now', 'old'] as const).flatMap((which) => {
      const { open, wrong, samples } = counts[which];
      return [percent(1 - open / runs), percent(wrong / runs), whole(samples / runs)];
    });
    return [String(accuracy), ...cells];
  });
  return table(
    `One length, threshold 0.9, at most 2,000 samples, ${whole(runs)} runs`,
    ['true accuracy', 'decided', 'wrongly', 'samples', 'old bets: decided', 'wrongly', 'samples'],
    rows,
  );
}

const profiles: [string, Accuracy][] = [
  ['always right', () => 1],
  ['0.99 to 40, then 0.5', (length) => (length <= 40 ? 0.99 : 0.5)],
  ['0.97 to 40, then 0.89', (length) => (length <= 40 ? 0.97 : 0.89)],
  ['1 − 0.0012 L', (length) => 1 - 0.0012 * length],
  ['logistic about 60', (length) => 1 / (1 + Math.exp((length - 60) / 12))],
  ['0.97 everywhere', () => 0.97],
  ['0.95 everywhere', () => 0.95],
  ['0.89 everywhere', () => 0.89],
  ['0.8 everywhere', () => 0.8],
  ['0.3 everywhere', () => 0.3],
];

/** Whole searches, beside a grid of fixed lengths. */
function horizons(runs: number, seed: string): string {
  const rows = profiles.map(([name, accuracy]) => {
    const found = Array.from({ length: runs }, (_, run) =>
      searchHorizon(accuracy, search, rng(seed, 'search', name, run)),
    );
    const grid = Array.from({ length: runs }, (_, run) =>
      gridHorizon(accuracy, rng(seed, 'grid', name, run)),
    );
    const tooLong = (asked: readonly number[], horizon: number | null): boolean =>
      asked.some((length) => length <= (horizon ?? 0) && accuracy(length) < THRESHOLD);
    const sorted = found.map(({ horizon }) => horizon ?? 0).sort((a, b) => a - b);
    const at = (share: number): string => shown(sorted[Math.floor(share * (runs - 1))]);
    return [
      name,
      shown(trueHorizon(accuracy)),
      `${at(0.5)} (${at(0.1)} – ${at(0.9)})`,
      percent(shareOf(found, ({ lengths, horizon }) => tooLong(lengths, horizon))),
      whole(found.reduce((sum, { questions }) => sum + questions, 0) / runs),
      percent(shareOf(grid, (horizon) => tooLong(GRID, horizon))),
      whole(GRID.length * GRID_SAMPLES),
    ];
  });
  return table(
    `The search, threshold 0.9, lengths up to 320, at most 300 samples a length, ${runs} runs`,
    [
      'accuracy at length L',
      'true horizon',
      'reported: median (10 % – 90 %)',
      'too long',
      'samples',
      'too long, grid',
      'samples, grid',
    ],
    rows,
  );
}

const GRID = [5, 10, 20, 40, 80, 160, 320];
const GRID_SAMPLES = 200;

function gridHorizon(accuracy: Accuracy, stream: ReturnType<typeof rng>): number | null {
  const cells = GRID.map((length) => {
    let correct = 0;
    for (let i = 0; i < GRID_SAMPLES; i++) correct += Number(stream.float() < accuracy(length));
    return { length, n: GRID_SAMPLES, correct, ...exactInterval(correct, GRID_SAMPLES) };
  });
  return horizonOf(cells, THRESHOLD).length;
}

/** A model made anew for each run. */
const models: [string, (stream: ReturnType<typeof rng>) => Accuracy][] = [
  ['always right', () => () => 1],
  ['0.99 everywhere', () => () => 0.99],
  ['wrong on a random fifth of the lengths', (stream) => wrongOn(stream, 0.2, 0)],
  ['wrong on a random tenth', (stream) => wrongOn(stream, 0.1, 0)],
  ['0.85 on a random eighth, but for 5, 10, 20 …', (stream) => wrongOn(stream, 0.125, 0.85, GRID)],
  [
    'wrong on 13 – 17 and 26 – 34',
    () => (length) => Number(!within(length, 13, 17) && !within(length, 26, 34)),
  ],
  ['wrong on multiples of 16', () => (length) => Number(length % 16 !== 0)],
  ['right at 5, 10, 20 … only', () => (length) => Number(GRID.includes(length))],
];

/** What is promised of lengths that were not asked, and how often it is false. */
function promises(runs: number, seed: string): string {
  const options = { ...search, drawnLengths: PROMISE_LENGTHS };
  const rows = models.map(([name, model]) => {
    const counts = { promised: 0, wrong: 0, samples: 0, without: 0, lower: 0 };
    for (let run = 0; run < runs; run++) {
      const accuracy = model(rng(seed, 'model', name, run));
      const stream = (): ReturnType<typeof rng> => rng(seed, 'promise', name, run);
      const drawn = searchHorizon(accuracy, { ...options, seed: run }, stream());
      const plain = searchHorizon(accuracy, search, stream());
      counts.samples += drawn.questions;
      counts.without += plain.questions;
      counts.lower += Number((drawn.horizon ?? 0) < (plain.horizon ?? 0));
      if (drawn.promise === null || drawn.horizon === null) continue;
      counts.promised += 1;
      counts.wrong += Number(shareThatHolds(accuracy, options, drawn.horizon) < drawn.promise.share);
    }
    return [
      name,
      percent(counts.promised / runs),
      percent(counts.wrong / runs),
      percent(counts.lower / runs),
      whole(counts.samples / runs),
      whole(counts.without / runs),
    ];
  });
  return table(
    `The promise "at least 90 % of the lengths up to H hold", up to ${PROMISE_LENGTHS} drawn lengths, ${runs} runs`,
    ['model', 'promised', 'falsely', 'horizon came down', 'samples', 'without drawing'],
    rows,
  );
}

/** Intervals over seeds of which each learns its task or does not: how often they hold the mean of all seeds. */
function seedsTable(runs: number, seed: string): string {
  const rows = [0.8, 0.9].flatMap((chance) =>
    [3, 5, 6, 10].map((seeds) => {
      const mean = chance * 0.995 + (1 - chance) * 0.01;
      const found = Array.from({ length: runs }, (_, run) => {
        const stream = rng(seed, 'seeds', chance, seeds, run);
        const values = Array.from({ length: seeds }, () =>
          stream.float() < chance ? 0.99 + 0.01 * stream.float() : 0.02 * stream.float(),
        );
        const ours = boundedInterval(values);
        const student = studentInterval(values);
        return { ours, student };
      });
      const held = (of: 'ours' | 'student'): number =>
        shareOf(found, (each) => each[of].low <= mean && mean <= each[of].high);
      const median = (of: 'ours' | 'student', end: 'low' | 'high'): string =>
        percent(found.map((each) => each[of][end]).sort((a, b) => a - b)[Math.floor(runs / 2)]);
      return [
        percent(chance),
        String(seeds),
        ...(['ours', 'student'] as const).flatMap((of) => [
          percent(held(of)),
          `${median(of, 'low')} – ${median(of, 'high')}`,
        ]),
      ];
    }),
  );
  return table(
    `Intervals over seeds, each of which learns its task or does not, ${whole(runs)} runs`,
    ['seeds that learn it', 'seeds', 'held', 'median', "Student's t: held", 'median'],
    rows,
  );
}

/** Quantiles of Student's t at 97.5 %, by number of values. */
const STUDENT: Readonly<Record<number, number>> = { 3: 4.302653, 5: 2.776445, 6: 2.570582, 10: 2.262157 };

function studentInterval(values: readonly number[]): Interval {
  const n = values.length;
  const mean = values.reduce((sum, value) => sum + value, 0) / n;
  const variance = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (n - 1);
  const half = STUDENT[n] * Math.sqrt(variance / n);
  return { low: Math.max(0, mean - half), high: Math.min(1, mean + half) };
}

function wrongOn(
  stream: ReturnType<typeof rng>,
  share: number,
  accuracy: number,
  but: readonly number[] = [],
): Accuracy {
  const wrong = new Set(
    stream.distinct(search.max, Math.round(share * search.max)).map((place) => place + 1),
  );
  return (length) => (wrong.has(length) && !but.includes(length) ? accuracy : 1);
}

function within(length: number, from: number, to: number): boolean {
  return length >= from && length <= to;
}

function trueHorizon(accuracy: Accuracy): number {
  let length = 0;
  while (length < search.max && accuracy(length + 1) >= THRESHOLD) length += 1;
  return length < new HorizonSearch(search).ladder[0] ? 0 : length;
}

function shareOf<T>(all: readonly T[], so: (one: T) => boolean): number {
  return all.filter(so).length / all.length;
}

function shown(horizon: number): string {
  return horizon === 0 ? 'none' : String(horizon);
}

function percent(share: number): string {
  return `${(100 * share).toFixed(1)} %`;
}

function hundredths(share: number): string {
  return `${(100 * share).toFixed(2)} %`;
}

function whole(value: number): string {
  return Math.round(value).toLocaleString('en-US');
}

function table(title: string, head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;
  return [`**${title}**`, '', line(head), line(head.map(() => '---')), ...rows.map(line)].join('\n');
}
