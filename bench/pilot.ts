/**
 * Is `--prompt auto` worth being what is asked where no prompt is named? Simulated on answers whose accuracies are known:
 * those that were measured of two small models (docs/prompts.md; `quoted` and `json` of look-ups are assumed), and models
 * drawn at random, whose accuracy with a prompt is the usual prompt's plus a normal effect on the logit scale. Prints the
 * table of docs/prompts.md.
 */
import { rng } from '../src/common/random.ts';
import type { Rng } from '../src/common/random.ts';
import { askables } from '../src/prompt/askable.ts';
import { autoPrompts, defaultPrompt } from '../src/prompt/defaults.ts';
import { candidatePrompts } from '../src/prompt/files.node.ts';
import { pilotDraws, pilotFamilies, runPilot, type PilotFamily } from '../src/prompt/pilot.ts';

/** Accuracy of each prompt on each task. */
type World = Readonly<Record<string, Readonly<Record<string, number>>>>;

interface Case {
  readonly title: string;
  readonly tasks: readonly string[];
  readonly world: (stream: Rng) => World;
}

/** Shares right at length 5 (copies) and 10 (look-ups), f32 weights, n 48 to 64; what was not run is left out. */
const MEASURED: readonly Case[] = [
  {
    title: 'gemma-3-270m, UF + UB',
    tasks: ['UF', 'UB'],
    world: () => ({
      arrow: { UF: 0.98, UB: 0.01 },
      'input-output': { UF: 1, UB: 0.01 },
      quoted: { UF: 0.98, UB: 0.01 },
    }),
  },
  {
    title: 'SmolLM2-135M, UF + UB',
    tasks: ['UF', 'UB'],
    world: () => ({
      arrow: { UF: 0.81, UB: 0.01 },
      'input-output': { UF: 0.9, UB: 0.01 },
      quoted: { UF: 0.94, UB: 0.01 },
    }),
  },
  {
    title: 'gemma-3-270m, UR + UL',
    tasks: ['UR', 'UL'],
    world: () => ({
      'pair-blank': { UR: 0.47, UL: 0.05 },
      quoted: { UR: 0.2, UL: 0.1 },
      pair: { UR: 0.36, UL: 0.11 },
      json: { UR: 0.4, UL: 0.1 },
    }),
  },
  {
    title: 'SmolLM2-135M, UR + UL',
    tasks: ['UR', 'UL'],
    world: () => ({
      'pair-blank': { UR: 0.11, UL: 0.05 },
      quoted: { UR: 0.11, UL: 0.05 },
      pair: { UR: 0.45, UL: 0.11 },
      json: { UR: 0.2, UL: 0.08 },
    }),
  },
];

/** Of the logit of an accuracy: what the formats of the two measured models differ by, without those that fail. */
const EFFECTS = [0.5, 1, 2] as const;

const RANDOM: readonly Case[] = EFFECTS.flatMap((effect) =>
  [
    { tasks: ['UF', 'UB'], shape: 'copying' as const },
    { tasks: ['UR', 'UL', 'NRFirst', 'NLFirst', 'NRLast', 'NLLast'], shape: 'retrieval' as const },
  ].map(({ tasks, shape }) => ({
    title: `random, effect ${effect}, ${tasks.length === 2 ? tasks.join(' + ') : 'six look-ups'}`,
    tasks,
    world: (stream: Rng): World => {
      const ofTask = tasks.map(() => 1.5 * stream.normal());
      return Object.fromEntries(
        autoPrompts(shape, 'completions').map((name) => {
          const ofPrompt = effect * stream.normal();
          const accuracy = (logit: number): number => 1 / (1 + Math.exp(-(logit + ofPrompt)));
          return [name, Object.fromEntries(tasks.map((task, i) => [task, accuracy(ofTask[i])]))];
        }),
      );
    },
  })),
);

/** The usual prompt fails altogether, as the one of before did on Gemma; the others are level. */
const FAILING: Case = {
  title: 'the usual prompt fails, UF + UB',
  tasks: ['UF', 'UB'],
  world: () => ({
    arrow: { UF: 0.9, UB: 0.3 },
    'input-output': { UF: 0, UB: 0 },
    quoted: { UF: 0.9, UB: 0.3 },
  }),
};

const RUNS = 400;

export async function bench(): Promise<void> {
  const rows = [
    [
      'accuracies',
      'usual',
      'auto',
      'best',
      'auto ≥ 5 points worse',
      '≥ 5 better',
      'another at the next seed',
      'questions',
    ],
  ];
  for (const one of [...MEASURED, FAILING, ...RANDOM]) rows.push(await simulated(one));
  process.stdout.write(`${rows.map((row) => `| ${row.join(' | ')} |`).join('\n')}\n`);
}

async function simulated({ title, tasks, world }: Case): Promise<string[]> {
  const [family] = pilotFamilies(askables(tasks));
  const usual = defaultPrompt(family.shape, 'completions');
  const sum = { usual: 0, auto: 0, best: 0, worse: 0, better: 0, other: 0, questions: 0 };
  for (let run = 0; run < RUNS; run++) {
    const accuracies = world(rng('world', title, run));
    const mean = (name: string): number =>
      tasks.reduce((total, task) => total + accuracies[name][task], 0) / tasks.length;
    const first = await pilot(family, accuracies, run, 1);
    const second = await pilot(family, accuracies, run, 2);
    const gain = mean(first.chosen) - mean(usual);
    sum.usual += mean(usual);
    sum.auto += mean(first.chosen);
    sum.best += Math.max(...Object.keys(accuracies).map(mean));
    sum.worse += Number(gain <= -0.05);
    sum.better += Number(gain >= 0.05);
    sum.other += Number(first.chosen !== second.chosen);
    sum.questions += first.questions;
  }
  const percent = (total: number): string => `${((100 * total) / RUNS).toFixed(1)} %`;
  const { usual: u, auto, best, worse, better, other, questions } = sum;
  return [title, ...[u, auto, best, worse, better, other].map(percent), (questions / RUNS).toFixed(0)];
}

/** Whether a sample is hard is the same for all prompts: half of the chance of an answer is the sample's own. */
async function pilot(
  family: PilotFamily,
  accuracies: World,
  run: number,
  seed: number,
): Promise<{ readonly chosen: string; readonly questions: number }> {
  const templates = candidatePrompts(family.shape, 'completions');
  const draws = drawsOf(family, seed);
  let questions = 0;
  const { chosen } = await runPilot(family, templates, draws, (task, { name }, asked) => {
    questions += asked.length;
    return Promise.resolve(
      asked.map(({ index }) => {
        const shared = rng('hard', run, seed, task.name, index).normal();
        const own = rng('answer', run, seed, task.name, index, name).normal();
        return normalShare((shared + own) / Math.SQRT2) < accuracies[name][task.name];
      }),
    );
  });
  return { chosen, questions };
}

const known = new Map<string, ReturnType<typeof pilotDraws>>();

function drawsOf(family: PilotFamily, seed: number): ReturnType<typeof pilotDraws> {
  const key = `${family.name} ${seed}`;
  const draws = known.get(key) ?? pilotDraws(family, { seed, n: 100 });
  known.set(key, draws);
  return draws;
}

/** The share of a normal distribution below x (Abramowitz and Stegun 26.2.17, to 7.5e-8). */
function normalShare(x: number): number {
  const t = 1 / (1 + 0.2316419 * Math.abs(x));
  const series =
    t * (0.31938153 + t * (-0.356563782 + t * (1.781477937 + t * (-1.821255978 + t * 1.330274429))));
  const above = (Math.exp((-x * x) / 2) / Math.sqrt(2 * Math.PI)) * series;
  return x >= 0 ? 1 - above : above;
}
