/** `lengthwise tasks export`: samples with prompts and exact scoring, as a task of another harness. */
import type { Command } from 'commander';
import { UserError } from '../../common/errors.ts';
import type { TaskOptions, Where } from '../../tasks/index.ts';
import type { Askable } from '../../prompt/askable.ts';
import type { ExportApi, ExportedSample, ExportFormat, ExportFormatName } from '../../prompt/export/index.ts';
import { namedPrompts } from '../shared/prompt-names.ts';
import { ALPHABET_HELP } from '../shared/alphabet.ts';
import type { Io } from '../shared/command.ts';
import { filePath, oneOf, range, wholeNumber, wholeNumbers } from '../shared/options.ts';
import { packageVersion } from '../../common/version.node.ts';
import { taskOptionsOf } from '../shared/task-options.ts';

const FORMATS = ['lm-eval', 'inspect', 'promptfoo'] as const satisfies readonly ExportFormatName[];
const DEFAULT_N = 100;

interface ExportOptions {
  readonly for: ExportFormatName;
  readonly task: string;
  readonly lengths: number[];
  readonly n: number;
  readonly seed: number;
  readonly api?: ExportApi;
  readonly prompt?: string;
  readonly alphabet?: string;
  readonly occurrences?: { min: number; max: number };
  readonly where?: Where;
  readonly pool?: number;
  readonly out: string;
  readonly json?: true;
}

export function registerTasksExport(tasks: Command, io: Io): void {
  tasks
    .command('export')
    .description('a task for lm-evaluation-harness, Inspect or promptfoo: samples, prompts, scoring')
    .requiredOption('--for <harness>', 'lm-eval, inspect or promptfoo', oneOf('harness', FORMATS))
    .requiredOption(
      '--task <names>',
      'UR,UL,UF: see `lengthwise tasks list`; text-copy, git-revert, …, and files of your own tasks, too',
    )
    .requiredOption(
      '--lengths <list>',
      'symbols in the source: 5,10,20',
      wholeNumbers('--lengths', { min: 1 }),
    )
    .requiredOption('--out <folder>', 'a new folder, or an empty one', filePath('--out'))
    .option('--n <count>', 'samples a task and length', wholeNumber('--n', { min: 1 }), DEFAULT_N)
    .option(
      '--seed <S>',
      'which samples: those that `measure` asks with the same seed',
      wholeNumber('--seed'),
      1,
    )
    .option(
      '--api <which>',
      'completions or chat (default: completions for lm-eval, else chat)',
      oneOf('api', ['completions', 'chat']),
    )
    .option('--prompt <names>', 'of `lengthwise prompts list`, or a file of your own')
    .option('--alphabet <which>', `the symbols to draw from: ${ALPHABET_HELP} (default: characters)`)
    .option('--occurrences <range>', 'how often the query occurs: 3, or 2-5', range('--occurrences'))
    .option(
      '--where <place>',
      'where it occurs: anywhere, first-half, last-half',
      oneOf('value of --where', ['anywhere', 'first-half', 'last-half'] satisfies Where[]),
    )
    .option('--pool <P>', 'how many different symbols to copy there are', wholeNumber('--pool'))
    .option('--json', 'say what was written as one JSON object')
    .addHelpText(
      'after',
      '\nExample:\n  $ lengthwise tasks export --for lm-eval --task UR,UL,UF --lengths 5,10,20 --n 200 --out lm-eval-task',
    )
    .action((options: ExportOptions) => exportTasks(options, io));
}

async function exportTasks(options: ExportOptions, io: Io): Promise<void> {
  const { exportedSamples, exportFormats } = await import('../../prompt/export/index.ts');
  const { refuseTaken, writeFolder } = await import('../../prompt/export/write.node.ts');
  const format: ExportFormat = exportFormats[options.for];
  const api = options.api ?? format.api;
  if (options.for === 'inspect' && api === 'completions') {
    throw new UserError('--api: Inspect asks by chat only; leave --api away');
  }
  refuseTaken(options.out);
  const tasks = await askedTasks(options, api, await taskOptionsOf(options));
  const samples = [...exportedSamples(tasks, options)];
  const files = {
    ...(await filesOf(format, samples, api)),
    'README.md': readme(format, options, api, samples.length),
  };
  writeFolder(options.out, files);
  const command = format.command(api);
  const said = {
    for: options.for,
    folder: options.out,
    tasks: tasks.map(({ task, template }) => ({ task: task.name, prompt: template.name })),
    lengths: options.lengths,
    samples: samples.length,
    api,
    files: Object.keys(files).toSorted(),
    command,
  };
  await io.out(
    options.json
      ? `${JSON.stringify(said)}\n`
      : `${samples.length} samples for ${format.title}: ${options.out}\nrun it there: ${command}\n`,
  );
}

async function askedTasks(options: ExportOptions, api: ExportApi, taskOptions: TaskOptions) {
  const { askables } = await import('../../prompt/askable.ts');
  const { promptFor } = await import('../../prompt/files.node.ts');
  const { checkPromptUsed, isTaskFile, wayAsked } = await import('../../measure/targets/inquiry.node.ts');
  const { checkOwnNames, readOwnTask } = await import('../../prompt/own/own-task.node.ts');
  const { checkUsed } = await import('../../tasks/index.ts');
  const prompts =
    options.prompt === undefined
      ? undefined
      : await namedPrompts(
          options.prompt,
          'only measure asks by it; name the prompts to export (lengthwise prompts lists them)',
        );
  const named = namesIn(options.task);
  checkPromptUsed(named, options.prompt);
  const asked: Askable[] = askables(
    named.filter((name) => !isTaskFile(name)),
    { options: taskOptions },
  );
  const ours = asked.map((task) => ({
    task,
    template: promptFor(task.shape, prompts ?? [], prompts === undefined, api),
  }));
  // Tasks of the user's own have prompts of their own.
  const files = [...new Set(named.filter(isTaskFile))];
  const own = files.map(readOwnTask);
  checkOwnNames(own.map(({ task: { name } }, i) => ({ file: files[i], name })));
  const all = [
    ...ours.map((one) => ({ ...one, way: wayAsked(one, taskOptions) })),
    ...own.map((one) => ({ ...one, way: wayAsked(one, taskOptions, one.content) })),
  ];
  checkUsed(
    all.map(({ task }) => task),
    taskOptions,
  );
  return all;
}

function namesIn(text: string): string[] {
  const names = text
    .split(',')
    .map((name) => name.trim())
    .filter((name) => name !== '');
  if (names.length === 0) throw new UserError('--task: name at least one task, such as UR,UL,UF');
  return names;
}

async function filesOf(format: ExportFormat, samples: readonly ExportedSample[], api: ExportApi) {
  const { dataFile } = await import('../../prompt/export/write.node.ts');
  const { scoringFiles } = await import('../../prompt/export/scoring.node.ts');
  const data = Object.entries(format.data).map(([file, name]) => [file, dataFile(name)]);
  return {
    'samples.jsonl': samples.map((sample) => `${JSON.stringify(sample)}\n`).join(''),
    ...format.files(samples, api),
    ...(Object.fromEntries(data) as Record<string, string>),
    ...(format.scoring ? scoringFiles('scoring') : {}),
  };
}

function readme(format: ExportFormat, options: ExportOptions, api: ExportApi, count: number): string {
  return `# ${count} samples of ${options.task} for ${format.title}

Written by lengthwise ${packageVersion()} (\`lengthwise tasks export\`): ${options.n} samples at each of the lengths ${options.lengths.join(', ')}, seed ${options.seed}.

Run it in this folder, with the name of your model and the address of your server:

    ${format.command(api)}

\`samples.jsonl\` has a sample a line: its prompt as \`lengthwise measure\` sends it, the marks that end an answer, and the right
answer. \`right\` is lengthwise's accuracy: the answer, read by the filters in \`reading\`, is the right one and nothing else.
\`exact\` is the same to the character.
`;
}
