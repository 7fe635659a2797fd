/**
 * A teacher-forced answer: the model reads the right answer, token by token, and what it would have said is told by the most
 * probable token at each place. One pass instead of a generation, and log-probabilities beside. It tells whether greedy
 * generation says exactly these tokens and then ends; what else a generation would say after another token, it can't tell.
 */

/** What was read of one answer. The last entry of `best` and of the log-probabilities is that of the place behind the answer. */
export interface ForcedAnswer {
  /** The right answer as the tokenizer writes it behind the prompt, K tokens. */
  readonly tokens: readonly number[];
  /** The most probable token at each place, K + 1, and their texts. */
  readonly best: readonly number[];
  readonly bestTexts: readonly string[];
  /** Natural logarithms of their probabilities, K + 1. */
  readonly bestLogProbabilities: readonly number[];
  /**
   * Of the right answer's tokens, K, and of its end, 1: all tokens together that end a text, or whose text begins with a stop mark or is
   * the beginning of one.
   */
  readonly logProbabilities: readonly number[];
  /** Whether the most probable token behind the answer ends it; where it only begins a stop mark, whether that is said. */
  readonly ends: boolean;
}

/** Natural logarithm of the probability of the right answer and its end. */
export function logProbabilityOf({ logProbabilities }: ForcedAnswer): number {
  return logProbabilities.reduce((sum, one) => sum + one, 0);
}

/** The first place at which another token is more probable; null: greedy generation says the right answer and ends. */
export function firstMissedOf({ tokens, best, ends }: ForcedAnswer): number | null {
  const missed = tokens.findIndex((token, place) => best[place] !== token);
  if (missed >= 0) return missed;
  return ends ? null : tokens.length;
}

/** Whether greedy generation says exactly these tokens, and then ends. */
export function isForcedExact(forced: ForcedAnswer): boolean {
  return firstMissedOf(forced) === null;
}
