/**
 * A process that is asked again and again: it is opened once (which may load a model), answers one request after the
 * other, and is closed. Matrix products block a process, and a crash of ONNX Runtime ends it: neither may befall whoever
 * asks. `serve.node.ts` is the other side; work that is one order with many rows has `process.node.ts`.
 */
import type { ChildProcess } from 'node:child_process';
import { errorFrom, howItDied, keptOutput, started } from './process.node.ts';
import type { Failed, WorkKind } from './process.node.ts';

export type ToService =
  | { readonly type: 'open'; readonly opening: unknown }
  | { readonly type: 'request'; readonly request: unknown };

export type FromService =
  | { readonly type: 'tick'; readonly tick: unknown }
  | { readonly type: 'reply'; readonly reply: unknown }
  | Failed;

/** One request at a time: the next is sent when the reply to the one before has come. */
export interface Service<Opened, Request, Reply, Tick> {
  /** What the process said when it was opened. */
  readonly opened: Opened;
  /** @throws where the reply to the request before has not come; what the process threw, an Error that says how it died, or the signal's reason */
  ask(request: Request, onTick?: (tick: Tick) => void): Promise<Reply>;
  close(): Promise<void>;
}

/**
 * Starts the process and opens it.
 * @param signal ends the process at once when it is aborted: it leaves nothing behind
 * @throws what opening threw there, UserError or Error; the signal's reason
 */
export async function openService<Opened, Request, Reply, Tick>(
  kind: WorkKind,
  opening: unknown,
  signal: AbortSignal,
): Promise<Service<Opened, Request, Reply, Tick>> {
  signal.throwIfAborted();
  const child = started(kind);
  const running = new Running(child, kind, signal);
  try {
    const opened = (await running.send({ type: 'open', opening })) as Opened;
    return {
      opened,
      ask: (request, onTick) =>
        running.send(
          { type: 'request', request },
          onTick as ((tick: unknown) => void) | undefined,
        ) as Promise<Reply>,
      close: () => running.close(),
    };
  } catch (error) {
    await running.close();
    throw error;
  }
}

interface Waiting {
  readonly resolve: (reply: unknown) => void;
  readonly reject: (reason: unknown) => void;
  readonly onTick: ((tick: unknown) => void) | undefined;
}

class Running {
  private readonly child: ChildProcess;
  private readonly signal: AbortSignal;
  private readonly kill = (): void => void this.child.kill('SIGKILL');
  private readonly closed: Promise<void>;
  private waiting: Waiting | undefined;
  /** Why nothing more can be asked. */
  private death: Error | undefined;

  constructor(child: ChildProcess, kind: WorkKind, signal: AbortSignal) {
    this.child = child;
    this.signal = signal;
    signal.addEventListener('abort', this.kill);
    const output = keptOutput(child);
    child.on('message', (message: FromService) => this.take(message));
    child.on('error', (error) => this.die(error));
    this.closed = new Promise((resolve) => {
      child.on('close', (code, how) => {
        signal.removeEventListener('abort', this.kill);
        const words = `${kind.name} ${howItDied(code, how, output())}${kind.afterDeath}`;
        this.die(signal.aborted ? (signal.reason as Error) : new Error(words));
        resolve();
      });
    });
  }

  send(message: ToService, onTick?: (tick: unknown) => void): Promise<unknown> {
    if (this.signal.aborted) return Promise.reject(this.signal.reason as Error);
    if (this.death !== undefined) return Promise.reject(this.death);
    if (this.waiting !== undefined) {
      return Promise.reject(new Error('asked again before the reply to the request before has come'));
    }
    return new Promise((resolve, reject) => {
      this.waiting = { resolve, reject, onTick };
      if (this.child.connected) this.child.send(message, () => undefined);
    });
  }

  async close(): Promise<void> {
    // Not by disconnecting: Node then never tells that the process has closed.
    this.kill();
    await this.closed;
  }

  private take(message: FromService): void {
    const { waiting } = this;
    if (message.type === 'tick') return waiting?.onTick?.(message.tick);
    this.waiting = undefined;
    if (message.type === 'reply') return waiting?.resolve(message.reply);
    waiting?.reject(errorFrom(message));
  }

  private die(reason: Error): void {
    this.death ??= reason;
    this.waiting?.reject(this.death);
    this.waiting = undefined;
  }
}
