/**
 * What fine-tuning would bring out: counts drawn from known accuracy curves at the lengths that are really asked, gaps as they are really
 * judged, and explanations of models whose circuit is known because it was written by hand (`fixtures/explain/planted.ts`).
 */
import { rng } from '../src/common/random.ts';
import { sha256 } from '../src/common/sha256.ts';
import { explain } from '../src/explain/explain.ts';
import type { Explanation } from '../src/explain/rows.ts';
import { drawnSamples } from '../src/explain/shots/drawn.ts';
import { sequenceShots } from '../src/explain/shots/sequence.ts';
import { gapsOf } from '../src/fix/finetuned/gaps.ts';
import { askedLengths, spanOf } from '../src/fix/finetuned/lengths.ts';
import type {
  BaseCell,
  FinetuneResult,
  LengthRange,
  TunedCell,
  TunedFormat,
  TunedModel,
} from '../src/fix/finetuned/rows.ts';
import type {
  ExplainItem,
  FinetuneItem,
  PredictItem,
  ReportInput,
  StudyItem,
  TrainItem,
} from '../src/study/rows.ts';
import type { ProgressRow } from '../src/train/run/rows.ts';
import { taskNamed } from '../src/tasks/index.ts';
import { PLANTED_LENGTH, planted, plantedTokenizer } from './fixtures/explain/planted.ts';
import { studyRows } from './report-fixture.ts';

export interface TunedPlan {
  readonly target?: string;
  readonly tasks: readonly string[];
  readonly seeds: readonly number[];
  /** Samples a length. */
  readonly n?: number;
  /** How likely an answer of the base is right, at so many times the longest trained length. */
  readonly before: (task: string, multiple: number, seed: number) => number;
  readonly after: (task: string, multiple: number, seed: number) => number;
  /** A base that reads text is asked by the usual prompt, too, and has a perplexity. */
  readonly text?: boolean;
  /** Each seed has a base of its own. */
  readonly ownBases?: boolean;
  /** The shortest length that each task was trained on, where it isn't 5. */
  readonly shortest?: Readonly<Record<string, number>>;
}

const TRAINED = { min: 5, max: 20 };

/** Right is learned before left, and first and last stay apart; everything is learned but UB, by one seed. */
export const typicalTuning: TunedPlan = {
  target: 'reader',
  tasks: ['UR', 'UL', 'NRFirst', 'NRLast', 'UF', 'UB'],
  seeds: [1, 2, 3],
  n: 400,
  before: (task) => ({ UR: 0.6, UL: 0.1, UF: 0.03, UB: 0.02 })[task] ?? 0.2,
  after: (task, multiple, seed) => {
    if (task === 'UB' && seed === 2) return 0.9;
    return task === 'NRLast' && multiple > 1 ? 0.9 / multiple : 1;
  },
  ownBases: true,
};

export function tunedResult({
  target = 'reader.gguf',
  tasks,
  seeds,
  n = 200,
  before,
  after,
  text = false,
  ownBases = false,
  shortest = {},
}: TunedPlan): FinetuneResult {
  const formats: readonly TunedFormat[] = text ? ['trained', 'usual'] : ['trained'];
  const lengthsOf = (task: string): LengthRange => ({ ...TRAINED, min: shortest[task] ?? TRAINED.min });
  const cellsOf = (task: string, seed: number, chance: TunedPlan['before'], when: string) =>
    formats.flatMap((format) =>
      drawnCells(
        { task, lengths: lengthsOf(task) },
        format,
        n,
        (multiple) => chance(task, multiple, seed),
        `${when} ${seed}`,
      ),
    );
  const models = tasks.flatMap((task) =>
    seeds.map((seed): TunedModel => ({
      ...{
        task,
        seed,
        lengths: lengthsOf(task),
        folder: `finetuned/${hashOf(target, task, seed).slice(0, 16)}`,
      },
      ...{ steps: 100 + seed, seconds: 70, parameters: 4321, cells: cellsOf(task, seed, after, 'after') },
      perplexity: text ? 28 + seed : null,
    })),
  );
  const bases = tasks.flatMap((task): BaseCell[] =>
    ownBases
      ? seeds.flatMap((seed) => cellsOf(task, seed, before, 'before').map((cell) => ({ ...cell, seed })))
      : cellsOf(task, 1, before, 'before'),
  );
  return {
    ...{ format: 'lengthwise.finetune', version: 1, target, method: 'all of the model', n },
    lengths: spanOf(tasks.map(lengthsOf)),
    ...{ before: bases, perplexity: text ? 24 : null, models, gaps: gapsOf(models, bases) },
  };
}

/** At the lengths that are asked of a task, of look-ups also with all evidence in the first half. */
function drawnCells(
  { task, lengths }: { readonly task: string; readonly lengths: LengthRange },
  format: TunedFormat,
  n: number,
  chance: (multiple: number) => number,
  which: string,
): TunedCell[] {
  const sources =
    taskNamed(task).family === 'retrieval' ? (['anywhere', 'first-half'] as const) : (['anywhere'] as const);
  return sources.flatMap((each) => {
    const random = rng('tuned', task, format, each, which);
    return askedLengths(lengths)
      .filter(({ multiple }) => multiple !== null || (format === 'trained' && each === 'anywhere'))
      .map(({ length, multiple }) => {
        const right = Array.from({ length: n }, () => random.float() < chance(multiple ?? 1)).filter(
          Boolean,
        ).length;
        return { task, format, sources: each, length, multiple, n, right };
      });
  });
}

const hashOf = (target: string, task: string, seed: number) => sha256(`finetune ${target} ${task} ${seed}`);

export interface TunedStudy {
  readonly plan: TunedPlan;
  /** Of each task that is explained, before and after. */
  readonly explained?: Readonly<Record<string, readonly [Explanation, Explanation]>>;
}

/** A study that pretrains a model on text, asks it about tasks, and fine-tunes it on each. */
export function tunedStudy({ plan, explained = {} }: TunedStudy): ReportInput {
  const { target = 'reader.gguf', tasks, seeds, ownBases = false } = plan;
  const result = tunedResult(plan);
  const measured = studyRows({
    name: 'born',
    tasks,
    models: ownBases ? [{ name: target, positions: 'ape' }] : [],
    seeds,
    decay: () => 3,
  });
  const predicted = studyRows({ tasks, models: [{ name: target, positions: 'ape' }], seeds: [1] });
  const pretrainings = measured.items
    .filter((item): item is TrainItem => item.kind === 'train' && item.task === tasks[0])
    .map(onText);
  const baseOf = (seed: number) => pretrainings.find((item) => item.seed === seed)?.hash ?? sha256(target);
  const items = tasks.flatMap((task): StudyItem[] => {
    const own = measured.items.filter((item) => item.task === task && item.kind === 'measure');
    return [
      ...predicted.items.filter((item): item is PredictItem => item.kind === 'predict' && item.task === task),
      ...own.map((item): StudyItem =>
        item.kind === 'measure'
          ? { ...item, needs: [baseOf(item.seed!)], spec: { ...item.spec, model: baseOf(item.seed!) } }
          : item,
      ),
      ...seeds.flatMap((seed) => {
        const tuned = finetuneItem(result, task, seed, baseOf(seed), ownBases);
        const pair = explained[task] as readonly [Explanation, Explanation] | undefined;
        if (pair === undefined) return [tuned];
        return [tuned, explainItem(tuned, baseOf(seed), pair[0]), explainItem(tuned, tuned.hash, pair[1])];
      }),
    ];
  });
  return { ...measured, items: [...pretrainings, ...items], tuned: [result] };
}

function onText(item: TrainItem): TrainItem {
  return {
    ...item,
    task: 'text',
    hash: sha256(`pretrained ${item.hash}`),
    spec: { ...item.spec, task: 'text', lengths: { min: 16, max: 96 } },
  };
}

function finetuneItem(
  result: FinetuneResult,
  task: string,
  seed: number,
  base: string,
  needs: boolean,
): FinetuneItem {
  const model = result.models.find((one) => one.task === task && one.seed === seed)!;
  const { method, n, target } = result;
  const { lengths, ...measured } = model;
  return {
    ...{
      kind: 'finetune',
      hash: hashOf(target, task, seed),
      needs: needs ? [base] : [],
      task,
      model: target,
      seed,
    },
    ...{ state: 'done', seconds: 90, error: null, folder: model.folder },
    spec: {
      ...{ model: base, n },
      finetune: {
        ...{
          task,
          prompt: null,
          lengths,
          method: { kind: 'full' },
          batch: 8,
          queries: 5,
          steps: 400,
          learningRate: 1e-4,
        },
        ...{
          schedule: 'linear',
          warmup: 10,
          weightDecay: 0,
          curriculum: 0,
          offsets: true,
          evaluateEvery: 50,
          seed,
        },
      },
    },
    rows: [
      ...[50, 100].map((step) => progressAt(step)),
      {
        ...{ kind: 'tuned', method, lengths, n, model: measured, perplexityBefore: result.perplexity },
        before: result.before.filter((cell) => cell.task === task && (cell.seed ?? seed) === seed),
      },
    ],
  };
}

function progressAt(step: number): ProgressRow {
  const accuracy = [{ ...TRAINED, n: 100, correct: step }];
  const pace = { tokensPerSecond: 9000, elapsed: step / 4, left: (400 - step) / 4 };
  return { kind: 'progress', step, steps: 400, loss: 50 / step, accuracy, ...pace };
}

function explainItem(
  { task, model, seed }: FinetuneItem,
  explained: string,
  explanation: Explanation,
): ExplainItem {
  const { length, n } = explanation;
  return {
    ...{
      kind: 'explain',
      hash: sha256(`explain ${explained} ${task} ${seed}`),
      needs: [explained],
      task,
      model,
      seed,
    },
    ...{ state: 'done', seconds: 5, error: null },
    spec: { model: explained, task, length, n, seed: 1, only: [], ablation: 'resample', draws: 10 },
    rows: [{ kind: 'explanation', ...explanation }],
  };
}

/**
 * A base that can only look right, and what became of it: still that on UR and UF; on UL and UB a model that can only look left.
 * Each is really explained.
 */
export async function plantedChanges(
  tasks: readonly string[],
): Promise<Record<string, readonly [Explanation, Explanation]>> {
  const [right, left] = [planted('induction'), planted('anti-induction')];
  const explained = (model: typeof right, task: string) => {
    const drawing = { task, length: PLANTED_LENGTH, n: 10, seed: 1, alphabet: plantedTokenizer.symbols };
    return explain('planted', model, sequenceShots(plantedTokenizer, drawnSamples(drawing)), { draws: 5 });
  };
  try {
    const changes: Record<string, readonly [Explanation, Explanation]> = {};
    for (const task of tasks)
      changes[task] = [
        await explained(right, task),
        await explained(/^UR|^UF/.test(task) ? right : left, task),
      ];
    return changes;
  } finally {
    await right.release();
    await left.release();
  }
}
