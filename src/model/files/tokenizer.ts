/**
 * Symbols to token ids and back, word by word: each symbol of a task is one token, and four special tokens stand
 * before them. (Tokenizers of models from elsewhere are not read here: those models are asked in their own programs.)
 */
import { UserError } from '../../common/errors.ts';
import { hintFor } from '../../common/nearest.ts';
import { specialSymbols } from '../../common/special-symbols.ts';

/** Tokens that are no symbol, and their ids: the same in every model that is trained here. */
export const specialTokens = specialSymbols;

/** The special tokens by what they are for. */
export type SpecialToken = keyof typeof specialTokens;

const specialNames: readonly string[] = Object.values(specialTokens);

/** White space as either JavaScript or Rust (Hugging Face's tokenizers) sees it. */
const whiteSpace = /[\s\u0085\ufeff]/u;

/** From symbols to token ids and back: one token a symbol, ids in the order given, after those of the special tokens. */
export class Tokenizer {
  /** All tokens by id, the special ones first. */
  readonly tokens: readonly string[];
  /** The ids of the special tokens. */
  readonly pad = 0;
  readonly bos = 1;
  readonly sep = 2;
  readonly eos = 3;
  private readonly ids: ReadonlyMap<string, number>;

  /**
   * @param symbols in the order of their ids
   * @throws UserError for a symbol that is empty, repeated, holds white space, or holds a special token
   */
  constructor(symbols: readonly string[]) {
    checkSymbols(symbols);
    this.tokens = [...specialNames, ...symbols];
    this.ids = new Map(this.tokens.map((token, id) => [token, id]));
  }

  /** The number of tokens, the special ones included: a model's vocabulary. */
  get size(): number {
    return this.tokens.length;
  }

  get symbols(): readonly string[] {
    return this.tokens.slice(specialNames.length);
  }

  /** The ids of symbols. @throws UserError for something that is neither a symbol nor a special token */
  encode(symbols: readonly string[]): number[] {
    return symbols.map((symbol) => {
      const id = this.ids.get(symbol);
      if (id !== undefined) return id;
      throw new UserError(
        `'${symbol}' is not among the model's ${this.size - specialNames.length} symbols${hintFor(symbol, this.tokens)}`,
      );
    });
  }

  /** The same for symbols in one text, with white space between them. */
  encodeText(text: string): number[] {
    return this.encode(text.split(whiteSpace).filter((symbol) => symbol !== ''));
  }

  /** The tokens' texts, special ones included. @throws UserError for an id that does not exist */
  decode(ids: Iterable<number>): string[] {
    return Array.from(ids, (id) => {
      const token = this.tokens.at(id);
      if (token === undefined || id < 0)
        throw new UserError(`token ${id}: the tokenizer has 0 to ${this.size - 1}`);
      return token;
    });
  }
}

function checkSymbols(symbols: readonly string[]): void {
  const seen = new Set<string>();
  for (const symbol of symbols) {
    const problem = problemOf(symbol) ?? (seen.has(symbol) ? 'it occurs twice' : undefined);
    if (problem !== undefined) throw new UserError(`symbol ${JSON.stringify(symbol)}: ${problem}`);
    seen.add(symbol);
  }
}

function problemOf(symbol: string): string | undefined {
  if (symbol === '') return 'a symbol has at least one character';
  if (whiteSpace.test(symbol)) return 'a symbol has no white space';
  const special = specialNames.find((name) => symbol.includes(name));
  if (special !== undefined) return `it holds ${special}, which is a special token`;
  if (!symbol.isWellFormed()) return 'it is no well-formed Unicode';
  return undefined;
}
