/**
 * How long items will take: a guess from tokens × parameters and from how fast this machine is at a small loop, made
 * better by every item that ends. An estimate, and called so wherever it is shown.
 */
import { questionsAbout } from '../fix/finetuned/asked.ts';
import { FIRST_LOOK } from '../fix/outcome/recommend.ts';
import { lessonsNamed } from '../train/lessons/lessons.ts';
import type { TrainSpec } from '../train/spec/spec.ts';
import type { PlannedItem } from './item.ts';
import type { ItemKind, StudyRows } from './rows.ts';

/**
 * Measured on one thread of the Intel Xeon on which this was written, over the presets' models: what a process takes
 * to start, what a training step takes beside its arithmetic, arithmetic, and a loop to compare machines by.
 */
const REFERENCE = { startSeconds: 0.6, stepSeconds: 0.004, flopsPerSecond: 60e9, loopSeconds: 0.0131 };

/** Instances that training holds out to look how far it is, at every evaluation. */
const HELD_OUT = 500;

/** Floating-point operations of one parameter for one token: forward, and forward with backward. */
const FORWARD = 2;
const TRAINING = 6;

/** An item's seconds on the reference machine, to its last step. */
export function costOf(item: PlannedItem): number {
  const { startSeconds, flopsPerSecond } = REFERENCE;
  switch (item.kind) {
    case 'predict':
      return startSeconds;
    case 'train':
      return startSeconds + item.spec.steps * secondsPerStep(item.spec);
    case 'measure': {
      const { lengths, n } = item.spec;
      const flops = lengths.reduce((sum, length) => sum + n * tokensAt(item.spec.task, length), 0);
      return startSeconds + (flops * FORWARD * TYPICAL_PARAMETERS) / flopsPerSecond;
    }
    case 'finetune':
      return startSeconds + tuningSeconds(item) + tunedMeasuringSeconds(item);
    case 'explain': {
      const { task, length, n, draws } = item.spec;
      const passes = item.spec.only.includes('ablations')
        ? EXPLAIN_PASSES + JOINT_SETS * draws
        : EXPLAIN_PASSES;
      const tokens = n * tokensAt(task, length) * passes;
      return startSeconds + (tokens * FORWARD * TYPICAL_PARAMETERS) / flopsPerSecond;
    }
    case 'fix': {
      const { inquiry, only, model } = item.spec;
      const ways = 1 + (only?.length ?? TYPICAL_WAYS);
      const seconds = model === null ? SECONDS_AN_ANSWER : SECONDS_AN_ANSWER_HERE;
      return startSeconds + ways * FIX_LENGTHS * Math.min(inquiry.n, FIRST_LOOK) * seconds;
    }
    case 'ask': {
      const { lengths, n, repeats } = item.spec;
      const places = lengths?.length ?? SEARCHED_LENGTHS * SEARCHED_SHARE;
      return startSeconds + repeats * n * places * SECONDS_AN_ANSWER;
    }
  }
}

/** The same to a step of its training. */
function costUntil(item: PlannedItem, step: number): number {
  if (item.kind === 'train') return (costOf(item) * step) / item.spec.steps;
  if (item.kind !== 'finetune') return costOf(item);
  return REFERENCE.startSeconds + (tuningSeconds(item) * step) / item.spec.finetune.steps;
}

/** Passes over the samples that an explanation takes beside the control sets of its joint ablations, of which there are so many. */
const EXPLAIN_PASSES = 120;
const JOINT_SETS = 4;

/** Nobody knows how fast a server is before it is asked; what was asked of it tells. */
const SECONDS_AN_ANSWER = 0.05;

/** A small model on this machine. */
const SECONDS_AN_ANSWER_HERE = 0.5;

/** Mitigations that most tasks have, and lengths at which most of them are asked. */
const TYPICAL_WAYS = 7;
const FIX_LENGTHS = 2;

/** Lengths that a search looks at, most often, and the share of the most questions that one takes. */
const SEARCHED_LENGTHS = 7;
export const SEARCHED_SHARE = 0.25;

/** What 100 samples decide gets no more of them, and what is out of reach is not asked at shorter lengths. */
export const FIX_SHARE = 0.3;

/** A measurement names its model by hash alone; measuring is short beside training whatever the model. */
const TYPICAL_PARAMETERS = 1_000_000;
const TYPICAL_TEXT_PARAMETERS = 135_000_000;

function secondsPerStep(spec: TrainSpec): number {
  const { task, lengths, batch, layers, dim, evaluateEvery } = spec;
  const tokens = tokensAt(task, (lengths.min + lengths.max) / 2);
  const parameters = 12 * layers * dim * dim;
  const attention = 2 * layers * dim * tokens; // scores and sums: as if it were so many parameters more
  const training = batch * tokens * (parameters + attention) * TRAINING;
  const evaluation = (HELD_OUT * tokens * (parameters + attention) * FORWARD) / evaluateEvery;
  return REFERENCE.stepSeconds + (training + evaluation) / REFERENCE.flopsPerSecond;
}

type TuningItem = Extract<PlannedItem, { kind: 'finetune' }>;

/** Of an adapter, whose base has no gradients: forward, and backward through it. */
const TRAINING_ADAPTER = 4;

/** To its last step. */
function tuningSeconds(item: TuningItem): number {
  const { task, lengths, batch, steps, method } = item.spec.finetune;
  const tokens = batch * tokensAt(task, (lengths.min + lengths.max) / 2);
  const flops = tokens * parametersOf(item) * (method.kind === 'full' ? TRAINING : TRAINING_ADAPTER);
  return steps * (REFERENCE.stepSeconds + flops / REFERENCE.flopsPerSecond);
}

/** Of the base and of what was fine-tuned. */
function tunedMeasuringSeconds(item: TuningItem): number {
  const { finetune, n } = item.spec;
  const questions = 2 * questionsAbout([finetune], n);
  const tokens = tokensAt(finetune.task, MEASURED_AT * finetune.lengths.max) + promptTokens(item);
  return (questions * tokens * parametersOf(item) * FORWARD) / REFERENCE.flopsPerSecond;
}

/** The mean of the multiples of the longest training length at which it is measured, and those within. */
const MEASURED_AT = 2;

/** Beside the sample's own tokens, on average: half of the questions have a usual prompt, with demonstrations. */
function promptTokens({ spec }: TuningItem): number {
  return spec.finetune.prompt === null ? 0 : 50;
}

/** What is read from a store says of its base only whether it reads text. */
function parametersOf({ spec, on }: TuningItem): number {
  return on?.parameters ?? (spec.finetune.prompt === null ? TYPICAL_PARAMETERS : TYPICAL_TEXT_PARAMETERS);
}

function tokensAt(task: string, length: number): number {
  const { prompt, target } = lessonsNamed(task).taught.size(Math.max(1, Math.round(length)));
  return prompt + target;
}

/**
 * How many times longer this machine takes than the reference, by a loop of a few milliseconds. In processor time:
 * what else the machine is doing now says little of the hours to come.
 */
export function machineFactor(): number {
  const loop = () => {
    const begun = process.cpuUsage();
    let sum = 0;
    for (let i = 0; i < LOOP; i++) sum += Math.fround(i * 0.5) * Math.fround(sum * 1e-9 + 1);
    const { user, system } = process.cpuUsage(begun);
    return sum > 0 ? (user + system) / 1e6 : Infinity;
  };
  const times = Array.from({ length: 5 }, loop);
  return Math.max(SLOWEST_TICK, Math.min(...times)) / REFERENCE.loopSeconds;
}

const LOOP = 2_000_000;

/** Where the system counts processor time in ticks only, a loop may seem to take none. */
const SLOWEST_TICK = 0.001;

/** Seconds for each item, which get better as work goes on. */
export class Estimator {
  /** Actual and estimated seconds of what was worked on, by hash. */
  private readonly paces = new Map<string, { kind: ItemKind; actual: number; estimated: number }>();
  /** Seconds that a task took with a model, over its seeds. */
  private readonly siblings = new Map<string, number[]>();
  private readonly factor: number;

  constructor(factor: number) {
    this.factor = factor;
  }

  /** An item is, or was, at that step after so many seconds of work; without a step it is at its end. */
  observe(item: PlannedItem, seconds: number, step?: number): void {
    const estimated = step === undefined ? costOf(item) : costUntil(item, step);
    this.paces.set(item.hash, { kind: item.kind, actual: seconds, estimated });
  }

  /** An item ended, training perhaps before its last step. */
  learn(item: PlannedItem, seconds: number, lastStep?: number): void {
    this.observe(item, seconds, lastStep);
    const key = siblingKey(item);
    this.siblings.set(key, [...(this.siblings.get(key) ?? []), seconds]);
  }

  seconds(item: PlannedItem): number {
    return this.likeSiblings(item) ?? costOf(item) * this.pace(item.kind);
  }

  /** Of a fine-tuning, what comes after its last step. */
  measuring(item: TuningItem): number {
    return tunedMeasuringSeconds(item) * this.pace(item.kind);
  }

  /** As long as the same task and model took with other seeds; undefined when none has ended. */
  likeSiblings(item: PlannedItem): number | undefined {
    const siblings = this.siblings.get(siblingKey(item));
    return siblings && siblings.reduce((sum, each) => sum + each) / siblings.length;
  }

  private pace(kind: ItemKind): number {
    const seen = [...this.paces.values()].filter((each) => each.kind === kind);
    if (seen.length === 0) return this.factor;
    const sum = (part: 'actual' | 'estimated') => seen.reduce((total, each) => total + each[part], 0);
    return sum('actual') / sum('estimated');
  }
}

/** What the store says of items that are done, for an estimator. */
export function learnFrom(estimator: Estimator, study: StudyRows): void {
  for (const item of study.items) {
    if (item.state !== 'done' || item.seconds === null) continue;
    const last = item.kind === 'train' ? item.rows.at(-1)?.step : undefined;
    estimator.learn(item, item.seconds, last);
  }
}

/** Seconds until all is done: what is going on, then the rest, longest first, to whoever is free. */
export function timeLeft(going: readonly number[], waiting: readonly number[], workers: number): number {
  const loads = Array.from({ length: Math.max(workers, going.length) }, (_, i) => going[i] ?? 0);
  for (const seconds of [...waiting].sort((a, b) => b - a)) {
    const free = loads.indexOf(Math.min(...loads));
    loads[free] += seconds;
  }
  return Math.max(0, ...loads);
}

function siblingKey({ kind, task, model }: PlannedItem): string {
  return JSON.stringify([kind, task, model]);
}
