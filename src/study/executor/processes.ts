/**
 * Work on this machine: one process for each item, as many at once as there are workers. A process that dies is a
 * failed item with its cause, and the others go on; it isn't tried again in the same run, since what killed it (most
 * often memory) would most often kill it again. The same command tries it again.
 */
import { addressOf, answersOf, type PlannedItem } from '../item.ts';
import { DiskFullError } from '../store/index.ts';
import type { Ending, Message } from '../work/messages.ts';
import type { Event, Executor } from './executor.ts';
import { Schedule } from './schedule.ts';
import { PRODUCT_WORKS, WorkerProcess } from './worker-process.ts';

export interface ProcessOptions {
  /** The study's folder. */
  readonly folder: string;
  /** How many processes compute at once; those that wait for a server's answers come on top. */
  readonly workers: number;
  /** A measure of how long an item takes. */
  cost(item: PlannedItem): number;
  /** The module with the table of works (a URL); the product's when absent. */
  readonly works?: string;
}

/**
 * A worker's threads: always one. What a model's weights are in their last bit depends on it, and must not depend on
 * how many workers there are.
 */
const THREADS = 1;

/** A process for each address that is asked, and no more of them than this. */
const MOST_ADDRESSES = 16;

/** How long work may take to come to a safe place once it is to stop. */
const GRACE_MS = 30_000;

interface Arrival {
  readonly item: PlannedItem;
  readonly worker: WorkerProcess;
  readonly message: Message;
}

export class ProcessExecutor implements Executor {
  private readonly options: ProcessOptions;

  constructor(options: ProcessOptions) {
    this.options = options;
  }

  async *run(
    items: readonly PlannedItem[],
    done: ReadonlySet<string>,
    signal: AbortSignal,
  ): AsyncGenerator<Event> {
    const schedule = new Schedule(items, done, (item) => this.options.cost(item));
    const inbox = new Inbox<Arrival>();
    const busy = new Map<WorkerProcess, PlannedItem>();
    const stopAll = () => stopAtSafePlace(busy);
    signal.addEventListener('abort', stopAll);
    try {
      for (;;) {
        while (!signal.aborted) {
          const item = schedule.next((next) => this.hasRoom(next, busy));
          if (item === undefined) break;
          yield { type: 'started', item };
          busy.set(this.start(item, inbox), item);
        }
        if (busy.size === 0) return;
        const { item, worker, message } = await inbox.next();
        if (isEnding(message)) busy.delete(worker);
        if (message.type === 'done') schedule.finished(item);
        yield eventOf(item, message, this.options.folder, signal);
        if (!signal.aborted) yield* failingAlike(item, message, schedule);
        if (message.type === 'rows') worker.takeOne();
      }
    } finally {
      signal.removeEventListener('abort', stopAll);
      for (const worker of busy.keys()) worker.kill(); // only when the run itself has failed
    }
  }

  /** A server is asked by one process at a time, which knows how much it can take. */
  private hasRoom(item: PlannedItem, busy: ReadonlyMap<WorkerProcess, PlannedItem>): boolean {
    const addresses = [...busy.values()].map(addressOf);
    const asking = addresses.filter((address) => address !== null);
    const address = addressOf(item);
    if (address === null) return addresses.length - asking.length < this.options.workers;
    return asking.length < MOST_ADDRESSES && !asking.includes(address);
  }

  private start(item: PlannedItem, inbox: Inbox<Arrival>): WorkerProcess {
    const { folder, works = PRODUCT_WORKS } = this.options;
    const worker: WorkerProcess = new WorkerProcess({ item, folder, works, threads: THREADS }, (message) =>
      inbox.put({ item, worker, message }),
    );
    return worker;
  }
}

/** What else the respondent was to be asked, where nothing can be asked of it now. */
function* failingAlike(item: PlannedItem, message: Message, schedule: Schedule): Generator<Event> {
  if (message.type !== 'failed' || !message.ofRespondent) return;
  for (const other of schedule.takeAll((waiting) => sameRespondent(item, waiting))) {
    yield { type: 'started', item: other };
    yield { type: 'failed', item: other, cause: message.cause, seconds: 0 };
  }
}

/** They are asked of the same model in the same way, and keep the answers in the same folder. */
function sameRespondent(a: PlannedItem, b: PlannedItem): boolean {
  return answersOf(a) !== null && answersOf(a) === answersOf(b);
}

function eventOf(item: PlannedItem, message: Message, folder: string, signal: AbortSignal): Event {
  switch (message.type) {
    case 'rows':
      return { type: 'rows', item, rows: message.rows };
    case 'tick':
      return { type: 'tick', item, tick: message.tick };
    case 'done':
      return { type: 'done', item, seconds: message.seconds };
    case 'failed':
      // Whoever ends the run by a signal to the whole group of processes ends the workers, too: no fault of theirs.
      if (signal.aborted) return { type: 'stopped', item, seconds: message.seconds };
      return { type: 'failed', item, cause: message.cause, seconds: message.seconds };
    case 'stopped':
      return { type: 'stopped', item, seconds: message.seconds };
    case 'disk-full':
      throw new DiskFullError(folder);
  }
}

function isEnding(message: Message): message is Ending {
  return message.type !== 'rows' && message.type !== 'tick';
}

function stopAtSafePlace(busy: ReadonlyMap<WorkerProcess, unknown>): void {
  for (const worker of busy.keys()) worker.stop();
  setTimeout(() => {
    for (const worker of busy.keys()) worker.kill();
  }, GRACE_MS).unref();
}

/** Messages from several processes, taken one after the other. */
class Inbox<T> {
  private readonly messages: T[] = [];
  private wake: () => void = () => undefined;

  put(message: T): void {
    this.messages.push(message);
    this.wake();
  }

  async next(): Promise<T> {
    for (;;) {
      const message = this.messages.shift();
      if (message !== undefined) return message;
      await new Promise<void>((resolve) => (this.wake = resolve));
    }
  }
}
