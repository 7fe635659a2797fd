/** `lengthwise train`: a small transformer from scratch, into a folder that `transformers` opens. */
import { existsSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { messageOf, UserError } from '../../common/errors.ts';
import { makeFolders, removeIfEmpty } from '../../common/folders.node.ts';
import type { Lock } from '../../study/store/lock.ts';
import type { ProgressRow, ProgressTick, TrainRow } from '../../train/run/rows.ts';
import type { TrainSpec } from '../../train/spec/spec.ts';
import type { Device } from '../../graph/index.ts';
import { ALPHABET_HELP } from '../shared/alphabet.ts';
import { DEVICE_HELP, DEVICES } from '../shared/device.ts';
import { PLACE_HELP, sourcePlace } from '../shared/place.ts';
import type { Io, Register } from '../shared/command.ts';
import { lockFor } from '../shared/locking.ts';
import { filePath, oneOf, range, realNumber, shareOf, wholeNumber, wholeNumbers } from '../shared/options.ts';
import { checkedSpecOf } from './settings.ts';
import type { SettingFlags } from './settings.ts';

interface TrainFlags extends SettingFlags {
  readonly seeds?: number[];
  readonly threads?: number;
  readonly device: Device;
  readonly out: string;
  readonly json?: true;
}

/** One training of the command: which specification, into which folder. */
interface Run {
  readonly spec: TrainSpec;
  readonly folder: string;
}

/** Threads that a training has work for; it may be given more. */
const USEFUL_THREADS = 2;
const MAX_THREADS = 256;

export const registerTrain: Register = (program, io) => {
  program
    .command('train')
    .description('train a small transformer from scratch on one task, or on text')
    .option(
      '--task <name>',
      'UR, UL, … (see `lengthwise tasks list`), or text: text with repetitions, made here (docs/train.md)',
    )
    .option(
      '--pe <kind>',
      'positions: ape, nope (GPT-2 style) or rope (Llama style); default ape',
      oneOf('kind of positions', ['ape', 'nope', 'rope']),
    )
    .option('--preset <name>', 'what the other options start from: quick (default), paper or fast')
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
      'the longest length it will be measured at (default: three times the longest training length; of text the preset’s)',
      wholeNumber('--max-length', { min: 1 }),
    )
    .option(
      '--offsets [share]',
      'begin training sequences at random positions, all of them (the default with ape) or that share, such as 0.75',
      shareOf('--offsets'),
    )
    .option('--no-offsets', 'begin them all at position 0')
    .option('--optimizer <name>', 'adamw or muon', oneOf('optimizer', ['adamw', 'muon']))
    .option(
      '--curriculum <steps>',
      'let the longest length grow by half every so many steps; 0: all from the start',
      wholeNumber('--curriculum', { min: 0 }),
    )
    .option('--alphabet <which>', `the symbols to draw from: ${ALPHABET_HELP}`)
    .option('--place <part>', `look-ups: where the evidence lies: ${PLACE_HELP}`, sourcePlace('--place'))
    .option(
      '--seed <S>',
      'a whole number: the same seed gives the same weights',
      wholeNumber('--seed', { min: 0 }),
    )
    .option(
      '--seeds <list>',
      'several seeds, such as 1-3, as many at once as there are cores; into OUT/seed-S',
      wholeNumbers('--seeds', { min: 0 }),
    )
    .option(
      '--threads <count>',
      'threads of one training, 1 or 2; the outcome is the same (default: 2 for one training, 1 each for several)',
      wholeNumber('--threads', { min: 1, max: MAX_THREADS }),
    )
    .option(
      '--device <device>',
      `${DEVICE_HELP}; not the same weights for the same seed there`,
      oneOf('device', DEVICES),
      'cpu',
    )
    .requiredOption('--out <dir>', 'the folder for the model', filePath('--out'))
    .option('--json', 'one JSON object a line: points of the learning curve, then the result')
    .addHelpText(
      'after',
      '\nExample:\n  $ lengthwise train --task UR --pe ape --steps 4000 --lengths 1-16 --seed 1 --out runs/UR',
    )
    .action(async (flags: TrainFlags) => {
      const runs = await runsOf(flags, io);
      const failures = await trainAll(runs, flags, io);
      if (io.signal.aborted) throw io.signal.reason;
      if (failures.length > 0) throw runs.length === 1 ? failures[0] : severalFailed(failures, runs);
    });
};

/** Every training that the command line asks for, checked before the first begins. */
async function runsOf(flags: TrainFlags, io: Io): Promise<Run[]> {
  if (flags.seed !== undefined && flags.seeds !== undefined) {
    throw new UserError('--seed and --seeds: give one of them');
  }
  const spec = await checkedSpecOf(flags, io);
  if (flags.seeds === undefined) return [{ spec, folder: flags.out }];
  return flags.seeds.map((seed) => ({
    spec: { ...spec, seed },
    folder: path.join(flags.out, `seed-${seed}`),
  }));
}

/** Trains them, as many at once as there are cores for; what failed. */
async function trainAll(runs: readonly Run[], flags: TrainFlags, io: Io): Promise<unknown[]> {
  const cores = os.availableParallelism();
  const threads = Math.min(flags.threads ?? (runs.length > 1 ? 1 : cores), USEFUL_THREADS);
  const workers = Math.min(runs.length, Math.max(1, Math.floor(cores / threads)));
  const board = new ProgressBoard(io);
  const failures: unknown[] = [];
  const waiting = [...runs];

  async function work(): Promise<void> {
    for (let run = waiting.shift(); run !== undefined && !io.signal.aborted; run = waiting.shift()) {
      try {
        await trainOne(run, runs.length > 1, { ...flags, threads }, board, io);
      } catch (error) {
        failures.push(error);
        if (runs.length > 1 && !io.signal.aborted) io.say(`seed ${run.spec.seed}: ${messageOf(error)}`);
      } finally {
        board.remove(run.folder);
      }
    }
  }
  io.keeps();
  const made = makeFolders(path.dirname(runs[0].folder)); // they all lie in one, and their locks do
  await Promise.all(Array.from({ length: workers }, work));
  made.forEach(removeIfEmpty);
  return failures;
}

async function trainOne(
  { spec, folder }: Run,
  ofSeveral: boolean,
  flags: TrainFlags & { readonly threads: number },
  board: ProgressBoard,
  io: Io,
): Promise<void> {
  const { curveText, progressLine, trainedText } = await import('./text.ts');
  const { trainInProcess } = await import('../../train/run/process.node.ts');
  const { RECORD_FILE } = await import('../../train/run/record.node.ts');
  let lock: Lock | undefined;
  try {
    lock = await lockFor(folder);
    const known = existsSync(path.join(folder, RECORD_FILE));
    const curve: ProgressRow[] = [];
    const show = (tick: ProgressTick) =>
      board.show(folder, progressLine(tick, curve.at(-1)?.accuracy, ofSeveral ? spec.seed : undefined));
    const onRow = async (row: TrainRow) => {
      if (row.kind === 'progress') {
        curve.push(row);
        show(row);
      }
      if (flags.json) await io.out(`${JSON.stringify({ seed: spec.seed, ...row })}\n`);
    };
    const options = { signal: io.signal, threads: flags.threads, device: flags.device, onRow, onTick: show };
    const trained = await trainInProcess(spec, folder, options);
    if (!flags.json) await io.out(`${curveText(curve)}${trainedText(spec, folder, trained, { known })}`);
  } finally {
    lock?.release();
  }
}

/** The progress of several trainings in one line. */
class ProgressBoard {
  private readonly lines = new Map<string, string>();
  private readonly io: Io;

  constructor(io: Io) {
    this.io = io;
  }

  show(name: string, line: string): void {
    this.lines.set(name, line);
    this.io.progress([...this.lines.values()].join(' | '));
  }

  remove(name: string): void {
    this.lines.delete(name);
  }
}

function severalFailed(failures: readonly unknown[], runs: readonly Run[]): Error {
  const message = `${failures.length} of ${runs.length} trainings failed`;
  const allTheirs = failures.every((failure) => failure instanceof UserError);
  return allTheirs ? new UserError(message) : new Error(message);
}
