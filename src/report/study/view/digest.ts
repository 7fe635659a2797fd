/** From the store's rows to what the report shows. Everything that was planned is in it, ended or not. */
import type {
  AskItem,
  MeasureItem,
  PredictionJson,
  PredictItem,
  ReportInput,
  StudyItem,
  TrainItem,
} from '../../../study/rows.ts';
import { distinct } from '../../../common/distinct.ts';
import type { CellRow, HorizonRow } from '../../../score/tables/rows.ts';
import { completed } from '../../shared/horizon.ts';
import { inkOf } from '../../shared/ink.ts';
import type { ModelView } from '../../shared/ink.ts';
import { wordsOfTask } from '../../shared/words.ts';
import { medianHorizon, overSeeds } from '../../../score/tables/over-seeds.ts';
import { basesOf, isPretraining } from './bases.ts';
import { agreementOf, medianStanding, standingOf } from './standing.ts';
import type { Outcome, RunView, StudyView, TaskView } from './view.ts';

/** Where nothing was measured yet and no threshold is known, the default one is drawn. */
const USUAL_THRESHOLD = 0.9;

export function digest(input: ReportInput): StudyView {
  const models = modelsOf(input.items);
  const asked = input.items.filter((item) => !isPretraining(item));
  const tasks = unique(asked.map((item) => item.task)).map((name, i) =>
    taskView(name, `task-${i + 1}`, models, input.items),
  );
  const lengths = input.items.flatMap(lengthsOf);
  const work = distinct(input.items);
  return {
    input,
    tasks,
    models,
    bases: basesOf(input),
    trains: input.items.some((item) => item.kind === 'train' && !isPretraining(item)),
    pretrains: input.items.some(isPretraining),
    asks: input.items.some((item) => item.kind === 'ask'),
    longest: Math.max(1, ...lengths),
    work,
    failed: work.filter((item) => item.state === 'failed'),
    pending: work.filter((item) => item.state === 'waiting' || item.state === 'running'),
  };
}

/** The lengths that belong on an axis: those of a search are known when they were asked. */
function lengthsOf(item: StudyItem): readonly number[] {
  switch (item.kind) {
    case 'measure':
      return item.spec.lengths;
    case 'train':
      return isPretraining(item) ? [] : [item.spec.lengths.max]; // of texts, in words
    case 'ask':
      return item.spec.lengths ?? item.rows.flatMap((row) => (row.kind === 'cell' ? [row.length] : []));
    case 'predict':
    case 'finetune':
    case 'explain':
    case 'fix':
      return [];
  }
}

function modelsOf(items: readonly StudyItem[]): ModelView[] {
  // What is only explained, mended or fine-tuned has no accuracy by length to draw beside the others'.
  const measured = items.filter(({ kind }) => kind !== 'explain' && kind !== 'fix' && kind !== 'finetune');
  const names = unique(measured.map((item) => item.model)).filter((name) => name !== null);
  return names.map((name, i) => ({ name, ink: inkOf(i) }));
}

function taskView(
  name: string,
  anchor: string,
  models: readonly ModelView[],
  all: readonly StudyItem[],
): TaskView {
  const items = all.filter((item) => item.task === name);
  const asked = items.filter((item) => item.kind === 'predict');
  const outcomes = models
    .filter((model) => items.some((item) => item.model === model.name))
    .map((model) => {
      const own = (item: StudyItem) => item.model === model.name;
      return outcomeOf(model, items.filter(own), asked, pretrainingIn(all.filter(own)));
    });
  const [own] = items.flatMap((item) => inquiryIn(item)?.tasks[0].own ?? []);
  return {
    ...{ name, anchor, outcomes, predictions: asked.flatMap((item) => predictionOf(item) ?? []) },
    words: own === undefined ? (wordsOfTask(name) ?? wordsOfTask(taskOf(items) ?? '')) : null,
    title: own?.title ?? null,
    explanations: items.filter((item) => item.kind === 'explain'),
    fixes: items.filter((item) => item.kind === 'fix'),
  };
}

/** What an item asks in words; null of one that asks nobody. */
function inquiryIn(item: StudyItem): Pick<AskItem['spec'], 'tasks'> | null {
  if (item.kind === 'ask') return item.spec;
  return item.kind === 'fix' ? item.spec.inquiry : null;
}

/** The task that is trained, measured or asked under a name of the study's. */
function taskOf(items: readonly StudyItem[]): string | undefined {
  const tasks = items.map((item) => {
    const inquiry = inquiryIn(item);
    if (inquiry !== null) return inquiry.tasks[0].task;
    if (item.kind === 'finetune') return item.spec.finetune.task;
    return item.kind === 'predict' || !('task' in item.spec) ? undefined : item.spec.task;
  });
  return tasks.find((task) => task !== undefined);
}

function pretrainingIn(items: readonly StudyItem[]): TrainItem | undefined {
  return items.find((item): item is TrainItem => item.kind === 'train' && isPretraining(item));
}

/** @param pretraining of a model that was trained on text and is asked about the task */
function outcomeOf(
  model: ModelView,
  items: readonly StudyItem[],
  asked: readonly PredictItem[],
  pretraining: TrainItem | undefined,
): Outcome {
  const trainings = items.filter((item) => item.kind === 'train');
  const measurements = items.filter((item) => item.kind === 'measure');
  const askings = items.filter((item) => item.kind === 'ask');
  const spec = trainings.at(0)?.spec;
  const trainedOn = spec?.lengths ?? null;
  const threshold = [...measurements, ...askings].at(0)?.spec.threshold ?? USUAL_THRESHOLD;
  const runs = [...runsOf(trainings, measurements), ...askings.map((item) => runOf(null, item))];
  const standings = runs.map((run) => standingOf(run, trainedOn, threshold));
  const standing = medianStanding(standings);
  // Without positions it is the plain fragment that theory speaks of, with them the one that has positions.
  const fragment = (spec ?? pretraining?.spec)?.positions === 'nope' ? 'plain' : 'pos';
  const question = asked.find((item) => item.spec.fragment === fragment);
  const prediction = predictionOf(question);
  return {
    model,
    trainedOn,
    positions: spec?.positions ?? null,
    asking: askings.at(0)?.spec ?? null,
    asked: askings.at(0)?.rows.find((row) => row.kind === 'asked') ?? null,
    runs,
    cells: overSeeds(runs.flatMap((run) => run.cells)),
    threshold,
    horizon: medianHorizon(runs.map((run) => run.horizon)),
    standing,
    alike: standings.filter((each) => each === standing).length,
    prediction,
    predicting: question?.state ?? null,
    agreement: agreementOf(standing, prediction?.verdict, trainings.length === 0),
  };
}

function predictionOf(item: PredictItem | undefined): PredictionJson | null {
  return item?.rows.at(0)?.prediction ?? null;
}

/** A run for every training, with what was measured of it, and for every measurement of something else. */
function runsOf(trainings: readonly TrainItem[], measurements: readonly MeasureItem[]): RunView[] {
  const trained = trainings.map((training) =>
    runOf(
      training,
      measurements.find((item) => item.spec.model === training.hash),
    ),
  );
  const others = measurements
    .filter((item) => !trainings.some((training) => training.hash === item.spec.model))
    .map((item) => runOf(null, item));
  return [...trained, ...others];
}

function runOf(training: TrainItem | null, measurement: MeasureItem | AskItem | undefined): RunView {
  const rows: readonly (MeasureItem | AskItem)['rows'][number][] = measurement?.rows ?? [];
  const cells = rows.filter((row): row is CellRow => row.kind === 'cell');
  const horizon = rows.find((row): row is HorizonRow => row.kind === 'horizon');
  return {
    seed: training?.seed ?? measurement?.seed ?? 0,
    training,
    measurement: measurement ?? null,
    curve: training?.rows.filter((row) => row.kind === 'progress') ?? [],
    trained: training?.rows.find((row) => row.kind === 'trained') ?? null,
    cells: cells.toSorted((a, b) => a.length - b.length),
    asked: measurement === undefined ? [] : lengthsOf(measurement),
    horizon: horizon && completed(horizon, cells),
    mistakes: measurement?.examples.filter((example) => !example.correct) ?? [],
  };
}

function unique<T>(values: readonly T[]): T[] {
  return [...new Set(values)];
}
