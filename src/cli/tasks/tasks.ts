/** `lengthwise tasks`: what can be asked, instances of it, the right answers, and the paper's own data sets. */
import type { Command } from 'commander';
import { UserError } from '../../common/errors.ts';
import { unknownName } from '../../common/nearest.ts';
import type { Instance, Placing, Where } from '../../tasks/index.ts';
import { ALPHABET_HELP } from '../shared/alphabet.ts';
import type { Io, Register } from '../shared/command.ts';
import { writeLines } from '../shared/lines.ts';
import { bigWholeNumber, oneOf, range, wholeNumber } from '../shared/options.ts';
import { PLACE_HELP, sourcePlace } from '../shared/place.ts';
import type { Everything, TaskDescription } from './text.ts';
import { registerTasksExport } from './export.ts';
import { taskOptionsOf } from '../shared/task-options.ts';
import { everything, instanceText, listText, recordText, taskText } from './text.ts';

/** A source of a million symbols is drawn in a second and read by nobody; what is longer is a slip. */
const MAX_LENGTH = 1_000_000;

export const registerTasks: Register = (program, io) => {
  const tasks = program
    .command('tasks')
    .description('the tasks: what is asked, instances, right answers, data sets, exports for other harnesses')
    .addHelpText(
      'after',
      '\nExamples:\n  $ lengthwise tasks list\n  $ lengthwise tasks sample NRLast --length 12 --n 3',
    );
  registerList(tasks, io);
  registerSample(tasks, io);
  registerAnswer(tasks, io);
  registerDataset(tasks, io);
  registerTasksExport(tasks, io);
};

const whereOption = oneOf('value of --where', ['anywhere', 'first-half', 'last-half'] satisfies Where[]);

interface SampleOptions {
  length: number;
  n: number;
  seed: number;
  alphabet?: string;
  occurrences?: { min: number; max: number };
  where?: Where;
  pool?: number;
  place?: Placing;
  json?: true;
}

interface DatasetOptions {
  length: number;
  n: number;
  seed: bigint;
  releasedCap?: true;
  publishedRun?: true;
  json?: true;
}

function registerList(tasks: Command, io: Io): void {
  tasks
    .command('list', { isDefault: true })
    .description('every task, alphabet and data set, or all about some tasks (the default)')
    .argument('[task...]', 'only these tasks')
    .option('--json', 'one JSON object')
    .addHelpText('after', '\nExample:\n  $ lengthwise tasks list')
    .action(async (names: string[], options: { json?: true }) => {
      const list = everything(await import('../../tasks/index.ts'));
      if (names.length === 0) {
        await io.out(options.json ? `${JSON.stringify(list)}\n` : listText(list));
      } else {
        const described = names.map((name) => taskIn(list, name, tasks));
        await io.out(
          options.json ? `${JSON.stringify({ tasks: described })}\n` : described.map(taskText).join(''),
        );
      }
    });
}

/** One task of the list. A misspelt subcommand of `tasks` ends up here too, because `list` is the default one. */
function taskIn(list: Everything, name: string, tasks: Command): TaskDescription {
  const found = list.tasks.find((task) => task.name === name);
  if (found !== undefined) return found;
  const known = [...list.tasks.map((task) => task.name), ...tasks.commands.map((command) => command.name())];
  throw new UserError(unknownName("task or command of 'tasks'", name, known));
}

function registerSample(tasks: Command, io: Io): void {
  tasks
    .command('sample')
    .description(
      'instances of a task; number i of a seed is the same whatever else is drawn (what measure asks: prompts sample)',
    )
    .argument('<task>', 'see `lengthwise tasks list`')
    .requiredOption(
      '--length <L>',
      'symbols in the source',
      wholeNumber('--length', { min: 1, max: MAX_LENGTH }),
    )
    .option('--n <count>', 'how many', wholeNumber('--n', { min: 1 }), 1)
    .option('--seed <S>', 'a whole number', wholeNumber('--seed'), 1)
    .option('--alphabet <which>', `the symbols to draw from: ${ALPHABET_HELP} (default: characters)`)
    .option('--occurrences <range>', 'how often the query occurs: 3, or 2-5', range('--occurrences'))
    .option('--where <place>', 'where it occurs: anywhere, first-half, last-half', whereOption)
    .option('--place <part>', `look-ups: where the evidence lies: ${PLACE_HELP}`, sourcePlace('--place'))
    .option('--pool <P>', 'how many different symbols to copy there are', wholeNumber('--pool'))
    .option('--json', 'one JSON object a line')
    .addHelpText(
      'after',
      '\nExample:\n  $ lengthwise tasks sample NRLast --length 12 --n 3 --occurrences 3 --json',
    )
    .action(async (name: string, options: SampleOptions) => {
      const { drawInstance, taskNamed } = await import('../../tasks/index.ts');
      const task = taskNamed(name);
      const { length, n, seed } = options;
      const taskOptions = await taskOptionsOf(options);
      const lines = indices(n).map((index) => {
        const instance = drawInstance(task, { length, seed, index }, taskOptions);
        return options.json ? instanceJson(instance, seed, index) : instanceText(instance);
      });
      await writeLines(io, lines);
    });
}

function registerAnswer(tasks: Command, io: Io): void {
  tasks
    .command('answer')
    .description('the right answer to a question of your own, or why it is none')
    .argument('<task>', 'see `lengthwise tasks list`')
    .requiredOption('--source <symbols>', 'separated by blanks')
    .option('--query <symbol>', 'what is asked for (retrieval)')
    .option('--json', 'one JSON object: {"answer":[…]} or {"refusal":"…"}')
    .addHelpText('after', '\nExample:\n  $ lengthwise tasks answer UR --source "a b c" --query b')
    .action(async (name: string, options: { source: string; query?: string; json?: true }) => {
      const { taskNamed } = await import('../../tasks/index.ts');
      const task = taskNamed(name);
      const reply = task.answer(options.source.split(/\s+/).filter(Boolean), options.query?.trim());
      if ('refusal' in reply) {
        if (options.json) await io.out(`${JSON.stringify({ refusal: reply.refusal })}\n`);
        throw new UserError(`no instance of ${task.name}: ${reply.refusal}`);
      }
      await io.out(
        options.json ? `${JSON.stringify({ answer: reply.answer })}\n` : `${reply.answer.join(' ')}\n`,
      );
    });
}

function registerDataset(tasks: Command, io: Io): void {
  tasks
    .command('dataset')
    .description("the paper's data sets, drawn again record for record (arXiv 2505.21785)")
    .argument(
      '<name>',
      'retrieval-unique, retrieval-nonunique, retrieval-hard, copying-unique, copying-nonunique',
    )
    .requiredOption(
      '--length <L>',
      "the authors' length",
      wholeNumber('--length', { min: 1, max: MAX_LENGTH }),
    )
    .requiredOption('--seed <S>', "a seed of CPython's random.Random", bigWholeNumber('--seed'))
    .option('--n <count>', 'how many, from the first on', wholeNumber('--n', { min: 1 }), 1500)
    .option(
      '--released-cap',
      "retrieval-nonunique: at most a fifth of the context is the query, as in the authors' script; without it a quarter, as in their files",
    )
    .option(
      '--published-run',
      "copying: as in the authors' files, which continue each other (5, 10, 15, 20 and 30, 40, 50)",
    )
    .option('--json', "one JSON object a line, with the authors' field names")
    .addHelpText(
      'after',
      '\nExample:\n  $ lengthwise tasks dataset retrieval-unique --length 10 --seed 2025 --n 3 --json',
    )
    .action(async (name: string, options: DatasetOptions) => {
      const { authorsRecords } = await import('../../tasks/index.ts');
      const { length, seed, n } = options;
      const records = authorsRecords(name, { length, seed, variant: variantOf(options) }).take(n);
      await writeLines(io, records.map(options.json ? (record) => JSON.stringify(record) : recordText));
    });
}

function* indices(count: number): Generator<number> {
  for (let index = 0; index < count; index++) yield index;
}

function instanceJson(
  { task, length, source, query, answer, positions }: Instance,
  seed: number,
  index: number,
): string {
  return JSON.stringify({ task, length, seed, index, source, query, answer, positions });
}

function variantOf({
  releasedCap,
  publishedRun,
}: DatasetOptions): 'released-cap' | 'published-run' | undefined {
  if (releasedCap && publishedRun)
    throw new UserError('--released-cap is for retrieval and --published-run for copying; give one of them');
  if (releasedCap) return 'released-cap';
  return publishedRun ? 'published-run' : undefined;
}
