/**
 * Training in a process of its own: matrix products block a process, and a crash of ONNX Runtime ends it. Only the
 * specification goes in, and only rows come out.
 */
import { fork } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { UserError } from '../common/errors.ts';
import type { ProgressTick, TrainedRow, TrainRow } from './rows.ts';
import type { TrainSpec } from './spec.ts';
import type { TrainOptions } from './train.node.ts';

export type ToTrainer =
  | { readonly type: 'train'; readonly spec: TrainSpec; readonly folder: string; readonly threads: number }
  | { readonly type: 'stop' };

export type FromTrainer =
  | { readonly type: 'tick'; readonly tick: ProgressTick }
  | { readonly type: 'row'; readonly row: TrainRow }
  | Ending;

type Ending =
  | { readonly type: 'done'; readonly result: TrainedRow }
  | { readonly type: 'stopped' }
  | { readonly type: 'failed'; readonly message: string; readonly isUserError: boolean };

/** In a checkout this is TypeScript, in an installed package JavaScript. */
const WORKER = fileURLToPath(
  new URL(import.meta.url.endsWith('.ts') ? './worker.node.ts' : './worker.node.js', import.meta.url),
);

/** `train` (see there) in a child process. A process that dies is an error that says how. */
export async function trainInProcess(
  spec: TrainSpec,
  folder: string,
  options: TrainOptions,
): Promise<TrainedRow> {
  const child = fork(WORKER, { execArgv: ['--disable-warning=ExperimentalWarning'] });
  const send = (message: ToTrainer) => child.connected && child.send(message, () => undefined);
  const stop = () => send({ type: 'stop' });
  options.signal.addEventListener('abort', stop);
  send({ type: 'train', spec, folder, threads: options.threads });
  if (options.signal.aborted) stop();
  try {
    return resultOf(await endingOf(child, options), options.signal);
  } finally {
    options.signal.removeEventListener('abort', stop);
  }
}

/** What the child says last, after every row was taken; or how it died. */
function endingOf(child: ChildProcess, { onRow, onTick }: TrainOptions): Promise<Ending> {
  return new Promise((resolve, reject) => {
    let taken = Promise.resolve(); // rows are taken one after the other
    let ending: Ending | undefined;
    child.on('message', (message: FromTrainer) => {
      switch (message.type) {
        case 'tick':
          onTick?.(message.tick);
          break;
        case 'row':
          taken = taken.then(() => onRow(message.row));
          taken.catch(() => child.kill('SIGKILL')); // nobody takes what it says
          break;
        case 'done':
        case 'stopped':
        case 'failed':
          ending = message;
      }
    });
    child.on('error', reject);
    child.on('close', (code, signal) => {
      const died = ending ?? { type: 'failed', message: deathText(code, signal), isUserError: false };
      taken.then(() => resolve(died), reject);
    });
  });
}

function resultOf(ending: Ending, signal: AbortSignal): TrainedRow {
  switch (ending.type) {
    case 'done':
      return ending.result;
    case 'stopped':
      throw signal.reason;
    case 'failed':
      throw ending.isUserError ? new UserError(ending.message) : new Error(ending.message);
  }
}

function deathText(code: number | null, signal: NodeJS.Signals | null): string {
  const how = signal === null ? `ended with code ${code}` : `was killed by ${signal}`;
  return `the training process ${how}; the same command goes on from its last checkpoint`;
}
