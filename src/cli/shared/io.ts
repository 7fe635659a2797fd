/** stdout, stderr, the progress line and Ctrl-C, as commands see them. */
import os from 'node:os';
import { isatty } from 'node:tty';
import { legible, legibleJson } from '../../common/legible.ts';
import type { Io, Stdout } from './command.ts';
import { writeWhole } from '../../common/draft.node.ts';

/** How often the progress line goes to a stderr that is no terminal, in milliseconds. */
const PLAIN_PROGRESS_EVERY = 10_000;

const STOPPING = ['SIGINT', 'SIGTERM'] as const;

/** Why the signal of an Io was aborted. */
class Interrupted extends Error {
  readonly exitCode: number;

  constructor(name: NodeJS.Signals) {
    super('interrupted');
    this.exitCode = 128 + os.constants.signals[name];
  }
}

/** The exit code that shells know for a program that was stopped by a signal: 130 for Ctrl-C. */
export function exitCodeOf(reason: unknown): number {
  return reason instanceof Interrupted ? reason.exitCode : 1;
}

/** An Io, and what only the road around all commands needs. */
export interface WholeIo extends Io {
  /** From now on what goes to stdout is JSON: the command was called with --json. */
  speakJson(): void;
  endProgress(): void;
  readonly goesOn: boolean;
}

/** What of a process commands see: that of this one (`processSurroundings`), or what a test gives in its place. */
export interface Surroundings {
  readonly stdin: NodeJS.ReadableStream;
  readonly inputIsTerminal: boolean;
  readonly stdout: Stdout;
  readonly stderr: Stdout;
  /** Listens to a signal. */
  on(name: NodeJS.Signals, listener: () => void): unknown;
  exit(status: number): unknown;
}

/** This process's own. Standard input is opened where it is read. */
export function processSurroundings(): Surroundings {
  const { stdout, stderr } = process;
  return {
    get stdin() {
      return process.stdin;
    },
    inputIsTerminal: isatty(0),
    ...{ stdout, stderr },
    on: (name, listener) => process.on(name, listener),
    exit: (status) => process.exit(status),
  };
}

export function createIo(surroundings: Surroundings): WholeIo {
  const { stdout, stderr } = surroundings;
  let json = false;
  let heeded = false; // the command knows how to stop at a safe place
  const signal = stopSignal(surroundings, (reason) => {
    if (heeded) return;
    say(`lengthwise: ${reason.message}`);
    surroundings.exit(reason.exitCode);
  });
  let kept = false; // what is done is kept, so that stopping now leaves something undone
  let lineShown = false;
  let lastPlain = 0;

  stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') say(`lengthwise: cannot write to standard output: ${error.message}`);
    else if (kept) say('lengthwise: nobody reads the output any more; the same command goes on from here');
    // A reader that has seen enough (`| head`) is no failure of ours.
    surroundings.exit(error.code === 'EPIPE' && !kept ? 0 : 1);
  });
  stderr.on('error', () => {}); // there is nobody left to tell

  function endProgress(): void {
    if (lineShown) stderr.write('\r\u001b[K');
    lineShown = false;
  }

  function say(line: string): void {
    endProgress();
    stderr.write(`${legible(line)}\n`);
  }

  function write(text: string): Promise<void> {
    endProgress();
    return new Promise((resolve) => {
      if (stdout.write(text)) resolve();
      else stdout.once('drain', resolve);
    });
  }

  const shown = (text: string): string => (json ? legibleJson(text) : legible(text));

  return {
    speakJson: () => void (json = true),
    get signal() {
      heeded = true;
      return signal;
    },
    get goesOn() {
      return kept;
    },
    keeps: (undone = true) => void (kept = undone),
    stdout,
    endProgress,
    say,
    out: (text) => write(shown(text)),
    write: async (file, text) => Promise.resolve(writeWhole(file, text)),
    input: () => surroundings.stdin, // opened where it is read
    inputIsTerminal: surroundings.inputIsTerminal,
    columns: stdout.columns,
    document: (text) => write(json || stdout.isTTY === true ? shown(text) : text),
    progress(text) {
      const line = legible(text).replaceAll('\n', ' ');
      if (stderr.isTTY === true) {
        const width = stderr.columns || 80;
        stderr.write(`\r\u001b[K${line.slice(0, width - 1)}`);
        lineShown = true;
      } else if (Date.now() - lastPlain >= PLAIN_PROGRESS_EVERY) {
        lastPlain = Date.now();
        stderr.write(`${line}\n`);
      }
    },
  };
}

/** Aborted by the first Ctrl-C or SIGTERM, of which `onStop` is told; the second ends the process at once. */
function stopSignal(surroundings: Surroundings, onStop: (reason: Interrupted) => void): AbortSignal {
  const controller = new AbortController();
  const seen = new Set<'here' | 'parent'>();

  // Ctrl-C comes twice when an older Node has started us, once from the terminal and once from there: that is one.
  function stop(name: NodeJS.Signals, from: 'here' | 'parent'): void {
    const reason = new Interrupted(name);
    if (seen.has(from)) surroundings.exit(reason.exitCode);
    seen.add(from);
    if (controller.signal.aborted) return;
    controller.abort(reason);
    onStop(reason);
  }

  for (const name of STOPPING) surroundings.on(name, () => stop(name, 'here'));
  if (process.env.LENGTHWISE_TIED !== undefined) {
    // Our own worker processes are tied to us in their own way.
    delete process.env.LENGTHWISE_TIED;
    tieToParent((name) => stop(name, 'parent'));
  }
  return controller.signal;
}

/**
 * An older Node has started us with the one we need (bin/find-node.js): it passes on what it is told, and when it is
 * gone, however it ended, this process ends as well.
 */
function tieToParent(stop: (name: NodeJS.Signals) => void): void {
  process.on('message', (message: { lengthwise?: unknown }) => {
    const name = STOPPING.find((known) => known === message.lengthwise);
    if (name !== undefined) stop(name);
  });
  process.on('disconnect', () => process.kill(process.pid, 'SIGKILL'));
  process.channel?.unref();
}
