/** What may be spent, in requests, tokens or money, and what has been. */
import { UserError } from '../../../common/errors.ts';

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
  /** The most that requests have taken besides whose reply never came, or did not say. */
  readonly unsaid?: Tokens;
}

/** Tokens of one request: the most that it can take, or what it took (null where the server does not say). */
export interface Tokens<Count = number> {
  readonly promptTokens: Count;
  readonly completionTokens: Count;
}

/** What a request took: as its server counts, both kinds or their sum alone; null where it does not say. */
export interface Took extends Tokens<number | null> {
  readonly totalTokens?: number;
}

/** What a request took whose reply never came, or came without a count. */
export const NOT_SAID: Took = { promptTokens: null, completionTokens: null };

export interface BudgetOptions {
  readonly before?: SpentBefore;
  readonly known?: Tokens;
  /** Told whenever that grows, or is known better. */
  readonly onAdded?: (added: Tokens) => void;
}

const NOTHING: SpentBefore = { requests: 0, promptTokens: 0, completionTokens: 0 };

const KINDS = ['promptTokens', 'completionTokens'] as const;

/** The budget does not even allow what has to be known before the first question. */
export class BudgetSpent extends UserError {}

export class Budget {
  private readonly limits: Limits;
  private readonly prices: Prices | null;
  private requests: number;
  promptTokens: number;
  completionTokens: number;
  /** The most that requests can take that are under way, or ended without saying what they took; and how many those are. */
  private readonly possible = { promptTokens: 0, completionTokens: 0 };
  private readonly open = { promptTokens: 0, completionTokens: 0 };
  /** How much more a request took than it was thought to at most, and the least that any such request took as a whole. */
  private readonly beyond = { promptTokens: 0, completionTokens: 0 };
  private leastBeyond = Infinity;
  private readonly onAdded: (added: Tokens) => void;

  /** `before` counts towards the limits, too; `known` is what the server was found to add before. */
  constructor(
    limits: Limits,
    prices: Prices | null,
    { before = NOTHING, known, onAdded = () => undefined }: BudgetOptions = {},
  ) {
    this.limits = limits;
    this.onAdded = onAdded;
    for (const kind of KINDS) {
      this.beyond[kind] = known?.[kind] ?? 0;
      this.possible[kind] = before.unsaid?.[kind] ?? 0;
    }
    this.prices = prices;
    this.requests = before.requests;
    this.promptTokens = before.promptTokens;
    this.completionTokens = before.completionTokens;
    checkPriced(limits, prices);
  }

  /** What servers said that it was. */
  get spent(): { readonly requests: number; readonly tokens: number; readonly money: number | null } {
    const money = this.prices === null ? null : priceOf(this, this.prices);
    return { requests: this.requests, tokens: this.promptTokens + this.completionTokens, money };
  }

  /** The same in tokens of both kinds. */
  get taken(): SpentBefore {
    const { requests, promptTokens, completionTokens } = this;
    return { requests, promptTokens, completionTokens, unsaid: { ...this.possible } };
  }

  /**
   * The most that the server was ever found to add to a request: a system prompt of its own, an answer beyond its limit. 0
   * until one took more than it was thought to at most. Of such a prompt nobody knows how many tokens were its own, so
   * that the whole of it may have been added: no more than the smallest one took.
   */
  get added(): Tokens {
    const { promptTokens, completionTokens } = this.beyond;
    return {
      promptTokens: this.leastBeyond === Infinity ? promptTokens : Math.max(promptTokens, this.leastBeyond),
      completionTokens,
    };
  }

  /** Whether one more request of at most so many tokens is within every limit. */
  allows(most: Tokens): boolean {
    const { requests, tokens, money } = this.limits;
    if (requests !== undefined && this.requests + 1 > requests) return false;
    const { added } = this;
    const all = {
      promptTokens: this.mostOf('promptTokens', most, added),
      completionTokens: this.mostOf('completionTokens', most, added),
    };
    if (tokens !== undefined && all.promptTokens + all.completionTokens > tokens) return false;
    return money === undefined || this.prices === null || priceOf(all, this.prices) <= money;
  }

  /** Whether so many more requests are within the limit on them. */
  allowsRequests(count: number): boolean {
    const { requests } = this.limits;
    return requests === undefined || this.requests + count <= requests;
  }

  begin(most: Tokens): void {
    this.requests += 1;
    for (const kind of KINDS) {
      this.possible[kind] += most[kind];
      this.open[kind] += 1;
    }
  }

  /** Of one kind, what was spent, what may have been, and what one more request can take. */
  private mostOf(kind: keyof Tokens, most: Tokens, added: Tokens): number {
    // A request of the server's own (a list of models) takes none, and nothing is added to it.
    const next = most[kind] === 0 ? 0 : most[kind] + added[kind];
    return this[kind] + this.possible[kind] + this.open[kind] * added[kind] + next;
  }

  /** A request ended: with what it took; null when it was refused, which costs nothing. */
  end(most: Tokens, took: Took | null): void {
    const before = this.added;
    const counts = took === null ? { promptTokens: 0, completionTokens: 0 } : countsOf(took, most);
    for (const kind of KINDS) {
      const said = counts[kind];
      if (said === null) continue; // it may have been the most, and stays counted as that
      this.possible[kind] -= most[kind];
      this.open[kind] -= 1;
      this[kind] += said;
      this.beyond[kind] = Math.max(this.beyond[kind], said - most[kind]);
      if (kind === 'promptTokens' && said > most[kind]) this.leastBeyond = Math.min(this.leastBeyond, said);
    }
    const { added } = this;
    if (KINDS.some((kind) => added[kind] !== before[kind])) this.onAdded(added);
  }
}

/** Both kinds; of a sum alone as much as can be is of the answer, which is the dearer kind. */
function countsOf(
  { promptTokens, completionTokens, totalTokens }: Took,
  most: Tokens,
): Tokens<number | null> {
  if (promptTokens !== null || completionTokens !== null || totalTokens === undefined) {
    return { promptTokens, completionTokens };
  }
  const answer = Math.min(totalTokens, most.completionTokens);
  return { promptTokens: totalTokens - answer, completionTokens: answer };
}

export function priceOf(tokens: Tokens, prices: Prices): number {
  return (tokens.promptTokens * prices.prompt + tokens.completionTokens * prices.completion) / 1e6;
}

/** @throws UserError for a budget in money where nothing says what tokens cost */
function checkPriced(limits: Limits, prices: Prices | null): void {
  if (limits.money !== undefined && prices === null)
    throw new UserError('--budget in money needs --price PROMPT,COMPLETION (for a million tokens)');
}

/**
 * What `--budget` and `--price` say together.
 * @throws UserError for what can't be read, and for a budget in money without prices
 */
export function readSpending({ budget, price }: { readonly budget?: string; readonly price?: string }): {
  readonly limits: Limits;
  readonly prices: Prices | null;
} {
  const limits = budget === undefined ? {} : readBudget(budget);
  const prices = price === undefined ? null : readPrices(price);
  checkPriced(limits, prices);
  return { limits, prices };
}

/** `500`, `500requests`, `2e6tokens`, `5usd`, or several with commas. `option` is what gave it. */
export function readBudget(text: string, option = '--budget'): Limits {
  const limits: { requests?: number; tokens?: number; money?: number } = {};
  for (const part of text.split(',')) {
    const parts = /^\s*(\$?)(\d+(?:\.\d+)?(?:e\d+)?)\s*(requests?|tokens?|money|usd|eur|\$|)\s*$/i.exec(part);
    const amount = parts === null ? NaN : Number(parts[2]);
    if (parts === null || !Number.isFinite(amount) || (parts[1] === '' && parts[3] === '')) {
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
