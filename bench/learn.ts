/**
 * How soon a task is learned: seconds until 100 % on the training range (lengths 1–50), our settings (preset `fast`)
 * beside the paper's, on the same engine and the same task, over several seeds.
 *
 *   npm run bench -- learn [--tasks UR,UL,UF] [--seeds 1..5] [--settings ours,paper]
 *
 * A run that has not learned its task after the paper's 30,000 steps counts as that long, and is marked.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { trainInProcess } from '../src/train/run/process.node.ts';
import { preset } from '../src/train/spec/presets.ts';
import type { TrainedRow } from '../src/train/run/rows.ts';
import type { TrainSpec } from '../src/train/spec/spec.ts';

type Settings = 'ours' | 'paper';

interface Run {
  readonly task: string;
  readonly settings: Settings;
  readonly seed: number;
}

interface Outcome extends Run {
  readonly trained: TrainedRow;
}

export async function bench(args: string[]): Promise<void> {
  const { values } = parseArgs({
    args,
    options: {
      tasks: { type: 'string', default: 'UR,UL,UF' },
      seeds: { type: 'string', default: '1..5' },
      settings: { type: 'string', default: 'ours,paper' },
    },
  });
  const seeds = seedsOf(values.seeds);
  const runs = values.tasks
    .split(',')
    .flatMap((task) =>
      values.settings
        .split(',')
        .flatMap((settings) => seeds.map((seed): Run => ({ task, settings: settings as Settings, seed }))),
    );
  const outcomes: Outcome[] = [];
  await Promise.all(Array.from({ length: availableParallelism() }, () => work(runs, outcomes)));
  summarise(values.tasks.split(','), outcomes);
}

/** The presets as users have them; the paper's is evaluated as often as it pays, so that it does not end late. */
function specOf({ task, settings, seed }: Run): TrainSpec {
  return settings === 'ours'
    ? { ...preset('fast', task, 'ape'), seed }
    : { ...preset('paper', task, 'ape'), seed, evaluateEvery: 250 };
}

async function work(runs: Run[], outcomes: Outcome[]): Promise<void> {
  for (let run = runs.shift(); run !== undefined; run = runs.shift()) {
    const folder = mkdtempSync(path.join(tmpdir(), 'lengthwise-learn-'));
    try {
      const trained = await trainInProcess(specOf(run), path.join(folder, 'model'), {
        signal: new AbortController().signal,
        threads: 1,
        onRow: () => undefined,
      });
      outcomes.push({ ...run, trained });
      print(`${run.task} ${run.settings} seed ${run.seed}: ${describe(trained)}`);
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  }
}

function describe({ reason, step, seconds, accuracy }: TrainedRow): string {
  const end = reason === 'perfect' ? '100 %' : `not learned (${(100 * accuracy).toFixed(1)} %)`;
  return `${end} after ${step} steps, ${seconds.toFixed(0)} s`;
}

function summarise(tasks: readonly string[], outcomes: readonly Outcome[]): void {
  for (const task of tasks) {
    const seconds = (settings: Settings) =>
      outcomes
        .filter((outcome) => outcome.task === task && outcome.settings === settings)
        .map(({ trained }) => trained.seconds)
        .sort((a, b) => a - b);
    const [ours, paper] = [seconds('ours'), seconds('paper')];
    for (const [name, times] of [
      ['our', ours],
      ["the paper's", paper],
    ] as const) {
      if (times.length > 0)
        print(
          `${task}, ${name} settings: median ${median(times).toFixed(0)} s (${times[0].toFixed(0)} to ${times.at(-1)!.toFixed(0)}), ${times.length} seeds`,
        );
    }
    if (ours.length > 0 && paper.length > 0)
      print(`${task}: ${(median(paper) / median(ours)).toFixed(1)} times sooner`);
  }
}

function seedsOf(text: string): number[] {
  const ends = /^(\d+)\.\.(\d+)$/.exec(text);
  if (ends === null) return text.split(',').map(Number);
  return Array.from({ length: Number(ends[2]) - Number(ends[1]) + 1 }, (_, i) => Number(ends[1]) + i);
}

function median(sorted: readonly number[]): number {
  return sorted[Math.floor(sorted.length / 2)];
}

function print(line: string): void {
  process.stdout.write(`${line}\n`);
}
