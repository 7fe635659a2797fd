/**
 * Symbols to token ids and back, word by word: each symbol of a task is one token, and four special tokens stand
 * before them, or behind them in models that others trained so. (Tokenizers of models from elsewhere are not read here: those models are asked in their own programs.)
 */
import { UserError } from '../../common/errors.ts';
import { hintFor } from '../../common/nearest.ts';
import { specialSymbols } from '../../common/special-symbols.ts';

/** Tokens that are no symbol. In models trained here they have the first ids, in this order. */
export const specialTokens = specialSymbols;

/** The special tokens by what they are for. */
export type SpecialToken = keyof typeof specialTokens;

const specialNames: readonly string[] = Object.values(specialTokens);

/** Whether the special tokens have the first ids, or the last ones. */
export type TokenOrder = 'special-first' | 'symbols-first';

/** The special tokens in the order of their ids. */
export const specialOrder: Readonly<Record<TokenOrder, readonly string[]>> = {
  'special-first': specialNames,
  'symbols-first': [specialTokens.bos, specialTokens.sep, specialTokens.eos, specialTokens.pad],
};

/** White space as either JavaScript or Rust (Hugging Face's tokenizers) sees it. */
const whiteSpace = /[\s\u0085\ufeff]/u;

/** From symbols to token ids and back: one token a symbol, ids in the order given. */
export class Tokenizer {
  /** All tokens by id. */
  readonly tokens: readonly string[];
  readonly symbols: readonly string[];
  /** The ids of the special tokens. */
  readonly pad: number;
  readonly bos: number;
  readonly sep: number;
  readonly eos: number;
  private readonly ids: ReadonlyMap<string, number>;

  /**
   * @param symbols in the order of their ids
   * @throws UserError for a symbol that is empty, repeated, holds white space, or holds a special token
   */
  constructor(symbols: readonly string[], order: TokenOrder = 'special-first') {
    checkSymbols(symbols);
    const special = specialOrder[order];
    this.symbols = [...symbols];
    this.tokens = order === 'special-first' ? [...special, ...symbols] : [...symbols, ...special];
    this.ids = new Map(this.tokens.map((token, id) => [token, id]));
    const idOf = (name: SpecialToken) => this.tokens.indexOf(specialTokens[name]);
    [this.pad, this.bos, this.sep, this.eos] = [idOf('pad'), idOf('bos'), idOf('sep'), idOf('eos')];
  }

  /** The number of tokens, the special ones included: a model's vocabulary. */
  get size(): number {
    return this.tokens.length;
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
