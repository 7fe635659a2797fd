/** Inputs: from symbols to their places in the alphabet. */
import { UserError } from '../../common/errors.ts';
import { hintFor } from '../../common/nearest.ts';
import { specialSymbols } from '../../common/special-symbols.ts';
import type { CoreProgram } from '../core/core.ts';
import { MAX_INPUT_LENGTH } from '../core/limits.ts';

/** The symbols of a line: what stands between blanks. An empty line is the empty string. */
export function splitInput(line: string): string[] {
  return line.split(/\s+/).filter((symbol) => symbol !== '');
}

/** The places of an input's symbols. Throws UserError that names position and symbol where one is unknown. */
export function encode(program: CoreProgram, input: readonly string[]): number[] {
  const places = symbolPlaces(program);
  if (input.length > MAX_INPUT_LENGTH) {
    throw new UserError(`the input has ${input.length} symbols, more than the ${MAX_INPUT_LENGTH} allowed`);
  }
  return input.map((symbol, index) => {
    const place = places.get(symbol);
    if (place === undefined) throw unknownSymbol(program, symbol, index + 1);
    return place;
  });
}

const knownPlaces = new WeakMap<CoreProgram, ReadonlyMap<string, number>>();

/** The symbols that an input may have, with their places. `read at eos` adds '<eos>' itself. */
export function symbolPlaces(program: CoreProgram): ReadonlyMap<string, number> {
  let places = knownPlaces.get(program);
  if (places === undefined) {
    const addsEnd = program.output.kind === 'accept' && program.output.read === 'eos';
    const entries = program.alphabet.map((symbol, place) => [symbol, place] as const);
    places = new Map(entries.filter(([symbol]) => !(addsEnd && symbol === specialSymbols.eos)));
    knownPlaces.set(program, places);
  }
  return places;
}

/** The error for a symbol that the program doesn't know; positions are counted from 1. */
export function unknownSymbol(program: CoreProgram, symbol: string, position: number): UserError {
  const { alphabet } = program;
  if (alphabet.includes(symbol)) {
    return new UserError(
      `'${symbol}' at position ${position}: the program is read at <eos>, which it adds itself`,
    );
  }
  const letters = [...symbol];
  const known = new Set(alphabet);
  const unspaced = letters.length > 1 && letters.every((letter) => known.has(letter));
  const hint = unspaced
    ? `; separate symbols by blanks: '${letters.slice(0, 20).join(' ')}${letters.length > 20 ? ' …' : ''}'`
    : hintFor(symbol, alphabet);
  const shown = alphabet.slice(0, 20).join(' ') + (alphabet.length > 20 ? ' …' : '');
  const quoted = symbol.length > 40 ? `${symbol.slice(0, 40)}…` : symbol;
  return new UserError(`unknown symbol '${quoted}' at position ${position}${hint} (alphabet: ${shown})`);
}
