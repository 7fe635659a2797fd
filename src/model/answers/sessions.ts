/**
 * The sessions of one model, one for each shape of question that has been asked (a session costs about 100 ms). Those used last are kept; runs
 * come one after the other.
 */
import { createSession } from '../../graph/index.ts';
import type { Device, Graph, Session, Tensor } from '../../graph/index.ts';

/** Weights in all sessions together on a graphics processor, at most: beyond it, fewer sessions are kept. */
const MAX_BYTES_ON_DEVICE = 16 * 2 ** 30;

export interface SessionsOptions {
  readonly threads: number;
  readonly device: Device;
  /** How many are kept, at most. */
  readonly most: number;
  /** Weights of which each session has a copy. */
  readonly fixed: Readonly<Record<string, Tensor>>;
}

export class Sessions {
  private readonly options: SessionsOptions;
  private readonly capacity: number;
  /** By the shape of the question, the one used last at the end. */
  private readonly cache = new Map<string, Session>();
  /** Settled when the run before is: two at once could take each other's session away. */
  private busy: Promise<unknown> = Promise.resolve();

  constructor(options: SessionsOptions) {
    this.options = options;
    const { most, fixed } = options;
    this.capacity = Math.max(1, Math.min(most, Math.floor(MAX_BYTES_ON_DEVICE / bytesOf(fixed))));
  }

  /**
   * Runs a graph once.
   * @param key which graph it is
   */
  run(
    key: string,
    graph: () => Graph,
    feeds: Readonly<Record<string, Tensor>>,
  ): Promise<Record<string, Tensor>> {
    return this.inTurn(async () => (await this.cached(key, graph)).run(feeds));
  }

  /** Gives their memory back; new ones are made where they are needed. */
  async release(): Promise<void> {
    await this.inTurn(async () => {
      const sessions = [...this.cache.values()];
      this.cache.clear();
      for (const session of sessions) await session.release();
    });
  }

  private async cached(key: string, graph: () => Graph): Promise<Session> {
    const known = this.cache.get(key);
    this.cache.delete(key);
    // Before there is another: each may have a copy of the weights.
    for (const [oldest, unused] of this.cache) {
      if (this.cache.size < this.capacity) break;
      this.cache.delete(oldest);
      await unused.release();
    }
    const { threads, device, fixed } = this.options;
    const session = known ?? (await createSession(graph(), { threads, keepMemory: false, device, fixed }));
    this.cache.set(key, session);
    return session;
  }

  private async inTurn<T>(work: () => Promise<T>): Promise<T> {
    const turn = this.busy.then(work, work);
    this.busy = turn.catch(() => undefined);
    return turn;
  }
}

function bytesOf(tensors: Readonly<Record<string, Tensor>>): number {
  return Object.values(tensors).reduce((sum, { data }) => sum + data.byteLength, 0);
}
