/** `lengthwise measure`: up to what length a model can be relied on. A folder of a model, or an address to ask. */
import type { Command, Option } from 'commander';
import { UserError } from '../../common/errors.ts';
import type { TaskOptions, Where } from '../../tasks/index.ts';
import type { MeasureOrder } from '../../respond/local/process.node.ts';
import type { CellRow, HorizonRow } from '../../score/tables/rows.ts';
import { ALPHABET_HELP, readAlphabet } from '../shared/alphabet.ts';
import type { Io, Register } from '../shared/command.ts';
import { addEndpointOptions, measureEndpointCommand } from './endpoint.ts';
import type { EndpointCliOptions } from './endpoint.ts';
import { filePath, oneOf, range, realNumber, wholeNumber, wholeNumbers } from '../shared/options.ts';

/** What both forms of the command share. */
export interface MeasureOptions {
  readonly task?: string;
  readonly lengths?: number[];
  readonly n?: number;
  readonly seed: number;
  readonly threshold: number;
  readonly alphabet?: string;
  readonly occurrences?: { min: number; max: number };
  readonly where?: Where;
  readonly pool?: number;
  readonly json?: true;
}

const DEFAULT_N = 200;

/** More questions of one length make no interval narrower than a model's seed makes it wide: a slip of the keyboard. */
const MAX_N = 1_000_000;

export const registerMeasure: Register = (program, io) => {
  const command = program
    .command('measure')
    .description('up to what length a model can be relied on, and what goes wrong beyond')
    .argument('[folder]', 'the Hugging Face folder of a model trained here', filePath('the folder'))
    .option('--task <names>', 'UR, or UR,UL,… (see `lengthwise tasks list`)')
    .option('--lengths <L,…>', 'lengths of the sources', wholeNumbers('--lengths', { min: 1 }))
    .option('--n <count>', 'questions a length', wholeNumber('--n', { min: 1, max: MAX_N }))
    .option('--seed <S>', 'a whole number: the same seed asks the same', wholeNumber('--seed'), 1)
    .option(
      '--threshold <share>',
      'what the horizon has to keep',
      realNumber('--threshold', { min: 0, max: 1 }),
      0.9,
    )
    .option('--alphabet <which>', `the symbols to draw from: ${ALPHABET_HELP}`)
    .option('--occurrences <range>', 'how often the query occurs: 3, or 2-5', range('--occurrences'))
    .option(
      '--where <place>',
      'where it occurs: anywhere, first-half, last-half',
      oneOf('value of --where', ['anywhere', 'first-half', 'last-half'] satisfies Where[]),
    )
    .option('--pool <P>', 'how many different symbols to copy there are', wholeNumber('--pool', { min: 1 }))
    .option('--json', 'one JSON object')
    .addHelpText(
      'after',
      '\nExample:\n  $ lengthwise measure runs/UR --task UR --lengths 16,32,48,64 --n 200 --seed 5\n' +
        '  $ lengthwise measure --endpoint http://127.0.0.1:8000/v1 --model NAME --task UR,UL',
    );
  const ofBoth = [...command.options];
  addEndpointOptions(command);
  command.action(async (folder: string | undefined, options: MeasureOptions | EndpointCliOptions) => {
    if ('endpoint' in options) {
      if (folder !== undefined) throw new UserError('measure a folder or an --endpoint, not both');
      return measureEndpointCommand(options, io);
    }
    if (folder === undefined) {
      throw new UserError(
        'measure what? Name the folder of a model, or an address: --endpoint URL --model NAME',
      );
    }
    refuseOthers(command, ofBoth);
    await measureFolder(folder, options, io);
  });
};

/** What says how an endpoint is asked has no meaning for a folder, and nobody gives it for nothing. */
function refuseOthers(command: Command, ofBoth: readonly Option[]): void {
  const given = command.options.filter(
    (option) => !ofBoth.includes(option) && command.getOptionValueSource(option.attributeName()) === 'cli',
  );
  if (given.length === 0) return;
  const names = given.map(({ long }) => long).join(', ');
  throw new UserError(
    `${names}: only with --endpoint; of a folder's model the result is printed and nothing is kept`,
  );
}

/** The options that say how instances are drawn. */
export async function taskOptionsOf(options: MeasureOptions): Promise<TaskOptions> {
  const { occurrences, where, pool } = options;
  return {
    ...(options.alphabet === undefined ? {} : { alphabet: await readAlphabet(options.alphabet) }),
    ...(occurrences === undefined ? {} : { occurrences }),
    ...(where === undefined ? {} : { where }),
    ...(pool === undefined ? {} : { pool }),
  };
}

async function measureFolder(folder: string, options: MeasureOptions, io: Io): Promise<void> {
  const { taskNamed, tasks } = await import('../../tasks/index.ts');
  if (options.task === undefined) {
    throw new UserError(`which task? Give one: --task ${tasks.map(({ name }) => name).join('|')}`);
  }
  if (options.task.includes(','))
    throw new UserError(`--task ${options.task}: a folder's model is measured on one task at a time`);
  const task = taskNamed(options.task);
  const { availableParallelism } = await import('node:os');
  const spec = {
    task: task.name,
    taskOptions: await taskOptionsOf(options),
    lengths: options.lengths,
    n: options.n ?? DEFAULT_N,
    seed: options.seed,
    threshold: options.threshold,
  };
  const { cells, horizon } = await rowsOf({ folder, spec, threads: availableParallelism() }, io);
  if (horizon === undefined) throw new Error('measuring ended without a horizon');
  await io.out(
    options.json ? folderJson(folder, task.name, cells, horizon) : await folderText(cells, horizon),
  );
}

/** Measures in a process of its own, whose matrix products the progress line and Ctrl-C never wait for. */
async function rowsOf(order: MeasureOrder, io: Io): Promise<{ cells: CellRow[]; horizon?: HorizonRow }> {
  const { measureInProcess } = await import('../../respond/local/process.node.ts');
  const { formatDuration } = await import('../../study/progress.ts');
  const cells: CellRow[] = [];
  let horizon: HorizonRow | undefined;
  await measureInProcess(order, {
    signal: io.signal,
    onRow: (row) => {
      if (row.kind === 'cell') cells.push(row);
      else if (row.kind === 'horizon') horizon = row;
    },
    onTick: ({ length, answered, questions, left }) => {
      const latest = cells.at(-1);
      const right =
        latest === undefined ? '' : `, ${latest.correct} of ${latest.n} right at ${latest.length}`;
      io.progress(
        `${order.spec.task} at length ${length}: ${answered} of ${questions} questions${right}, about ${formatDuration(left)} left`,
      );
    },
  });
  return { cells, horizon };
}

function folderJson(folder: string, task: string, cells: readonly CellRow[], horizon: HorizonRow): string {
  const { threshold, length, censored } = horizon;
  const rows = cells.map(({ length: at, n, correct, accuracy, low, high, errors }) => ({
    length: at,
    n,
    correct,
    accuracy,
    low,
    high,
    errors,
  }));
  const respondent = { kind: 'model', folder };
  const result = {
    respondent,
    task,
    rows,
    horizon: { threshold, length, censored },
    errors: sumErrors(cells),
  };
  return `${JSON.stringify(result)}\n`;
}

async function folderText(cells: readonly CellRow[], horizon: HorizonRow): Promise<string> {
  const { cellTable, horizonText } = await import('./tables.ts');
  const words = `horizon at ${100 * horizon.threshold} %, by the interval's lower end`;
  return `${cellTable(cells)}\n\n${words}: ${horizonText(horizon, cells)}\n`;
}

function sumErrors(cells: readonly CellRow[]): Record<string, number> {
  const sums: Record<string, number> = {};
  for (const { errors } of cells) {
    for (const [kind, count] of Object.entries(errors)) sums[kind] = (sums[kind] ?? 0) + count;
  }
  return sums;
}
