import { describe, expect, it } from 'vitest';
import { UserError } from '../common/errors.ts';
import { alphabetNamed, alphabets } from './alphabets.ts';

const sizes = { characters: 62, letters: 52, lower: 26, digits: 10, unicode: 4096 };

describe('alphabets', () => {
  it.each(alphabets())('$name: symbols without white space, each once', ({ symbols }) => {
    expect(new Set(symbols).size).toBe(symbols.length);
    for (const symbol of symbols) expect(symbol).toMatch(/^\S+$/u);
  });

  it.each(Object.entries(sizes))('%s has %d symbols, each one code point', (name, size) => {
    const symbols = alphabetNamed(name);
    expect(symbols).toHaveLength(size);
    for (const symbol of symbols) expect([...symbol]).toHaveLength(1);
  });

  it('words are at least 2,000 lower-case English words', () => {
    const words = alphabetNamed('words');
    expect(words.length).toBeGreaterThanOrEqual(2000);
    for (const word of words) expect(word).toMatch(/^[a-z]{2,}$/);
    expect(words).toEqual(expect.arrayContaining(['water', 'house', 'because', 'yellow']));
    expect([...words].sort()).toEqual(words);
  });

  it('unicode has letters and digits only, which no normal form changes or merges', () => {
    const symbols = alphabetNamed('unicode');
    for (const symbol of symbols) expect(symbol).toMatch(/^[\p{L}\p{N}]$/u);
    for (const form of ['NFC', 'NFKC'])
      expect(symbols.map((symbol) => symbol.normalize(form))).toEqual(symbols);
    expect(new Set(symbols.map((symbol) => symbol.normalize('NFKD'))).size).toBe(symbols.length);
  });

  it('are described by a name, the first of a name, a number, or a list', () => {
    expect(alphabetNamed('words:3')).toEqual(alphabetNamed('words').slice(0, 3));
    expect(alphabetNamed('100')).toEqual(alphabetNamed('unicode').slice(0, 100));
    expect(alphabetNamed('62')).toEqual(alphabetNamed('characters'));
    expect(alphabetNamed('a,b,c')).toEqual(['a', 'b', 'c']);
    expect(alphabetNamed(' red, green ,blue ')).toEqual(['red', 'green', 'blue']);
    expect(alphabetNamed(' red  green blue ')).toEqual(['red', 'green', 'blue']);
    expect(alphabetNamed('👍,👍🏽,\u00e9,e\u0301')).toHaveLength(4); // what looks alike need not be the same
    expect(alphabetNamed('a,b,c')).toBe(alphabetNamed('a,b,c'));
  });

  it.each([
    ['leters', "unknown alphabet 'leters', did you mean 'letters'?"],
    ['nouns:5', "unknown alphabet 'nouns'"],
    ['digits:11', "the alphabet 'digits' has 10 symbols, not 11"],
    ['5000', "the alphabet 'unicode' has 4096 symbols, not 5000"],
    ['1', 'an alphabet has at least 2 symbols, this one has 1'],
    ['a,b,a', "the alphabet has the symbol 'a' twice"],
    ['a,,b', "the alphabet's symbol 2 is empty"],
    ['red,light green', `the alphabet's symbol 2 has white space in it: "light green"`],
    ['', "unknown alphabet ''"],
    [' ', 'symbols separated by commas: a,b,…'],
  ])('refuse %j', (text, message) => {
    expect(() => alphabetNamed(text)).toThrow(UserError);
    expect(() => alphabetNamed(text)).toThrow(message);
  });
});
