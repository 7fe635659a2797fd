/** What `lengthwise tasks` shows to people. */
import type * as Tasks from '../../tasks/index.ts';
import type { AuthorsRecord, Instance } from '../../tasks/index.ts';

/** All that `tasks list` knows; `lengths.max` is null where there is no bound. */
export interface Everything {
  readonly tasks: readonly TaskDescription[];
  readonly alphabets: readonly { name: string; title: string; size: number; first: readonly string[] }[];
  readonly datasets: readonly { name: string; variant: string | null; title: string; lengths: Lengths }[];
}

export interface TaskDescription {
  readonly name: string;
  readonly family: string;
  readonly title: string;
  readonly unique: boolean;
  /** The options of `tasks sample` that the task has a use for. */
  readonly options: readonly string[];
  readonly lengths: Lengths;
}

interface Lengths {
  readonly min: number;
  readonly max: number | null;
}

export function everything({ tasks, alphabets, authorsDataSets }: typeof Tasks): Everything {
  return {
    tasks: tasks.map((task) => ({
      name: task.name,
      family: task.family,
      title: task.title,
      unique: task.unique,
      options: task.uses,
      lengths: lengthsOf(task.admits()),
    })),
    alphabets: alphabets().map(({ name, title, symbols }) => ({
      name,
      title,
      size: symbols.length,
      first: symbols.slice(0, 5),
    })),
    datasets: authorsDataSets.map((set) => ({
      name: set.name,
      variant: set.variant ?? null,
      title: set.title,
      lengths: lengthsOf(set),
    })),
  };
}

export function listText({ tasks, alphabets, datasets }: Everything): string {
  return [
    'Tasks (lengthwise tasks sample TASK --length L)',
    ...aligned(tasks.map((task) => [task.name, lengthsText(task.lengths), task.title])),
    '',
    'Alphabets (--alphabet)',
    ...aligned(alphabets.map(({ name, size, title }) => [name, String(size), title])),
    '',
    "The paper's data sets (lengthwise tasks dataset NAME --length L --seed S)",
    ...aligned(
      datasets.map(({ name, variant, lengths, title }) => [
        variant === null ? name : `${name} --${variant}`,
        lengthsText(lengths),
        title,
      ]),
    ),
    '',
  ].join('\n');
}

/** One task with the options of `tasks sample` that it has a use for. */
export function taskText({ name, title, lengths, options }: TaskDescription): string {
  const used = options.length === 0 ? 'none' : options.map((option) => `--${option}`).join(' ');
  return `${name}: ${title}\n${lengthsText(lengths)}, options: ${used}\n`;
}

/** `D v I c f | I → v`: the source, the query where there is one, the answer. */
export function instanceText({ source, query, answer }: Instance): string {
  const asked = query === null ? '' : ` | ${query}`;
  return `${source.join(' ')}${asked} → ${answer.join(' ')}`;
}

/** `QJE9lHaxy|J   UL Q   UR E`: the input, then the other columns with their names. */
export function recordText(record: AuthorsRecord): string {
  const { input_no_space, input_with_space, ...others } = record;
  const columns = Object.entries(others).map(([name, value]) => `${name} ${value}`);
  return (input_no_space === undefined ? columns : [input_with_space, ...columns]).join('   ');
}

function lengthsOf({ min, max }: { readonly min: number; readonly max: number }): Lengths {
  return { min, max: max === Infinity ? null : max };
}

function lengthsText({ min, max }: Lengths): string {
  return max === null ? `length ${min}–` : `length ${min}–${max}`;
}

/** Rows whose columns begin below each other. */
function aligned(rows: readonly (readonly string[])[]): string[] {
  const widths = rows[0].map((_, column) => Math.max(...rows.map((row) => row[column].length)));
  return rows.map((row) =>
    `  ${row.map((cell, column) => cell.padEnd(widths[column])).join('  ')}`.trimEnd(),
  );
}
