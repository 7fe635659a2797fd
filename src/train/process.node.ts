/**
 * Training in a process of its own: matrix products block a process, and a crash of ONNX Runtime ends it. Only the
 * specification goes in, and only rows come out.
 */
import { fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { UserError } from '../common/errors.ts';
import type { TrainedRow, TrainRow } from './rows.ts';
import type { TrainSpec } from './spec.ts';
import type { TrainOptions } from './train.node.ts';

export type ToTrainer =
  | { readonly type: 'train'; readonly spec: TrainSpec; readonly folder: string; readonly threads: number }
  | { readonly type: 'stop' };

export type FromTrainer =
  | { readonly type: 'row'; readonly row: TrainRow }
  | { readonly type: 'done' }
  | { readonly type: 'stopped' }
  | { readonly type: 'failed'; readonly message: string; readonly isUserError: boolean };

/** In a checkout this is TypeScript, in an installed package JavaScript. */
const WORKER = fileURLToPath(
  new URL(import.meta.url.endsWith('.ts') ? './worker.node.ts' : './worker.node.js', import.meta.url),
);

/** `train` (see there) in a child process. A process that dies is an error that says how. */
export function trainInProcess(spec: TrainSpec, folder: string, options: TrainOptions): Promise<TrainedRow> {
  const child = fork(WORKER, { execArgv: ['--disable-warning=ExperimentalWarning'] });
  const send = (message: ToTrainer) => child.connected && child.send(message, () => undefined);
  const stop = () => send({ type: 'stop' });
  options.signal.addEventListener('abort', stop);
  return new Promise<TrainedRow>((resolve, reject) => {
    let trained: TrainedRow | undefined;
    let ending: Exclude<FromTrainer, { type: 'row' }> | undefined;
    child.on('message', (message: FromTrainer) => {
      if (message.type !== 'row') ending = message;
      else {
        if (message.row.kind === 'trained') trained = message.row;
        void options.onRow(message.row);
      }
    });
    child.on('error', reject);
    child.on('close', (code, signal) => {
      if (ending?.type === 'done') resolve(trained!);
      else if (ending?.type === 'stopped') reject(options.signal.reason as Error);
      else if (ending?.type === 'failed') {
        reject(ending.isUserError ? new UserError(ending.message) : new Error(ending.message));
      } else
        reject(
          new Error(
            `the training process ${signal === null ? `ended with code ${code}` : `was killed by ${signal}`}; the same command goes on from its last checkpoint`,
          ),
        );
    });
    send({ type: 'train', spec, folder, threads: options.threads });
    if (options.signal.aborted) stop();
  }).finally(() => options.signal.removeEventListener('abort', stop));
}
