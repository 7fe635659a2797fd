/** A window of so many requests, and tokens, that is advertised as OpenAI does. */
import { mostTokensOf } from './model.ts';
import type { Fields } from './model.ts';
import type { ServerOptions } from './options.ts';

export class Window {
  private readonly rate: ServerOptions['rate'];
  private start = 0;
  private requests = 0;
  private tokens = 0;

  constructor(rate: ServerOptions['rate']) {
    this.rate = rate;
  }

  /** The advertised limits' headers, or null when this request is beyond one of them. */
  headers(text: string): Record<string, string> | null {
    const { rate } = this;
    if (rate === undefined) return {};
    const now = Date.now();
    if (now - this.start >= rate.windowMs) [this.start, this.requests, this.tokens] = [now, 0, 0];
    this.requests += 1;
    this.tokens += text === '' ? 0 : mostTokensOf(JSON.parse(text) as Fields);
    const tokens = rate.tokens ?? Infinity;
    if (this.requests > rate.requests || this.tokens > tokens) return null;
    const reset = `${this.start + rate.windowMs - now}ms`;
    return {
      'x-ratelimit-limit-requests': String(rate.requests),
      'x-ratelimit-remaining-requests': String(rate.requests - this.requests),
      'x-ratelimit-reset-requests': reset,
      ...(rate.tokens === undefined
        ? {}
        : {
            'x-ratelimit-limit-tokens': String(tokens),
            'x-ratelimit-remaining-tokens': String(tokens - this.tokens),
            'x-ratelimit-reset-tokens': reset,
          }),
    };
  }
}
