/** Symbols: what may be one, and when two alphabets are the same. Symbols are compared one by one, never joined. */
import { must } from './refusal.ts';

/** What stands around a task's source in a prompt. */
export const RESERVED = ['<bos>', '<sep>', '<eos>'] as const;

/** What a language's strings end with, for a program that is read there. */
const END = '<eos>';

/**
 * Refuses what is no alphabet of a language: doubled symbols, or the end that programs add. (That none has white space in
 * it is part of a certificate's form: format.ts.)
 */
export function checkAlphabet(alphabet: readonly string[]): void {
  must(!alphabet.includes(END), `${END} is reserved: it is no symbol of a language`);
  must(new Set(alphabet).size === alphabet.length, 'a symbol stands twice in the alphabet');
}

/** Whether two alphabets have the same symbols in the same order. */
export function sameAlphabet(first: readonly string[], second: readonly string[]): boolean {
  return first.length === second.length && first.every((symbol, i) => symbol === second[i]);
}
