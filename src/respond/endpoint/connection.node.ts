/** What the probe and the questions of a run share: the server, how much it is asked at once, and what may be spent. */
import { Endpoint } from './endpoint.node.ts';
import { Budget } from './pace/budget.ts';
import type { BudgetOptions, Limits, Prices } from './pace/budget.ts';
import { Limiter } from './pace/limiter.ts';
import { Outage } from './pace/outage.ts';
import type { Credentials } from './transport/secrets.ts';

export interface ConnectionOptions extends BudgetOptions {
  readonly url: URL;
  readonly credentials: Credentials;
  /** For one request, from its start to the end of its reply. */
  readonly timeoutMs: number;
  /** Never more requests at once. */
  readonly concurrency: number;
  /** How often one request is made again. */
  readonly maxRetries: number;
  readonly limits: Limits;
  /** null: money is not counted. */
  readonly prices: Prices | null;
}

export interface Connection {
  readonly endpoint: Endpoint;
  readonly limiter: Limiter;
  readonly budget: Budget;
  readonly maxRetries: number;
  /** Whether the server is gone for a while, and how long it was waited for. */
  readonly outage: Outage;
  close(): void;
}

/** @throws UserError for a limit in money without prices */
export function connect(options: ConnectionOptions): Connection {
  const { url, credentials, timeoutMs, concurrency, maxRetries, limits, prices } = options;
  const budget = new Budget(limits, prices, options);
  const endpoint = new Endpoint(url, credentials, { timeoutMs, connections: concurrency });
  return {
    endpoint,
    limiter: new Limiter({ most: concurrency }),
    budget,
    maxRetries,
    outage: Outage.forRetries(maxRetries),
    close: () => endpoint.close(),
  };
}
