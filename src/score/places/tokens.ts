/**
 * Lengths in tokens. Symbols are what a task is made of; a model reads tokens, and how many a symbol takes is known only
 * where the server says so: from what its tokenizer makes of sources, or from the sizes of prompts of several lengths.
 */

/** So many sizes of prompts at different lengths are needed at least to tell a symbol's tokens from the prompt's own. */
const FEWEST_LENGTHS = 2;

/** A fit that leaves more than this share of the sizes' spread unexplained doesn't say what a symbol takes. */
const MOST_UNEXPLAINED = 0.02;

/** Mean tokens of a symbol in sources whose tokens were counted by the model's own tokenizer; null without any. */
export function tokensPerSymbol(
  sources: readonly { readonly tokens: number; readonly symbols: number }[],
): number | null {
  const symbols = sources.reduce((sum, source) => sum + source.symbols, 0);
  const tokens = sources.reduce((sum, source) => sum + source.tokens, 0);
  return symbols > 0 && tokens > 0 ? tokens / symbols : null;
}

/**
 * The same from the sizes of whole prompts, as servers count them: the slope of tokens over the symbols that the prompt
 * shows (sources and answers, those of its demonstrations too), by least squares; what all prompts have in common is the
 * intercept. Null where the prompts have one size only, where the sizes don't lie on a line (a server that leaves cached tokens
 * out of its count), and where a prompt of more symbols doesn't count more tokens: it was cut.
 */
export function tokensPerSymbolOfPrompts(
  prompts: readonly { readonly tokens: number; readonly symbols: number }[],
): number | null {
  if (new Set(prompts.map(({ symbols }) => symbols)).size < FEWEST_LENGTHS) return null;
  if (stopsGrowing(prompts)) return null;
  const mean = (values: readonly number[]): number =>
    values.reduce((sum, value) => sum + value, 0) / values.length;
  const [x, y] = [mean(prompts.map(({ symbols }) => symbols)), mean(prompts.map(({ tokens }) => tokens))];
  const spread = (of: (prompt: (typeof prompts)[number]) => number): number =>
    prompts.reduce((sum, prompt) => sum + of(prompt), 0);
  const xx = spread(({ symbols }) => (symbols - x) ** 2);
  const xy = spread(({ symbols, tokens }) => (symbols - x) * (tokens - y));
  const yy = spread(({ tokens }) => (tokens - y) ** 2);
  const slope = xy / xx;
  return slope > 0 && 1 - (xy * xy) / (xx * yy) <= MOST_UNEXPLAINED ? slope : null;
}

/** Whether a size is no larger than one of fewer symbols. */
function stopsGrowing(prompts: readonly { readonly tokens: number; readonly symbols: number }[]): boolean {
  const ordered = prompts.toSorted((a, b) => a.symbols - b.symbols);
  return ordered.some(({ tokens, symbols }, i) => {
    const before = ordered[Math.max(0, i - 1)];
    return symbols > before.symbols && tokens <= before.tokens;
  });
}

/** A length or a horizon in symbols as tokens of the source, rounded; null where it isn't known what a symbol takes. */
export function horizonTokens(symbols: number | null, perSymbol: number | null): number | null {
  return symbols === null || perSymbol === null ? null : Math.round(symbols * perSymbol);
}

/**
 * Tokens from the symbol that decides (itself included) to the end of the source, where a tokenizer can be asked: those of
 * the source less those of what stands before that symbol. Where a token covers the end of the one and the beginning of the
 * other, it is off by one. Null where the tokenizer doesn't answer.
 */
export async function tokensBetween(
  source: readonly string[],
  position: number,
  joiner: string,
  count: (text: string) => Promise<number | null>,
): Promise<number | null> {
  const all = await count(source.join(joiner));
  const before = position === 0 ? 0 : await count(source.slice(0, position).join(joiner));
  return all === null || before === null ? null : all - before;
}
