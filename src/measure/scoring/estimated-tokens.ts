/**
 * Servers without a tokenizer at hand estimate the tokens of a prompt from its characters. What they say grows as the
 * characters do, and tells nothing of tokens.
 */

/** What they take for a token; of single letters and blanks it is too few. */
export const CHARACTERS_PER_ESTIMATED_TOKEN = 4;

/** Rounding alone, up or down, lies within one token. */
const ROUNDING = 1;

/** What is left for signs of two bytes, and roles or marks that are counted in: a share of what the counts differ by. */
const ROUGHLY = 0.02;

/** Collects what a server counts for prompts, and tells whether these are estimates. */
export class PromptCounts {
  private readonly beyond = { least: Infinity, most: -Infinity };
  private readonly estimates = { least: Infinity, most: -Infinity };

  /** @param tokens of the prompt, as the server counts */
  add(prompt: string, tokens: number): void {
    const estimate = prompt.length / CHARACTERS_PER_ESTIMATED_TOKEN;
    widen(this.estimates, estimate);
    widen(this.beyond, tokens - estimate); // whatever stands around every prompt is in it
  }

  /** Whether all counts are the same number of tokens away from the estimate. False where all prompts have one size. */
  get areEstimates(): boolean {
    const spread = this.estimates.most - this.estimates.least;
    return spread > 0 && this.beyond.most - this.beyond.least <= ROUNDING + ROUGHLY * spread;
  }
}

function widen(range: { least: number; most: number }, value: number): void {
  range.least = Math.min(range.least, value);
  range.most = Math.max(range.most, value);
}
