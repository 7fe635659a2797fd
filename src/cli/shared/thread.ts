/**
 * Commands that compute run in a thread of their own, so that this one hears Ctrl-C at once, whatever they are doing. The
 * thread (`../thread.ts`) reads the command line again; everything that it says, reads from standard input or writes
 * comes here, so that nothing is half-written when it is ended.
 */
import { Worker } from 'node:worker_threads';
import v8 from 'node:v8';
import type { Command } from 'commander';
import { messageOf, UserError } from '../../common/errors.ts';
import type { Io } from './command.ts';

/** What the thread is given when it starts. */
export interface ThreadData {
  readonly columns: number | undefined;
  readonly inputIsTerminal: boolean;
}

/** Lines of the thread to us; those with an id wait for the answer with the same id. */
export type FromThread =
  | { readonly type: 'out' | 'document'; readonly text: string; readonly id: number }
  | { readonly type: 'write'; readonly file: string; readonly text: string; readonly id: number }
  | { readonly type: 'say' | 'progress'; readonly line: string }
  | { readonly type: 'input' }
  | { readonly type: 'done'; readonly exitCode: number | undefined }
  | {
      readonly type: 'failed';
      readonly message: string;
      readonly isUserError: boolean;
      readonly stack: string | undefined;
    };

/** `error`: what writing a file threw. */
export interface ToThread {
  readonly id: number;
  readonly error?: unknown;
}

/** Lets a command and those below it run in a thread. */
export function runInThread(command: Command, io: Io): void {
  for (const below of command.commands) runInThread(below, io);
  if (command.commands.length === 0) command.action(() => finished(startThread(io), io));
}

function startThread({ columns, inputIsTerminal }: Io): Worker {
  const extension = import.meta.url.endsWith('.ts') ? '.ts' : '.js';
  const data: ThreadData = { columns, inputIsTerminal };
  return new Worker(new URL(`../thread${extension}`, import.meta.url), {
    argv: process.argv.slice(2),
    stdin: true,
    workerData: data,
    resourceLimits: { maxOldGenerationSizeMb: Math.floor(v8.getHeapStatistics().heap_size_limit / 2 ** 20) },
  });
}

/** Serves the thread until it has done its command, and then ends it. */
async function finished(thread: Worker, io: Io): Promise<void> {
  let inputGiven = false;
  try {
    await new Promise<void>((resolve, reject) => {
      thread.on('message', (message: FromThread) => {
        switch (message.type) {
          case 'done':
            process.exitCode = message.exitCode;
            return resolve();
          case 'failed':
            return reject(failure(message));
          case 'input':
            inputGiven = true;
            return void process.stdin.pipe(thread.stdin as NodeJS.WritableStream);
          case 'say':
          case 'progress':
            return io[message.type](message.line);
          case 'out':
          case 'document':
          case 'write':
            return void answer(thread, message.id, given(message, io));
        }
      });
      thread.on('error', (error) => reject(new Error(messageOf(error), { cause: error })));
      thread.on('exit', () => reject(new Error('the thread of the command ended before the command')));
    });
  } finally {
    if (inputGiven) process.stdin.destroy(); // whoever writes there need not wait for us
    await thread.terminate();
  }
}

function given(message: Extract<FromThread, { id: number }>, io: Io): Promise<void> {
  return message.type === 'write' ? io.write(message.file, message.text) : io[message.type](message.text);
}

async function answer(thread: Worker, id: number, taken: Promise<void>): Promise<void> {
  let reply: ToThread;
  try {
    await taken;
    reply = { id };
  } catch (error) {
    reply = { id, error: error instanceof Error ? { name: error.name, message: error.message } : error };
  }
  thread.postMessage(reply);
}

function failure({ message, isUserError, stack }: Extract<FromThread, { type: 'failed' }>): Error {
  const error = isUserError ? new UserError(message) : new Error(message);
  error.stack = stack;
  return error;
}
