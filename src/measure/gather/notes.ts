/** What makes two respondents hard to compare, in sentences: the same ones for folders and for files of results. */
import { sentHash } from '../../prompt/as-sent.ts';
import type { RenderOptions } from '../../prompt/as-sent.ts';
import { contradictionLines } from '../../score/tables/contradiction-text.ts';
import { percentLevel } from '../../score/tables/percent.ts';
import type { CellRow } from '../../score/tables/rows.ts';
import { thresholdFor } from '../../score/tables/threshold.ts';
import type { Threshold } from '../../score/tables/threshold.ts';
import { areOtherTasks, differingSettings, settingNote } from '../../score/tables/settings.ts';
import type { Settings } from '../../score/tables/settings.ts';
import type { AskedTask, RespondentRows } from '../store/rows.ts';

/** What notes go by. */
export interface Noted {
  readonly label: string;
  /** At which threshold each task was measured. */
  readonly thresholds: ReadonlyMap<string, number>;
  /** The tasks whose lengths were chosen by the answers. */
  readonly searched: ReadonlySet<string>;
  readonly cells: readonly Pick<CellRow, 'task' | 'length' | 'lookedAgain'>[];
  /** By task; without a hash, the texts behind the name are not known. */
  readonly prompts: ReadonlyMap<string, { readonly name: string; readonly sha256?: string }>;
  /** By task; absent where nobody knows. */
  readonly settings?: Readonly<Record<string, Settings>>;
}

/**
 * The hash of all that a task's prompt sends, with what the command line changed about it; undefined where nobody knows what
 * was sent, as of recordings that don't say.
 */
export function promptHash({ prompt, rendering, operation, told }: AskedTask): string | undefined {
  if (told === undefined) return sentHash(prompt, rendering as RenderOptions, operation);
  return told.promptSha256 ?? undefined;
}

/** Names that a title or a note can hold; more are counted. */
const MOST_NAMES = 3;

/** `A, B and C`, `A, B and 7 others`. */
export function titleOf(labels: readonly string[]): string {
  const shown = labels.length <= MOST_NAMES ? labels : labels.slice(0, MOST_NAMES - 1);
  const more = labels.length - shown.length;
  const names = more === 0 ? shown : [...shown, `${more} others`];
  return names.length < 2 ? names.join('') : `${names.slice(0, -1).join(', ')} and ${names.at(-1)}`;
}

/** In place of a label in a note, until all whose note it is are known. */
const LABEL = '\u0000';

/** What is said of several respondents in the same words is said once, of all of them. */
export function groupedNotes<T extends { readonly label: string }>(
  others: readonly T[],
  notesOf: (other: T, label: string) => readonly string[],
): string[] {
  const groups = new Map<string, string[]>();
  for (const other of others) {
    for (const note of notesOf(other, LABEL)) groups.set(note, [...(groups.get(note) ?? []), other.label]);
  }
  return [...groups].map(([note, labels]) => note.replaceAll(LABEL, titleOf(labels)));
}

/** Those whose numbers are not those of all that was asked for, in the words of the command that asked. */
export function incompleteNotes(respondents: readonly Pick<RespondentRows, 'label' | 'missing'>[]): string[] {
  return groupedNotes(respondents, ({ missing }, label) =>
    missing === null ? [] : [`${label}: incomplete: ${missing}. The numbers are those so far.`],
  );
}

/** Recorded right answers that contradict the oracle of the task that was named. */
export function contradictionNotes(
  respondents: readonly Pick<RespondentRows, 'label' | 'horizons'>[],
): string[] {
  return groupedNotes(respondents, ({ horizons }, label) =>
    contradictionLines(horizons).map((line) => `${label}: ${line}.`),
  );
}

/** Horizons that are shown at another threshold than they were measured for. */
export function thresholdNotes(all: readonly Noted[], threshold: Threshold): string[] {
  return all.flatMap(({ label, thresholds }) => {
    const tasks = [...thresholds].map(([task, own]) => ({
      task,
      own,
      told: `at ${percentLevel(own)}; shown is the one at ${percentLevel(thresholdFor(threshold, task))}`,
    }));
    const moved = tasks.filter(({ task, own }) => own !== thresholdFor(threshold, task));
    return [...Map.groupBy(moved, ({ told }) => told)].map(([told, same]) => {
      const of = same.length === tasks.length ? '' : ` of ${same.map(({ task }) => task).join(', ')}`;
      return `${label} was measured for a horizon${of} ${told}.`;
    });
  });
}

/** The threshold at which a task was measured by the first of some that were asked it. */
export function thresholdOfFirst(all: readonly Pick<Noted, 'thresholds'>[]): (task: string) => number {
  return (task) => {
    const [first] = all.flatMap(({ thresholds }) => thresholds.get(task) ?? []);
    if (first === undefined) throw new Error(`${task} was not measured`);
    return first;
  };
}

export const OTHER_WORDS = 'were not asked in the same words';
export const OTHER_OPTIONS = 'asked with other options';
export const NOT_ASKED = 'Not asked of';

/** How two respondents were not asked the same, and what that means for their differences. */
export function notesOn(first: Noted, second: Noted): string[] {
  const [mine, others] = [tasksOf(first), tasksOf(second)];
  const named = mine.filter((task) => others.includes(task));
  const shared = named.filter((task) => !areOtherTasks(first.settings?.[task], second.settings?.[task]));
  const differing = shared.filter((task) => !isAskedAlike(first, second, task));
  const searched = shared.filter((task) => first.searched.has(task) || second.searched.has(task));
  const notAsked = (whom: string, tasks: readonly string[]): string[] =>
    tasks.length === 0 ? [] : [`${NOT_ASKED} ${whom}: ${tasks.join(', ')}.`];
  return [
    ...notAsked(
      second.label,
      mine.filter((task) => !others.includes(task)),
    ),
    ...notAsked(
      `${first.label}, but of ${second.label}`,
      others.filter((task) => !mine.includes(task)),
    ),
    ...named.filter((task) => !shared.includes(task)).map((task) => otherTaskNote(task, first, second)),
    ...(differing.length === 0
      ? []
      : [
          `${first.label} and ${second.label} ${OTHER_WORDS}: ${differing.map((task) => `${task} ${promptsOf(first, second, task)}`).join(', ')}. What differs may be the prompt, not the model.`,
        ]),
    ...optionsNote(first, second, shared),
    ...shared.flatMap((task) => lengthsNote(first, second, task)),
    ...(searched.length === 0
      ? []
      : [
          `${searched.length === shared.length ? '' : `${searched.join(', ')}: `}Lengths were chosen by the answers, for ${first.label} or for ${second.label}: the differences have intervals and p-values that hold whenever the search stopped, and are wider than those of a comparison with the same --lengths and --n.`,
        ]),
    ...lookedAgainNote(first, second, shared),
  ];
}

/** Two tasks of one name. */
function otherTaskNote(task: string, first: Noted, second: Noted): string {
  const [one, other] = [first, second].map(({ settings }) => settings?.[task].operation);
  return `${task} is ${one} for ${first.label} and ${other} for ${second.label}: these are two tasks, and not compared.`;
}

/** Other samples of the same kind are no other thing to ask. */
const NO_CAUSES = ['seed', 'repeat'];

function optionsNote(first: Noted, second: Noted, shared: readonly string[]): string[] {
  const texts = new Map<string, string[]>();
  const names = new Set<string>();
  for (const task of shared) {
    const both = [first, second].map(({ settings }) => settings?.[task]);
    for (const name of differingSettings(both)) {
      names.add(name);
      const text = settingNote(name, both);
      texts.set(text, [...(texts.get(text) ?? []), task]);
    }
  }
  if (texts.size === 0) return [];
  const told = [...texts].map(([text, tasks]) =>
    tasks.length === shared.length ? text : `${text} of ${tasks.join(', ')}`,
  );
  const isCause = [...names].some((name) => !NO_CAUSES.includes(name));
  return [
    `${second.label}: ${OTHER_OPTIONS} than ${first.label}: ${told.join(', ')}.${isCause ? ' What differs may be due to them, not to the model.' : ''}`,
  ];
}

/** Where it was decided after a look at answers how many samples to ask. */
function lookedAgainNote(first: Noted, second: Noted, shared: readonly string[]): string[] {
  return [first, second].flatMap(({ label, cells }) => {
    const again = shared.filter((task) =>
      cells.some((cell) => cell.task === task && cell.lookedAgain === true),
    );
    if (again.length === 0) return [];
    return [
      `${again.join(', ')}: at some lengths it was decided after answers of ${label} had come how many samples to ask; intervals and p-values hold whenever one stops.`,
    ];
  });
}

function tasksOf({ cells }: Noted): string[] {
  return [...new Set(cells.map(({ task }) => task))];
}

/** By their texts; by their names alone where only these are known. */
function isAskedAlike({ prompts: a }: Noted, { prompts: b }: Noted, task: string): boolean {
  const [one, two] = [a.get(task), b.get(task)];
  if (one?.sha256 !== undefined && two?.sha256 !== undefined) return one.sha256 === two.sha256;
  return one?.name === two?.name;
}

function promptsOf({ prompts: a }: Noted, { prompts: b }: Noted, task: string): string {
  const [x, y] = [a, b].map((prompts) => prompts.get(task)?.name ?? 'no prompt');
  return x === y ? `(${x}, but other texts or demonstrations)` : `(${x} and ${y})`;
}

function lengthsNote(first: Noted, second: Noted, task: string): string[] {
  const lengthsOf = ({ cells }: Noted): number[] =>
    cells.flatMap((cell) => (cell.task === task ? [cell.length] : []));
  const only = (one: Noted, other: Noted): string[] => {
    const others = lengthsOf(other);
    const own = lengthsOf(one).filter((length) => !others.includes(length));
    const named = own.toSorted((x, y) => x - y).join(', ');
    return own.length === 0 ? [] : [`asked of ${one.label}, but not of ${other.label}, at ${named}`];
  };
  const parts = [...only(first, second), ...only(second, first)];
  return parts.length === 0 ? [] : [`${task}: ${parts.join('; ')}.`];
}
