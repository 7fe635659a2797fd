/** The other side of `process.node.ts`: a process that trains one model and ends. */
import { messageOf, UserError } from '../common/errors.ts';
import type { FromTrainer, ToTrainer } from './process.node.ts';
import { train } from './train.node.ts';

const stop = new AbortController();

process.on('message', (message: ToTrainer) => {
  if (message.type === 'stop') stop.abort(new Error('stopped'));
  else void work(message);
});
// Nobody is left to tell: the checkpoint is where training goes on another time.
process.on('disconnect', () => process.exit(1));
// Ctrl-C reaches the whole group of processes; the one that a person talks to decides what it means.
process.on('SIGINT', () => undefined);

async function work({ spec, folder, threads }: Extract<ToTrainer, { type: 'train' }>): Promise<void> {
  try {
    await train(spec, folder, { signal: stop.signal, threads, onRow: (row) => tell({ type: 'row', row }) });
    await tell({ type: 'done' });
  } catch (error) {
    const stopped = stop.signal.aborted && error === stop.signal.reason;
    await tell(
      stopped
        ? { type: 'stopped' }
        : { type: 'failed', message: messageOf(error), isUserError: error instanceof UserError },
    );
  }
  process.disconnect();
}

function tell(message: FromTrainer): Promise<void> {
  return new Promise((resolve) => {
    process.send?.(message, () => resolve());
  });
}
