/** What may be spent, in requests, tokens or money, and what has been. */
import { UserError } from '../../common/errors.ts';

export interface Limits {
  readonly requests?: number;
  readonly tokens?: number;
  /** In whatever currency the prices are given. */
  readonly money?: number;
}

/** Per million tokens. */
export interface Prices {
  readonly prompt: number;
  readonly completion: number;
}

/** What was spent before. */
export interface SpentBefore {
  readonly requests: number;
  readonly promptTokens: number;
  readonly completionTokens: number;
}

const NOTHING: SpentBefore = { requests: 0, promptTokens: 0, completionTokens: 0 };

export class Budget {
  private readonly limits: Limits;
  private readonly prices: Prices | null;
  private requests: number;
  private promptTokens: number;
  private completionTokens: number;
  /** What the requests under way may cost at most. */
  private reserved = 0;

  /** `before` counts towards the limits, too. */
  constructor(limits: Limits, prices: Prices | null, before: SpentBefore = NOTHING) {
    this.limits = limits;
    this.prices = prices;
    this.requests = before.requests;
    this.promptTokens = before.promptTokens;
    this.completionTokens = before.completionTokens;
    if (limits.money !== undefined && prices === null) {
      throw new UserError('--budget in money needs --price PROMPT,COMPLETION (for a million tokens)');
    }
  }

  get spent(): { readonly requests: number; readonly tokens: number; readonly money: number | null } {
    const { prices } = this;
    const money =
      prices === null
        ? null
        : (this.promptTokens * prices.prompt + this.completionTokens * prices.completion) / 1e6;
    return { requests: this.requests, tokens: this.promptTokens + this.completionTokens, money };
  }

  /** Whether one more request of at most so many tokens is within every limit. */
  allows(tokens: number): boolean {
    const { requests, tokens: mostTokens, money } = this.limits;
    const { tokens: used, money: paid } = this.spent;
    if (requests !== undefined && this.requests + 1 > requests) return false;
    if (mostTokens !== undefined && used + this.reserved + tokens > mostTokens) return false;
    if (money === undefined || paid === null || this.prices === null) return true;
    const dearest = Math.max(this.prices.prompt, this.prices.completion);
    return paid + ((this.reserved + tokens) * dearest) / 1e6 <= money;
  }

  begin(tokens: number): void {
    this.requests += 1;
    this.reserved += tokens;
  }

  /** A request ended; what it took, as the server says, or the most it can have taken when it doesn't. */
  end(tokens: number, usage: { promptTokens: number | null; completionTokens: number | null } | null): void {
    this.reserved -= tokens;
    this.promptTokens += usage?.promptTokens ?? 0;
    this.completionTokens += usage?.completionTokens ?? 0;
  }
}

/** `500`, `500requests`, `2e6tokens`, `5usd`, or several with commas. `option` is what gave it. */
export function readBudget(text: string, option = '--budget'): Limits {
  const limits: { requests?: number; tokens?: number; money?: number } = {};
  for (const part of text.split(',')) {
    const parts = /^\s*(\$?)(\d+(?:\.\d+)?(?:e\d+)?)\s*(requests?|tokens?|money|usd|eur|\$|)\s*$/i.exec(part);
    const amount = parts === null ? NaN : Number(parts[2]);
    if (parts === null || !Number.isFinite(amount)) {
      throw new UserError(
        `${option} takes 500requests, 2000000tokens, 5usd or several with commas, not '${part.trim()}'`,
      );
    }
    const unit = parts[3].toLowerCase();
    if (parts[1] === '$' || /^(money|usd|eur|\$)$/.test(unit)) limits.money = amount;
    else if (unit.startsWith('token')) limits.tokens = amount;
    else limits.requests = amount;
  }
  return limits;
}

export function readPrices(text: string, option = '--price'): Prices {
  const parts = /^(\d+(?:\.\d+)?),(\d+(?:\.\d+)?)$/.exec(text);
  if (parts === null) {
    throw new UserError(
      `${option} takes what a million tokens cost, PROMPT,COMPLETION, such as 0.15,0.6; not '${text}'`,
    );
  }
  return { prompt: Number(parts[1]), completion: Number(parts[2]) };
}
