/**
 * A study as its store would give it, made up from a fixed seed: plausible curves and errors, and everything that a
 * report must survive (a failed item, a study that was interrupted, cells without an answer, hostile names).
 */
import { rng } from '../src/common/random.ts';
import { sha256 } from '../src/common/sha256.ts';
import { askableNamed } from '../src/prompt/askable.ts';
import { anatomyOf } from '../src/score/errors/index.ts';
import { promptFor } from '../src/prompt/files.node.ts';
import type { CellRow, HorizonRow, InstanceRow } from '../src/score/tables/rows.ts';
import { horizonOf, wilson } from '../src/score/statistics/index.ts';
import { asymmetriesIn } from '../src/study/asymmetries.ts';
import type {
  AskedRow,
  AskItem,
  MeasureItem,
  PredictionJson,
  PredictItem,
  ReportInput,
  StudyItem,
  TrainItem,
} from '../src/study/rows.ts';
import { taskNamed } from '../src/tasks/index.ts';
import type { Instance, Task } from '../src/tasks/task.ts';
import type { ProgressRow, TrainedRow } from '../src/train/run/rows.ts';
import type { Positions, TrainSpec } from '../src/train/spec/spec.ts';

export interface FixtureModel {
  readonly name: string;
  readonly positions: Positions;
}

/** A model behind an address. */
export interface FixtureRespondent {
  readonly name: string;
  /** Lengths were chosen by the answers. */
  readonly search?: true;
  /** Some answers are cut off, some questions get none, and the budget ends it. */
  readonly troubled?: true;
}

export interface FixturePlan {
  readonly name?: string;
  readonly tasks: readonly string[];
  readonly models: readonly FixtureModel[];
  readonly seeds: readonly number[];
  readonly respondents?: readonly FixtureRespondent[];
  readonly lengths?: readonly number[];
  readonly n?: number;
  /** How fast accuracy falls beyond the trained lengths: 0 holds for ever. */
  readonly decay?: (task: string, model: string) => number;
  readonly verdict?: (task: string) => PredictionJson['verdict'];
}

/** What theory says of the ten tasks (arXiv 2505.21785, Table 1). */
export const THEORY: Readonly<Record<string, PredictionJson['verdict']>> = {
  UL: 'in',
  UR: 'in',
  NLFirst: 'in',
  NRFirst: 'in',
  UF: 'in',
  UB: 'in',
  NLLast: 'out',
  NRLast: 'out',
  NF: 'out',
  NB: 'out',
};

const TRAINED = { min: 1, max: 20 };

/** The study in the picture: three outcomes as theory has them, one of each kind of disagreement. */
export const typical: FixturePlan = {
  name: 'quick',
  tasks: ['UR', 'UL', 'NRLast', 'UF'],
  models: [
    { name: 'ape', positions: 'ape' },
    { name: 'rope', positions: 'rope' },
  ],
  seeds: [1, 2, 3],
  decay: (task, model) =>
    ({ UR: 0, UL: 0.01, NRLast: model === 'rope' ? 0 : 0.9, UF: model === 'rope' ? 3 : 0.25 })[task] ?? 0.5,
};

/** Trained models beside respondents: one that holds on the right and fails on the left, one that has its troubles. */
export const asked: FixturePlan = {
  ...typical,
  name: 'asked',
  tasks: ['UR', 'UL', 'NF', 'git-revert', 'table-lookup-first'],
  models: [{ name: 'ape', positions: 'ape' }],
  seeds: [1],
  respondents: [
    { name: 'meta-llama/Llama-3.1-8B-Instruct' },
    { name: 'searched', search: true },
    { name: 'troubled', troubled: true },
  ],
  decay: (task, model) => (task === 'UR' && model !== 'troubled' ? 0 : 0.4),
};

/** Instances of each item, by its hash. */
type Drawn = Map<string, readonly InstanceRow[]>;

export function studyRows(plan: FixturePlan): ReportInput {
  const verdict = plan.verdict ?? ((task: string) => THEORY[task] ?? 'unknown');
  const drawn: Drawn = new Map();
  const items = plan.tasks.flatMap((task): StudyItem[] => [
    ...(plan.respondents === undefined || task in THEORY ? [predictItem(task, verdict(task))] : []),
    ...(plan.respondents === undefined || task in THEORY ? plan.models : []).flatMap((model) =>
      plan.seeds.flatMap((seed) => {
        const training = trainItem(task, model, seed);
        return [training, measureItem(task, model, seed, training.hash, plan, drawn)];
      }),
    ),
    ...(plan.respondents ?? []).map((respondent) => askItem(task, respondent, plan, drawn)),
  ]);
  const name = plan.name ?? 'fixture';
  return {
    name,
    file: { name: `${name}.yaml`, text: fileText(plan) },
    created: '2026-03-14T09:26:53.000Z',
    environments: [
      {
        lengthwise: '0.1.0',
        node: '24.21.0',
        onnxruntime: '1.30.0',
        platform: 'linux x64',
        cpu: 'Imaginary CPU @ 2.50GHz',
        cores: 2,
        memoryGiB: 7.8,
      },
    ],
    items,
    ...(plan.respondents && { asymmetries: asymmetriesIn(items, ({ hash }) => drawn.get(hash) ?? []) }),
  };
}

function predictItem(task: string, verdict: PredictionJson['verdict']): PredictItem {
  const program = 'read at eos\nlet before := prev Q[q]\nnext[s] := Q[q] and exists (Q[s] and before)\n';
  return {
    kind: 'predict',
    hash: sha256(`predict ${task}`),
    needs: [],
    task,
    model: null,
    seed: null,
    state: 'done',
    seconds: 0.08,
    error: null,
    spec: { task, fragment: 'pos' },
    rows: [
      {
        kind: 'verdict',
        task,
        prediction: {
          subject: { task },
          fragment: 'pos',
          read: 'eos',
          verdict,
          status: 'published',
          argument:
            verdict === 'in' ? 'A program finds the place by looking one symbol back.' : 'Some argument.',
          certificate:
            verdict === 'in'
              ? { version: 1, verdict, evidence: { program } }
              : { version: 1, verdict, word: 'a b' },
        },
      },
    ],
  };
}

function trainItem(task: string, { name, positions }: FixtureModel, seed: number): TrainItem {
  const spec: TrainSpec = {
    task,
    positions,
    layers: 2,
    heads: 4,
    dim: 64,
    lengths: TRAINED,
    maxLength: 80,
    offsets: positions === 'ape',
    positionStart: 'normal',
    batch: 64,
    steps: 4000,
    learningRate: 0.001,
    optimizer: 'muon',
    schedule: 'linear',
    warmup: 50,
    weightDecay: 0.01,
    curriculum: 0,
    evaluateEvery: 100,
    seed,
  };
  const stream = rng('curve', task, name, seed);
  const transition = 600 + stream.below(1400);
  const end = transition + 900;
  const progress = Array.from({ length: end / 50 }, (_, i) =>
    progressRow((i + 1) * 50, transition, stream.float()),
  );
  const trained: TrainedRow = {
    kind: 'trained',
    reason: 'perfect',
    step: end - (end % 50),
    accuracy: 1,
    parameters: 104_512,
    seconds: end / 40,
    weights: sha256(`weights ${task} ${name} ${seed}`),
  };
  return {
    kind: 'train',
    hash: sha256(`train ${task} ${name} ${seed}`),
    needs: [],
    task,
    model: name,
    seed,
    state: 'done',
    seconds: trained.seconds,
    error: null,
    spec,
    folder: `models/${task}-${name}-${seed}`,
    rows: [...progress, trained],
  };
}

/** Learning comes as a sudden transition. */
function progressRow(step: number, transition: number, noise: number): ProgressRow {
  const learned = 1 / (1 + Math.exp((transition - step) / 90));
  const correct = Math.min(200, Math.round(200 * (0.05 + 0.955 * learned)));
  return {
    kind: 'progress',
    step,
    steps: 4000,
    loss: 3.1 * (1 - learned) * (0.9 + 0.2 * noise) + 0.002,
    ...(step % 100 === 0 ? { accuracy: [{ min: 1, max: 20, n: 200, correct }] } : {}),
    tokensPerSecond: 31_000,
    elapsed: step / 40,
    left: (4000 - step) / 40,
  };
}

function measureItem(
  task: string,
  model: FixtureModel,
  seed: number,
  hash: string,
  plan: FixturePlan,
  drawn: Drawn,
): MeasureItem {
  const { lengths = [5, 10, 20, 30, 40, 60], n = 200, decay = () => 0.5 } = plan;
  const stream = rng('answers', task, model.name, seed);
  const rate = decay(task, model.name);
  const instances = lengths.flatMap((length) =>
    Array.from({ length: n }, (_, index) => answered(taskNamed(task), length, index, rate, stream)),
  );
  const cells = lengths.map((length) =>
    cellOf(
      task,
      length,
      instances.filter((row) => row.length === length),
    ),
  );
  const { length, censored, threshold } = horizonOf(cells, 0.9);
  const horizon: HorizonRow = { kind: 'horizon', task, threshold, length, censored };
  const own = sha256(`measure ${task} ${model.name} ${seed}`);
  drawn.set(own, instances);
  return {
    kind: 'measure',
    hash: own,
    needs: [hash],
    task,
    model: model.name,
    seed,
    state: 'done',
    seconds: 2.4,
    error: null,
    spec: { model: hash, task, lengths, n, seed: 5, threshold: 0.9 },
    rows: [...cells, horizon],
    examples: firstOfEachKind(instances),
  };
}

function askItem(task: string, respondent: FixtureRespondent, plan: FixturePlan, drawn: Drawn): AskItem {
  const { name, search = false, troubled = false } = respondent;
  const { n = 200, decay = () => 0.5 } = plan;
  const lengths = search ? [5, 10, 20, 40, 80] : (plan.lengths ?? [5, 10, 20, 30, 40]);
  const askable = askableNamed(task);
  const stream = rng('asked', task, name);
  const instances = lengths.flatMap((length) =>
    Array.from({ length: Math.ceil(n / 4) }, (_, index): InstanceRow => {
      const { source, query, answer, ...instance } = askable.instance({ length, seed: 5, index });
      const right = stream.float() < Math.exp((-decay(task, name) * Math.max(0, length - 10)) / 10);
      const output = right ? answer : wrongAnswer({ ...instance, source, query, answer }, stream);
      const error = anatomyOf(askable, { ...instance, source, query, answer }, output);
      const truncated = troubled && error !== null && index % 2 === 0;
      const place = { task, length, index, repeat: 0 };
      return {
        kind: 'instance',
        ...place,
        source,
        query,
        answer,
        output,
        correct: error === null,
        error,
        truncated,
      };
    }),
  );
  const cells = lengths.map((length): CellRow => {
    const here = instances.filter((row) => row.length === length);
    const truncated = here.filter((row) => row.truncated).length;
    return { ...cellOf(task, length, here), truncated, failed: troubled && length === 40 ? 3 : 0 };
  });
  const { length, censored, threshold } = horizonOf(cells, 0.9);
  const horizon: HorizonRow = { kind: 'horizon', task, threshold, length, censored };
  const prompt = promptFor(askable.shape, ['bare'], true);
  const went: AskedRow = {
    kind: 'asked',
    task,
    api: 'completions',
    prompt: prompt.name,
    capabilities: ['completions and chat', 'a largest context of 4096 tokens'],
    requests: instances.length,
    promptTokens: 40 * instances.length,
    completionTokens: 3 * instances.length,
    money: troubled ? 0.0123 : null,
    failures: troubled ? [{ reason: 'status 500: out of order', count: 3 }] : [],
    budgetSpent: troubled,
  };
  const hash = sha256(`ask ${task} ${name}`);
  drawn.set(hash, instances);
  return {
    kind: 'ask',
    ...{ hash, task, needs: [], model: name, seed: null, state: 'done', seconds: 3.5, error: null },
    spec: {
      ...{ endpoint: 'http://127.0.0.1:8000/v1', model: name, api: null, strict: true, rendering: {} },
      tasks: [{ task, prompts: { completions: prompt, chat: prompt } }],
      ...{ lengths: search ? null : lengths, n, maxLength: search ? 80 : null, repeats: 1, seed: 5 },
      ...{ threshold: 0.9, temperature: 0, decide: 'generation', body: {} },
    },
    rows: [...cells, horizon, went],
    examples: firstOfEachKind(instances),
  };
}

function answered(
  task: Task,
  length: number,
  index: number,
  rate: number,
  stream: ReturnType<typeof rng>,
): InstanceRow {
  const instance = task.sample(length, stream);
  const beyond = Math.max(0, length - TRAINED.max) / 10;
  const right = stream.float() < Math.exp(-rate * beyond);
  const output = right ? instance.answer : wrongAnswer(instance, stream);
  const error = anatomyOf(task, instance, output);
  return {
    kind: 'instance',
    task: task.name,
    length,
    index,
    repeat: 0,
    source: instance.source,
    query: instance.query,
    answer: instance.answer,
    output,
    correct: error === null,
    error,
  };
}

function wrongAnswer({ source, query, answer }: Instance, stream: ReturnType<typeof rng>): readonly string[] {
  if (query !== null) return [stream.choice(source)];
  const place = stream.below(answer.length);
  return stream.below(2) === 0
    ? answer.slice(0, place)
    : [...answer.slice(0, place), ...answer.slice(place + 1)];
}

function cellOf(task: string, length: number, rows: readonly InstanceRow[]): CellRow {
  const correct = rows.filter((row) => row.correct).length;
  const errors: Record<string, number> = {};
  for (const { error } of rows) if (error !== null) errors[error] = (errors[error] ?? 0) + 1;
  return {
    kind: 'cell',
    task,
    length,
    n: rows.length,
    correct,
    accuracy: rows.length === 0 ? 0 : correct / rows.length,
    ...wilson(correct, rows.length),
    errors,
  };
}

function firstOfEachKind(rows: readonly InstanceRow[], most = 3): InstanceRow[] {
  return rows.filter(
    (row, i) => !row.correct && rows.slice(0, i).filter((other) => other.error === row.error).length < most,
  );
}

function fileText({ name = 'fixture', tasks, models, seeds }: FixturePlan): string {
  return `# made up for tests\nname: ${name}\ntasks: [${tasks.join(', ')}]\nmodels:\n${models
    .map((model) => `  - { name: ${model.name}, positions: ${model.positions} }\n`)
    .join('')}seeds: [${seeds.join(', ')}]\n`;
}

/** The same study with some of its items changed. */
export const changed = (
  input: ReportInput,
  change: (item: StudyItem, index: number) => StudyItem,
): ReportInput => ({
  ...input,
  items: input.items.map(change),
});

/** Names that try to get out of wherever they are put. */
export const HOSTILE = [
  '</script><script>alert(1)</script>',
  '"><img src=x onerror=alert(1)>',
  "' onload='alert(1)",
  '</title></style><b>',
  '<bos>',
  '&lt;&amp;',
  '<!--',
  ']]>',
  'https://example.com/x.js',
  '\u202egnirts\u0000\u0007',
  '\ud800',
  'javascript:alert(1)',
];

/** A study that was stopped: one item failed, others wait. */
export function unfinishedStudy(): ReportInput {
  return changed(studyRows(typical), (item, i) => {
    if (i === 1 && item.kind === 'train')
      return {
        ...item,
        state: 'failed',
        error: 'the loss became NaN at step 120',
        rows: item.rows.slice(0, 2),
      };
    if (i === 2 || i > 20)
      return { ...item, state: 'waiting', seconds: null, rows: [], examples: [] } as StudyItem;
    return item;
  });
}

/** A study in which every text comes from somebody who means ill. */
export function hostileStudy(): ReportInput {
  const [script, image, attribute] = HOSTILE;
  const input = studyRows({
    name: HOSTILE.join(' '),
    tasks: ['NRLast', 'UF'],
    models: HOSTILE.map((name) => ({ name, positions: 'ape' })),
    seeds: [1],
    lengths: [10, 40],
    n: 20,
    decay: () => 1,
  });
  return {
    ...changed(input, (item, i): StudyItem => {
      const renamed = { ...item, task: item.task === 'UF' ? script : item.task };
      if (renamed.kind === 'measure') {
        const examples = renamed.examples.map((row, k) => ({
          ...row,
          source: [...HOSTILE, ...row.source],
          query: row.query === null ? null : script,
          output: [HOSTILE[k % HOSTILE.length]],
          error: k % 2 === 0 ? image : row.error,
        }));
        const rows = renamed.rows.map((row) =>
          row.kind === 'cell' ? { ...row, errors: { ...row.errors, [image]: 3, constructor: 1 } } : row,
        );
        return { ...renamed, examples, rows };
      }
      return i === 1 ? { ...renamed, state: 'failed', error: attribute } : renamed;
    }),
    file: { name: `${attribute}; rm -rf ~`, text: HOSTILE.join('\n') },
    environments: [{ ...input.environments[0], cpu: script, platform: image }],
  };
}
