/**
 * `--prompt auto`: which of a few prompts gives a model its chance, found out on samples that are asked for nothing else.
 * One choice for all tasks that are compared with each other, since a choice for each would compare prompts; then frozen.
 * The pilot says what elicits, not how well: its figures are in no n, and the winner's is too high by some points.
 * Pure: whoever calls it asks. docs/prompts.md has a simulation of it.
 */
import { chosenText } from '../score/tables/chosen-text.ts';
import { rng } from '../common/random.ts';
import type { Draw } from '../tasks/index.ts';
import type { Askable, Shape } from './askable.ts';
import { chanceOf } from './chance.ts';
import { MOST_CANDIDATES } from './defaults.ts';
import type { PromptTemplate } from './template.ts';

/** Questions of each task to each prompt, at most: with 16, a bad prompt is as good as never chosen. */
export const PILOT_QUESTIONS = 16;

/** Asked at once; between two rounds what is clearly worse is left out. */
const ROUND = 4;

/** A prompt is left out when the leader is right this many times more often where the two differ (5 : 0 is p = .06). */
const BEHIND = 5;

/** At this share of right answers, or at what guessing gives, a prompt elicits nothing. */
const NOTHING = 1 / 16;

/** Copies are short, look-ups long enough that guessing a symbol gives an eighth and not a third. */
const LENGTHS: Readonly<Record<Shape, number>> = {
  copying: 5,
  retrieval: 10,
  'flip-flop': 10,
  commits: 5,
  text: 5,
  table: 5,
};

/** Another sample is taken for one that is asked later; of few symbols there may be no others. */
const REDRAWS = 50;

/** Tasks that share one choice of a prompt. */
export interface PilotFamily {
  /** `UF+UB`. */
  readonly name: string;
  readonly shape: Shape;
  readonly tasks: readonly Askable[];
}

/** A prompt's right answers to one task in the pilot. */
export interface PilotScore {
  readonly prompt: string;
  readonly task: string;
  readonly right: number;
  readonly n: number;
}

/** What was chosen, as data: a fact that is stored, and read again when a run is resumed. */
export interface PilotChoice {
  readonly family: string;
  /** The name of the prompt that is asked from now on. */
  readonly chosen: string;
  /** false: no prompt tried elicits this, and the first one is asked all the same. */
  readonly elicits: boolean;
  readonly scores: readonly PilotScore[];
}

/** Whether each of some samples was answered rightly, in the order of the draws. What failed is not right. */
export type AskPilot = (
  task: Askable,
  template: PromptTemplate,
  draws: readonly Draw[],
) => Promise<readonly boolean[]>;

/** Which tasks are compared with each other: pairs of copies by their symbols or lines; all look-ups; each own task. */
export function pilotFamilies(tasks: readonly Askable[]): PilotFamily[] {
  const families = new Map<string, Askable[]>();
  for (const task of tasks) {
    const key = familyOf(task);
    families.set(key, [...(families.get(key) ?? []), task]);
  }
  return [...families.values()].map((members) => ({
    name: members.map(({ name }) => name).join('+'),
    shape: members[0].shape,
    tasks: members,
  }));
}

function familyOf({ name, operation, shape }: Askable): string {
  if (name !== operation) return `own ${name}`; // with items and a prompt of its own
  return shape === 'copying' ? `copying ${operation[0]}` : shape;
}

/** What the measurement asks afterwards, which the pilot keeps away from. */
export interface AskedLater {
  readonly seed: number;
  /** Samples of a length. */
  readonly n: number;
}

/**
 * The pilot's samples of a family: the same sources for every prompt and, where tasks share theirs, for every task. Drawn
 * from a stream of the seed's own, and none is a sample that is asked later, as far as there are others.
 */
export function pilotDraws({ shape, tasks }: PilotFamily, later: AskedLater): Draw[] {
  const seed = rng('pilot', later.seed).uint32();
  const lengths = tasks.map((task) => task.admits());
  const length = Math.min(
    Math.max(LENGTHS[shape], ...lengths.map(({ min }) => min)),
    ...lengths.map(({ max }) => max),
  );
  const keys = (draw: Draw): string[] =>
    tasks.map((task) => {
      const { source, query } = task.instance(draw);
      return JSON.stringify([source, query]);
    });
  const taken = new Set<string>();
  for (let index = 0; index < later.n; index++)
    for (const key of keys({ length, seed: later.seed, index })) taken.add(key);
  const draws: Draw[] = [];
  for (let index = 0; draws.length < PILOT_QUESTIONS; index++) {
    const draw = { length, seed, index };
    const own = keys(draw);
    if (index < PILOT_QUESTIONS * REDRAWS && own.some((key) => taken.has(key))) continue;
    for (const key of own) taken.add(key); // none is asked twice
    draws.push(draw);
  }
  return draws;
}

/** The most questions that choosing takes. */
export function mostPilotQuestions(family: PilotFamily, prompts: number): number {
  return prompts < 2 ? 0 : prompts * family.tasks.length * PILOT_QUESTIONS;
}

/** One prompt in the race: of each task, whether each sample so far was answered rightly. */
interface Runner {
  readonly template: PromptTemplate;
  readonly answers: boolean[][];
}

/**
 * Races prompts against each other and chooses one. One prompt alone is chosen without a question.
 * @param templates at most four, the cheapest first: a tie goes to the one that stands first
 */
export async function runPilot(
  family: PilotFamily,
  templates: readonly PromptTemplate[],
  draws: readonly Draw[],
  ask: AskPilot,
): Promise<PilotChoice> {
  if (templates.length === 0 || templates.length > MOST_CANDIDATES)
    throw new RangeError(`a pilot compares 1 to ${MOST_CANDIDATES} prompts, not ${templates.length}`);
  if (templates.length === 1)
    return { family: family.name, chosen: templates[0].name, elicits: true, scores: [] };
  const all = templates.map((template) => ({ template, answers: family.tasks.map((): boolean[] => []) }));
  let racing: readonly Runner[] = all;
  for (let from = 0; from < draws.length && racing.length > 1; from += ROUND) {
    const round = draws.slice(from, from + ROUND);
    for (const { template, answers } of racing) {
      for (const [i, task] of family.tasks.entries()) answers[i].push(...(await ask(task, template, round)));
    }
    const leader = leaderOf(racing);
    racing = racing.filter((runner) => ahead(leader, runner) < BEHIND);
  }
  const best = leaderOf(racing);
  const nothing = Math.max(NOTHING, guessed(family, draws));
  const elicits = all.some((runner) => share(runner) > nothing);
  return {
    family: family.name,
    chosen: (elicits ? best : all[0]).template.name,
    elicits,
    scores: all.flatMap(({ template, answers }) =>
      answers.map((of, i) => ({
        prompt: template.name,
        task: family.tasks[i].name,
        right: of.filter(Boolean).length,
        n: of.length,
      })),
    ),
  };
}

/** Mean over the tasks, each of which has the same samples; the first of several that are level. */
function leaderOf(runners: readonly Runner[]): Runner {
  return runners.reduce((best, runner) => (share(runner) > share(best) ? runner : best));
}

function share({ answers }: Runner): number {
  const all = answers.flat();
  return all.length === 0 ? 0 : all.filter(Boolean).length / all.length;
}

/** What guessing gives on average. */
function guessed({ tasks }: PilotFamily, draws: readonly Draw[]): number {
  const chances = tasks.flatMap((task) => draws.map((draw) => chanceOf(task, task.instance(draw))));
  return chances.reduce((sum, chance) => sum + chance, 0) / chances.length;
}

/** How many samples more the one has right, among those that only one of the two has right. */
function ahead(one: Runner, other: Runner): number {
  let more = 0;
  one.answers.forEach((of, i) => {
    of.forEach((right, at) => (more += Number(right) - Number(other.answers[i][at])));
  });
  return more;
}

/** What was chosen and what the others reached, in one line; n and accuracies elsewhere don't have these answers. */
export function pilotLine(choice: PilotChoice): string {
  const { family, chosen, elicits, scores } = choice;
  if (scores.length === 0) return `${family}: asked by '${chosen}', the only prompt there is to choose`;
  const names = [...new Set(scores.map(({ prompt }) => prompt))];
  const reached = names.map((name) => {
    const own = scores.filter(({ prompt }) => prompt === name);
    const right = own.reduce((sum, score) => sum + score.right, 0);
    const n = own.reduce((sum, score) => sum + score.n, 0);
    return `${name} ${right} of ${n}`;
  });
  return elicits
    ? `${family}: elicited by '${chosen}', ${chosenText(choice)} in a pilot (${reached.join(', ')}; in no n)`
    : `${family}: no prompt tried in a pilot elicits this (${reached.join(', ')}; in no n); asked by '${chosen}'`;
}
