/** `lengthwise fix`: what makes a task hold up to a length, measured. */
import { existsSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import path from 'node:path';
import { adapterFault } from '../../common/adapter-folder.node.ts';
import { UserError } from '../../common/errors.ts';
import { sha256 } from '../../common/sha256.ts';
import { writeWhole } from '../shared/draft.ts';
import { unknownName } from '../../common/nearest.ts';
import type { FixResult } from '../../fix/outcome/rows.ts';
import type { FixSpec } from '../../fix/spec.ts';
import type { Io, Register } from '../shared/command.ts';
import { Exit, exits } from '../shared/exit.ts';
import { filePath } from '../shared/options.ts';
import { refuseAdapter } from '../shared/adapter.ts';
import { refuseOthers } from '../measure/applies.ts';
import { addAskingOptions, addSharedOptions } from '../measure/options.ts';
import type { MeasureOptions } from '../measure/options.ts';
import { targetOf } from '../measure/target.ts';
import type { OpenAsker } from './askers.ts';
import { fixText } from './text.ts';

interface Options extends MeasureOptions {
  readonly only?: string;
  readonly handOver?: string;
}

/** Of `measure`, what has no meaning here: lengths follow from --at-least, and a sample is asked once. */
const NOT_OF_FIX = [
  ...['--outputs', '--rescore', '--lengths', '--max-length', '--repeat', '--drawn-lengths', '--decide'],
  ...['--junit', '--place'],
];

export const registerFix: Register = (program, io) => {
  const command = program
    .command('fix')
    .description('what makes a model hold that does not: other ways to ask, and code around it, measured')
    .argument(
      '[target]',
      'the address of an OpenAI-compatible server, the Hugging Face folder of a model, or a GGUF file',
      filePath('the target'),
    )
    .option('--only <names>', 'mitigations to try, such as reverse,chunk (default: all that the task has)')
    .option('--hand-over <name>', 'write the files of this mitigation, recommended or not');
  addSharedOptions(command, NOT_OF_FIX);
  addAskingOptions(command, NOT_OF_FIX);
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
    const { handedFiles } = await import('../../fix/hand-over/files.ts');
    const { needsPilot, wayOfPlain } = await import('./askers.ts');
    const { checkLengths } = await import('../../measure/plan/prompted-spec.ts');
    const { checkHandOver, checkNames, fewestFor } = await import('../../fix/fewest.ts');
    const { threshold, seed } = options;
    const unpiloted: FixSpec = {
      ...{ target, plain: wayOfPlain(spec, null), length: options.length, threshold, seed },
      n: options.n ?? SAMPLES,
      only: await namesOf(options),
    };
    checkLengths(spec);
    checkNames(unpiloted);
    checkHandOver(unpiloted, options.handOver);
    const fault = fewestFor(unpiloted);
    if (fault !== null) io.say(fault);
    if (options.preview) return await showPreview(unpiloted, options, io);
    const earlier = await handedBefore(folder, options.prompt);
    io.say(`results go to ${folder}`);
    io.keeps();
    const chosen = needsPilot(spec) ? await choosePrompt() : null;
    if (io.signal.aborted) throw io.signal.reason;
    if (needsPilot(spec) && chosen === null)
      throw new Exit(
        'incomplete: no prompt was chosen; the same command goes on from here',
        exits.incomplete,
      );
    const plain = wayOfPlain(spec, chosen);
    const wanted: FixSpec = { ...unpiloted, plain };
    const { result: found, mitigations } = await fix(wanted, asker, (line) => io.say(line));
    if (io.signal.aborted) throw io.signal.reason;
    const taken = mitigations.find(({ name }) => name === (options.handOver ?? found.recommended));
    const about = { ...found, length: wanted.length };
    const files = taken === undefined ? [] : handedFiles(taken, about, { plain, api: api() });
    const result: FixResult = {
      ...found,
      handedOver:
        taken === undefined
          ? null
          : {
              name: taken.name,
              files: Object.fromEntries(files.map(({ name, text }) => [name, sha256(text)])),
            },
    };
    const { renderFixReport } = await import('../../report/fix/index.ts');
    for (const name of earlier) rmSync(path.join(folder, name), { force: true });
    for (const { name, text } of files) writeWhole(path.join(folder, name), text);
    writeWhole(path.join(folder, 'fix.json'), `${JSON.stringify(result, null, 2)}\n`);
    writeWhole(path.join(folder, 'fix.html'), renderFixReport(result));
    await io.out(options.json ? `${JSON.stringify(result)}\n` : fixText(result));
    io.say(`written: ${path.join(folder, 'fix.html')}`);
    for (const { name } of files) io.say(`written: ${path.join(folder, name)} (${taken?.name ?? ''})`);
    if (options.handOver !== undefined && taken === undefined)
      io.say(`nothing is handed over: ${options.handOver} was not tried`);
    end(result);
  } finally {
    await close();
  }
}

/**
 * The files that an earlier command handed over in a folder, and nobody has changed: those of this one take their place.
 * @throws UserError for files of these names that it did not, that somebody has changed, or that are asked with now
 */
async function handedBefore(folder: string, prompt: string | undefined): Promise<string[]> {
  const { isHanded } = await import('../../fix/hand-over/files.ts');
  const names = existsSync(folder) ? readdirSync(folder).filter(isHanded) : [];
  const known = filesIn(path.join(folder, 'fix.json'));
  for (const name of names) {
    const file = path.join(folder, name);
    if (prompt !== undefined && path.resolve(prompt) === path.resolve(file))
      throw new UserError(
        `--prompt ${prompt} would be replaced by this result: copy it elsewhere, or give another --out`,
      );
    if (known[name] === sha256(readFileSync(file, 'utf8'))) continue;
    throw new UserError(
      `${file} is not as fix wrote it, and would be replaced: move it elsewhere, or give another --out`,
    );
  }
  return names;
}

/** What a result says that it handed over; nothing where it can't be read. */
function filesIn(file: string): Readonly<Record<string, unknown>> {
  try {
    const { handedOver } = JSON.parse(readFileSync(file, 'utf8')) as {
      handedOver?: { files?: Record<string, unknown> } | null;
    };
    return handedOver?.files ?? {};
  } catch {
    return {};
  }
}

/** Fresh samples a length, at most. */
const SAMPLES = 300;

/** @throws UserError for a name that no mitigation has */
async function namesOf({ only }: Options): Promise<readonly string[] | null> {
  if (only === undefined) return null;
  const { mitigationNames } = await import('../../fix/mitigations/table.ts');
  const names = only.split(',').map((name) => name.trim());
  const unknown = names.find((name) => !mitigationNames.includes(name));
  if (unknown !== undefined) throw new UserError(unknownName('mitigation', unknown, mitigationNames));
  return names;
}

async function showPreview(spec: FixSpec, options: Options, io: Io): Promise<void> {
  const { mostQuestions } = await import('../../fix/fewest.ts');
  const most = mostQuestions(spec);
  await io.out(
    options.json
      ? `${JSON.stringify({ preview: { questions: most } })}\n`
      : `at most ${most.toLocaleString('en-US')} questions. Nothing was asked.\n`,
  );
}

/** @throws Exit where something is left, or nothing that holds was found */
function end({ incomplete, plain, recommended, task }: FixResult): void {
  if (incomplete !== null)
    throw new Exit(`incomplete: ${incomplete}; the same command goes on from here`, exits.incomplete);
  if (plain.holds || recommended !== null) return;
  throw new Exit(`${task}: nothing that was tried is shown to hold up to ${plain.length}`, exits.notShown);
}
