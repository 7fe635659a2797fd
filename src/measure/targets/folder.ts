/** What a model in a folder can be asked: tasks over its own symbols, at the lengths that its positions hold. */
import { UserError } from '../../common/errors.ts';
import { askableNamed } from '../../prompt/askable.ts';
import type { Askable } from '../../prompt/askable.ts';
import type { ModelFacts } from '../../respond/local/answerer.node.ts';
import { sequenceTemplate } from '../../respond/local/sequence.ts';
import { taskNamed, tasks, tellingTaskOptions } from '../../tasks/index.ts';
import type { Task, TaskOptions } from '../../tasks/index.ts';
import { sequenceSize, symbolsOf } from '../../tasks/sequence.ts';
import type { MeasureSpec } from '../measure.node.ts';
import type { Asked } from '../plan/question.ts';
import type { Workload } from '../time-left.ts';

export interface FolderWishes extends Pick<
  MeasureSpec,
  'lengths' | 'n' | 'maxLength' | 'repeats' | 'seed' | 'threshold' | 'drawnLengths'
> {
  readonly folder: string;
  /** null: what the model was trained on. */
  readonly tasks: readonly string[] | null;
  /** Defaults to what the model was trained with. */
  readonly options: TaskOptions;
}

/**
 * The measurement of a model in a folder.
 * @throws UserError for tasks that it can't be asked, symbols that it does not know, lengths beyond its positions
 */
export function folderSpec(wishes: FolderWishes, facts: ModelFacts): MeasureSpec {
  const { lengths, n, maxLength, repeats, seed, threshold, drawnLengths = 0, folder } = wishes;
  if (!Number.isSafeInteger(n) || n < 1) throw new UserError(`n: at least 1 sample a length, not ${n}`);
  const asked = taskNames(wishes, facts).map((name) => askedOf(name, wishes, facts));
  for (const length of lengths ?? []) for (const one of asked) checkLength(length, one, folder, facts);
  const sources = Object.fromEntries(
    asked.map(({ task, options }) => [task.name, tellingTaskOptions(options)]),
  );
  return { asked, rendering: {}, sources, lengths, n, maxLength, repeats, seed, threshold, drawnLengths };
}

function taskNames({ tasks: named, folder }: FolderWishes, { trainedOn }: ModelFacts): readonly string[] {
  if (named !== null) return [...new Set(named)];
  if (trainedOn !== null) return [trainedOn.task];
  const known = tasks.map(({ name }) => name).join('|');
  throw new UserError(
    `${folder} does not say on which task it was trained: name one with --task, of ${known}`,
  );
}

/** How much there is to read, for an estimate of the time it takes. */
export function workloadOf({ asked, lengths, n, repeats }: MeasureSpec): Workload {
  const counts = new Map<number, number>();
  for (const length of lengths ?? []) {
    const admitting = asked.filter(({ task }) => length >= task.admits().min && length <= task.admits().max);
    counts.set(length, admitting.length * n * repeats);
  }
  const rules = asked.map(({ task }) => taskNamed(task.operation));
  const tokens = (length: number): number =>
    rules.reduce((sum, rule) => sum + tokensAt(rule, length) + 1, 0) / rules.length;
  return { counts, tokensAt: tokens };
}

interface FolderAsked extends Asked {
  readonly options: TaskOptions;
  /** The lengths that the task has, whatever the model's positions hold. */
  readonly range: { readonly min: number; readonly max: number };
}

function askedOf(name: string, { options: given, folder }: FolderWishes, facts: ModelFacts): FolderAsked {
  const task = taskNamed(name);
  const options = optionsFor(task, given, facts);
  const whole = askableNamed(name, { options });
  const unknown = symbolsOf(task, options).find((symbol) => !facts.symbols.includes(symbol));
  if (unknown !== undefined) {
    throw new UserError(
      `${folder}: '${unknown}' is not among the model's ${facts.symbols.length} symbols (${facts.symbols.slice(0, 12).join(' ')}); ${name} is asked about with --alphabet, or another task is meant`,
    );
  }
  const range = whole.admits();
  const admits = { min: range.min, max: longestThatFits(task, range, facts.positions) };
  const limited: Askable = { ...whole, admits: () => admits };
  return { task: limited, template: sequenceTemplate(task.family), options, range };
}

/** What the model was trained with, and its own symbols as the alphabet, unless something else is given. */
function optionsFor(task: Task, given: TaskOptions, { trainedOn, symbols }: ModelFacts): TaskOptions {
  const trained = trainedOn !== null && trainedOn.task === task.name ? trainedOn.options : {};
  const options = { ...trained, ...given };
  const all = options.alphabet === undefined ? { ...options, alphabet: symbols } : options;
  return Object.fromEntries(
    Object.entries(all).filter(([name]) => task.uses.includes(name as keyof TaskOptions)),
  );
}

/** The longest length whose sequence has a position for every token that is read. */
function longestThatFits(
  task: Task,
  { min, max }: { readonly min: number; readonly max: number },
  positions: number,
): number {
  let longest = Math.min(max, positions);
  while (longest >= min && tokensAt(task, longest) > positions) longest -= 1;
  return longest;
}

/** Tokens that are read: all but the last of the answer. */
function tokensAt(task: Task, length: number): number {
  const { prompt, target } = sequenceSize(task, length);
  return prompt + target - 1;
}

function checkLength(
  length: number,
  { task, range, options }: FolderAsked,
  folder: string,
  { positions }: ModelFacts,
): void {
  const { min, max } = range;
  const rule = taskNamed(task.operation);
  if (!Number.isSafeInteger(length) || length < min || length > max) {
    const lengths = max === Infinity ? `${min} or more` : `${min} to ${max}`;
    throw new UserError(
      `length ${length}: ${task.name} has lengths ${lengths}${reason(rule, options, folder)}`,
    );
  }
  const tokens = tokensAt(rule, length);
  if (tokens > positions) {
    throw new UserError(
      `length ${length}: a sequence of ${tokens} tokens, and ${folder} has ${positions} positions; train with a larger --max-length`,
    );
  }
}

/** What a task's lengths come from, where it is not the task alone. */
function reason({ family, unique }: Task, options: TaskOptions, folder: string): string {
  if (family === 'copying' && unique) return ` with ${folder}'s alphabet`;
  const { occurrences, where, pool } = options;
  const named = Object.entries({ occurrences, where, pool }).flatMap(([name, value]) =>
    value === undefined ? [] : [name],
  );
  return named.length === 0 ? '' : ` with the given ${named.join(' and ')}`;
}
