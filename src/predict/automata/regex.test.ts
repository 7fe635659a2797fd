import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { UserError } from '../../common/errors.ts';
import { Terms } from '../checkers/derivatives.ts';
import { readExpression } from '../checkers/reader.ts';
import { sharedSyntax, shortest } from '../../../test/fixtures/predict/languages.ts';
import { automatonOf } from './build.ts';
import { acceptsLetters, type Dfa } from './dfa.ts';
import { parseAlphabet, parseRegex, RegexError } from './regex.ts';

function accepts(dfa: Dfa, text: string): boolean {
  return acceptsLetters(
    dfa,
    [...text].map((symbol) => dfa.alphabet.indexOf(symbol)),
  );
}

describe('regular expressions', () => {
  it('mean what they mean to JavaScript, where both have the syntax', () => {
    const strings = shortest(['a', 'b'], 255);
    fc.assert(
      fc.property(sharedSyntax(), (regex) => {
        const dfa = automatonOf(parseRegex(regex, ['a', 'b']));
        const theirs = new RegExp(`^(?:${regex})$`);
        for (const text of strings) expect([text, accepts(dfa, text)]).toEqual([text, theirs.test(text)]);
      }),
      { numRuns: 200 },
    );
  });

  it.each([
    { regex: '~a', yes: ['', 'b', 'aa'], no: ['a'] },
    { regex: '!(a*)', yes: ['b', 'ab'], no: ['', 'aa'] },
    { regex: '~ab', yes: ['b', 'aab', 'bb'], no: ['ab', ''] }, // binds to a alone
    { regex: '.*a.* & .*b.*', yes: ['ab', 'ba', 'bba'], no: ['', 'aa', 'b'] },
    { regex: 'aa || b', yes: ['aab', 'aba', 'baa'], no: ['aa', 'ab'] },
    { regex: 'a|ab||b', yes: ['a', 'abb', 'bab'], no: ['ab', 'b'] }, // shuffle before union
    { regex: 'a & b | b', yes: ['b'], no: ['a', ''] },
    { regex: '[^a]b', yes: ['bb'], no: ['ab', 'b'] },
    { regex: '[a-b]{2}', yes: ['ab', 'ba'], no: ['a', 'aba'] },
    { regex: 'a{2,3}', yes: ['aa', 'aaa'], no: ['a', 'aaaa'] },
    { regex: '()', yes: [''], no: ['a'] },
    { regex: 'a | ε', yes: ['', 'a'], no: ['b'] },
    { regex: '∅ | b', yes: ['b'], no: ['', 'a'] },
    { regex: '[] | b', yes: ['b'], no: ['', 'a'] },
    { regex: 'a**', yes: ['', 'aa'], no: ['b'] },
    { regex: '(a{2}){2}', yes: ['aaaa'], no: ['aa', 'aaa'] },
    { regex: '\'a\'"b"', yes: ['ab'], no: ['a'] },
  ])('$regex', ({ regex, yes, no }) => {
    const dfa = automatonOf(parseRegex(regex, ['a', 'b']));
    for (const text of yes) expect([text, accepts(dfa, text)]).toEqual([text, true]);
    for (const text of no) expect([text, accepts(dfa, text)]).toEqual([text, false]);
  });

  it('has the symbols that occur as its alphabet, unless one is given', () => {
    expect(parseRegex("(c|a)*'<sep>'").alphabet).toEqual(['<sep>', 'a', 'c']);
    expect(parseRegex('a*', ['b', 'a']).alphabet).toEqual(['b', 'a']);
    expect(automatonOf(parseRegex('\\*\\||\\\\')).alphabet).toEqual(['*', '\\', '|']);
  });

  it.each([
    { regex: 'a\\d', column: 2, says: '\\d is not supported' },
    { regex: 'a\\1', column: 2, says: 'backreferences' },
    { regex: '^ab', column: 1, says: 'no anchors' },
    { regex: 'ab$', column: 3, says: 'no anchors' },
    { regex: 'a(?=b)', column: 2, says: 'no lookaround' },
    { regex: '(?:a)b', column: 1, says: 'a plain group is (R)' },
    { regex: 'ab+?', column: 4, says: 'lazy' },
    { regex: 'ab*+', column: 4, says: 'possessive' },
    { regex: 'a|', column: 3, says: 'missing' },
    { regex: '|a', column: 1, says: 'missing' },
    { regex: '(a', column: 1, says: 'not closed' },
    { regex: 'a)', column: 2, says: 'closes no group' },
    { regex: '[ab', column: 1, says: 'not closed' },
    { regex: '[b-a]', column: 2, says: 'empty' },
    { regex: '[[:digit:]]', column: 2, says: '\\[' },
    { regex: '*a', column: 1, says: 'nothing before' },
    { regex: 'a{2', column: 4, says: "'}' is missing" },
    { regex: 'a{3,1}', column: 2, says: 'wrong order' },
    { regex: 'a{,2}', column: 3, says: 'a number is missing' },
    { regex: 'a{1001}', column: 3, says: 'more than 1000' },
    { regex: 'a.b', column: 2, says: '--alphabet' },
    { regex: '[^a]', column: 1, says: '--alphabet' },
    { regex: '~a', column: 1, says: '--alphabet' },
    { regex: '', column: 1, says: 'the empty string is' },
    { regex: '()', column: 1, says: 'alphabet has to be given' },
    { regex: 'a\\', column: 2, says: 'escapes nothing' },
  ])('refuses $regex, pointing at column $column', ({ regex, column, says }) => {
    try {
      parseRegex(regex);
      expect.unreachable();
    } catch (error) {
      if (!(error instanceof RegexError)) throw error;
      expect([error.column, error.message]).toEqual([column, expect.stringContaining(says)]);
      expect(error.excerpt.split('\n')[1]).toBe(`${' '.repeat(column - 1)}^`);
    }
  });

  it('refuses symbols outside the alphabet that is given', () => {
    expect(() => parseRegex('abc', ['a', 'b'])).toThrow(/column 3: 'c' is not in the alphabet/);
  });

  it.each([
    { regex: '('.repeat(201) + 'a' + ')'.repeat(201), says: 'nested more than 200' },
    { regex: 'a' + '*'.repeat(201), says: 'nested more than 200' },
    { regex: 'a'.repeat(10_001), says: 'longer than 10000' },
    { regex: '((a|b){100}){100}{100}', says: 'too large' },
    { regex: '(a|b)*a(a|b){11}', says: 'a minimal automaton of 4096 states; the most is 2,000' },
    { regex: '(a|b)*a(a|b){30}', says: 'too many states' },
  ])('refuses what is too large by name: $says', ({ regex, says }) => {
    expect(() => automatonOf(parseRegex(regex))).toThrow(says);
  });

  it('takes any text without more than a UserError', () => {
    const texts = fc.oneof(
      fc.string(),
      fc.array(fc.constantFrom(...'ab|&*+?(){}[]^-.~!\\\'",12 ε∅')).map((c) => c.join('')),
    );
    fc.assert(
      fc.property(texts, (text) => {
        try {
          automatonOf(parseRegex(text, ['a', 'b']));
        } catch (error) {
          expect(error).toBeInstanceOf(UserError);
        }
      }),
      { numRuns: 3000 },
    );
  });

  it('is read by the checkers, which read it on their own, as the same language', () => {
    const texts = fc.array(fc.constantFrom(...'aabb|&*+?()[]^.~ε', '{2}', '{1,}', '||', '[^a]', "'a'"), {
      maxLength: 14,
    });
    const strings = shortest(['a', 'b'], 127);
    fc.assert(
      fc.property(texts, (parts) => {
        const text = parts.join('');
        const ours = attempt(() => automatonOf(parseRegex(text, ['a', 'b'])));
        if (ours === undefined) return;
        const terms = new Terms();
        const start = readExpression(text, ['a', 'b'], terms);
        for (const string of strings) {
          const end = [...string].reduce(
            (term, symbol) => terms.derivative(term, 'ab'.indexOf(symbol)),
            start,
          );
          expect([text, string, terms.hasEmpty(end)]).toEqual([text, string, accepts(ours, string)]);
        }
      }),
      { numRuns: 2000 },
    );
  });
});

function attempt<T>(work: () => T): T | undefined {
  try {
    return work();
  } catch (error) {
    if (error instanceof UserError) return undefined;
    throw error;
  }
}

describe('alphabets', () => {
  it('are single characters, or symbols with blanks or commas between them', () => {
    expect(parseAlphabet('ab')).toEqual(['a', 'b']);
    expect(parseAlphabet('a, <sep> b')).toEqual(['a', '<sep>', 'b']);
    expect(() => parseAlphabet('aa')).toThrow('twice');
    expect(() => parseAlphabet(' ')).toThrow('empty');
  });
});
