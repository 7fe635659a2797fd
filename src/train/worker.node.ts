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
// These reach the whole group of processes; the one that a person talks to decides what they mean.
process.on('SIGINT', () => undefined);
process.on('SIGTERM', () => undefined);

async function work(order: Extract<ToTrainer, { type: 'train' }>): Promise<void> {
  await tell(await endingOf(order));
  process.exit(0);
}

async function endingOf(order: Extract<ToTrainer, { type: 'train' }>): Promise<FromTrainer> {
  const { spec, folder, threads } = order;
  try {
    const result = await train(spec, folder, {
      signal: stop.signal,
      threads,
      onRow: (row) => tell({ type: 'row', row }),
      onTick: (tick) => void tell({ type: 'tick', tick }),
    });
    return { type: 'done', result };
  } catch (error) {
    if (stop.signal.aborted && error === stop.signal.reason) return { type: 'stopped' };
    return { type: 'failed', message: messageOf(error), isUserError: error instanceof UserError };
  }
}

function tell(message: FromTrainer): Promise<void> {
  return new Promise((resolve) => {
    process.send?.(message, () => resolve());
  });
}
