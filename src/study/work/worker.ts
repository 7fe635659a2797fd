/**
 * A worker process: does one item and ends, and whatever the item leaked or broke ends with it. Arguments: the module
 * that has the table of works.
 */
import { messageOf } from '../../common/errors.ts';
import { isDiskFull, lockAsWorker } from '../store/index.ts';
import type { Ending, Message, Order, Tick } from './messages.ts';
import { addressOf } from '../item.ts';
import { doWork, RespondentError, type Works } from './work.ts';

const stop = new AbortController();

/** Whether a server is being asked. */
let asking = false;

/** How many bundles of rows were sent and taken, and who waits for them to be taken. */
let sent = 0;
let taken = 0;
let onTaken: () => void = () => undefined;

process.on('message', (order: Order) => {
  switch (order.type) {
    case 'work':
      asking = addressOf(order.item) !== null;
      void work(order);
      break;
    case 'taken':
      taken = order.count;
      onTaken();
      break;
    case 'stop':
      stop.abort(new Error('stopped'));
      break;
  }
});
// The run is gone: nobody would take what comes. Training goes on from its last checkpoint another time; questions
// that are under way are paid for, so their answers are waited for and kept.
process.on('disconnect', () => {
  if (!asking) process.exit(1);
  stop.abort(new Error('stopped'));
  onTaken(); // nobody takes rows any more
});
// Ctrl-C reaches the whole group of processes; the run decides what it means.
process.on('SIGINT', () => undefined);

async function work(order: Extract<Order, { type: 'work' }>): Promise<void> {
  const ending = await endingOf(order);
  await send(ending);
  asking = false;
  if (process.connected) process.disconnect();
  else process.exit(1);
}

async function endingOf({ item, folder, threads }: Extract<Order, { type: 'work' }>): Promise<Ending> {
  const begun = performance.now();
  const seconds = () => (performance.now() - begun) / 1000;
  try {
    lockAsWorker(folder);
    const { works } = (await import(process.argv[2])) as { works: Works };
    await doWork(works, item, { folder, threads, signal: stop.signal, emit, tick });
    return { type: 'done', seconds: seconds() };
  } catch (error) {
    if (isDiskFull(error)) return { type: 'disk-full', seconds: seconds() };
    if (wasStopped(error)) return { type: 'stopped', seconds: seconds() };
    if (process.env.LENGTHWISE_DEBUG !== undefined) console.error(error);
    const ofRespondent = error instanceof RespondentError;
    return { type: 'failed', cause: messageOf(error), seconds: seconds(), ofRespondent };
  }
}

function wasStopped(error: unknown): boolean {
  return stop.signal.aborted && (error === stop.signal.reason || (error as Error).name === 'AbortError');
}

/** Sends rows and waits until they are taken: the store sets the pace, and no memory fills up. */
async function emit(rows: Extract<Message, { type: 'rows' }>['rows']): Promise<void> {
  if (rows.length === 0) return;
  sent += 1;
  const mine = sent;
  await send({ type: 'rows', rows });
  while (taken < mine && process.connected) await new Promise<void>((resolve) => (onTaken = resolve));
}

function tick(tick: Tick): void {
  void send({ type: 'tick', tick });
}

function send(message: Message): Promise<void> {
  if (!process.connected) return Promise.resolve();
  return new Promise((resolve, reject) => {
    process.send?.(message, (error: Error | null) => (error === null ? resolve() : reject(error)));
  });
}
