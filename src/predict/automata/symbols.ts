/** What may be a symbol of a language, however the language is given. */
import { UserError } from '../../common/errors.ts';
import { specialSymbols } from '../../common/special-symbols.ts';

/** Why a text is no symbol of a language, as the end of a sentence; null where it is one. */
function symbolFault(symbol: string): string | null {
  if (symbol === '') return 'is empty';
  if (/\s/u.test(symbol)) return 'has white space in it';
  if (symbol === specialSymbols.eos)
    return 'is reserved: programs put it at the end of a string themselves; rename the symbol';
  if (symbol.includes("'") && symbol.includes('"')) {
    return 'has both kinds of quotes in it, so no program can name it; rename the symbol';
  }
  return null;
}

/** @throws UserError for a symbol that is none, or that stands twice */
export function checkSymbols(alphabet: readonly string[]): void {
  for (const [place, symbol] of alphabet.entries()) {
    const fault = symbolFault(symbol);
    if (fault !== null) throw new UserError(`the symbol ${JSON.stringify(symbol)} ${fault}`);
    if (alphabet.indexOf(symbol) < place) throw new UserError(`'${symbol}' stands twice in the alphabet`);
  }
}
