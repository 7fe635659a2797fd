/** The other side of `process.node.ts`: a process that does one order and ends. */
import { messageOf, UserError } from './errors.ts';
import type { Ending, Failed, FromWorker, ToWorker } from './process.node.ts';

export interface WorkerContext<Row, Tick> {
  /** Aborted when the work is to stop at its next safe place and throw the signal's reason. */
  readonly signal: AbortSignal;
  /** Resolves when the row is on its way. */
  readonly onRow: (row: Row) => Promise<void>;
  readonly onTick: (tick: Tick) => void;
}

/** Does the one order that this process gets, tells how it ended, and ends the process. */
export function serveOrder<Order, Row, Tick, Result>(
  work: (order: Order, context: WorkerContext<Row, Tick>) => Promise<Result>,
): void {
  const stop = new AbortController();
  const tell = (message: FromWorker<Row, Tick, Result>) =>
    new Promise<void>((resolve) => {
      process.send?.(message, () => resolve());
    });
  const context: WorkerContext<Row, Tick> = {
    signal: stop.signal,
    onRow: (row) => tell({ type: 'row', row }),
    onTick: (tick) => void tell({ type: 'tick', tick }),
  };

  async function endingOf(order: Order): Promise<Ending<Result>> {
    try {
      return { type: 'done', result: await work(order, context) };
    } catch (error) {
      if (stop.signal.aborted && error === stop.signal.reason) return { type: 'stopped' };
      return failedBy(error);
    }
  }

  process.on('message', (message: ToWorker) => {
    if (message.type === 'stop') stop.abort(new Error('stopped'));
    else
      void endingOf(message.order as Order)
        .then(tell)
        .then(() => process.exit(0));
  });
  endWithParent();
}

/** Ends this process when the one that started it is gone, and by no signal that is meant for that one. */
export function endWithParent(): void {
  // Nobody is left to tell. (An ordinary exit would take a second thread away in the middle of a run of ONNX Runtime,
  // which then complains to the terminal.)
  process.on('disconnect', () => process.kill(process.pid, 'SIGKILL'));
  // These reach the whole group of processes; the one that a person talks to decides what they mean.
  process.on('SIGINT', () => undefined);
  process.on('SIGTERM', () => undefined);
}

/** What is told of an error that was thrown here. */
export function failedBy(error: unknown): Failed {
  if (process.env.LENGTHWISE_DEBUG !== undefined) console.error(error);
  return { type: 'failed', message: messageOf(error), isUserError: error instanceof UserError };
}
