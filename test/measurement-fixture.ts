/**
 * Measurements as a store would give them, made up from a fixed seed: what a report must show (pairs of operations,
 * searched lengths, chat with tags, lines, two respondents) and survive (no answers, a kill, hostile texts).
 */
import { rng } from '../src/common/random.ts';
import type { Askable } from '../src/prompt/askable.ts';
import { askables } from '../src/prompt/askable.ts';
import { anatomyOf } from '../src/score/errors/index.ts';
import { searchOf } from '../src/measure/plan/plan.ts';
import { promptFor } from '../src/prompt/files.node.ts';
import { compared } from '../src/measure/reading/compare.ts';
import { Gathered } from '../src/measure/reading/gathered.ts';
import type { MeasureReportInput, Sitting } from '../src/score/tables/rows.ts';
import { HOSTILE } from './report-fixture.ts';

export interface FixtureMeasurement {
  readonly model?: string;
  readonly folder?: string;
  readonly tasks: readonly string[];
  readonly lengths: readonly number[];
  readonly n?: number;
  readonly seed?: number;
  readonly prompt?: string;
  readonly searched?: boolean;
  readonly ending?: string | null;
  readonly failing?: (index: number) => boolean;
  readonly accuracy?: (task: string, length: number) => number;
  /** What a wrong answer is, instead of the right one with its first symbol left out. */
  readonly said?: string;
  readonly threshold?: number;
}

export function gathered(plan: FixtureMeasurement): Gathered {
  const { model = 'some/model-7b', n = 40, seed = 1, lengths, prompt = 'bare', threshold = 0.9 } = plan;
  const tasks = askables(plan.tasks);
  const sitting = sittingOf(plan, tasks);
  const all = new Gathered(
    {
      folder: plan.folder ?? 'runs/fixture',
      respondent: { kind: 'endpoint', endpoint: 'http://127.0.0.1:8000/v1', model, seed, extra: {} },
      capabilities: [`models: ${model}`, 'context: not said, counts tokens: yes'],
      started: sitting.started,
      sittings: [sitting],
      prices: { prompt: 0.15, completion: 0.6 },
    },
    threshold,
  );
  for (const task of tasks) {
    const template = promptFor(task.shape, [prompt], true);
    const { name, title, operation, joiner } = task;
    all.asked.set(name, {
      task: name,
      title,
      operation,
      joiner,
      min: 1,
      max: null,
      prompt: template,
      rendering: {},
    });
    const search = searchOf(task.admits(), { threshold, maxLength: 320, mostPerLength: n, alpha: 0.025 });
    if (plan.searched) all.searches.set(name, search);
    for (const length of lengths) {
      for (let index = 0; index < n; index++) {
        const correct = answerOne(all, plan, task, length, index);
        search.record(length, index, Number(correct ?? false));
      }
    }
  }
  return all;
}

/** One question: right with the chance that is wanted, by a draw of its own that is the same for every task. */
function answerOne(
  all: Gathered,
  { failing, said, accuracy = () => 0.97, seed = 1 }: FixtureMeasurement,
  task: Askable,
  length: number,
  index: number,
): boolean | null {
  all.cost({ attempts: 1, promptTokens: 3 * length, completionTokens: 4, latencyMs: 120 });
  if (failing?.(index)) {
    all.failed({ task: task.name, length }, 'status 500: out of order');
    return null;
  }
  const instance = task.instance({ length, seed, index });
  const correct = rng('fixture', seed, length, index).float() < accuracy(task.name, length);
  const wrong = said === undefined ? [...instance.answer.slice(1), '?'] : [said];
  const symbols = correct ? instance.answer : wrong;
  const kind = anatomyOf({ name: task.operation, family: task.family }, instance, symbols);
  all.answered(
    { ...instance, task: task.name, index, repeat: 0, output: symbols.join(task.joiner) },
    {
      ...{ task: task.name, length, sourceKey: '', correct, exact: correct, extra: said !== undefined },
      ...{ truncated: !correct && index % 5 === 0, error: correct ? null : (kind ?? 'white-space') },
      ...{ similarity: { symbol: 1, word: 1, character: 1 }, promptTokens: 3 * length },
    },
  );
  return correct;
}

function sittingOf(plan: FixtureMeasurement, tasks: readonly Askable[]): Sitting {
  const { model = 'some/model-7b', n = 40, lengths, threshold = 0.9, ending = 'done' } = plan;
  const own = plan.searched ? null : lengths;
  return {
    ...{
      firstRow: 1,
      started: '2026-03-01T09:00:00.000Z',
      ended: ending === null ? null : '2026-03-01T09:04:00.000Z',
      ending,
    },
    ...{ lengthwise: '0.1.0', node: '24.0.0', platform: 'linux x64', api: 'completions' },
    ...{
      lengths: own,
      n,
      maxLength: 320,
      repeats: 1,
      threshold,
      alpha: 0.025,
      most: 1000,
      prices: null,
      asked: [],
    },
    options: {
      endpoint: 'http://127.0.0.1:8000/v1',
      model,
      task: tasks.map(({ name }) => name).join(','),
      header: ['X-Team'],
    },
  };
}

const PAIRS = ['UR', 'UL', 'NRFirst', 'NLFirst', 'NRLast', 'NLLast', 'UF', 'UB', 'NF', 'NB', 'flip-flop'];
const falling = (task: string, length: number): number =>
  1 / (1 + Math.exp((length - ({ UR: 200, UL: 22, UF: 90, UB: 30 }[task] ?? 40)) / 6));

const usual: FixtureMeasurement = {
  tasks: PAIRS,
  lengths: [10, 20, 40, 60],
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

export const measurements: Readonly<Record<string, MeasureReportInput>> = {
  'eleven operations': compared('some/model-7b', [gathered(usual)]),
  'lengths that were searched, and killed meanwhile': compared('searched', [
    gathered({ ...usual, tasks: ['UR', 'UL'], lengths: [5, 10, 20], searched: true, ending: null }),
  ]),
  'lines, and a task in no contrast': compared('lines', [
    gathered({
      tasks: ['git-revert', 'text-copy', 'table-lookup-first', 'flip-flop'],
      lengths: [12],
      accuracy: () => 0.4,
    }),
  ]),
  'no answer at all': compared('nothing', [
    gathered({ tasks: ['UR', 'UL'], lengths: [10], failing: () => true }),
  ]),
  'three respondents, another prompt, another seed': compared('three', [
    gathered(usual),
    gathered({
      ...usual,
      model: 'other-70b',
      prompt: 'simple-rule',
      tasks: ['UR', 'UL', 'UF'],
      lengths: [10, 40, 62],
      n: 30,
      accuracy: () => 0.8,
    }),
    gathered({
      ...usual,
      folder: 'runs/again',
      seed: 2,
      tasks: ['UR', 'UF'],
      searched: true,
      threshold: 0.5,
    }),
  ]),
  hostile: compared(HOSTILE.join(' '), [gathered(hostile), gathered({ ...hostile, seed: 2 })]),
};
