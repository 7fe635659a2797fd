/** `lengthwise train`: a small transformer from scratch, into a folder that `transformers` opens. */
import os from 'node:os';
import path from 'node:path';
import { UserError } from '../common/errors.ts';
import type { TaskOptions } from '../tasks/index.ts';
import type { TrainedRow, TrainRow } from '../train/rows.ts';
import type { Positions, TrainSpec } from '../train/spec.ts';
import { ALPHABET_HELP, readAlphabet } from './alphabet.ts';
import type { Io, Register } from './command.ts';
import { oneOf, range, realNumber, wholeNumber, wholeNumbers } from './options.ts';
import { curveText, progressLine, trainedText } from './train-text.ts';

interface TrainFlags {
  readonly task?: string;
  readonly pe?: Positions;
  readonly preset?: string;
  readonly config?: string;
  readonly layers?: number;
  readonly heads?: number;
  readonly dim?: number;
  readonly lr?: number;
  readonly steps?: number;
  readonly batch?: number;
  readonly lengths?: { min: number; max: number };
  readonly maxLength?: number;
  readonly offsets?: boolean;
  readonly optimizer?: TrainSpec['optimizer'];
  readonly curriculum?: number;
  readonly alphabet?: string;
  readonly seed?: number;
  readonly seeds?: number[];
  readonly out: string;
  readonly json?: true;
}

/** One training of the command: which specification, into which folder. */
interface Run {
  readonly spec: TrainSpec;
  readonly folder: string;
}

const POSITIONS: readonly Positions[] = ['ape', 'nope', 'rope'];
/** Positions are kept for lengths up to this multiple of the longest training length: to be measured there. */
const LENGTHS_BEYOND = 3;

export const registerTrain: Register = (program, io) => {
  program
    .command('train')
    .description('train a small transformer from scratch on one task')
    .option('--task <name>', 'UR, UL, … (see `lengthwise tasks list`)')
    .option(
      '--pe <kind>',
      'positions: ape, nope (GPT-2 style) or rope (Llama style); default ape',
      oneOf('kind of positions', POSITIONS),
    )
    .option('--preset <name>', 'what the other options start from: quick (default) or paper')
    .option('--config <file>', 'a YAML file with settings (docs/train.md); options win over it')
    .option('--layers <count>', 'layers', wholeNumber('--layers', { min: 1 }))
    .option('--heads <count>', 'attention heads', wholeNumber('--heads', { min: 1 }))
    .option('--dim <width>', 'width of the residual stream', wholeNumber('--dim', { min: 1 }))
    .option('--lr <rate>', 'learning rate', realNumber('--lr', { min: 0 }))
    .option(
      '--steps <count>',
      'steps at most; it ends sooner at 100 % on the training range',
      wholeNumber('--steps', { min: 1 }),
    )
    .option('--batch <count>', 'instances a step', wholeNumber('--batch', { min: 1 }))
    .option('--lengths <range>', 'training lengths, such as 1-50', range('--lengths', { min: 1 }))
    .option(
      '--max-length <L>',
      'the longest length it will be measured at (default: three times the longest training length)',
      wholeNumber('--max-length', { min: 1 }),
    )
    .option('--offsets', 'begin training sequences at random positions (the default with ape)')
    .option('--no-offsets', 'begin them all at position 0')
    .option('--optimizer <name>', 'adamw or muon', oneOf('optimizer', ['adamw', 'muon']))
    .option(
      '--curriculum <steps>',
      'let the longest length grow by one every so many steps; 0: all from the start',
      wholeNumber('--curriculum', { min: 0 }),
    )
    .option('--alphabet <which>', `the symbols to draw from: ${ALPHABET_HELP}`)
    .option(
      '--seed <S>',
      'a whole number: the same seed gives the same weights',
      wholeNumber('--seed', { min: 0 }),
    )
    .option(
      '--seeds <list>',
      'several seeds, such as 1..3, as many at once as there are cores; into OUT/seed-S',
      wholeNumbers('--seeds', { min: 0 }),
    )
    .requiredOption('--out <dir>', 'the folder for the model')
    .option('--json', 'one JSON object a line: points of the learning curve, then the result')
    .addHelpText(
      'after',
      '\nExample:\n  $ lengthwise train --task UR --pe ape --steps 4000 --lengths 1-16 --seed 1 --out runs/UR',
    )
    .action(async (flags: TrainFlags) => {
      const runs = await runsOf(flags);
      const failures = await trainAll(runs, flags, io);
      if (failures.length > 0) throw failures[0];
    });
};

/** Every training that the command line asks for, checked before the first begins. */
async function runsOf(flags: TrainFlags): Promise<Run[]> {
  if (flags.seed !== undefined && flags.seeds !== undefined) {
    throw new UserError('--seed and --seeds: give one of them');
  }
  const { checkedSpec } = await import('../train/check.ts');
  const { taskNamed } = await import('../tasks/index.ts');
  const spec = await specOf(flags);
  const checked = checkedSpec(spec, taskNamed(spec.task));
  if (flags.seeds === undefined) return [{ spec: checked, folder: flags.out }];
  return flags.seeds.map((seed) => ({
    spec: { ...checked, seed },
    folder: path.join(flags.out, `seed-${seed}`),
  }));
}

/** Preset, then the settings file, then the options. */
async function specOf(flags: TrainFlags): Promise<TrainSpec> {
  const file = flags.config === undefined ? undefined : await readConfig(flags.config);
  const { taskNamed } = await import('../tasks/index.ts');
  const { preset } = await import('../train/presets.ts');
  const name = flags.task ?? file?.task;
  if (name === undefined) throw new UserError('which task? Give one with --task, such as --task UR');
  const task = taskNamed(name);
  const base = preset(
    flags.preset ?? file?.preset ?? 'quick',
    task.name,
    flags.pe ?? file?.positions ?? 'ape',
  );
  const said = {
    layers: flags.layers,
    heads: flags.heads,
    dim: flags.dim,
    learningRate: flags.lr,
    steps: flags.steps,
    batch: flags.batch,
    lengths: flags.lengths,
    maxLength: flags.maxLength,
    offsets: flags.offsets,
    optimizer: flags.optimizer,
    curriculum: flags.curriculum,
    seed: flags.seed,
  };
  const given = Object.fromEntries(Object.entries(said).filter(([, value]) => value !== undefined));
  const alphabet = flags.alphabet === undefined ? {} : { alphabet: await readAlphabet(flags.alphabet) };
  const merged: TrainSpec = {
    ...base,
    ...file?.train,
    ...(file?.seed !== undefined && { seed: file.seed }),
    ...given,
    taskOptions: { ...base.taskOptions, ...file?.options, ...alphabet },
  };
  if (flags.maxLength !== undefined || file?.train.maxLength !== undefined) return merged;
  return { ...merged, maxLength: roomBeyond(merged, task.admits(optionsThatFit(merged))) };
}

/** Positions for lengths well beyond the training range, as far as the task has such lengths. */
function roomBeyond({ maxLength, lengths }: TrainSpec, admits: { max: number }): number {
  return Math.max(lengths.max, Math.min(admits.max, Math.max(maxLength, LENGTHS_BEYOND * lengths.max)));
}

function optionsThatFit({ taskOptions }: TrainSpec): TaskOptions {
  return taskOptions ?? {};
}

async function readConfig(file: string) {
  const { parseTrainingFile, readTrainingFile } = await import('../study/file/training-file.ts');
  return parseTrainingFile(readTrainingFile(file), file);
}

/** Trains them, as many at once as there are cores; what failed. */
async function trainAll(runs: readonly Run[], flags: TrainFlags, io: Io): Promise<unknown[]> {
  const { trainInProcess } = await import('../train/process.node.ts');
  const { lockBeside } = await import('../study/store/lock.ts');
  const cores = os.availableParallelism();
  const workers = Math.min(runs.length, cores);
  const threads = Math.max(1, Math.floor(cores / workers));
  const lines = new Map<Run, string>();
  const failures: unknown[] = [];
  const waiting = [...runs];

  async function work(): Promise<void> {
    for (let run = waiting.shift(); run !== undefined && !io.signal.aborted; run = waiting.shift()) {
      const one = run;
      const lock = lockBeside(one.folder);
      try {
        if (lock === null)
          throw new UserError(
            `another run is training into ${one.folder}: wait for it, or choose another folder`,
          );
        const curve: TrainRow[] = [];
        const onRow = async (row: TrainRow) => {
          curve.push(row);
          if (row.kind === 'progress') {
            lines.set(one, progressLine(row, runs.length > 1 ? one.spec.seed : undefined));
            io.progress([...lines.values()].join(' | '));
          }
          if (flags.json) await io.out(`${JSON.stringify({ seed: one.spec.seed, ...row })}\n`);
        };
        const trained = await trainInProcess(one.spec, one.folder, { signal: io.signal, threads, onRow });
        lines.delete(one);
        if (!flags.json) await io.out(resultText(one, trained, curve));
      } catch (error) {
        failures.push(error);
        lines.delete(one);
        if (runs.length > 1 && !io.signal.aborted)
          io.say(`seed ${one.spec.seed}: ${(error as Error).message}`);
      } finally {
        lock?.release();
      }
    }
  }
  await Promise.all(Array.from({ length: workers }, work));
  if (io.signal.aborted && failures.length === 0) failures.push(io.signal.reason);
  return failures;
}

function resultText({ spec, folder }: Run, trained: TrainedRow, curve: readonly TrainRow[]): string {
  return `${curveText(curve)}${trainedText(spec, folder, trained)}`;
}
