/** `lengthwise study`: runs the tasks × models × lengths × seeds that a file names, and writes one report. */
import os from 'node:os';
import path from 'node:path';
import type { Command } from 'commander';
import { distinct } from '../../common/distinct.ts';
import type { StudyFile } from '../../study/file/study-file.ts';
import type { StudyRows } from '../../study/rows.ts';
import type { Io, Register } from '../shared/command.ts';
import { Exit, exits } from '../shared/exit.ts';
import { filePath, wholeNumber } from '../shared/options.ts';
import { reportFile, writeReport } from '../shared/report-file.ts';
import {
  failureLine,
  incompleteLines,
  incompleteText,
  outcomeJson,
  outcomeText,
  planJson,
  planText,
  statusText,
} from './text.ts';

/** More processes than this on one machine are a slip of the keyboard. */
const MAX_WORKERS = 1024;

interface RunFlags {
  out?: string;
  workers: number;
  json?: true;
}

export const registerStudy: Register = (program, io) => {
  const study = program
    .command('study')
    .description('train, measure, ask and predict what a study file names, and report on it')
    .addHelpText(
      'after',
      '\nExamples:\n  $ lengthwise study plan examples/quick.yaml\n' +
        '  $ lengthwise study run examples/quick.yaml --out runs/quick',
    );
  registerRun(study, io);
  registerPlan(study, io);
  registerStatus(study, io);
};

function registerRun(study: Command, io: Io): void {
  withFolderAndWorkers(
    study
      .command('run')
      .description('do what is not done yet, then write the report; stop it any time, it goes on from there')
      .argument('<file>', 'the study file (docs/study.md)')
      .addHelpText('after', '\nExample:\n  $ lengthwise study run examples/quick.yaml --out runs/quick'),
  ).action(async (file: string, flags: RunFlags) => {
    const { readStudyFile } = await import('../../study/file/study-file.ts');
    const { runStudy } = await import('../../study/run.ts');
    const read = await sayingMistakes(file, io, () => readStudyFile(file));
    const folder = folderFor(read, flags);
    const { workers } = flags;
    const progress = (line: string) => io.progress(line);
    io.keeps();
    const options = { workers, signal: io.signal, progress };
    const study = await sayingMistakes(file, io, () => runStudy(read, folder, options));
    const report = reportFile(folder);
    await writeReport(study, report);
    io.keeps(false);
    const outcome = flags.json
      ? outcomeJson(study, folder, report)
      : outcomeText(study, await tunedTexts(study), report);
    await io.out(outcome);
    for (const line of incompleteLines(study)) io.say(line);
    refuseFailures(study, io);
    endIncomplete(study);
  });
}

function registerPlan(study: Command, io: Io): void {
  withFolderAndWorkers(
    study
      .command('plan')
      .description('what a run would do and about how long it would take, without doing it')
      .argument('<file>', 'the study file (docs/study.md)')
      .addHelpText('after', '\nExample:\n  $ lengthwise study plan examples/quick.yaml'),
  ).action(async (file: string, flags: RunFlags) => {
    const { readStudyFile } = await import('../../study/file/study-file.ts');
    const { previewStudy } = await import('../../study/preview.ts');
    const read = await sayingMistakes(file, io, () => readStudyFile(file));
    const folder = folderFor(read, flags);
    const preview = await sayingMistakes(file, io, () => previewStudy(read.spec, folder, flags.workers));
    await io.out((flags.json ? planJson : planText)(read.spec, preview, folder));
  });
}

function registerStatus(study: Command, io: Io): void {
  study
    .command('status')
    .description('how far a study is, also while it runs')
    .argument('<dir>', 'the folder of a study', filePath('the folder'))
    .option('--json', 'one JSON object')
    .addHelpText('after', '\nExample:\n  $ lengthwise study status runs/quick')
    .action(async (folder: string, flags: { json?: true }) => {
      const { studyStatus } = await import('../../study/status.ts');
      const status = studyStatus(folder);
      await io.out(flags.json ? `${JSON.stringify(status)}\n` : statusText(status));
    });
}

function withFolderAndWorkers(command: Command): Command {
  return command
    .option('--out <dir>', 'the folder of the study (default: runs/NAME)', filePath('--out'))
    .option(
      '--workers <count>',
      'worker processes',
      wholeNumber('--workers', { min: 1, max: MAX_WORKERS }),
      os.availableParallelism(),
    )
    .option('--json', 'one JSON object');
}

/** Some work on a study file, whose mistakes are said one a line: those of models that it names are seen when these are opened. */
async function sayingMistakes<T>(file: string, io: Io, work: () => T | Promise<T>): Promise<T> {
  const { StudyFileError } = await import('../../study/file/study-file-error.ts');
  try {
    return await work();
  } catch (error) {
    if (error instanceof StudyFileError) {
      for (const { line, column, message } of error.mistakes) io.say(`${file}:${line}:${column}: ${message}`);
    }
    throw error;
  }
}

/** What fine-tuning brought, a base each. */
async function tunedTexts({ tuned = [] }: StudyRows): Promise<string[]> {
  if (tuned.length === 0) return [];
  const { finetuneText } = await import('../finetune/text.ts');
  return tuned.map(finetuneText);
}

function folderFor({ spec }: StudyFile, { out }: RunFlags): string {
  return out ?? path.join('runs', spec.name);
}

/** @throws Exit where questions are left, though every item is done */
function endIncomplete(study: StudyRows): void {
  const missing = incompleteText(study);
  if (missing === null) return;
  throw new Exit(`incomplete: ${missing}; the same command goes on from here`, exits.incomplete);
}

/** Says what failed, one line each, and ends with exit code 1. */
function refuseFailures(study: StudyRows, io: Io): void {
  const work = distinct(study.items);
  const failed = work.filter(({ state }) => state === 'failed');
  const missing = work.filter(({ state }) => state === 'waiting' || state === 'running');
  if (failed.length + missing.length === 0) return;
  for (const item of failed) io.say(failureLine(item));
  const dependents = missing.length === 0 ? '' : `, and ${missing.length} that need them are not done`;
  throw new Error(
    `${failed.length} of ${work.length} items failed${dependents}; the same command tries again`,
  );
}
