/** `lengthwise fix`: what makes a task hold up to a length, measured. */
import { existsSync } from 'node:fs';
import path from 'node:path';
import { adapterFault } from '../../common/adapter-folder.node.ts';
import { UserError } from '../../common/errors.ts';
import { unknownName } from '../../common/nearest.ts';
import type { FixResult } from '../../fix/outcome/rows.ts';
import { whyNone } from '../../fix/outcome/text.ts';
import type { FixSpec } from '../../fix/spec.ts';
import type { Io, Register } from '../shared/command.ts';
import { Exit, exits } from '../shared/exit.ts';
import { filePath } from '../shared/options.ts';
import { refuseAdapter } from '../shared/adapter.ts';
import { refuseOthers } from '../measure/applies.ts';
import { addAskingOptions, addSharedOptions } from '../measure/options.ts';
import type { Differing, MeasureOptions } from '../measure/options.ts';
import { targetOf } from '../measure/target.ts';
import type { OpenAsker } from './askers.ts';
import { fixText } from './text.ts';

interface Options extends MeasureOptions {
  readonly only?: string;
  readonly handOver?: string;
}

/** Of `measure`, what has no meaning here (lengths follow from --at-least, and a sample is asked once), and what means something else. */
const OF_FIX: Differing = {
  without: [
    ...['--outputs', '--rescore', '--lengths', '--max-length', '--repeat', '--drawn-lengths', '--decide'],
    ...['--junit', '--place', '--task'],
  ],
  texts: {
    '--at-least': 'the task, and the horizon that it is to have; exit with 4 where nothing is found',
    '--out': 'where answers are kept, what is handed over lies, and an interrupted run goes on',
    '--json': 'one JSON object (docs/fix.md)',
    '--n': 'fresh samples a length, at most (default: 300; 100 first, the others where these leave it open)',
    '--prompt': 'auto, a name, or a file of your own (docs/prompts.md)',
    '--preview': 'say how many questions would be asked at most, and ask nothing',
  },
};

export const registerFix: Register = (program, io) => {
  const command = program
    .command('fix')
    .description('what makes a model hold that does not: other ways to ask, and code around it, measured')
    .argument(
      '[target]',
      'the address of an OpenAI-compatible server, the Hugging Face folder of a model, or a GGUF file',
      filePath('the target'),
    )
    .option('--task <file>', 'a task of your own (docs/prompts.md), which --at-least names')
    .option('--only <names>', 'mitigations to try, such as reverse,chunk (default: all that the task has)')
    .option('--hand-over <name>', 'write the files of this mitigation, recommended or not');
  addSharedOptions(command, OF_FIX);
  addAskingOptions(command, OF_FIX);
  command
    .addHelpText(
      'after',
      '\nExamples:\n  $ lengthwise fix http://127.0.0.1:8000/v1 --model NAME --at-least UB=60\n' +
        '  $ lengthwise fix SmolLM2-135M-Instruct.Q4_1.gguf --at-least UL=10 --only reverse,recite\n' +
        '  $ lengthwise fix http://127.0.0.1:8000/v1 --model NAME --git . --at-least git-cherrypick=40',
    )
    .action(async (named: string | undefined, given: Options) => {
      const options: Options = {
        ...given,
        repeat: 1,
        drawnLengths: 0,
        decide: 'generation',
        scoring: 'ours',
      };
      const target = targetOf(named, options, 'fix');
      if (target.kind === 'folder') checkThere(target.folder);
      if (target.kind !== 'endpoint' && target.kind !== 'text-model') {
        throw new UserError(
          'fix asks a model in other ways, so it needs one that reads prompts: the address of a server, a Hugging Face folder, or a GGUF file; a model trained here knows the one task that it was trained on',
        );
      }
      if (target.kind === 'endpoint') refuseAdapter(options.adapter);
      refuseOthers(command, target);
      checkOnePrompt(options);
      const { openEndpointAsker, openTextAsker } = await import('./askers.ts');
      const wanted = await wantedOf(options);
      const open =
        target.kind === 'endpoint'
          ? openEndpointAsker(target.url, { ...options, task: wanted.task, lengths: [wanted.length] }, io)
          : openTextAsker(target.target, { ...options, task: wanted.task, lengths: [wanted.length] }, io);
      await fixWith(await open, { ...options, ...wanted }, io);
    });
};

/** @throws UserError where there is no such folder, or an adapter instead of a model */
function checkThere(folder: string): void {
  if (!existsSync(folder)) throw new UserError(`there is no file or folder ${folder}`);
  const fault = adapterFault(folder);
  if (fault !== null) throw new UserError(fault);
}

/** @throws UserError for several prompts: ways of asking are compared with one each */
function checkOnePrompt({ prompt }: Options): void {
  if (prompt !== 'all' && prompt?.includes(',') !== true) return;
  throw new UserError(
    `--prompt ${prompt}: fix asks the task with one prompt: name one, or auto, and a pilot chooses it`,
  );
}

/** @throws UserError unless one task and its length are named */
async function wantedOf({ atLeast = [], task }: Options): Promise<{ task: string; length: number }> {
  const { askableNames, nameOfOurs } = await import('../../prompt/askable.ts');
  if (atLeast.length !== 1) {
    throw new UserError(
      `fix what? Give one task and the horizon that it is to have: --at-least UB=60${atLeast.length > 1 ? ' (one a command)' : ''}`,
    );
  }
  const [{ task: named, length }] = atLeast;
  if (task !== undefined && !/\.ya?ml$/.test(task) && task !== named)
    throw new UserError(`--task ${task}: --at-least names ${named}: give one task, the same in both`);
  if (task !== undefined) return { task, length };
  const found = nameOfOurs(named);
  if (found === undefined) throw new UserError(unknownName('task', named, askableNames()));
  return { task: found, length };
}

async function fixWith(
  { asker, spec, folder, target, close, api, choosePrompt }: Awaited<OpenAsker>,
  options: Options & { readonly length: number },
  io: Io,
): Promise<void> {
  try {
    const { fix } = await import('../../fix/fix.ts');
    const { handedBefore, handOver, writeHanded } = await import('../../fix/hand-over/folder.ts');
    const { PAGE } = await import('../../fix/hand-over/result-file.ts');
    const { mostToChoose, needsPilot, plainTaskOf } = await import('../../fix/asking/measured.ts');
    const { checkLengths } = await import('../../measure/plan/prompted-spec.ts');
    const { checkHandOver, checkNames, fewestFor, FRESH_SAMPLES, nameInTask } =
      await import('../../fix/fewest.ts');
    const { threshold, seed } = options;
    const all: FixSpec = {
      ...{ target, plain: plainTaskOf(spec, null), length: options.length, threshold, seed },
      n: options.n ?? FRESH_SAMPLES,
      only: null,
    };
    const inTask = (name: string): string => nameInTask(all, name);
    const named = await namesOf(options);
    const unpiloted: FixSpec = { ...all, only: named && [...new Set(named.map(inTask))] };
    const wish = options.handOver === undefined ? undefined : inTask(options.handOver);
    checkLengths(spec);
    checkNames(unpiloted);
    checkHandOver(unpiloted, wish);
    const fault = fewestFor(unpiloted);
    if (fault !== null) io.say(`--n ${fault}`);
    if (options.preview) return await showPreview(unpiloted, mostToChoose(spec), options, io);
    const read = await filesRead(options);
    handedBefore(folder, [], read);
    io.say(`results go to ${folder}`);
    io.keeps();
    const chosen = needsPilot(spec) ? await choosePrompt() : null;
    if (io.signal.aborted) throw io.signal.reason;
    if (needsPilot(spec) && chosen === null)
      throw new Exit(
        'incomplete: no prompt was chosen; the same command goes on from here',
        exits.incomplete,
      );
    const plain = plainTaskOf(spec, chosen);
    const wanted: FixSpec = { ...unpiloted, plain };
    const found = await fix(wanted, asker, (line) => io.say(line));
    if (io.signal.aborted) throw io.signal.reason;
    const handed = handOver(found, { plain, api: api(), length: wanted.length }, wish);
    const { renderFixReport } = await import('../../report/fix/index.ts');
    const files = [...handed.files, { name: PAGE, text: renderFixReport(handed.result) }];
    // Asking may take hours: somebody may have written something since.
    const result = writeHanded(folder, { ...handed, files }, handedBefore(folder, files, read));
    await io.out(options.json ? `${JSON.stringify(result)}\n` : fixText(result));
    io.say(`written: ${path.join(folder, PAGE)}`);
    for (const { name } of handed.files)
      io.say(`written: ${path.join(folder, name)} (${result.handedOver?.name ?? ''})`);
    if (wish !== undefined && result.handedOver === null)
      io.say(`nothing is handed over: ${wish} was not tried`);
    end(result);
  } finally {
    await close();
  }
}

/** The files that say what is asked. */
async function filesRead({ prompt, task, text, csv, alphabet }: Options): Promise<string[]> {
  const { isPromptFile } = await import('../../prompt/files.node.ts');
  const { readOwnTask } = await import('../../prompt/own/own-task.node.ts');
  const { isTaskFile } = await import('../../measure/targets/inquiry.node.ts');
  return [
    ...(prompt !== undefined && isPromptFile(prompt) ? [prompt] : []),
    ...(task !== undefined && isTaskFile(task) ? readOwnTask(task).files : []),
    ...(alphabet?.startsWith('file:') === true ? [alphabet.slice('file:'.length)] : []),
    ...[text, csv].filter((file) => file !== undefined),
  ];
}

/** @throws UserError for a name that no mitigation has */
async function namesOf({ only }: Options): Promise<readonly string[] | null> {
  if (only === undefined) return null;
  const { mitigationNames } = await import('../../fix/mitigations/table.ts');
  const names = only.split(',').map((name) => name.trim());
  const unknown = names.find((name) => !mitigationNames.includes(name));
  if (unknown !== undefined) throw new UserError(unknownName('mitigation', unknown, mitigationNames));
  return names;
}

/** @param choosing the most questions of a pilot */
async function showPreview(spec: FixSpec, choosing: number, options: Options, io: Io): Promise<void> {
  const { mostQuestions } = await import('../../fix/most.ts');
  const most = choosing + (await mostQuestions(spec));
  await io.out(
    options.json
      ? `${JSON.stringify({ preview: { questions: most } })}\n`
      : `at most ${most.toLocaleString('en-US')} questions. Nothing was asked.\n`,
  );
}

/** @throws Exit where something is left, or nothing is recommended although something is to be mended */
function end(result: FixResult): void {
  const { incomplete, plain, recommended, task } = result;
  if (incomplete !== null)
    throw new Exit(`incomplete: ${incomplete}; the same command goes on from here`, exits.incomplete);
  if (plain.holds || recommended !== null) return;
  throw new Exit(`${task}: ${whyNone(result) ?? ''}`, exits.notShown);
}
