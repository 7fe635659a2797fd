/**
 * Everything that can be asked of a respondent, in one form: the tasks over symbols and those over lines. Operations
 * that differ in one thing only are asked about the same sources (the same query, too), so that they can be compared
 * in pairs.
 */
import { UserError } from '../common/errors.ts';
import { unknownName } from '../common/nearest.ts';
import { rng } from '../common/random.ts';
import { drawInstance, drawWithBothNeighbours, partOfDraw, tasks } from '../tasks/index.ts';
import type { Draw } from '../tasks/index.ts';
import { lineTasks } from '../tasks/people/index.ts';
import type { LineTask, Material } from '../tasks/people/index.ts';
import { defaultAlphabet } from '../tasks/alphabets.ts';
import type {
  Answer,
  Instance,
  Placing,
  Refusal,
  SourcePart,
  Task,
  TaskFamily,
  TaskOptions,
} from '../tasks/task.ts';

export interface Askable {
  readonly name: string;
  /** The task whose rule it is: its own name, but for tasks of the user's own. */
  readonly operation: string;
  readonly family: TaskFamily;
  readonly title: string;
  /** Which prompts are for it. */
  readonly shape: Shape;
  /** What stands between two symbols of its sources and answers. */
  readonly joiner: string;
  /** Whether the query occurs several times in a source. */
  readonly repeatedQuery: boolean;
  /** The options of `TaskOptions` that change its samples. */
  readonly uses: readonly (keyof TaskOptions)[];
  admits(): { readonly min: number; readonly max: number };
  /** Instance `index` of a seed. */
  instance(draw: Draw): Instance;
  answer(source: readonly string[], query?: string | null): Answer | Refusal;
}

export type Shape = 'retrieval' | 'copying' | 'flip-flop' | 'commits' | 'text' | 'table';

/** What determines the sources beside length, seed and index. */
export interface Sources {
  /** For the tasks over symbols; what a task has no use for is left out for it. */
  readonly options?: TaskOptions;
  /** Lines of one's own, by the shape of the tasks that are asked about them. */
  readonly material?: Partial<Record<Shape, Material>>;
}

/** Where lines of the user's own come from. */
export interface MaterialFiles {
  /** A repository whose log is asked about. */
  readonly git?: string;
  readonly text?: string;
  readonly csv?: string;
}

/** Which shape of tasks is asked about which lines. */
export const MATERIAL_SHAPES: Readonly<Record<keyof MaterialFiles, Shape>> = {
  git: 'commits',
  text: 'text',
  csv: 'table',
};

/** Names that stand for several tasks. */
const GROUPS: Readonly<Record<string, readonly string[]>> = {
  'table-lookup': lineTasks.filter(({ unit }) => unit === 'row').map(({ name }) => name),
};

/** Every task that can be asked, in the order of the tables; of lines of one's own, those that they have questions for. */
export function askableNames(material: Sources['material'] = {}): string[] {
  const asked = lineTasks.filter((task) => task.fault(material[shapeOf(task)]) === null);
  return [...tasks.map(({ name }) => name), ...asked.map(({ name }) => name)];
}

/** The name of the task of ours that is meant, whatever letters are capital; undefined where there is none. */
export function nameOfOurs(written: string): string | undefined {
  const wanted = written.toLowerCase();
  return askableNames().find((name) => name.toLowerCase() === wanted);
}

/** The tasks of those names (or groups, or all); a UserError that suggests the nearest for one that does not exist. */
export function askables(names: readonly string[] | undefined, sources: Sources = {}): Askable[] {
  const wanted = (names ?? askableNames()).flatMap(groupMembers);
  return [...new Set(wanted)].map((name) => askableNamed(name, sources));
}

/** The tasks that a name stands for: those of a group, or the name itself, be there such a task or not. */
export function groupMembers(name: string): readonly string[] {
  return Object.hasOwn(GROUPS, name) ? GROUPS[name] : [name];
}

/** The names of groups. */
export function groupNames(): string[] {
  return Object.keys(GROUPS);
}

/**
 * What a name of a task stands for where models are asked in prompts: our tasks, and those that people have.
 * @throws UserError that suggests the nearest name, or says what the task lacks
 */
export function askableNamed(name: string, sources: Sources = {}): Askable {
  const task = tasks.find((candidate) => candidate.name === name);
  if (task !== undefined) return symbolTask(task, sources.options ?? {});
  const lines = lineTasks.find((candidate) => candidate.name === name);
  if (lines !== undefined) return lineAskable(lines, sources);
  throw new UserError(unknownName('task', name, [...askableNames(), ...groupNames()]));
}

function symbolTask(task: Task, given: TaskOptions): Askable {
  const options = Object.fromEntries(
    Object.entries(given).filter(([key]) => task.uses.includes(key as keyof TaskOptions)),
  ) as TaskOptions;
  const { min, max } = task.admits(options);
  return {
    name: task.name,
    operation: task.name,
    family: task.family,
    title: task.title,
    shape: task.family,
    joiner: ' ',
    repeatedQuery: task.family === 'retrieval' && !task.unique,
    uses: task.uses,
    admits: () => ({ min, max }),
    instance: (draw) =>
      task.family === 'retrieval' ? sharedLookup(task, draw, options) : drawInstance(task, draw, options),
    answer: (source, query) => task.answer(source, query),
  };
}

/**
 * A look-up whose source and query are the same for the left and the right neighbour, of the first and the last
 * occurrence: drawn one symbol shorter for the left neighbour of the first one, with one more symbol at the end, so
 * that every occurrence has both neighbours. Lengths at which not all of them exist are drawn for the task alone.
 *
 * Where the evidence has a given place, the left and the right neighbour still share their sources, but the first and the
 * last occurrence don't: of one source, both can't decide in the same part.
 */
function sharedLookup(task: Task, draw: Draw, options: TaskOptions): Instance {
  if (options.place !== undefined && !draw.anywhere) {
    return drawWithBothNeighbours(task.name, draw, options) ?? drawInstance(task, draw, options);
  }
  const left = tasks.find(({ name }) => name === (task.unique ? 'UL' : 'NLFirst'));
  const lastHalf = options.where === 'last-half';
  const short = draw.length - 1;
  if (left === undefined || lastHalf || short < left.admits({ ...options, place: undefined }).min)
    return drawInstance(task, draw, options);
  const stream = rng('look-up', draw.length, draw.seed, draw.index);
  const base = left.sample(short, stream, { ...options, place: undefined });
  const others = (options.alphabet ?? defaultAlphabet()).filter((symbol) => symbol !== base.query);
  const source = [...base.source, stream.choice(others)];
  const answered = task.answer(source, base.query);
  if ('refusal' in answered) throw new Error(`${task.name}: ${answered.refusal}: ${source.join(' ')}`);
  return { ...base, task: task.name, length: draw.length, source, ...answered };
}

function shapeOf({ unit }: LineTask): Shape {
  return ({ commit: 'commits', sentence: 'text', row: 'table' } as const)[unit];
}

function lineAskable(task: LineTask, { material = {}, options = {} }: Sources): Askable {
  const shape = shapeOf(task);
  const lines = material[shape];
  const { place } = options;
  let range: ReturnType<LineTask['admits']> | undefined;
  return {
    name: task.name,
    operation: task.name,
    family: task.family,
    title: task.title,
    shape,
    joiner: '\n',
    repeatedQuery: task.operation === 'first' || task.operation === 'last',
    uses: task.parts === undefined ? [] : ['place'],
    admits: () => (range ??= task.admits(lines, place === 'stratified' ? undefined : place)),
    instance: (draw) => {
      const { length, seed, index } = draw;
      return task.sample(
        length,
        rng(task.unit, length, seed, index),
        lines,
        partFor(task, draw, lines, place),
      );
    },
    answer: (source, query) => task.answer(source, query),
  };
}

/** The part of the source in which the evidence of one draw lies; undefined where it lies as it comes. */
function partFor(
  task: LineTask,
  draw: Draw,
  lines: Material | undefined,
  place: Placing | undefined,
): SourcePart | undefined {
  if (draw.anywhere) return undefined;
  if (place !== 'stratified') return place;
  const parts = task.parts?.(draw.length, lines) ?? [];
  return parts.length === 0 ? undefined : partOfDraw(draw, parts);
}
