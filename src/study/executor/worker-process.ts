/** One worker process as the run sees it: it is given one item, and says what comes of it, at last how it ended. */
import { fork, type ChildProcess } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { howItDied, keptOutput } from '../../common/process.node.ts';
import type { Item } from '../item.ts';
import type { Ending, Message, Order } from '../work/messages.ts';

/** In a checkout this is TypeScript, in an installed package JavaScript. */
const EXTENSION = import.meta.url.endsWith('.ts') ? '.ts' : '.js';
const ENTRY = fileURLToPath(new URL(`../work/worker${EXTENSION}`, import.meta.url));

/** The module with the table of works that the product has. */
export const PRODUCT_WORKS = new URL(`../work/works${EXTENSION}`, import.meta.url).href;

export interface Job {
  readonly item: Item;
  readonly folder: string;
  readonly threads: number;
  /** The module with the table of works. */
  readonly works: string;
}

export class WorkerProcess {
  private readonly child: ChildProcess;
  private readonly begun = performance.now();
  private readonly output: () => string;
  private ending: Ending | undefined;
  private taken = 0;

  /** `onMessage` gets rows and ticks as they come and, once, the ending, when the process is gone. */
  constructor(job: Job, onMessage: (message: Message) => void) {
    this.child = fork(ENTRY, [job.works], {
      execArgv: ['--disable-warning=ExperimentalWarning'],
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    });
    this.output = keptOutput(this.child);
    this.child.on('message', (message: Message) => {
      if (message.type === 'rows' || message.type === 'tick') onMessage(message);
      else this.ending = message;
    });
    this.child.on('error', (error) => {
      // It could not be started; 'close' need not follow.
      if (this.child.pid === undefined) onMessage({ type: 'failed', cause: error.message, seconds: 0 });
    });
    this.child.on('close', (code, signal) => onMessage(this.ending ?? this.crash(code, signal)));
    this.order({ type: 'work', item: job.item, folder: job.folder, threads: job.threads });
  }

  get id(): number | undefined {
    return this.child.pid;
  }

  /** The next bundle of rows is taken. */
  takeOne(): void {
    this.taken += 1;
    this.order({ type: 'taken', count: this.taken });
  }

  /** Asks it to stop at the next safe place. */
  stop(): void {
    this.order({ type: 'stop' });
  }

  /** Ends it at once: what it writes can stand that. */
  kill(): void {
    this.child.kill('SIGKILL');
  }

  private order(order: Order): void {
    // It may be gone already, which 'close' says.
    if (this.child.connected) this.child.send(order, () => undefined);
  }

  private crash(code: number | null, signal: NodeJS.Signals | null): Ending {
    return {
      type: 'failed',
      cause: `its worker process ${howItDied(code, signal, this.output())}`,
      seconds: (performance.now() - this.begun) / 1000,
    };
  }
}
