/**
 * Measurements as a store would give them, made up from a fixed seed: what a report must show (pairs of tasks, searched
 * lengths, places in the source, every outcome, lines, several respondents) and survive (no answers, a kill, hostile texts).
 * Rows and nothing else: of the measuring itself this knows nothing.
 */
import { rng } from '../src/common/random.ts';
import { askables } from '../src/prompt/askable.ts';
import type { Askable } from '../src/prompt/askable.ts';
import { allPrompts, promptFor, promptNames } from '../src/prompt/files.node.ts';
import { anatomyOf } from '../src/score/errors/index.ts';
import { mcnemar, pairedDifference, unpairedDifference, wilson } from '../src/score/statistics/index.ts';
import { contrasts } from '../src/score/tables/contrasts.ts';
import { promptSpread } from '../src/score/tables/prompt-spread.ts';
import type {
  AnswerExample,
  AsymmetryRow,
  CellRow,
  ComparisonRow,
  HorizonRow,
  PlaceRow,
} from '../src/score/tables/rows.ts';
import type { MeasureReportInput, RespondentRows, Run } from '../src/measure/store/rows.ts';
import { HOSTILE } from './report-fixture.ts';

export interface FixtureMeasurement {
  readonly model?: string;
  readonly folder?: string;
  readonly tasks: readonly string[];
  readonly lengths: readonly number[];
  readonly n?: number;
  readonly seed?: number;
  readonly searched?: boolean;
  readonly ending?: string | null;
  readonly failing?: (index: number) => boolean;
  readonly accuracy?: (task: string, length: number) => number;
  /** What a wrong answer is, instead of the right one with its first symbol left out. */
  readonly said?: string;
  readonly threshold?: number;
  /** Truncated, withheld and refused answers, text around answers, and what guessing gives. */
  readonly outcomes?: true;
  /** The prompt's name, where it is not the paper's. */
  readonly prompt?: string;
  /** Places in the source; the middle fifth is worse. */
  readonly places?: true;
  /** What a pilot has chosen. */
  readonly pilot?: Run['pilot'];
  /** What else the horizon of a task says. */
  readonly horizon?: (task: string) => Partial<HorizonRow>;
}

interface Sample {
  readonly task: Askable;
  readonly length: number;
  readonly index: number;
  readonly outcome: 'right' | 'wrong' | 'truncated' | 'withheld' | 'refused' | 'failed';
  readonly output: readonly string[];
  readonly error: string | null;
}

function measured(plan: FixtureMeasurement, label: string): RespondentRows {
  const { model = 'some/model-7b', n = 40, seed = 1, threshold = 0.9, lengths } = plan;
  const tasks = askables(plan.tasks);
  const samples = tasks.flatMap((task) =>
    lengths.flatMap((length) => Array.from({ length: n }, (_, index) => sampleOf(plan, task, length, index))),
  );
  const rows = tasks.flatMap((task) => lengths.map((length) => cellOf(plan, task, length, samples)));
  const failed = samples.filter(({ outcome }) => outcome === 'failed').length;
  const run = runOf(plan, tasks);
  return {
    label,
    folder: plan.folder ?? 'runs/fixture',
    respondent: { kind: 'endpoint', endpoint: 'http://127.0.0.1:8000/v1', model, seed, extra: {} },
    capabilities: [`models: ${model}`, 'context: not said, counts tokens: yes'],
    started: run.started,
    runs: [run],
    missing: missingOf(plan, failed, samples.length),
    asked: tasks.map(({ name, title, operation, joiner, shape }) => ({
      task: name,
      title,
      operation,
      joiner,
      min: 1,
      max: null,
      prompt: promptFor(shape, [plan.prompt ?? 'paper'], true),
      rendering: {},
    })),
    adaptive: plan.searched ?? false,
    threshold,
    rows,
    horizons: tasks.map((task) => ({
      ...horizonOf(task.name, rows, threshold),
      ...plan.horizon?.(task.name),
    })),
    asymmetries: asymmetriesOf(samples, rows),
    examples: examplesOf(plan, samples),
    failures: failed === 0 ? [] : [{ reason: 'status 500: out of order', count: failed }],
    spent: {
      requests: samples.length,
      promptTokens: 60 * samples.length,
      completionTokens: 4 * samples.length,
      money: 0.0123,
      seconds: 0.12,
    },
  };
}

/** One sample: right with the chance that is wanted, by a draw that is the same for every task and respondent. */
function sampleOf(plan: FixtureMeasurement, task: Askable, length: number, index: number): Sample {
  const { failing, said, accuracy = () => 0.97, seed = 1, outcomes } = plan;
  if (failing?.(index)) return { task, length, index, outcome: 'failed', output: [], error: null };
  const instance = task.instance({ length, seed, index });
  if (rng('fixture', seed, length, index).float() < accuracy(task.name, length)) {
    return { task, length, index, outcome: 'right', output: instance.answer, error: null };
  }
  const others = ['truncated', 'withheld', 'refused'] as const;
  const output = said === undefined ? [...instance.answer.slice(1), '?'] : [said];
  if (outcomes && index % 5 < 3) {
    return { task, length, index, outcome: others[index % 5], output, error: null };
  }
  const kind = anatomyOf({ name: task.operation, family: task.family }, instance, output);
  return { task, length, index, outcome: 'wrong', output, error: kind ?? 'white-space' };
}

function cellOf(plan: FixtureMeasurement, task: Askable, length: number, all: readonly Sample[]): CellRow {
  const samples = all.filter((sample) => sample.task === task && sample.length === length);
  const of = (outcome: Sample['outcome']): number =>
    samples.filter((sample) => sample.outcome === outcome).length;
  const [n, correct] = [samples.length, of('right')];
  const errors: Record<string, number> = {};
  for (const { error } of samples) if (error !== null) errors[error] = (errors[error] ?? 0) + 1;
  const answered = correct + of('wrong');
  return {
    kind: 'cell',
    task: task.name,
    length,
    n,
    correct,
    accuracy: correct / n,
    ...wilson(correct, n),
    ...(plan.searched ? { confidence: 0.975 } : {}),
    errors,
    truncated: of('truncated'),
    withheld: of('withheld'),
    refused: of('refused'),
    failed: of('failed'),
    ...(answered < n && answered > 0
      ? { answered: { n: answered, correct, accuracy: correct / answered, ...wilson(correct, answered) } }
      : {}),
    exact: plan.outcomes ? Math.floor(correct / 2) : correct,
    retrieved: plan.outcomes ? correct + Math.floor(of('wrong') / 2) : correct,
    extra: plan.outcomes ? Math.ceil(correct / 2) : 0,
    ...(plan.outcomes ? { chance: 1 / length } : {}),
    promptTokens: 3 * length,
    ...(plan.places ? { places: placesOf(correct, n) } : {}),
  };
}

/** Five bins with the same number of samples; most of what is not right stands in the middle one. */
function placesOf(correct: number, n: number): PlaceRow[] {
  const each = Math.floor(n / 5);
  const wrong = Math.min(each, n - correct);
  return Array.from({ length: 5 }, (_, bin) => {
    const right = bin === 2 ? each - wrong : each;
    return {
      from: bin / 5,
      to: (bin + 1) / 5,
      n: each,
      correct: right,
      accuracy: right / each,
      ...wilson(right, each),
    };
  });
}

/** The definition again: up to the first length whose interval begins below the threshold. */
function horizonOf(task: string, rows: readonly CellRow[], threshold: number): HorizonRow {
  const own = rows.filter((row) => row.task === task && row.n > 0);
  let held = 0;
  while (held < own.length && own[held].low >= threshold) held++;
  const next = own.at(held);
  const failing = own.findIndex(({ high }) => high < threshold);
  const length = held === 0 ? null : own[held - 1].length;
  return {
    kind: 'horizon',
    task,
    threshold,
    length,
    censored: own.length > 0 && held === own.length,
    shortest: own.at(0)?.length ?? null,
    undecided:
      held < own.length && next !== undefined && next.high >= threshold
        ? { length: next.length, n: next.n, correct: next.correct }
        : null,
    low: length ?? 0,
    high: failing === -1 ? null : failing === 0 ? 0 : own[failing - 1].length,
  };
}

function asymmetriesOf(samples: readonly Sample[], rows: readonly CellRow[]): AsymmetryRow[] {
  return contrasts.flatMap(({ contrast, first, second }) => {
    const lengths = rows.filter(({ task }) => task === first).map(({ length }) => length);
    const shared = lengths.filter((length) =>
      rows.some((row) => row.task === second && row.length === length),
    );
    const row = (length: number | null): AsymmetryRow => {
      const right = (task: string): boolean[] =>
        samples
          .filter((each) => each.task.name === task && (length === null || each.length === length))
          .map(({ outcome }) => outcome === 'right');
      return {
        kind: 'asymmetry',
        contrast,
        first,
        second,
        length,
        pAdjusted: null,
        ...differenceOf(right(first), right(second), contrast),
      };
    };
    if (shared.length === 0) return [];
    return [...shared.map(row), ...(shared.length > 1 ? [row(null)] : [])];
  });
}

type Numbers = Pick<AsymmetryRow, 'n' | 'paired' | 'difference' | 'low' | 'high' | 'p'>;

function differenceOf(a: readonly boolean[], b: readonly boolean[], contrast = ''): Numbers {
  const count = (list: readonly boolean[]): number => list.filter(Boolean).length;
  const n = Math.min(a.length, b.length);
  if (contrast.startsWith('unique') || a.length !== b.length) {
    const both = [a, b].map((list) => ({ correct: count(list), n: list.length }));
    return { n, paired: false, ...unpairedDifference(both[0], both[1]), p: null };
  }
  const pairs = (x: boolean, y: boolean): number => a.filter((right, i) => right === x && b[i] === y).length;
  const [onlyFirst, onlySecond] = [pairs(true, false), pairs(false, true)];
  const interval = pairedDifference({
    both: pairs(true, true),
    onlyFirst,
    onlySecond,
    neither: pairs(false, false),
  });
  return { n, paired: true, ...interval, p: mcnemar(onlyFirst, onlySecond).p };
}

/** Of each task and kind of error the first few, with the alignment that the making of wrong answers gives. */
function examplesOf({ said, seed = 1 }: FixtureMeasurement, samples: readonly Sample[]): AnswerExample[] {
  const kept = new Map<string, number>();
  return samples.flatMap(({ task, length, index, outcome, output, error }): AnswerExample[] => {
    if (outcome !== 'wrong' && outcome !== 'truncated') return [];
    const key = `${task.name} ${error ?? outcome}`;
    kept.set(key, (kept.get(key) ?? 0) + 1);
    if ((kept.get(key) ?? 0) > 3) return [];
    const { source, query, answer } = task.instance({ length, seed, index });
    const [first, ...rest] = answer;
    const pieces =
      said === undefined
        ? [
            { same: false, answer: [first], output: [] },
            { same: true, answer: rest, output: rest },
            { same: false, answer: [], output: ['?'] },
          ]
        : [{ same: false, answer, output }];
    return [
      {
        task: task.name,
        length,
        index,
        repeat: 0,
        source,
        query,
        answer,
        output,
        pieces,
        error: error ?? 'no-answer',
        truncated: index % 5 === 0,
        raw: said === undefined ? null : `The answer is ${said}`,
      },
    ];
  });
}

/** The words of the command line. */
function missingOf({ ending = 'done' }: FixtureMeasurement, failed: number, all: number): string | null {
  if (ending === null) return 'still running, or killed';
  if (ending === 'budget') return 'the budget is spent';
  if (ending !== 'done') return `stopped: ${ending}`;
  return failed === 0 || all === 0 ? null : `${failed} questions failed`;
}

function runOf(plan: FixtureMeasurement, tasks: readonly Askable[]): Run {
  const { model = 'some/model-7b', n = 40, lengths, threshold = 0.9, ending = 'done' } = plan;
  return {
    firstRow: 1,
    started: '2026-03-01T09:00:00.000Z',
    ended: ending === null ? null : '2026-03-01T09:04:00.000Z',
    ending,
    lengthwise: '0.1.0',
    node: '24.0.0',
    platform: 'linux x64',
    api: 'completions',
    lengths: plan.searched ? null : lengths,
    n,
    maxLength: 320,
    repeats: 1,
    threshold,
    alpha: 0.025,
    ...(plan.pilot === undefined ? {} : { pilot: plan.pilot }),
    most: 1000,
    prices: { prompt: 0.15, completion: 0.6 },
    asked: [],
    options: {
      endpoint: 'http://127.0.0.1:8000/v1',
      model,
      task: tasks.map(({ name }) => name).join(','),
      header: ['X-Team'],
    },
  };
}

/** Every later respondent compared with the first, over all lengths that both were asked at. */
function together(
  name: string,
  plans: readonly (readonly [label: string, plan: FixtureMeasurement])[],
  notes: readonly string[] = [],
): MeasureReportInput {
  const respondents = plans.map(([label, plan]) => measured(plan, label));
  const [first, ...others] = respondents;
  const comparisons = others.flatMap((second) =>
    second.horizons.flatMap(({ task }): ComparisonRow[] => {
      const right = (rows: RespondentRows): boolean[] =>
        rows.rows
          .filter((cell) => cell.task === task)
          .flatMap(({ n, correct }) => Array.from({ length: n }, (_, i) => i < correct));
      const [a, b] = [right(first), right(second)];
      const answers = [a.length, b.length] as const;
      return a.length === 0
        ? []
        : [
            {
              kind: 'comparison',
              first: first.label,
              second: second.label,
              task,
              length: null,
              answers,
              pAdjusted: null,
              ...differenceOf(b, a),
            },
          ];
    }),
  );
  return { name, respondents, comparisons, notes };
}

/** The same tasks with each prompt that there is for them, some of them better. */
function everyPrompt(name: string, plan: FixtureMeasurement): MeasureReportInput {
  const names = [
    ...new Set(
      askables(plan.tasks).flatMap(({ shape }) => allPrompts(shape, 'completions').map((one) => one.name)),
    ),
  ];
  const plans = names.map((prompt, i): readonly [string, FixtureMeasurement] => {
    const tasks = askables(plan.tasks).filter(({ shape }) => promptNames(shape).includes(prompt));
    return [
      prompt,
      { ...plan, prompt, tasks: tasks.map((task) => task.name), accuracy: () => (i % 3 === 0 ? 1 : 0.6) },
    ];
  });
  const input = together(name, plans);
  const ways = input.respondents.map(({ rows, asked }) => ({
    rows,
    prompts: Object.fromEntries(asked.map(({ task, prompt }) => [task, prompt.name])),
  }));
  return {
    ...input,
    apart: 'prompt',
    spread: promptSpread(ways),
    notes: ['One model was asked with several prompts.'],
  };
}

const PAIRS = ['UR', 'UL', 'NRFirst', 'NLFirst', 'NRLast', 'NLLast', 'UF', 'UB', 'NF', 'NB', 'flip-flop'];
const falling = (task: string, length: number): number =>
  1 / (1 + Math.exp((length - ({ UR: 200, UL: 22, UF: 90, UB: 30 }[task] ?? 40)) / 6));

const usual: FixtureMeasurement = {
  tasks: PAIRS,
  lengths: [10, 20, 40, 60],
  n: 60,
  accuracy: falling,
  failing: (i) => i === 7,
};

const hostile: FixtureMeasurement = {
  model: HOSTILE.join(' '),
  folder: HOSTILE[0],
  tasks: ['UR', 'UL', 'UF', 'text-copy'],
  lengths: [6],
  accuracy: () => 0.5,
  said: HOSTILE.join(' '),
  ending: HOSTILE[1],
};

/** A text as long as a model that never stops may write. */
const ENDLESS = 'x\u200b'.repeat(1_000_000);

/** What `everything` says of its horizons beside the length. */
const QUALIFIED: Readonly<Record<string, Partial<HorizonRow>>> = {
  UR: { promise: { share: 0.9, confidence: 0.975, drawn: 36 }, tokens: 412.4 },
  UL: { withoutUnanswered: { length: 40, censored: false } },
  UB: { withoutUnanswered: { length: null, censored: false, shortest: null } },
  UF: {
    contextEnds: 65,
    weakPlaces: [
      { length: 20, from: 0.4, to: 0.6, n: 40, correct: 24, accuracy: 0.6, low: 0.45, high: 0.74 },
    ],
  },
};

export const measurements: Readonly<Record<string, MeasureReportInput>> = {
  'eleven tasks': together('some/model-7b', [['some/model-7b', usual]]),
  'everything that can happen': together('everything', [
    [
      'some/model-7b',
      {
        ...usual,
        tasks: ['UR', 'UL', 'UF', 'UB'],
        n: 200,
        outcomes: true,
        places: true,
        horizon: (task) => QUALIFIED[task] ?? {},
      },
    ],
  ]),
  'lengths that were searched, and killed meanwhile': together('searched', [
    ['searched', { ...usual, tasks: ['UR', 'UL'], lengths: [5, 10, 20], searched: true, ending: null }],
  ]),
  'lines, and a task in no contrast': together('lines', [
    [
      'lines',
      {
        tasks: ['git-revert', 'text-copy', 'table-lookup-first', 'flip-flop'],
        lengths: [12],
        accuracy: () => 0.4,
      },
    ],
  ]),
  'one length, and nothing wrong': together('one', [
    ['one', { tasks: ['UR'], lengths: [8], accuracy: () => 1 }],
  ]),
  'a prompt that a pilot chose': together('chosen', [
    [
      'chosen',
      {
        tasks: ['UR', 'UL'],
        lengths: [10],
        pilot: [
          {
            family: 'UR+UL',
            chosen: 'pair',
            elicits: true,
            scores: [
              { prompt: 'pair', task: 'UR', right: 12, n: 16 },
              { prompt: 'pair', task: 'UL', right: 4, n: 16 },
              { prompt: 'json', task: 'UR', right: 1, n: 8 },
              { prompt: 'json', task: 'UL', right: 0, n: 8 },
            ],
          },
        ],
      },
    ],
  ]),
  'a model asked with every prompt': everyPrompt('some/model-7b', {
    ...usual,
    tasks: ['UR', 'UL', 'UF', 'UB'],
    lengths: [10, 20],
  }),
  'everything failed': together('nothing', [
    ['nothing', { tasks: ['UR', 'UL'], lengths: [10], failing: () => true }],
  ]),
  'nothing was asked': together('nothing', [['nothing', { tasks: ['UR', 'UL'], lengths: [] }]]),
  'three respondents, one that was asked less': together(
    'three',
    [
      ['some/model-7b · monday', usual],
      [
        'other-70b',
        {
          ...usual,
          model: 'other-70b',
          tasks: ['UR', 'UL', 'UF'],
          lengths: [10, 40, 62],
          n: 30,
          accuracy: () => 0.8,
        },
      ],
      [
        'some/model-7b · again',
        { ...usual, folder: 'runs/again', seed: 2, tasks: ['UR', 'UF'], searched: true },
      ],
    ],
    ['UR was asked at different lengths.', 'Lengths were chosen by the answers.'],
  ),
  'outputs without an end': together('endless', [
    [
      'endless',
      { tasks: ['UR', 'UF', 'text-copy'], lengths: [6], accuracy: () => 0.4, said: ENDLESS, n: 10 },
    ],
  ]),
  hostile: together(
    HOSTILE.join(' '),
    [
      [HOSTILE.join(' '), hostile],
      [`${HOSTILE.join(' ')} (2)`, { ...hostile, seed: 2 }],
    ],
    [HOSTILE.join(' ')],
  ),
};
