/** The thread of a command that computes: the other side of `shared/thread.ts`. */
import module from 'node:module';
import { parentPort, workerData } from 'node:worker_threads';
import { DiskFullError, messageOf, UserError } from '../common/errors.ts';
import type { Io } from './shared/command.ts';
import type { FromThread, ThreadData, ToThread } from './shared/thread.ts';

module.enableCompileCache();
const { createProgram } = await import('./program.ts');

const { columns, inputIsTerminal } = workerData as ThreadData;
const waiting = new Map<number, (reply: ToThread) => void>();
let last = 0;

parentPort?.on('message', (reply: ToThread) => {
  waiting.get(reply.id)?.(reply);
  waiting.delete(reply.id);
});

function tell(message: FromThread): void {
  parentPort?.postMessage(message);
}

/** Sends what `message` makes of a new id; resolves when it is taken. */
function handOver(message: (id: number) => FromThread): Promise<ToThread> {
  const id = ++last;
  return new Promise((resolve) => {
    waiting.set(id, resolve);
    tell(message(id));
  });
}

const io: Io = {
  out: async (text) => void (await handOver((id) => ({ type: 'out', text, id }))),
  document: async (text) => void (await handOver((id) => ({ type: 'document', text, id }))),
  async write(file, text) {
    const { error } = await handOver((id) => ({ type: 'write', file, text, id }));
    if (error === undefined) return;
    const { name, message } = error as Error;
    throw name === DiskFullError.name ? new DiskFullError(file) : new Error(message);
  },
  stdout: process.stdout,
  say: (line) => tell({ type: 'say', line }),
  progress: (line) => tell({ type: 'progress', line }),
  keeps: () => undefined,
  input() {
    tell({ type: 'input' });
    return process.stdin;
  },
  inputIsTerminal,
  columns,
  signal: new AbortController().signal, // the whole thread is ended
};

try {
  await createProgram(io).parseAsync();
  const { exitCode } = process;
  tell({ type: 'done', exitCode: exitCode === undefined ? undefined : Number(exitCode) });
} catch (error) {
  const stack = error instanceof Error ? error.stack : undefined;
  tell({ type: 'failed', message: messageOf(error), isUserError: error instanceof UserError, stack });
}
