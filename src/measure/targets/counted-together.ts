/**
 * Whether the rows of a task, of one file or of several, can be counted together: they are answers of one respondent that
 * was asked in one way about the samples of one seed. One rule for all files of a recording.
 */
import { sha256 } from '../../common/sha256.ts';
import { UserError } from '../../common/errors.ts';
import type { Askable } from '../../prompt/askable.ts';
import { notTogether } from '../../respond/recording/one-model.ts';

/** What a row says of how its task was asked, of whom, and about what. */
export interface ToldRow {
  readonly task: Pick<Askable, 'name' | 'operation'>;
  /** Names how it was asked and how its answer is read; '' where nothing is said of it. */
  readonly way: string;
  /** What the row calls its way; null where it has no name for it. */
  readonly wayName: string | null;
  /** The prompt's name; null where none is told. */
  readonly prompt: string | null;
  /** The columns that tell the way. */
  readonly column: string;
  /** The name of who answered, as exports have it (`small-7b · prompt json`); null where it isn't told. */
  readonly respondent: string | null;
  /** The seed of the samples; null where it isn't told. */
  readonly seed: number | null;
}

/** Where something was told first. */
interface Told<T> {
  readonly value: T;
  readonly file: string;
}

interface Way extends ToldRow {
  /** The files that have rows of it. */
  readonly files: Set<string>;
}

interface TaskRows {
  readonly operation: string;
  readonly file: string;
  readonly ways: Map<string, Way>;
  seed?: Told<number>;
  respondent?: Told<string>;
  /** The first row that is of another seed or respondent than those before it: why it isn't counted with them. */
  fault?: string;
}

/** Names of ways that a message can hold; more are counted. */
const MOST_NAMES = 6;

/** Digits of a hash that a name shows. */
const SHOWN_DIGITS = 8;

/** What stands between a respondent's model and what tells it from others of that model (`labelsOf`). */
const BEHIND_MODEL = ' · ';

export class CountedTogether {
  private readonly tasks = new Map<string, TaskRows>();

  /**
   * Reads one row.
   * @throws UserError where its task has the name of another one
   */
  take(row: ToldRow, file: string, line?: number): void {
    const { name, operation } = row.task;
    const own = this.tasks.get(name) ?? { operation, file, ways: new Map<string, Way>() };
    this.tasks.set(name, own);
    if (own.operation !== operation) throw twoTasks(name, own, operation, file);
    const way = own.ways.get(row.way) ?? { ...row, files: new Set<string>() };
    own.ways.set(row.way, way);
    way.files.add(file);
    const where = { file, line };
    if (row.seed !== null) {
      own.seed ??= { value: row.seed, file };
      if (own.seed.value !== row.seed) own.fault ??= differing('seed', 'seeds', own.seed, row.seed, where);
    }
    if (row.respondent !== null) {
      own.respondent ??= { value: row.respondent, file };
      if (own.respondent.value !== row.respondent)
        own.fault ??= differing('respondent', 'models', own.respondent, row.respondent, where);
    }
  }

  /**
   * @param names of the tasks that are to be counted
   * @throws UserError where the rows of one, or those of two, can't be counted together
   */
  check(names: readonly string[]): void {
    const counted = names.flatMap((name) => {
      const rows = this.tasks.get(name);
      return rows === undefined ? [] : [{ name, ...rows }];
    });
    for (const { name, ways, fault } of counted) {
      if (ways.size > 1) throw severalWays(name, [...ways.values()]);
      if (fault !== undefined) throw new UserError(fault);
    }
    // Ways of one model have names of their own, and look-ups and copies are asked in different ones.
    const models = counted.flatMap(({ respondent }) => respondent ?? []);
    const other = models.find(({ value }) => modelIn(value) !== modelIn(models[0].value));
    if (other !== undefined)
      throw new UserError(differing('respondent', 'models', models[0], other.value, { file: other.file }));
  }
}

/** The model in a respondent's name. */
export function modelIn(respondent: string): string {
  return respondent.split(BEHIND_MODEL, 1)[0];
}

function twoTasks(name: string, known: TaskRows, operation: string, file: string): UserError {
  const where = known.file === file ? file : `${known.file}, ${file}`;
  return new UserError(
    `${where}: rows of two tasks are called '${name}' (by 'operation', ${known.operation} and ${operation}): change the name of one of them, or read them by two commands`,
  );
}

/** Why a row isn't counted with those before it. */
function differing(
  field: string,
  what: string,
  { value, file: before }: Told<string | number>,
  own: string | number,
  { file, line }: { readonly file: string; readonly line?: number },
): string {
  const at = line === undefined ? file : `${file}, line ${line}`;
  const there = before === file ? 'before' : `in ${before}`;
  return `${at}: '${field}' is '${own}' here and '${value}' ${there}: answers ${what === 'seeds' ? 'about samples of' : 'of'} several ${what} are never counted together; ${notTogether([before, file])}`;
}

function severalWays(task: string, ways: readonly Way[]): UserError {
  const names = namesOf(ways).map((name) => `'${name}'`);
  const more = names.length - MOST_NAMES;
  const shown = [...names.slice(0, MOST_NAMES), ...(more > 0 ? [`${more} more`] : [])].join(', ');
  const mixed = ways.flatMap(({ files }) => [...files]).find((file, i, all) => all.indexOf(file) < i);
  const files = mixed === undefined ? ways.map((way) => [...way.files][0]) : [mixed];
  const column = ways.find((way) => way.way !== '')?.column ?? '';
  const wayOut = mixed === undefined ? notTogether(files) : `keep the rows of one (${column})`;
  return new UserError(
    `${files.join(', ')}: answers to ${task} were asked for in several ways (${shown}), and these are never counted together: ${wayOut}`,
  );
}

/** Names that tell them apart: those that the export gave their respondents, else their prompts', else with a hash. */
function namesOf(ways: readonly Way[]): string[] {
  const respondents = ways.flatMap(({ respondent }) => respondent ?? []);
  const prompts = ways.map(({ prompt }) => prompt ?? 'no prompt named');
  const tellApart = (names: readonly string[]): boolean => new Set(names).size === ways.length;
  if (tellApart(respondents)) return respondents;
  if (tellApart(prompts)) return prompts;
  return ways.map(
    ({ way, wayName }, i) => `${prompts[i]} (way ${(wayName ?? sha256(way)).slice(0, SHOWN_DIGITS)})`,
  );
}
