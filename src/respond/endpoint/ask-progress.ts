/** How answering goes, told now and then, and whenever a wait begins, however short. */
import type { AskOptions, AskState } from '../respondent.ts';
import type { Connection } from './connection.node.ts';
import { tooLong } from './trouble.ts';

export const STATE_EVERY_MS = 250;

export interface Standing {
  readonly inFlight: number;
  /** Whether nothing more is asked. */
  readonly isEnding: boolean;
  readonly empties: Pick<AskState, 'empty' | 'unheard' | 'silent'>;
  /** Whether it is told in any case, for the last time. */
  readonly last: boolean;
}

export class AskProgress {
  private readonly connection: Pick<Connection, 'budget' | 'limiter'>;
  private readonly onState: AskOptions['onState'];
  private readonly before: Connection['budget']['spent'];
  private retries = 0;
  /** How often the server has refused a request for how much it is asked. */
  private refusals = 0;
  /** How often in a row it may have, or be in trouble: the next answer, or a wait for it, tells. */
  private unclear = 0;
  /** Replies of another model than was asked. */
  private discards = 0;
  private lastState = 0;
  private isWaiting = false;

  constructor(connection: Pick<Connection, 'budget' | 'limiter'>, onState: AskOptions['onState']) {
    this.connection = connection;
    this.onState = onState;
    this.before = connection.budget.spent;
  }

  retried(): void {
    this.retries += 1;
  }

  refused(): void {
    this.refusals += 1;
  }

  refusedOrDown(): void {
    this.unclear += 1;
  }

  /** An answer came: what may have been trouble of the server was a refusal. */
  answered(): void {
    this.refusals += this.unclear;
    this.unclear = 0;
  }

  /** It was trouble of the server. */
  waitsForServer(): void {
    this.unclear = 0;
  }

  /** Another model than was asked has replied. */
  discarded(): void {
    this.discards += 1;
  }

  tell({ inFlight, isEnding, empties, last }: Standing): void {
    const now = Date.now();
    const { budget, limiter } = this.connection;
    const asked = isEnding ? null : limiter.waiting(now);
    const waiting = asked === null || tooLong(asked) !== null ? null : asked; // the run ends
    const isDue = last || (waiting !== null && !this.isWaiting) || now - this.lastState >= STATE_EVERY_MS;
    this.isWaiting = waiting !== null;
    if (this.onState === undefined || !isDue) return;
    this.lastState = now;
    const { requests, tokens, money } = budget.spent;
    this.onState({
      inFlight,
      retries: this.retries,
      refused: this.refusals,
      ...(this.discards === 0 ? {} : { discarded: this.discards }),
      ...empties,
      waitMs: waiting?.ms ?? 0,
      waitFor: waiting?.why ?? null,
      requests: requests - this.before.requests,
      tokens: tokens - this.before.tokens,
      money: money === null ? null : money - (this.before.money ?? 0),
    });
  }
}
